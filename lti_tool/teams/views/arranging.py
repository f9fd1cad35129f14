"""Changing proposals by hand: moving people with the effect said first, locking, keeping together or apart."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.standards.schemas import load_form
from lti_tool.teams.models import TeamWish
from lti_tool.teams.operations import arranging, proposing
from lti_tool.teams.queries import goals_without_team, may_be_read_by, readiness, targets_for, wish_of
from lti_tool.teams.queries.wishes import wishes_in_courses
from lti_tool.teams.schemas import ArrangeForm, BeginForm, MoveForm, TargetForm, WishesForm
from lti_tool.teams.scopes import scope_of
from lti_tool.teams.views.blueprint import (
    bp,
    designs_course,
    district_to_design,
    go_to,
    page_of,
    scope_to_design,
    team_to_design,
)
from lti_tool.teams.views.designing import show_scope


@bp.get("/<int:team_id>/members/<int:member_id>/move")
@guard(Right.DESIGNER)
def choose_move(acting: Acting, team_id: int, member_id: int) -> ResponseReturnValue:
    """Show what moving a member would do to both teams, before it is done; the nearest proposals come first."""
    team = team_to_design(acting, team_id)
    member, scope = proposing.member_of(team, member_id), scope_of(team)
    asked = load_form(TargetForm(), request.args)
    found = targets_for(acting.db, scope, member, words=asked["q"], after=asked["after"])
    ready = readiness(acting.db, scope, [team, *found.teams])
    if member not in ready.members_of(team):
        raise NotFoundError
    return render_template(
        "teams/move.html",
        team=team,
        member=member,
        page=page_of(scope),
        stay=ready.members_of(team),
        here=proposing.nearness_among(ready.members_of(team), member),
        rest=proposing.reasons_without(ready.members_of(team), member),
        words=asked["q"],
        found=found,
        choices=[
            (
                other,
                ready.members_of(other),
                proposing.reasons_with(ready.members_of(other), member),
                proposing.nearness_among(ready.members_of(other), member),
                ready.why_not_there(other, member),
            )
            for other in found.teams
        ],
    )


@bp.post("/<int:team_id>/members/<int:member_id>/move")
@guard(Right.DESIGNER)
def move(acting: Acting, team_id: int, member_id: int) -> ResponseReturnValue:
    """Move a member of a proposal to another one, or out."""
    team = team_to_design(acting, team_id)
    page = page_of(scope_of(team), "team_changed")
    target = load_form(MoveForm(), request.form)["target"]
    target_id = None if target == "out" else team_to_design(acting, int(target)).id
    proposing.move_member(acting.db, acting.person, team_id, member_id, target_id)
    return redirect(page, 303)


@bp.get("/people/<int:person_id>/propose")
@guard(Right.DESIGNER)
def choose_goal(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Ask which of several shared goals brings somebody who is in no team into a proposal."""
    scope = scope_to_design(acting, load_form(BeginForm(), request.args)["place"])
    goals = goals_without_team(acting.db, scope, person_id)
    if not goals:
        raise NotFoundError
    shown = {goal.id for goal in goals if may_be_read_by(goal, acting.person)}
    return render_template("teams/choose_goal.html", scope=scope, page=page_of(scope), goals=goals, shown=shown)


@bp.post("/people/<int:person_id>/propose")
@guard(Right.DESIGNER)
def begin(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Begin a proposal with somebody who is in no team, and show which others this person could come to.

    Whoever shared several goals is asked about first: one of them is named.
    """
    asked = load_form(BeginForm(), request.form)
    scope, goal_id = scope_to_design(acting, asked["place"]), asked["goal_id"]
    if goal_id is None and len(goals_without_team(acting.db, scope, person_id)) > 1:
        return redirect(url_for(".choose_goal", person_id=person_id, place=scope.place), 303)
    try:
        with acting.db.begin_nested():
            member = proposing.begin_proposal(acting.db, acting.person, scope, person_id, goal_id)
    except ConflictError as error:
        return show_scope(acting, scope, error.message), error.status
    return go_to("teams.choose_move", "proposal_begun", team_id=member.team_id, member_id=member.id)


@bp.post("/<int:team_id>/members")
@guard(Right.DESIGNER)
def arrange(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Lock the members that were ticked, let them go, or keep them together or apart."""
    team = team_to_design(acting, team_id)
    asked = load_form(ArrangeForm(), {"what": request.form.get("what"), "member": request.form.getlist("member")})
    scope = scope_of(team)
    try:
        with acting.db.begin_nested():
            arranging.arrange(acting.db, acting.person, team_id, asked["member"], asked["what"])
    except (InvalidInputError, ConflictError) as error:
        return show_scope(acting, scope, error.message), error.status
    return redirect(page_of(scope, f"members_{asked['what']}"), 303)


@bp.get("/wishes")
@guard(Right.DESIGNER)
def show_wishes(acting: Acting) -> ResponseReturnValue:
    """Show who is kept together or apart in courses: what holds where no page of the course can be opened as well."""
    page = page_of(district_to_design(acting))
    wishes, last = wishes_in_courses(acting.db, acting.person, after=load_form(WishesForm(), request.args)["after"])
    return render_template("teams/wishes.html", page=page, wishes=wishes, next_after=last and last.id)


@bp.post("/wishes/<int:wish_id>/forget")
@guard(Right.DESIGNER)
def forget_wish(acting: Acting, wish_id: int) -> ResponseReturnValue:
    """Take a wish back."""
    wish = wish_of(acting.db, acting.person, wish_id)
    if not designs_course(acting, wish.course_id):
        raise NotAllowedError("This wish belongs to a course that you do not design.")
    page = _page_with(acting, wish)
    arranging.forget_wish(acting.db, acting.person, wish)
    return redirect(page, 303)


def _page_with(acting: Acting, wish: TeamWish) -> str:
    """Return the address of the page of a wish's scope; no launch but its own opens that of a course."""
    course = wish.course
    if course is None or (course == acting.course and course.is_professional_learning):
        return page_of(scope_of(wish), "wish_forgotten")
    return url_for("teams.show_wishes", notice="wish_forgotten")
