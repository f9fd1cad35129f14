"""Pages of open doors and problems of practice: who comes, what they note, what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.queries import open_goals_of
from lti_tool.standards.schemas import load_form
from lti_tool.teams.operations import visits
from lti_tool.teams.queries.visits import visited_of
from lti_tool.teams.schemas import WordsForm
from lti_tool.teams.views.blueprint import bp, go_to


@bp.get("/visits/<int:opportunity_id>")
@guard(Right.EDUCATOR)
def show_visit(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Show what colleagues come to."""
    return _page(acting, opportunity_id)


@bp.post("/visits/<int:opportunity_id>/join")
@guard(Right.EDUCATOR)
def join_visit(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Say that one comes."""
    visits.join_visit(acting.db, acting.person, opportunity_id, request.form.get("goal_id", None, row_id))
    return go_to("teams.show_visit", "visit_joined", opportunity_id=opportunity_id)


@bp.post("/visits/<int:opportunity_id>/leave")
@guard(Right.EDUCATOR)
def leave_visit(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Say that one does not come after all."""
    visits.leave_visit(acting.db, acting.person, opportunity_id)
    return go_to("teams.show_visit", "visit_left", opportunity_id=opportunity_id)


@bp.post("/visits/<int:opportunity_id>/note")
@guard(Right.EDUCATOR)
def note_visit(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Give the host a note."""
    return _say(acting, opportunity_id, visits.note_visit, "visit_noted")


@bp.post("/visits/<int:opportunity_id>/next-step")
@guard(Right.EDUCATOR)
def say_next_step(acting: Acting, opportunity_id: int) -> ResponseReturnValue:
    """Say what the host does next."""
    return _say(acting, opportunity_id, visits.say_next_step, "next_step_said")


@bp.post("/visits/<int:opportunity_id>/notes/<int:visit_id>/delete")
@guard(Right.EDUCATOR)
def delete_note(acting: Acting, opportunity_id: int, visit_id: int) -> ResponseReturnValue:
    """Delete a note that the host was given."""
    visits.delete_note(acting.db, acting.person, opportunity_id, visit_id)
    return go_to("teams.show_visit", "visit_note_deleted", opportunity_id=opportunity_id)


def _say(acting: Acting, opportunity_id: int, act: Callable[..., None], notice: str) -> ResponseReturnValue:
    """Keep words; when they cannot be, show the page with what was typed."""
    try:
        act(acting.db, acting.person, opportunity_id, load_form(WordsForm(), request.form)["words"])
    except InvalidInputError as error:
        return _page(acting, opportunity_id, error.fields), error.status
    return go_to("teams.show_visit", notice, opportunity_id=opportunity_id)


def _page(acting: Acting, opportunity_id: int, errors: Mapping[str, Any] | None = None) -> str:
    return render_template(
        "teams/visit.html",
        visited=visited_of(acting.db, acting.person, opportunity_id),
        goals=open_goals_of(acting.db, acting.person),
        errors=errors or {},
        typed=request.form,
    )
