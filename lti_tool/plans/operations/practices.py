"""Passing practices on: writing a card, retiring it, and telling its author that one tried it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Audience, Goal, GrowthPlan, PracticeCard, PracticeTry, TryStep
from lti_tool.standards.queries import indicators_of

SHARED_WITH = (Audience.SCHOOL, Audience.DISTRICT)


@dataclass(frozen=True, slots=True)
class PracticeWords:
    """What an educator writes on a practice card."""

    title: str
    did: str
    with_whom: str
    needed: str
    would_change: str
    audience: Audience
    indicator_ids: tuple[int, ...] = ()
    goal_id: int | None = None


@dataclass(frozen=True, slots=True)
class TryWords:
    """What somebody tells of trying a practice."""

    words: str
    is_adapted: bool
    is_named: bool
    goal_id: int | None = None


def write_practice(db: Session, actor: Person, words: PracticeWords, card: PracticeCard | None = None) -> PracticeCard:
    """Keep a card, new or changed by its author; refuse the school of somebody who is in none."""
    if words.audience not in SHARED_WITH:
        raise InvalidInputError(fields={"audience": ["Choose your school or your district."]})
    if words.audience is Audience.SCHOOL and actor.school_id is None:
        raise InvalidInputError(fields={"audience": ["No school is known for you yet. Choose the district."]})
    is_new = card is None
    card = card or PracticeCard(district_id=actor.district_id, person_id=actor.id)
    for name in ("title", "did", "with_whom", "needed", "would_change"):
        setattr(card, name, getattr(words, name))
    card.show_to(words.audience, actor)
    card.goal_id = own_goal_id(db, actor, words.goal_id)
    card.indicators = indicators_of(db, actor, words.indicator_ids)
    db.add(card)
    db.flush()  # the audit row names it
    record_audit(db, actor, "practice_shared" if is_new else "practice_changed", "practice_card", card.id)
    return card


def retire_practice(db: Session, actor: Person, card: PracticeCard) -> None:
    """Take a card out of every list; who tried it keeps what came of it."""
    require_author(actor, card)
    if card.retired_at is None:
        card.retired_at = utc_now()
        record_audit(db, actor, "practice_retired", "practice_card", card.id)


def try_practice(db: Session, actor: Person, card: PracticeCard, words: TryWords) -> PracticeTry:
    """Tell the author that one tried it; saying it again replaces the words."""
    require_anothers(actor, card)
    if not words.words.strip():
        raise InvalidInputError(fields={"words": ["Say what came of it, in a sentence or two."]})
    told = card.try_of(actor)
    if told is None:
        told = PracticeTry(person_id=actor.id)
        card.tries.append(told)
    told.step = TryStep.ADAPTED if words.is_adapted else TryStep.TRIED
    told.words, told.is_named = words.words.strip(), words.is_named
    told.goal_id, told.at = own_goal_id(db, actor, words.goal_id), utc_now()
    record_audit(db, actor, "practice_tried", "practice_card", card.id)
    return told


def keep_practice(db: Session, actor: Person, card: PracticeCard, goal_id: int) -> PracticeTry:
    """Keep a practice for an own goal, to be tried; of what was told of trying it only the goal changes."""
    require_anothers(actor, card)
    kept = card.try_of(actor)
    if kept is None:
        kept = PracticeTry(person_id=actor.id, step=TryStep.KEPT, words="")
        card.tries.append(kept)
    kept.goal_id = own_goal_id(db, actor, goal_id)
    record_audit(db, actor, "practice_kept", "practice_card", card.id)
    return kept


def require_anothers(actor: Person, card: PracticeCard) -> None:
    """Let everybody on but the author, who has no form to tell that they tried it."""
    if card.is_written_by(actor):
        raise ConflictError("This is your own card. Change it instead.")


def require_author(actor: Person, card: PracticeCard) -> None:
    """Let only the author on; whoever may read the card is told so."""
    if not card.is_written_by(actor):
        raise NotAllowedError("Only its author changes a card.")


def own_goal_id(db: Session, actor: Person, goal_id: int | None) -> int | None:
    """Return the id when it is a goal of the actor's own; anybody else's is not there."""
    if goal_id is None:
        return None
    own = select(Goal.id).join(Goal.plan).where(Goal.id == goal_id, GrowthPlan.person_id == actor.id)
    if db.scalar(own) is None:
        raise NotFoundError
    return goal_id
