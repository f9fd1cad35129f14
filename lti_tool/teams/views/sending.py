"""Sending proposals: those of a course at once, those of a school or the district after naming a course."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import Course
from lti_tool.standards.schemas import load_form
from lti_tool.teams.models import Team, TeamScope
from lti_tool.teams.operations import sending
from lti_tool.teams.operations.proposing import unsent_proposal
from lti_tool.teams.queries import courses_for, marked_course, not_enrolled, proposals_in, readiness
from lti_tool.teams.schemas import SendForm
from lti_tool.teams.scopes import Scope, scope_of
from lti_tool.teams.views.blueprint import bp, page_of, scope_to_design, team_to_design

WITHOUT_GROUP = "none"
NAMES_SHOWN = 50


@bp.get("/<int:team_id>/send")
@guard(Right.DESIGNER)
def show_sending(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show in which course a proposal's group could be, and who is not enrolled there, before it is sent."""
    team = team_to_design(acting, team_id)
    unsent_proposal(acting.db, acting.person, team_id)
    return _show(acting, scope_of(team), [team], team)


@bp.get("/send")
@guard(Right.DESIGNER)
def show_sending_all(acting: Acting) -> ResponseReturnValue:
    """Show the same for all proposals of a scope."""
    scope = scope_to_design(acting, load_form(SendForm(), request.args)["place"])
    return _show(acting, scope, proposals_in(acting.db, scope))


def _show(acting: Acting, scope: Scope, teams: Sequence[Team], team: Team | None = None) -> ResponseReturnValue:
    asked = load_form(SendForm(), request.args)
    course = _course(acting, scope, asked["course"])
    ready = readiness(acting.db, scope, teams, course)
    staying = [(each, why) for each in teams if (why := ready.why_not_sent(each))]
    sent = [each for each in teams if not ready.why_not_sent(each)]
    people = [member.person for each in sent for member in ready.members_of(each)]
    missing = not_enrolled(acting.db, course, people) if course else []
    return render_template(
        "teams/send.html",
        team=team,
        scope=scope,
        page=page_of(scope),
        asked=asked,
        course=course,
        is_chosen=bool(asked["course"]) or scope.kind is TeamScope.COURSE,
        choices=courses_for(acting.db, acting.person, {each.id for each in people}, asked["q"]),
        people=people,
        teams=sent,
        staying=staying[:NAMES_SHOWN],
        more_staying=max(len(staying) - NAMES_SHOWN, 0),
        held_alone=ready.alone_in(teams),
        missing=missing[:NAMES_SHOWN],
        more_missing=max(len(missing) - NAMES_SHOWN, 0),
    )


@bp.post("/<int:team_id>/send")
@guard(Right.DESIGNER)
def send_proposal(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show a proposal to its members."""
    scope = scope_of(team_to_design(acting, team_id))
    course = _course_named(acting, scope)
    sending.send_proposal(acting.db, acting.person, team_id, course)
    return redirect(page_of(scope, "team_sent"), 303)


@bp.post("/send")
@guard(Right.DESIGNER)
def send_proposals(acting: Acting) -> ResponseReturnValue:
    """Show all proposals of a scope that can be sent to their members."""
    scope = scope_to_design(acting, load_form(SendForm(), request.form)["place"])
    course = _course_named(acting, scope)
    _, left = sending.send_proposals(acting.db, acting.person, scope, course)
    if left and course is not None:  # what its wishes and its teams keep back stands on no card
        address = url_for("teams.show_sending_all", place=scope.place, course=course.id, notice="teams_partly_sent")
        return redirect(address, 303)
    return redirect(page_of(scope, "teams_partly_sent" if left else "team_sent"), 303)


def _course_named(acting: Acting, scope: Scope) -> Course | None:
    """Return the course that the designer named; for a school or the district, that none is wanted has to be said."""
    asked = load_form(SendForm(), request.form)["course"]
    if not asked and scope.kind is not TeamScope.COURSE:
        raise InvalidInputError("Name the course whose groups the teams become, or say that they become none.")
    return _course(acting, scope, asked)


def _course(acting: Acting, scope: Scope, asked: str) -> Course | None:
    if scope.kind is TeamScope.COURSE or asked in {"", WITHOUT_GROUP}:
        return None
    return marked_course(acting.db, acting.person, int(asked))
