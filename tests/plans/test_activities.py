"""Taking learning up, finishing it, and the one try-it that it opens, for each kind of learning."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.people.models import AuditEvent, Opportunity, OpportunityKind
from lti_tool.plans.models import Activity, Audience, Goal, GoalState, LookedInside, TryIt
from lti_tool.plans.operations import (
    finish_activity,
    link_activity,
    meet_goal,
    note_learning,
    record_course_completion,
    reflect,
    take_out,
    take_up,
    unfinish_activity,
)
from tests.conftest import SampleDistrict, make_district, make_person
from tests.plans.conftest import Ana, write_goal
from tests.plans.learning import FOR_ALL, offer, offer_course

DAY = date(2026, 11, 3)
OWNERS_WORD = [kind for kind in OpportunityKind if kind is not OpportunityKind.COURSE]


def take(db: Session, sample: SampleDistrict, ana: Ana, kind: OpportunityKind) -> Activity:
    """Return a new activity of this kind that counts toward Ana's goal."""
    made: Opportunity = (
        offer_course(db, sample, "A course").opportunity
        if kind is OpportunityKind.COURSE
        else offer(db, sample, kind, f"One {kind.value}", **FOR_ALL)
    )
    looked = LookedInside.ASKED if kind is OpportunityKind.EXTERNAL else None
    goal = ana.read(db)
    take_up(db, goal.owner, goal, made, looked)
    db.flush()
    return next(each for each in goal.activities if each.opportunity_id == made.id)


def finish(db: Session, ana: Ana, activity: Activity) -> None:
    """Let the LMS or the owner say that it is finished, whoever does so for its kind."""
    if activity.is_reported:
        record_course_completion(db, ana.person.id, activity.opportunity_id, None)
    else:
        finish_activity(db, ana.person, activity, DAY)


@pytest.mark.parametrize("kind", list(OpportunityKind))
def test_s5_finishing_learning_of_any_kind_opens_exactly_one_try_it(database, sample, ana, kind):
    with database.transaction() as db:
        activity = take(db, sample, ana, kind)
        assert ana.read(db).tries == []
        for _ in range(2):
            finish(db, ana, activity)

    with database.reading() as db:
        (attempt,) = db.scalars(select(TryIt)).all()
        assert (attempt.goal_id, attempt.opportunity_id, attempt.done_at) == (
            ana.goal_id,
            activity.opportunity_id,
            None,
        )


@pytest.mark.parametrize("kind", list(OpportunityKind))
def test_s5_a_goal_with_learning_of_any_kind_is_met_only_after_a_try_it_with_a_reflection(database, sample, ana, kind):
    with database.transaction() as db:
        activity = take(db, sample, ana, kind)
        with pytest.raises(ConflictError):
            meet_goal(db, ana.person, ana.read(db), "Done")
        finish(db, ana, activity)
        with pytest.raises(ConflictError):
            meet_goal(db, ana.person, ana.read(db), "Done")
        with pytest.raises(InvalidInputError):
            reflect(db, ana.person, ana.read(db).tries[0], " ")
        reflect(db, ana.person, ana.read(db).tries[0], "Two classes wrote exit notes", DAY)
        meet_goal(db, ana.person, ana.read(db), "Most can say it")

    with database.reading() as db:
        assert ana.read(db).state is GoalState.MET
        assert ana.read(db).tries[0].tried_on == DAY


def test_s5_the_owner_marks_an_open_door_done_and_undone_on_the_goal_s_page(database, sample, ana, visit):
    with database.transaction() as db:
        activity_id = take(db, sample, ana, OpportunityKind.OPEN_DOOR).id
    visitor, goal = visit(sample, ana.person), f"/plans/goals/{ana.goal_id}"

    before = visitor.get(goal).text
    done = visitor.post(f"/plans/activities/{activity_id}/finish", data={"finished_on": "2026-11-03"})
    after = visitor.get(goal).text
    visitor.post(f"/plans/activities/{activity_id}/unfinish")
    undone = visitor.get(goal).text

    assert "I finished it" in before
    assert done.status_code == 303
    assert "as you said," in after
    assert "Plan it, or write what came of it" in after
    assert "Not finished after all" in after
    assert "Plan it, or write what came of it" not in undone
    with database.reading() as db:
        assert ana.read(db).tries == []


def test_what_was_written_of_a_try_it_stays_when_the_learning_is_not_finished_after_all(database, sample, ana, visit):
    with database.transaction() as db:
        activity = take(db, sample, ana, OpportunityKind.STUDY)
        finish(db, ana, activity)
        db.flush()
        try_id = ana.read(db).tries[0].id
    visitor = visit(sample, ana.person)
    visitor.post(f"/plans/try-its/{try_id}/plan", data={"plan": "Exit notes in one class"})

    with database.transaction() as db:
        goal = ana.read(db)
        unfinish_activity(db, ana.person, goal.activities[0])
        finish_activity(db, ana.person, goal.activities[0], DAY)

    with database.reading() as db:
        assert [each.plan for each in ana.read(db).tries] == ["Exit notes in one class"]


@pytest.mark.parametrize("said", ["2999-01-01", "1999-12-31", "yesterday"])
def test_a_day_that_cannot_be_is_refused_with_a_sentence(database, sample, ana, visit, said):
    with database.transaction() as db:
        activity_id = take(db, sample, ana, OpportunityKind.STUDY).id

    answer = visit(sample, ana.person).post(f"/plans/activities/{activity_id}/finish", data={"finished_on": said})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with database.reading() as db:
        assert db.get_one(Activity, activity_id).completed_at is None


def test_only_the_lms_says_that_a_course_is_finished(database, sample, ana):
    with database.transaction() as db:
        activity = take(db, sample, ana, OpportunityKind.COURSE)
        with pytest.raises(ConflictError):
            finish_activity(db, ana.person, activity, DAY)


def test_the_same_thing_is_taken_up_and_noted_once(database, sample, ana):
    with database.transaction() as db:
        study, goal = offer(db, sample, OpportunityKind.STUDY, "A study"), ana.read(db)
        first = note_learning(db, goal.owner, study)
        assert note_learning(db, goal.owner, study) is first
        for _ in range(2):
            take_up(db, goal.owner, goal, study)
        assert note_learning(db, goal.owner, study).goal_id == goal.id

    with database.reading() as db:
        assert [each.goal_id for each in db.scalars(select(Activity))] == [ana.goal_id]


@pytest.mark.parametrize("kind", OWNERS_WORD)
def test_learning_for_no_goal_is_kept_finished_and_linked_later_with_its_try_it(database, sample, ana, kind):
    with database.transaction() as db:
        goal = ana.read(db)
        noted = note_learning(db, goal.owner, offer(db, sample, kind, f"One {kind.value}"), LookedInside.NOBODY)
        finish_activity(db, goal.owner, noted, DAY)
        assert goal.tries == []
        link_activity(db, goal.owner, noted, goal)
        with pytest.raises(ConflictError):
            link_activity(db, goal.owner, noted, goal)

    with database.reading() as db:
        goal = ana.read(db)
        assert [each.completed_at.date() for each in goal.activities if each.completed_at] == [DAY]
        assert len(goal.tries) == 1


def test_a_course_for_no_goal_is_finished_when_the_lms_says_so_and_opens_its_try_it_once_it_is_linked(
    database, sample, ana
):
    with database.transaction() as db:
        goal = ana.read(db)
        course = offer_course(db, sample, "A course")
        noted = note_learning(db, goal.owner, course.opportunity)
        record_course_completion(db, goal.owner.id, course.id, None)
        assert noted.completed_at is not None
        assert goal.tries == []
        link_activity(db, goal.owner, noted, goal)

    with database.reading() as db:
        assert len(ana.read(db).tries) == 1


def test_learning_for_no_goal_is_taken_out_of_the_plan(database, sample, ana, visit):
    with database.transaction() as db:
        study = offer(db, sample, OpportunityKind.STUDY, "A study")
    visitor = visit(sample, ana.person)
    visitor.post(f"/plans/learning/{study.id}/note")
    with database.reading() as db:
        activity_id = db.scalars(select(Activity.id)).one()

    answer = visitor.post(f"/plans/activities/{activity_id}/remove", data={"from": "plan"})

    assert "/plans/?notice=learning_taken_out" in answer.location
    with database.reading() as db:
        assert db.scalars(select(Activity)).all() == []


def test_what_another_district_offers_is_not_there(database, sample, ana, visit):
    with database.transaction() as db:
        other = make_district(db, "Far Valley")
        far = Opportunity(district_id=other.district.id, kind=OpportunityKind.STUDY, title="Far away")
        db.add(far)
        db.flush()
        with pytest.raises(NotFoundError):
            take_up(db, ana.read(db).owner, ana.read(db), far)
    visitor = visit(sample, ana.person)

    assert visitor.get(f"/plans/learning/{far.id}").status_code == 404
    assert visitor.post(f"/plans/learning/{far.id}/note").status_code == 404
    assert "Far away" not in visitor.get("/plans/learning").text


def test_nothing_counts_toward_a_goal_that_is_met(database, sample, ana):
    with database.transaction() as db:
        goal, study = ana.read(db), offer(db, sample, OpportunityKind.STUDY, "A study")
        taken = take(db, sample, ana, OpportunityKind.MENTOR)
        finish(db, ana, taken)
        reflect(db, goal.owner, goal.tries[0], "Tried")
        meet_goal(db, goal.owner, goal, "Done")
        for change in (
            lambda: take_up(db, goal.owner, goal, study),
            lambda: take_out(db, goal.owner, taken),
            lambda: unfinish_activity(db, goal.owner, taken),
        ):
            with pytest.raises(ConflictError):
                change()


def test_every_step_leaves_an_audit_row_without_words(database, sample, ana):
    with database.transaction() as db:
        taken = take(db, sample, ana, OpportunityKind.EXTERNAL)
        finish(db, ana, taken)
        take_out(db, ana.person, taken)

    with database.reading() as db:
        acts = db.scalars(select(AuditEvent).where(AuditEvent.action.startswith("learning_")).order_by(AuditEvent.id))
        assert [(each.action, each.detail) for each in acts] == [
            (
                "learning_taken_up",
                {"opportunity_id": taken.opportunity_id, "kind": "external", "looked_inside": "asked"},
            ),
            ("learning_finished", {"opportunity_id": taken.opportunity_id, "source": "owner"}),
            ("learning_taken_out", {"opportunity_id": taken.opportunity_id}),
        ]


@pytest.fixture
def attempt(database, sample, ana) -> int:
    """The id of an open try-it of Ana's."""
    with database.transaction() as db:
        finish(db, ana, take(db, sample, ana, OpportunityKind.STUDY))
        db.flush()
        return int(ana.read(db).tries[0].id)


def test_s5_a_try_is_planned_with_a_peer_as_support_then_tried_and_reflected_on(database, sample, ana, attempt, visit):
    with database.transaction() as db:
        ben = make_person(db, sample, "Ben Okafor")
        write_goal(db, ben, "Exit tickets", "T2.2a", audience=Audience.SCHOOL)
    visitor, page = visit(sample, ana.person), f"/plans/try-its/{attempt}"
    form = visitor.get(page).text

    planned = visitor.post(f"{page}/plan", data={"plan": "Exit notes in one class", "support_id": ben.id})
    shown = visitor.get(f"/plans/goals/{ana.goal_id}").text
    visitor.post(page, data={"words": "Half of them wrote one", "tried_on": utc_now().date().isoformat()})

    assert "Ben Okafor" in form
    assert planned.status_code == 303
    assert "Exit notes in one class" in shown
    assert "with the support of Ben Okafor" in shown
    with database.reading() as db:
        kept = db.get_one(TryIt, attempt)
        assert (kept.plan, kept.support_id, kept.reflection, kept.tried_on) == (
            "Exit notes in one class", ben.id, "Half of them wrote one", utc_now().date(),
        )  # fmt: skip


def test_s5_whoever_is_named_as_support_sees_that_and_not_a_word_of_it(database, sample, ana, attempt, visit):
    with database.transaction() as db:
        ben = make_person(db, sample, "Ben Okafor")
        write_goal(db, ben, "Exit tickets", "T2.2a", audience=Audience.SCHOOL)
    visit(sample, ana.person).post(
        f"/plans/try-its/{attempt}/plan", data={"plan": "Exit notes in one class", "support_id": ben.id}
    )
    bens = visit(sample, ben)

    shown = [bens.get(path).text for path in ("/", "/plans/", "/my-data", "/my-data/like-goals.json")]

    assert "1 colleague named you as their support in a try-it." in shown[2]
    assert [set(each) for each in json.loads(shown[3])["here"]["named_as_support"]] == [{"opened_at"}]
    assert not any("Exit notes in one class" in text for text in shown)
    assert bens.get(f"/plans/try-its/{attempt}").status_code == 404


@pytest.mark.parametrize("who", ["stranger", "private", "nobody-knows-this", "99999999"])
def test_s5_only_a_colleague_who_may_be_seen_can_be_named(database, sample, ana, attempt, visit, who):
    with database.transaction() as db:
        stranger, private = make_person(db, sample, "Sam Stone"), make_person(db, sample, "Pia Lund")
        write_goal(db, private, "Exit tickets", "T2.2a", audience=Audience.PRIVATE)
    ids = {"stranger": str(stranger.id), "private": str(private.id)}

    answer = visit(sample, ana.person).post(
        f"/plans/try-its/{attempt}/plan", data={"plan": "Exit notes", "support_id": ids.get(who, who)}
    )

    assert answer.status_code == 422
    assert "Choose a colleague from the list." in answer.text
    assert "Exit notes" in answer.text
    assert "Pia Lund" not in answer.text
    with database.reading() as db:
        assert db.get_one(TryIt, attempt).plan == ""


def test_a_support_who_is_erased_leaves_the_plan_behind_without_a_name(database, sample, ana, attempt, visit):
    with database.transaction() as db:
        ben = make_person(db, sample, "Ben Okafor")
        write_goal(db, ben, "Exit tickets", "T2.2a", audience=Audience.SCHOOL)
    visit(sample, ana.person).post(f"/plans/try-its/{attempt}/plan", data={"plan": "Exit notes", "support_id": ben.id})

    visit(sample, ben).post("/my-data/erase", data={"sure": "yes"})

    with database.reading() as db:
        kept = db.get_one(TryIt, attempt)
        assert (kept.plan, kept.support_id) == ("Exit notes", None)


def test_a_try_it_in_the_future_is_refused(database, sample, ana, attempt, visit):
    tomorrow_anywhere = (utc_now() + timedelta(days=2)).date().isoformat()

    answer = visit(sample, ana.person).post(
        f"/plans/try-its/{attempt}", data={"words": "Tried", "tried_on": tomorrow_anywhere}
    )

    assert answer.status_code == 422
    assert "Choose a day that has been." in answer.text
    with database.reading() as db:
        assert db.get_one(TryIt, attempt).done_at is None
        assert db.get_one(Goal, ana.goal_id).needs_try
