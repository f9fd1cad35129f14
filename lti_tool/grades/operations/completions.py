"""Completions as the LMS tells them: each recorded once, told to plans, taken back when the LMS takes it back.

What is suspicious about them is held until an administrator decides; `holding` says what that is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lti_tool.db import database_time, utc_now
from lti_tool.errors import LMSError
from lti_tool.grades.models import Completion, CompletionSource, CompletionTurn, HeldWhy
from lti_tool.grades.operations.asking import CoursePlan
from lti_tool.grades.operations.holding import (
    DAY,
    Decision,
    are_too_many,
    are_too_many_taken_back,
    decide,
    is_too_early,
    note_turn,
    take_back,
)
from lti_tool.lms.rest import CompletionRead, PersonCompletion
from lti_tool.people.models import Course, Person
from lti_tool.people.operations import note_course_there
from lti_tool.people.queries import count_learners
from lti_tool.plans.models import Activity, GrowthPlan
from lti_tool.plans.operations.activities import record_course_completion

Known = dict[int, Completion]
"""What is known of a course, by person."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one path told of the people of a course, of whom there are so many."""

    source: CompletionSource
    people: Mapping[int, PersonCompletion]
    learners: int
    begun_at: datetime | None = None
    """When the read began that told so, by the database's clock; empty where it is told as it happens."""

    def is_overtaken(self, completion: Completion | None) -> bool:
        """Return whether the completion was taken back since, or asked somebody: this may be the older news."""
        if completion is None or self.begun_at is None:
            return False
        moments = (completion.withdrawn_at, completion.recalled_at, completion.kept_at)
        return any(moment is not None and moment > self.begun_at for moment in moments)


def record_read(db: Session, plan: CoursePlan, read: CompletionRead, trouble: LMSError | None = None) -> None:
    """Keep what the LMS said of the learners of a course, be it not of all for some trouble, and tell their goals."""
    course = db.get(Course, plan.course_id)
    if course is None:
        return
    by_end = sorted(read.people, key=lambda each: each.is_completed)  # of two accounts of somebody, what one finished
    said = {plan.people[each.user_id]: each for each in by_end if each.user_id in plan.people}
    members = {plan.people[user_id] for user_id in plan.question.members}
    known = _known(db, course)
    _notice_new(db, course, known, Told(plan.source, said, len(members | said.keys()), plan.begun_at))
    _take_back_gone(db, known, said, plan)
    if trouble is None:
        _note_read(db, course, plan, read)
    _tell_waiting(db, course.id)


def record_checkpoint(db: Session, course_id: int, person_id: int, opened_at: datetime) -> None:
    """Keep that somebody finished a course by opening its checkpoint link, where that was chosen."""
    course = db.get(Course, course_id)
    if course is None or not (course.is_professional_learning and course.has_finishing_checkpoint):
        return
    told = {person_id: PersonCompletion("", is_completed=True, completed_at=opened_at)}
    learners = count_learners(db, course_id)
    known = _known(db, course, [person_id])
    _notice_new(db, course, known, Told(CompletionSource.CHECKPOINT, told, learners))
    _tell_waiting(db, course.id, [person_id])


def record_confirmed(db: Session, course: Course, finished: Mapping[int, datetime | None]) -> None:
    """Keep completions that an administrator has looked at one by one: nothing about them is held."""
    known = _known(db, course, finished)
    for person_id, completed_at in finished.items():
        if person_id not in known:
            said = PersonCompletion("", is_completed=True, completed_at=completed_at)
            _notice(db, course, known, person_id, said, CompletionSource.FILE)
            known[person_id].reviewed_at = utc_now()
    _tell_waiting(db, course.id, finished)


def tell_again(db: Session, course_id: int, person_id: int) -> None:
    """Tell what somebody takes up now of a completion that is known already."""
    _tell_waiting(db, course_id, [person_id])


def _known(db: Session, course: Course, person_ids: Collection[int] | None = None) -> Known:
    """Return what is known of all people of a course, or of these and of whoever finished it lately."""
    wanted = select(Completion).where(Completion.course_id == course.id)
    if person_ids is not None:
        wanted = wanted.where(or_(Completion.person_id.in_(person_ids), Completion.noticed_at > utc_now() - DAY))
    return {each.person_id: each for each in db.scalars(wanted)}


def decide_held(
    db: Session, actor: Person, course_id: int, decision: Decision, completion_id: int | None = None
) -> int:
    """Do what an administrator decided about completions that ask; return how many these are."""
    decided = decide(db, actor, course_id, decision, completion_id)
    _tell_waiting(db, course_id)
    return len(decided)


def _note_read(db: Session, course: Course, plan: CoursePlan, read: CompletionRead) -> None:
    course.completions_read_at = course.completions_asked_at = utc_now()
    course.completions_note = "" if course.has_finishing_checkpoint else _note(plan, read)[:300]
    if read.tells_end:
        course.ends_at = read.ends_at
    if read.has_no_rules:
        course.untrackable_at = utc_now()
    if read.people:
        note_course_there(db, course.opportunity)


def _note(plan: CoursePlan, read: CompletionRead) -> str:
    """Say what the LMS could not tell; of people whom it need not know it says nothing."""
    untold = len(plan.question.members.intersection(read.untold)) + len(plan.nameless)
    if not read.is_trackable:
        return read.why_not_trackable
    if untold:
        people = "1 person" if untold == 1 else f"{untold} people"
        return f"The LMS could not tell for {people} of this course."
    return ""


def _notice_new(db: Session, course: Course, known: Known, told: Told) -> None:
    said = {person_id: each for person_id, each in told.people.items() if each.is_completed}
    now, finished = utc_now(), {each: said[each] for each in said if not told.is_overtaken(known.get(each))}
    new = {person_id: each for person_id, each in finished.items() if not _is_noticed(known, person_id)}
    why = are_too_many(course, known.values(), len(new), told.learners, now)
    for person_id in finished.keys() - new.keys():
        _tell_once_more(db, known[person_id], finished[person_id], told.source)
    for person_id, each in new.items():
        too_early = HeldWhy.EARLY if is_too_early(course, each.completed_at) else None
        _notice(db, course, known, person_id, each, told.source, why or too_early)


def _take_back_gone(db: Session, known: Known, said: Mapping[int, PersonCompletion], plan: CoursePlan) -> None:
    """Take back what the same path told before: of a completion that came by another one this path knows nothing.

    What another read noticed since this one began stays: the answer here may be the older one.
    """
    unfinished = [person_id for person_id, each in said.items() if not each.is_completed]
    noticed = [known[person_id] for person_id in unfinished if _is_noticed(known, person_id)]
    gone = [each for each in noticed if each.source is plan.source and each.noticed_at <= plan.begun_at]
    new = [each for each in gone if each.counts and not (each.kept_at or each.recalled_at)]
    are_held = are_too_many_taken_back(known.values(), len(new), utc_now())
    for each in gone:
        if each in new and are_held:
            each.recalled_at = database_time(db)
            note_turn(db, each, CompletionTurn.RECALLED)
        elif each in new or not each.counts:
            take_back(db, each)


def _tell_once_more(db: Session, completion: Completion, said: PersonCompletion, source: CompletionSource) -> None:
    """Take in that somebody is finished of whom that is known; news is it where it had been taken back."""
    if completion.recalled_at or completion.kept_at:
        completion.noticed_at = database_time(db)
        note_turn(db, completion, CompletionTurn.NOTICED, source=source, completed_at=said.completed_at)
    completion.recalled_at = completion.kept_at = None


def _is_noticed(known: Known, person_id: int) -> bool:
    return person_id in known and known[person_id].withdrawn_at is None


def _notice(
    db: Session,
    course: Course,
    known: Known,
    person_id: int,
    said: PersonCompletion,
    source: CompletionSource,
    held_why: HeldWhy | None = None,
) -> None:
    completion = known.get(person_id)
    if completion is None:
        completion = Completion(district_id=course.district_id, course_id=course.id, person_id=person_id)
        db.add(completion)
    completion.source = source
    completion.completed_at, completion.noticed_at = said.completed_at, database_time(db)
    completion.held_at, completion.held_why = utc_now() if held_why else None, held_why
    completion.withdrawn_at = completion.reviewed_at = completion.kept_at = None
    note_turn(db, completion, CompletionTurn.NOTICED, source=source, completed_at=said.completed_at)
    if held_why:
        note_turn(db, completion, CompletionTurn.HELD)
    known[person_id] = completion


def _tell_waiting(db: Session, course_id: int, person_ids: Collection[int] | None = None) -> None:
    """Tell whatever waits for this course, for a goal or for none, of every completion that counts, or of these."""
    db.flush()  # what waits is found by a query
    waiting = (
        select(Completion)
        .join(GrowthPlan, GrowthPlan.person_id == Completion.person_id)
        .join(Activity, and_(Activity.plan_id == GrowthPlan.id, Activity.opportunity_id == Completion.course_id))
        .where(
            Completion.course_id == course_id,
            Completion.withdrawn_at.is_(None),
            Completion.held_at.is_(None),
            or_(Activity.completed_at.is_(None), Activity.taken_back_at.is_not(None)),
        )
    )
    if person_ids is not None:
        waiting = waiting.where(Completion.person_id.in_(person_ids))
    told: Iterable[Completion] = db.scalars(waiting.order_by(Completion.person_id).distinct()).all()
    for completion in told:
        record_course_completion(db, completion.person_id, course_id, completion.completed_at)
