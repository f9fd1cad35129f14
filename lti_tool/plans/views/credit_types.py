"""The administrator's page of the kinds of credit that the district counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.models import CreditType
from lti_tool.plans.operations import retire_credit_type, save_credit_type, store_starter_types
from lti_tool.plans.queries import credit_type_of, credit_types_of
from lti_tool.plans.schemas import CreditTypeForm
from lti_tool.plans.views.blueprint import bp
from lti_tool.standards.schemas import load_form


@bp.get("/credit")
@guard(Right.ADMINISTRATOR)
def show_credit_types(acting: Acting) -> ResponseReturnValue:
    """Show the kinds of credit, and how many hours one of each is."""
    kinds = credit_types_of(acting.db, acting.person.district_id)
    return render_template("plans/credit_types.html", kinds=kinds, is_stored=kinds[0].id is not None)


@bp.post("/credit/starters", endpoint="store_credit_types")
@guard(Right.ADMINISTRATOR)
def store_credit_types_now(acting: Acting) -> ResponseReturnValue:
    """Store the starter set, so that each of it can be changed."""
    store_starter_types(acting.db, acting.person.district_id)
    return redirect(url_for(".show_credit_types"), 303)


@bp.route("/credit/new", methods=["GET", "POST"], endpoint="add_credit_type")
@guard(Right.ADMINISTRATOR)
def add_credit_type_page(acting: Acting) -> ResponseReturnValue:
    """Ask for a new kind of credit, and keep it."""
    if request.method == "GET":
        return _form({}, {})
    return _saved(acting, None)


@bp.route("/credit/<int:credit_type_id>", methods=["GET", "POST"], endpoint="change_credit_type")
@guard(Right.ADMINISTRATOR)
def change_credit_type_page(acting: Acting, credit_type_id: int) -> ResponseReturnValue:
    """Show a kind of credit to change it."""
    known = credit_type_of(acting.db, acting.person, credit_type_id)
    if request.method == "GET":
        names = ("name", "unit", "hours_per_unit", "yearly_cap", "is_default")
        return _form({name: getattr(known, name) for name in names}, {}, known)
    return _saved(acting, known)


@bp.post("/credit/<int:credit_type_id>/offer", endpoint="offer_credit_type")
@guard(Right.ADMINISTRATOR)
def offer_credit_type_now(acting: Acting, credit_type_id: int) -> ResponseReturnValue:
    """Offer a kind of credit no longer, or again."""
    known = credit_type_of(acting.db, acting.person, credit_type_id)
    retire_credit_type(acting.db, acting.person, known, is_retired=request.form.get("offer") != "yes")
    return redirect(url_for(".show_credit_types", notice="credit_type_saved"), 303)


def _saved(acting: Acting, known: CreditType | None) -> ResponseReturnValue:
    try:
        words = load_form(CreditTypeForm(), request.form.to_dict())
        save_credit_type(acting.db, acting.person, words, known)
    except InvalidInputError as error:
        return _form(request.form, error.fields, known), error.status
    return redirect(url_for(".show_credit_types", notice="credit_type_saved"), 303)


def _form(typed: Mapping[str, Any], errors: Mapping[str, Any], known: CreditType | None = None) -> str:
    return render_template("plans/credit_type_form.html", typed=typed, errors=errors, known=known)
