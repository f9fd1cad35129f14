"""What members do in their team's room: agree, meet, say how it goes, ask and answer. Nobody else can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import to_user_timezone
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.operations import SessionHours, set_session_hours
from lti_tool.teams.models import (
    Agreement,
    Attendance,
    CheckIn,
    CheckInState,
    HelpReply,
    HelpRequest,
    Team,
    TeamSession,
)
from lti_tool.teams.queries.room import room_team

HAS_GIVEN_HOURS = (
    "Somebody was at this session and has its hours, so that it stays as it is. If it is wrong, take those who are "
    "noted out again; then it can be changed, and they are noted anew."
)
HAS_GIVEN_HOURS_TO_WHO_LEFT = (
    "Somebody who has left the team was at this session and keeps its hours, so that it stays as it is. If you meet "
    "again, plan another session."
)


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """When a team means to meet, for how long, and about what."""

    starts_at: datetime
    hours: Decimal
    topic: str = ""


def write_agreement(db: Session, person: Person, team_id: int, words: str, version: int) -> None:
    """Keep what the team agreed on; refuse when a teammate saved since `version` was read (0: nothing yet)."""
    team = room_team(db, person, team_id, to_change=True)
    if not words.strip():
        raise InvalidInputError(fields={"words": ["Write down what you agreed on."]})
    agreement = db.get(Agreement, team.id)
    if (agreement.version if agreement else 0) != version:
        raise ConflictError("A teammate changed the agreement in the meantime. Both texts are on the page.")
    if agreement is None:
        agreement = Agreement(team_id=team.id)
        db.add(agreement)
    agreement.words, agreement.changed_by_id, agreement.changed_at = words.strip(), person.id, utc_now()
    record_audit(db, person, "agreement_written", "team", team.id)


def plan_session(db: Session, person: Person, team_id: int, plan: SessionPlan) -> TeamSession:
    """Plan a session; the first one waits for an agreement, and the turn to prepare goes round."""
    team = room_team(db, person, team_id, to_change=True)
    session = TeamSession(team_id=team.id, facilitator_id=_whose_turn(db, team))
    _set_plan(db, team, session, plan)
    db.add(session)
    db.flush()  # the audit row names it
    record_audit(db, person, "session_planned", "team_session", session.id)
    return session


def session_to_change(db: Session, person: Person, session_id: int) -> TeamSession:
    """Return a session at which nobody was yet; whoever changes it or notes people next waits for this change."""
    session = _session(db, person, session_id)
    if session.is_held_by_who_left(room_team(db, person, session.team_id)):
        raise ConflictError(HAS_GIVEN_HOURS_TO_WHO_LEFT)
    if session.attendances:
        raise ConflictError(HAS_GIVEN_HOURS)
    return session


def change_session(db: Session, person: Person, session_id: int, plan: SessionPlan) -> None:
    """Change when and how long a team means to meet, and about what; whoever prepares it still does."""
    session = session_to_change(db, person, session_id)
    _set_plan(db, room_team(db, person, session.team_id), session, plan)
    record_audit(db, person, "session_changed", "team_session", session.id)


def _set_plan(db: Session, team: Team, session: TeamSession, plan: SessionPlan) -> None:
    if db.get(Agreement, team.id) is None:
        raise ConflictError("Write down what you agree on first. A starter text is there; change it as you like.")
    if team.formed_at is not None and plan.starts_at < team.formed_at:
        raise InvalidInputError(fields={"starts_at": ["Choose a time after the team was formed."]})
    session.starts_at, session.hours, session.topic = plan.starts_at, plan.hours, plan.topic


def drop_session(db: Session, person: Person, session_id: int) -> None:
    """Take back a session at which nobody was yet."""
    session = _session(db, person, session_id)
    if session.attendances:
        raise ConflictError("Somebody was at this session: it stays as a record.")
    db.delete(session)
    record_audit(db, person, "session_dropped", "team_session", session.id)


def note_attendance(
    db: Session, person: Person, session_id: int, person_ids: Collection[int], shown_ids: Collection[int]
) -> None:
    """Note who was at a session that has begun: it adds its hours to each one's ledger, once.

    Saying it again changes nothing; leaving out somebody who was shown as there takes both back. What a teammate
    noted since the page was opened stays.
    """
    session = _session(db, person, session_id)
    if session.starts_at > utc_now():
        raise ConflictError("This session has not begun yet.")
    team = room_team(db, person, session.team_id)
    members = {member.person_id for member in team.accepted if session.could_be_attended_by(member)}
    if not set(person_ids) <= members:
        raise InvalidInputError(fields={"present": ["Choose people who were in this team by then."]})
    taken_out = (set(shown_ids) & members) - set(person_ids)
    kept = [each for each in session.attendances if each.person_id not in taken_out]
    added = set(person_ids) - set(shown_ids) - {each.person_id for each in kept}
    session.attendances = [*kept, *(Attendance(person_id=each) for each in sorted(added))]
    record_audit(db, person, "attendance_noted", "team_session", session.id, people=len(session.attendances))
    # who has left the team since keeps what was noted, and so the hours
    set_session_hours(db, person, _hours_of(session, team), [each.person_id for each in session.attendances])


def check_in(db: Session, person: Person, team_id: int, state: CheckInState, words: str) -> None:
    """Say to the team how it goes; wanting help asks the team for it."""
    team = room_team(db, person, team_id)
    if state is CheckInState.WANT_HELP and not words.strip():
        raise InvalidInputError(fields={"words": ["Say what would help you."]})
    db.add(CheckIn(team_id=team.id, person_id=person.id, state=state, words=words))
    record_audit(db, person, "checked_in", "team", team.id)
    if state is CheckInState.WANT_HELP:
        ask_for_help(db, person, team.id, words)


def ask_for_help(db: Session, person: Person, team_id: int, words: str) -> HelpRequest:
    """Ask the team; the question is on every member's home until somebody answers."""
    team = room_team(db, person, team_id)
    if not words.strip():
        raise InvalidInputError(fields={"words": ["Say what would help you."]})
    asked = HelpRequest(team_id=team.id, person_id=person.id, words=words.strip())
    db.add(asked)
    db.flush()  # the audit row names it
    record_audit(db, person, "help_asked", "help_request", asked.id)
    return asked


def answer_help(db: Session, person: Person, request_id: int, words: str) -> HelpRequest:
    """Answer a teammate's question; the asker may add to it too, which is no answer."""
    asked = _request(db, person, request_id)
    if not words.strip():
        raise InvalidInputError(fields={"words": ["Write an answer."]})
    if not asked.is_open:
        raise ConflictError("This question is closed. Ask a new one if something is left.")
    asked.replies.append(HelpReply(person_id=person.id, words=words.strip()))
    if asked.answered_at is None and asked.person_id != person.id:
        asked.answered_at = utc_now()
    record_audit(db, person, "help_answered", "help_request", asked.id)
    return asked


def close_help(db: Session, person: Person, request_id: int) -> HelpRequest:
    """Close a question; only whoever asked knows that it is answered."""
    asked = _request(db, person, request_id)
    if asked.person_id != person.id:
        raise NotAllowedError("Whoever asked closes the question.")
    if asked.is_open:
        asked.closed_at = utc_now()
        record_audit(db, person, "help_closed", "help_request", asked.id)
    return asked


def close_questions_of(db: Session, actor: Person, team: Team, person_id: int) -> None:
    """Close what somebody who leaves asked the team: no answer would reach the asker any more."""
    asked = select(HelpRequest).where(HelpRequest.team_id == team.id, HelpRequest.person_id == person_id)
    for each in db.scalars(asked.where(HelpRequest.closed_at.is_(None)).with_for_update()):
        each.closed_at = utc_now()
        record_audit(db, actor, "help_closed", "help_request", each.id)


def pass_turns_on(db: Session, team: Team, person_id: int) -> None:
    """Let others prepare the sessions ahead whose turn was somebody's who is not in the team any more."""
    theirs = select(TeamSession).where(TeamSession.team_id == team.id, TeamSession.facilitator_id == person_id)
    for each in db.scalars(theirs.where(TeamSession.starts_at > utc_now()).order_by(TeamSession.starts_at)).all():
        each.facilitator_id = _whose_turn(db, team)


def _hours_of(session: TeamSession, team: Team) -> SessionHours:
    """Return what being at a session is worth; its topic stays in the room."""
    day = to_user_timezone(session.starts_at).date()  # as the room shows it
    return SessionHours(session.ledger_key, f"Session of {team.name}", session.hours, day)


def _whose_turn(db: Session, team: Team) -> int | None:
    """Return who prepares the next session: whoever did so least often, then by name."""
    done = Counter(db.scalars(select(TeamSession.facilitator_id).where(TeamSession.team_id == team.id)))
    waiting = sorted(team.accepted, key=lambda each: (done[each.person_id], each.person.name, each.person_id))
    return waiting[0].person_id if waiting else None


def _session(db: Session, person: Person, session_id: int) -> TeamSession:
    found = db.scalar(
        select(TeamSession)
        .where(TeamSession.id == session_id)
        .options(selectinload(TeamSession.attendances))
        .with_for_update(of=TeamSession)
    )
    if found is None:
        raise NotFoundError
    room_team(db, person, found.team_id)
    return found


def _request(db: Session, person: Person, request_id: int) -> HelpRequest:
    found = db.scalar(
        select(HelpRequest)
        .where(HelpRequest.id == request_id)
        .options(selectinload(HelpRequest.replies))
        .with_for_update(of=HelpRequest)
    )
    if found is None:
        raise NotFoundError
    room_team(db, person, found.team_id)
    return found
