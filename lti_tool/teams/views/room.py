"""A team's room: only its members come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext, to_utc

from lti_tool.db import LARGEST_ID, utc_now
from lti_tool.errors import ConflictError, InvalidInputError, OverwrittenError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.standards.schemas import load_form, meet, shown_of
from lti_tool.teams.models import CheckInState, StepKind
from lti_tool.teams.operations import commitments, room
from lti_tool.teams.queries.room import room_of, room_team
from lti_tool.teams.queries.shares import share_of
from lti_tool.teams.schemas import CheckInForm, GoalForm, SessionForm, StepForm, WordsForm, typed_session
from lti_tool.teams.views.blueprint import bp, go_to

CHECK_IN_WORDS = {
    CheckInState.ON_COURSE: lazy_gettext("On course"),
    CheckInState.WANT_HELP: lazy_gettext("Want help"),
    CheckInState.CHANGED: lazy_gettext("Changed"),
}
STEP_WORDS = {
    StepKind.MET: lazy_gettext("The goal is met"),
    StepKind.REVISED: lazy_gettext("The goal changes"),
    StepKind.CARRIED: lazy_gettext("The goal goes on in the next cycle"),
    StepKind.RELEASED: lazy_gettext("The goal is let go"),
}


@bp.get("/<int:team_id>/room")
@guard(Right.EDUCATOR)
def show_room(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Show the room."""
    return _page(acting, team_id)


@bp.post("/<int:team_id>/room/agreement")
@guard(Right.EDUCATOR)
def save_agreement(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Keep what the team agreed on."""

    def act() -> None:
        version = request.form.get("version", 0, int)
        room.write_agreement(acting.db, acting.person, team_id, load_form(WordsForm(), request.form)["words"], version)

    return _done(acting, team_id, "agreement", act, "agreement_saved")


@bp.post("/<int:team_id>/room/sessions")
@guard(Right.EDUCATOR)
def save_session(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Plan a session."""

    def act() -> None:
        room.plan_session(acting.db, acting.person, team_id, _session_said(request.form))

    return _done(acting, team_id, "session", act, "session_planned")


@bp.post("/<int:team_id>/room/sessions/<int:session_id>/change")
@guard(Right.EDUCATOR)
def change_session(acting: Acting, team_id: int, session_id: int) -> ResponseReturnValue:
    """Change a planned session."""

    def act() -> None:
        session = room.session_to_change(acting.db, acting.person, session_id)
        said = meet(request.form, request.form.to_dict(), typed_session(session))
        room.change_session(acting.db, acting.person, session_id, _session_said(said))

    return _done(acting, team_id, f"session-{session_id}", act, "session_changed")


@bp.post("/<int:team_id>/room/sessions/<int:session_id>/drop")
@guard(Right.EDUCATOR)
def drop_session(acting: Acting, team_id: int, session_id: int) -> ResponseReturnValue:
    """Take back a session."""
    room.drop_session(acting.db, acting.person, session_id)
    return go_to("teams.show_room", "session_dropped", team_id=team_id)


@bp.post("/<int:team_id>/room/sessions/<int:session_id>/attendance")
@guard(Right.EDUCATOR)
def save_attendance(acting: Acting, team_id: int, session_id: int) -> ResponseReturnValue:
    """Note who was there."""
    present, shown = (
        [each for each in request.form.getlist(name, int) if 0 < each <= LARGEST_ID] for name in ("present", "shown")
    )
    room.note_attendance(acting.db, acting.person, session_id, present, shown)
    return go_to("teams.show_room", "attendance_noted", team_id=team_id)


@bp.post("/<int:team_id>/room/check-in", endpoint="check_in")
@guard(Right.EDUCATOR)
def save_check_in(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Say how it goes."""

    def act() -> None:
        said = load_form(CheckInForm(), request.form)
        room.check_in(acting.db, acting.person, team_id, said["state"], said["words"].strip())

    return _done(acting, team_id, "check_in", act, "checked_in")


@bp.post("/<int:team_id>/room/help")
@guard(Right.EDUCATOR)
def ask_for_help(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Ask the team."""

    def act() -> None:
        room.ask_for_help(acting.db, acting.person, team_id, load_form(WordsForm(), request.form)["words"])

    return _done(acting, team_id, "help", act, "help_asked")


@bp.post("/<int:team_id>/room/help/<int:request_id>/answer")
@guard(Right.EDUCATOR)
def answer_help(acting: Acting, team_id: int, request_id: int) -> ResponseReturnValue:
    """Answer a teammate."""

    def act() -> None:
        room.answer_help(acting.db, acting.person, request_id, load_form(WordsForm(), request.form)["words"])

    return _done(acting, team_id, f"answer-{request_id}", act, "help_answered")


@bp.post("/<int:team_id>/room/help/<int:request_id>/close")
@guard(Right.EDUCATOR)
def close_help(acting: Acting, team_id: int, request_id: int) -> ResponseReturnValue:
    """Close the own question."""
    room.close_help(acting.db, acting.person, request_id)
    return go_to("teams.show_room", "help_closed", team_id=team_id)


@bp.post("/<int:team_id>/room/step")
@guard(Right.EDUCATOR)
def save_step(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Say what becomes of the own goal in this cycle."""

    def act() -> None:
        said = load_form(StepForm(), request.form)
        commitments.state_step(acting.db, acting.person, team_id, said["step"], said["words"].strip())

    return _done(acting, team_id, "step", act, "step_stated")


@bp.post("/<int:team_id>/room/members/<int:member_id>/confirm")
@guard(Right.EDUCATOR)
def confirm_step(acting: Acting, team_id: int, member_id: int) -> ResponseReturnValue:
    """Confirm a teammate's step."""
    cycle = commitments.confirm_step(acting.db, acting.person, team_id, member_id, request.form.get("stated_at", ""))
    return go_to("teams.show_room", "cycle_kept" if cycle.is_kept else "step_confirmed", team_id=team_id)


@bp.post("/<int:team_id>/room/cycle")
@guard(Right.EDUCATOR)
def begin_next_cycle(acting: Acting, team_id: int) -> ResponseReturnValue:
    """End this cycle and begin the next."""
    all_the_same = request.form.get("all_the_same") == "yes"
    commitments.begin_next_cycle(acting.db, acting.person, team_id, all_the_same=all_the_same)
    owes = share_of(acting.db, room_team(acting.db, acting.person, team_id)).is_owed_from_before
    return go_to("teams.show_room", "cycle_begun_share_owed" if owes else "cycle_begun", team_id=team_id)


@bp.post("/<int:team_id>/room/goal")
@guard(Right.EDUCATOR)
def bring_goal(acting: Acting, team_id: int) -> ResponseReturnValue:
    """Bring another own goal."""

    def act() -> None:
        goal_id = load_form(GoalForm(), request.form)["goal_id"]
        commitments.bring_goal(acting.db, acting.person, team_id, goal_id)

    return _done(acting, team_id, "goal", act, "goal_brought")


def _done(acting: Acting, team_id: int, form: str, act: Callable[[], None], notice: str) -> ResponseReturnValue:
    """Do what a form of the room asks; when it cannot be, show the room with the form as it was typed."""
    try:
        act()
    except (InvalidInputError, ConflictError) as error:
        return _page(acting, team_id, form=form, error=error), error.status
    return go_to("teams.show_room", notice, team_id=team_id)


def _session_said(typed: Mapping[str, Any]) -> room.SessionPlan:
    said = load_form(SessionForm(), {name: typed[name] for name in SessionForm().fields if name in typed})
    return room.SessionPlan(_in_utc(said["starts_at"]), said["hours"], said["topic"].strip())


def _in_utc(local: datetime) -> datetime:
    """Return a time that was written in the time zone of the launch."""
    utc: datetime = to_utc(local)
    return utc.replace(tzinfo=UTC)


def _page(acting: Acting, team_id: int, form: str = "", error: InvalidInputError | ConflictError | None = None) -> str:
    shown = room_of(acting.db, acting.person, team_id)
    errors: Mapping[str, Any] = error.fields if isinstance(error, InvalidInputError | OverwrittenError) else {}
    return render_template(
        "teams/room.html",
        room=shown,
        team=shown.team,
        me=shown.team.membership_of(acting.person.id),
        goals=shown.goals,
        now=utc_now(),
        form=form,
        problem=error.message if error and (not errors or form == "goal") else "",
        errors=errors,
        typed=error.typed if isinstance(error, OverwrittenError) else request.form,
        planned={each.id: typed_session(each) for each in shown.sessions if not each.attendances},
        shown_of=shown_of,
        check_in_words=CHECK_IN_WORDS,
        step_words=STEP_WORDS,
    )
