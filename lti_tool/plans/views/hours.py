"""Pages of hours: one's own ledger, what one adds and what a licence needs, and what an approver reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.models import EntrySource
from lti_tool.plans.operations import (
    add_hours_by_hand,
    add_missing_hours,
    remove_licence_cycle,
    set_licence_cycle,
    withdraw_hours,
)
from lti_tool.plans.queries import (
    credit_types_of,
    cycle_of,
    entry_of,
    finished_without_hours,
    hours_of,
    hours_toward_plans,
    person_with_hours,
)
from lti_tool.plans.schemas import CycleForm, EntryForm
from lti_tool.plans.views.blueprint import bp
from lti_tool.standards.schemas import load_form

SOURCE_WORDS = {
    EntrySource.ACTIVITY: lazy_gettext("finished learning"),
    EntrySource.AWARD: lazy_gettext("awarded for the plan"),
    EntrySource.BY_HAND: lazy_gettext("said by the owner"),
    EntrySource.SESSION: lazy_gettext("a session of the team"),
}


@bp.app_context_processor
def offer_source_words() -> dict[str, Any]:
    """Let templates say how hours came into the ledger."""
    return {"hours_source_words": SOURCE_WORDS}


@bp.get("/hours")
@guard(Right.EDUCATOR)
def show_hours(acting: Acting) -> ResponseReturnValue:
    """Show what the person earned, by kind and school year, and how far each licence is."""
    hours, missing = hours_of(acting.db, acting.person), finished_without_hours(acting.db, acting.person)
    return render_template(
        "plans/hours.html", hours=hours, missing=missing, toward=hours_toward_plans(acting.db, hours)
    )


@bp.get("/hours/of/<int:person_id>")
@guard(Right.EDUCATOR)
def show_hours_of(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Show somebody's hours to whoever reviews them, or to the hours office."""
    person = person_with_hours(acting.db, acting.person, person_id)
    return render_template("plans/hours_of.html", hours=hours_of(acting.db, person))


@bp.post("/hours/missing", endpoint="add_missing_hours")
@guard(Right.EDUCATOR)
def add_missing(acting: Acting) -> ResponseReturnValue:
    """Add the hours of what was finished before anybody said how many it has."""
    add_missing_hours(acting.db, acting.person)
    return redirect(url_for(".show_hours", notice="hours_added"), 303)


@bp.route("/hours/new", methods=["GET", "POST"], endpoint="add_hours")
@guard(Right.EDUCATOR)
def add_hours_page(acting: Acting) -> ResponseReturnValue:
    """Ask for hours that only the person knows of, and add them."""
    if request.method == "GET":
        return _entry_form(acting, {"earned_on": utc_now().date()}, {})
    try:
        add_hours_by_hand(acting.db, acting.person, load_form(EntryForm(), request.form.to_dict()))
    except InvalidInputError as error:
        return _entry_form(acting, request.form, error.fields), error.status
    return redirect(url_for(".show_hours", notice="hours_added"), 303)


@bp.post("/hours/<int:entry_id>/withdraw", endpoint="withdraw_hours")
@guard(Right.EDUCATOR)
def withdraw_hours_now(acting: Acting, entry_id: int) -> ResponseReturnValue:
    """Take back hours that were added by hand."""
    withdraw_hours(acting.db, acting.person, entry_of(acting.db, acting.person, entry_id))
    return redirect(url_for(".show_hours", notice="hours_withdrawn"), 303)


@bp.route("/licence", methods=["GET", "POST"], endpoint="set_licence")
@guard(Right.EDUCATOR)
def set_licence_page(acting: Acting) -> ResponseReturnValue:
    """Ask what a licence needs and by when, and keep it."""
    if request.method == "GET":
        return _cycle_form(acting, {}, {})
    try:
        set_licence_cycle(acting.db, acting.person, load_form(CycleForm(), request.form.to_dict()))
    except InvalidInputError as error:
        return _cycle_form(acting, request.form, error.fields), error.status
    return redirect(url_for(".show_hours", notice="licence_saved"), 303)


@bp.post("/licence/<int:cycle_id>/remove", endpoint="remove_licence")
@guard(Right.EDUCATOR)
def remove_licence_now(acting: Acting, cycle_id: int) -> ResponseReturnValue:
    """Forget what a licence needs."""
    remove_licence_cycle(acting.db, acting.person, cycle_of(acting.db, acting.person, cycle_id))
    return redirect(url_for(".show_hours", notice="licence_removed"), 303)


def _entry_form(acting: Acting, typed: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    return render_template("plans/hours_form.html", kinds=_kinds(acting), typed=typed, errors=errors)


def _cycle_form(acting: Acting, typed: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    return render_template("plans/licence_form.html", kinds=_kinds(acting), typed=typed, errors=errors)


def _kinds(acting: Acting) -> list[tuple[str, str]]:
    """Return the kinds of credit to choose from: each by its name, with its unit."""
    offered = [each for each in credit_types_of(acting.db, acting.person.district_id) if each.retired_at is None]
    return [(each.name, each.name if each.name.casefold() == each.unit.casefold() else f"{each.name} ({each.unit})")
            for each in offered]  # fmt: skip
