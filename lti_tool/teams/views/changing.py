"""Changes to teams that stand: looked at with what both teams gain or lose, then put to the people."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import NotAllowedError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.standards.schemas import load_form
from lti_tool.teams.operations import changing
from lti_tool.teams.operations.locking import lock_scope
from lti_tool.teams.queries import change_of, changes_page, last_look
from lti_tool.teams.schemas import ChangesForm
from lti_tool.teams.scopes import scope_of
from lti_tool.teams.views.blueprint import bp, designs_course, page_of, scope_to_design


@bp.get("/changes")
@guard(Right.DESIGNER)
def show_changes(acting: Acting) -> ResponseReturnValue:
    """Show who would join or move, and why, before anybody is asked."""
    asked = load_form(ChangesForm(), request.args)
    scope = scope_to_design(acting, asked["place"])
    return render_template(
        "teams/changes.html",
        scope=scope,
        page=page_of(scope),
        last=last_look(acting.db, scope),
        found=changes_page(acting.db, scope, after=asked["after"]),
    )


@bp.post("/changes/send")
@guard(Right.DESIGNER)
def send_changes(acting: Acting) -> ResponseReturnValue:
    """Invite whoever would join or move."""
    scope = scope_to_design(acting, load_form(ChangesForm(), request.form)["place"])
    lock_scope(acting.db, scope)
    _, left = changing.send_changes(acting.db, acting.person, scope)
    if left:
        return redirect(url_for("teams.show_changes", place=scope.place, notice="teams_partly_sent"), 303)
    return redirect(page_of(scope, "team_sent"), 303)


@bp.post("/changes/<int:team_change_id>/leave-out")
@guard(Right.DESIGNER)
def leave_out(acting: Acting, team_change_id: int) -> ResponseReturnValue:
    """Take a change away before anybody is asked."""
    scope = scope_of(change_of(acting.db, acting.person, team_change_id).run)
    if not designs_course(acting, scope.course.id if scope.course else None):
        raise NotAllowedError("These teams belong to a course that you do not design.")
    changing.leave_out(acting.db, acting.person, team_change_id)
    return redirect(url_for("teams.show_changes", place=scope.place, notice="team_changed"), 303)
