"""Coming to a colleague's open door or problem: joining, noting once, and what its host makes of it."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people.models import Opportunity, Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.operations import take_up
from lti_tool.plans.queries import goal_of
from lti_tool.teams.models import VISITED, Visit
from lti_tool.teams.queries.visits import Visited, visited_of


def join_visit(db: Session, person: Person, opportunity_id: int, goal_id: int | None = None) -> None:
    """Say that one comes, and for which of the own goals if for any; saying it again changes nothing but that."""
    visited = visited_of(db, person, opportunity_id)
    if visited.is_host:
        raise ConflictError("You are the host.")
    if not visited.opportunity.is_offered:
        raise ConflictError("This is not offered any more.")
    if goal_id is not None:
        take_up(db, person, goal_of(db, person, goal_id, to_change=True), visited.opportunity)
    if visited.mine is None:
        db.add(Visit(opportunity_id=opportunity_id, person_id=person.id))
        record_audit(db, person, "visit_joined", "opportunity", opportunity_id)


def leave_visit(db: Session, person: Person, opportunity_id: int) -> None:
    """Say that one does not come after all; a note that was given stays with the host."""
    mine = _mine(visited_of(db, person, opportunity_id))
    if mine.noted_at is not None:
        raise ConflictError("You have been there: what you noted is the host's.")
    db.delete(mine)
    record_audit(db, person, "visit_left", "opportunity", opportunity_id)


def note_visit(db: Session, person: Person, opportunity_id: int, words: str) -> None:
    """Give the host what one noted, once."""
    visited = visited_of(db, person, opportunity_id)
    mine = _mine(visited)
    if not words.strip():
        raise InvalidInputError(fields={"words": ["Write what you saw or thought."]})
    if not visited.has_begun:
        raise ConflictError("It has not begun yet.")
    if mine.noted_at is not None:
        raise ConflictError("You have given your note. It is the host's now.")
    mine.note, mine.noted_at = words.strip(), utc_now()
    record_audit(db, person, "visit_noted", "opportunity", opportunity_id)


def delete_note(db: Session, person: Person, opportunity_id: int, visit_id: int) -> None:
    """Delete what a visitor noted: notes are their host's."""
    visit = next((each for each in visited_of(db, person, opportunity_id).visits if each.id == visit_id), None)
    if visit is None:
        raise NotFoundError
    visit.note = ""
    record_audit(db, person, "visit_note_deleted", "opportunity", opportunity_id)


def close_doors(db: Session, person: Person) -> None:
    """Delete who came to somebody who is being erased, and what they noted."""
    hosted = select(Opportunity.id).where(Opportunity.host_id == person.id, Opportunity.kind.in_(VISITED))
    db.execute(delete(Visit).where(Visit.opportunity_id.in_(hosted)))


def say_next_step(db: Session, person: Person, opportunity_id: int, words: str) -> None:
    """Keep what the host does next with what colleagues thought."""
    visited = visited_of(db, person, opportunity_id)
    if not visited.is_host:
        raise NotAllowedError("Its host says what comes next.")
    visited.opportunity.next_step = words.strip()
    record_audit(db, person, "next_step_said", "opportunity", opportunity_id)


def _mine(visited: Visited) -> Visit:
    if visited.mine is None:
        raise NotFoundError
    return visited.mine
