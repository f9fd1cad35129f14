"""The page on which a district keeps what it cares about, for goals to be written for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lti_tool.errors import InvalidInputError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import Role
from lti_tool.people.queries import schools_of_district
from lti_tool.plans.operations import add_priority, change_priority, restore_priority, retire_priority
from lti_tool.plans.queries import priorities_of, priority_of
from lti_tool.plans.schemas import PriorityForm
from lti_tool.plans.views.blueprint import bp
from lti_tool.standards.schemas import load_form, meet, shown_of


@bp.get("/priorities")
@guard(Right.DESIGNER)
def show_priorities(acting: Acting) -> ResponseReturnValue:
    """Show the district's priorities and those of its schools."""
    return _page(acting)


@bp.post("/priorities", endpoint="add_priority")
@guard(Right.DESIGNER)
def add_priority_now(acting: Acting) -> ResponseReturnValue:
    """Offer a new priority to all who write goals."""
    try:
        form = load_form(PriorityForm(), request.form)
        add_priority(acting.db, acting.person, form["text"], _school(acting, form["school_id"]))
    except InvalidInputError as error:
        return _page(acting, typed=request.form, errors=error.fields), error.status
    return redirect(url_for(".show_priorities", notice="priority_added"), 303)


@bp.post("/priorities/<int:priority_id>", endpoint="change_priority")
@guard(Right.DESIGNER)
def change_priority_now(acting: Acting, priority_id: int) -> ResponseReturnValue:
    """Reword a priority, retire it, or offer it again; goals that were written for it keep what it said."""
    priority = priority_of(acting.db, acting.person, priority_id, to_change=True)
    do = request.form.get("do", "")
    if do in {"retire", "restore"}:
        {"retire": retire_priority, "restore": restore_priority}[do](acting.db, acting.person, priority)
        notice = "priority_retired" if do == "retire" else "priority_restored"
        return redirect(url_for(".show_priorities", notice=notice), 303)
    try:
        typed = meet(request.form, request.form.to_dict(), {"text": priority.text})
        change_priority(acting.db, acting.person, priority, load_form(PriorityForm(), typed)["text"])
    except (InvalidInputError, OverwrittenError) as error:
        return _page(acting, wrong_id=priority_id, typed=request.form, errors=error.fields), error.status
    return redirect(url_for(".show_priorities", notice="priority_changed"), 303)


def _school(acting: Acting, chosen: str) -> int | None:
    schools = {str(school.id): school.id for school in schools_of_district(acting.db, acting.person)}
    if chosen and chosen not in schools:
        raise InvalidInputError(fields={"school_id": [gettext("Choose a school from the list.")]})
    return schools.get(chosen)


def _page(
    acting: Acting,
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
    wrong_id: int | None = None,
) -> str:
    schools = schools_of_district(acting.db, acting.person)
    return render_template(
        "plans/priorities.html",
        priorities=priorities_of(acting.db, acting.person),
        school_options=[("", gettext("the whole district")), *((school.id, school.name) for school in schools)],
        is_keeper=acting.person.has_role(Role.DESIGNER) or acting.is_administrator,
        typed=typed or {},
        shown_of=shown_of,
        errors=errors or {},
        wrong_id=wrong_id,
    )
