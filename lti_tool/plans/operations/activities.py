"""Learning that counts toward goals: taking it up, and what the LMS or its owner says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.launch.operations.completion_reads import (
    Asking,
    announce_taken_up,
    ask_for_completions,
    what_asking_brings,
)
from lti_tool.people.models import Availability, Opportunity, Person
from lti_tool.people.operations import record_audit
from lti_tool.people.queries import is_on_offer
from lti_tool.plans.finding import PAST_IS_FOUND
from lti_tool.plans.models import IS_FINISHED, Activity, Goal, GoalState, GrowthPlan, LookedInside
from lti_tool.plans.operations.access import require_open, require_owner
from lti_tool.plans.operations.hours import add_activity_hours, restore_activity_hours, withdraw_activity_hours
from lti_tool.plans.operations.plans import plan_to_write_in
from lti_tool.plans.operations.tries import drop_unused_try, open_try, require_past


def take_up(
    db: Session, actor: Person, goal: Goal, opportunity: Opportunity, looked_inside: LookedInside | None = None
) -> None:
    """Let something on offer count toward a goal; what is known to be finished is finished here too.

    For learning outside of the district its owner first says whether anybody inside was asked or looked for.
    """
    require_open(actor, goal)
    _require_offer(db, actor, opportunity)
    if goal.counted(opportunity.id):
        return
    _require_look(opportunity, looked_inside)
    noted = _noted(db, actor, opportunity.id)
    if noted is not None:
        _move(db, actor, noted, goal)
        noted.looked_inside = looked_inside
        return
    taken = Activity(plan=goal.plan, opportunity=opportunity, looked_inside=looked_inside)
    goal.activities.append(taken)
    record_audit(db, actor, "learning_taken_up", "goal", goal.id, **_about(taken, opportunity))
    finished_at = _known_completion(db, actor.id, opportunity)
    if finished_at:
        _complete(db, actor, taken, finished_at, source="lms")
    else:
        announce_taken_up(db, actor, opportunity)


def note_learning(
    db: Session, actor: Person, opportunity: Opportunity, looked_inside: LookedInside | None = None
) -> Activity:
    """Keep in the actor's plan that something is learned that serves no goal, once."""
    _require_offer(db, actor, opportunity)
    _require_look(opportunity, looked_inside)
    plan = plan_to_write_in(db, actor)
    known = select(Activity).where(Activity.plan_id == plan.id, Activity.opportunity_id == opportunity.id)
    noted = db.scalars(known.order_by(Activity.id)).first()
    if noted is None:
        known_end = _known_completion(db, actor.id, opportunity)
        noted = Activity(plan=plan, opportunity=opportunity, looked_inside=looked_inside, completed_at=known_end)
        db.add(noted)
        db.flush()  # the audit row names its id
        record_audit(db, actor, "learning_noted", "activity", noted.id, **_about(noted, opportunity))
        if known_end is None:
            announce_taken_up(db, actor, opportunity)
    return noted


def link_activity(db: Session, actor: Person, activity: Activity, goal: Goal) -> None:
    """Let learning that served no goal serve one; what is finished opens its try-it there."""
    require_open(actor, goal)
    if activity.goal is not None:
        raise ConflictError("This counts toward a goal already.")
    _move(db, actor, activity, goal)


def take_out(db: Session, actor: Person, activity: Activity) -> None:
    """Let learning no longer count toward its goal, or be in the plan.

    Hours that its owner said go where it was nowhere else; those that the LMS reported are earned, wherever it stands.
    The try-it of what was finished stays: what was learned is to be tried before the goal is met.
    """
    is_the_lms_word = activity.is_reported and activity.taken_back_at is None
    goal, about = activity.goal, {"opportunity_id": activity.opportunity_id}
    if goal is None:
        db.delete(activity)
        record_audit(db, actor, "learning_taken_out", "activity", activity.id, **about)
    else:
        require_open(actor, goal)
        goal.activities.remove(activity)
        if activity.completed_at is None:
            drop_unused_try(goal, activity.opportunity_id)
        record_audit(db, actor, "learning_taken_out", "goal", goal.id, **about)
    if not is_the_lms_word:
        withdraw_activity_hours(db, actor.id, activity.opportunity_id)


def finish_activity(db: Session, actor: Person, activity: Activity, finished_on: date) -> None:
    """Take its owner's word that learning is finished, where no LMS reports it; opens one try-it on its goal.

    It may be finished after its goal was met, or its plan ended: what was learned is theirs all the same.
    """
    _require_owners_word(actor, activity)
    require_past(finished_on, "finished_on")
    if activity.completed_at is None:
        _complete(db, actor, activity, datetime.combine(finished_on, time(12), UTC), source="owner")


def unfinish_activity(db: Session, actor: Person, activity: Activity) -> None:
    """Take the owner's word back; a try-it that has words stays."""
    _require_owners_word(actor, activity)
    if activity.goal is not None:
        require_open(actor, activity.goal)
    if activity.completed_at is not None:
        activity.completed_at = None
        _drop_try(activity)
        withdraw_activity_hours(db, activity.plan.person_id, activity.opportunity_id)
        _note_unfinished(db, activity, "learning_not_finished")


def record_course_completion(db: Session, person_id: int, course_id: int, completed_at: datetime | None) -> None:
    """Note wherever a goal, or none, counts the course that the LMS reports it finished.

    Opens one try-it for each goal that its owner goes on with; of one that is met the hours count all the same.
    `completed_at` is None where the LMS does not say when. Saying it again changes nothing.
    """
    for activity in _counting(db, person_id, course_id):
        activity.taken_back_at = None
        if activity.completed_at is None:
            _complete(db, activity.plan.person, activity, completed_at or utc_now(), source="lms")
    restore_activity_hours(db, person_id, course_id)


def withdraw_course_completion(db: Session, person_id: int, course_id: int) -> None:
    """Note wherever the course counts that the LMS took the completion back; a try-it that has words stays.

    What a met goal rests on stays as it was: people said that it is met. Its owner is asked all the same.
    """
    for activity in _counting(db, person_id, course_id):
        if activity.completed_at is None:
            continue
        activity.taken_back_at = utc_now()
        if activity.goal is None or activity.goal.state is not GoalState.MET:
            activity.completed_at = None
            _drop_try(activity)
        _note_unfinished(db, activity, "course_completion_withdrawn")
    withdraw_activity_hours(db, person_id, course_id)


def keep_learning(db: Session, actor: Person, activity: Activity) -> None:
    """Take the owner's word that a course is finished although the LMS took that back."""
    if activity.goal is not None:
        require_owner(actor, activity.goal)
    if not activity.asks_its_owner or activity.taken_back_at is None:
        raise ConflictError("The LMS did not take this back, or reports it again.")
    _complete(db, actor, activity, activity.taken_back_at, source="owner")


def start_try(db: Session, actor: Person, activity: Activity) -> None:
    """Open the try-it of a course whose completion the LMS cannot tell; only its owner knows."""
    if activity.goal is None or not activity.is_reported:
        raise NotFoundError
    require_open(actor, activity.goal)
    if not activity.lms_cannot_tell:
        raise ConflictError("The LMS reports when this course is finished; the try-it opens by itself then.")
    open_try(db, actor, activity.goal, activity.opportunity_id)


def ask_lms(db: Session, actor: Person, activity: Activity) -> Asking:
    """Have the LMS asked whether a course is finished, unless that is known; return what comes of it."""
    if activity.course is None:
        raise NotFoundError
    if activity.goal is not None:
        require_open(actor, activity.goal)
    brings = what_asking_brings(db, activity.course)
    if activity.completed_at is None and brings is Asking.ASKED:
        ask_for_completions(db, activity.course)
        record_audit(db, actor, "completions_asked", "course", activity.opportunity_id)
    return brings


def _require_offer(db: Session, actor: Person, opportunity: Opportunity) -> None:
    """Let only on what the actor's district offers or lately held; say so of what it offers no more."""
    found = select(Opportunity.id).where(Opportunity.id == opportunity.id)
    if db.scalar(found.where(Opportunity.district_id == actor.district_id, is_on_offer(PAST_IS_FOUND))) is not None:
        return
    never_offered = opportunity.availability in {Availability.OFFERED, Availability.UNMARKED}
    if opportunity.district_id == actor.district_id and not never_offered:
        raise ConflictError("This is no longer offered. Choose something else for your goal.")
    raise NotFoundError


def _require_look(opportunity: Opportunity, looked_inside: LookedInside | None) -> None:
    """Let nobody go outside of the district who did not say whom inside they asked or looked for."""
    if opportunity.is_outside and looked_inside is None:
        raise InvalidInputError(fields={"looked_inside": ["Say whom inside you asked or looked for."]})


def _require_owners_word(actor: Person, activity: Activity) -> None:
    if activity.goal is not None:
        require_owner(actor, activity.goal)
    if activity.is_reported:
        raise ConflictError("The LMS says when a course is finished.")


def _noted(db: Session, actor: Person, opportunity_id: int) -> Activity | None:
    """Return the actor's record that this is learned for no goal, if there is one, to be changed."""
    without_goal = select(Activity).join(Activity.plan).where(GrowthPlan.person_id == actor.id)
    found = without_goal.where(Activity.opportunity_id == opportunity_id, Activity.goal_id.is_(None))
    return db.scalars(found.order_by(Activity.id.desc()).with_for_update(of=Activity)).first()


def _move(db: Session, actor: Person, activity: Activity, goal: Goal) -> None:
    """Let an activity without a goal serve this one, in whose plan it then stands."""
    if goal.counted(activity.opportunity_id):
        db.delete(activity)
    else:
        activity.plan = goal.plan
        goal.activities.append(activity)
        if activity.completed_at:
            open_try(db, actor, goal, activity.opportunity_id)
        else:
            announce_taken_up(db, actor, activity.opportunity)
    record_audit(db, actor, "learning_linked", "goal", goal.id, opportunity_id=activity.opportunity_id)


def _complete(db: Session, owner: Person, activity: Activity, completed_at: datetime, *, source: str) -> None:
    activity.completed_at = completed_at
    add_activity_hours(db, owner, activity)
    goal = activity.goal
    if goal is None:
        record_audit(
            db, owner, "learning_finished", "activity", activity.id,
            opportunity_id=activity.opportunity_id, source=source,
        )  # fmt: skip
        return
    opportunity_id = activity.opportunity_id or activity.opportunity.id
    record_audit(db, owner, "learning_finished", "goal", goal.id, opportunity_id=opportunity_id, source=source)
    if goal.is_live:
        open_try(db, owner, goal, opportunity_id)


def _drop_try(activity: Activity) -> None:
    if activity.goal is not None:
        drop_unused_try(activity.goal, activity.opportunity_id)


def _note_unfinished(db: Session, activity: Activity, what: str) -> None:
    subject, about = activity.goal or activity, {"opportunity_id": activity.opportunity_id}
    record_audit(db, activity.plan.person, what, "goal" if activity.goal else "activity", subject.id, **about)


def _about(activity: Activity, opportunity: Opportunity) -> dict[str, object]:
    said = {"looked_inside": activity.looked_inside.value} if activity.looked_inside else {}
    return {"opportunity_id": opportunity.id, "kind": opportunity.kind.value, **said}


def _counting(db: Session, person_id: int, course_id: int) -> Sequence[Activity]:
    """Return the person's activities of a course for any goal or for none, to be changed one after another."""
    own = select(Activity.id).join(Activity.plan).where(GrowthPlan.person_id == person_id)
    db.scalars(own.where(Activity.opportunity_id == course_id).order_by(Activity.id).with_for_update(of=Activity)).all()
    counting = select(Goal.id).join(Goal.plan).join(Activity, Activity.goal_id == Goal.id)
    of_course = (GrowthPlan.person_id == person_id, Activity.opportunity_id == course_id)
    db.scalars(counting.where(*of_course).order_by(Goal.id).with_for_update(of=Goal)).all()
    return (
        db.scalars(
            select(Activity)
            .join(Activity.plan)
            .where(*of_course)
            .options(
                contains_eager(Activity.plan).joinedload(GrowthPlan.person),
                joinedload(Activity.opportunity),
                joinedload(Activity.goal).options(
                    selectinload(Goal.activities), selectinload(Goal.tries), joinedload(Goal.declaration)
                ),
            )
            .order_by(Activity.id)
        )
        .unique()
        .all()
    )


def _known_completion(db: Session, person_id: int, opportunity: Opportunity) -> datetime | None:
    """Return when the LMS reported the course finished, as an activity of this person says."""
    if opportunity.course is None:
        return None
    return db.scalar(
        select(func.max(Activity.completed_at))
        .join(Activity.plan)
        .where(GrowthPlan.person_id == person_id, Activity.opportunity_id == opportunity.id, IS_FINISHED)
    )
