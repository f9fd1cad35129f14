"""Going on in a new plan: everything of what is open goes along, and the plan that ended stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

import lti_tool.teams.models  # noqa: F401 - all tables that name a goal
from lti_tool.db import Base
from lti_tool.people.models import OpportunityKind
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import (
    Activity,
    Audience,
    Company,
    Declaration,
    Evidence,
    EvidenceKind,
    Goal,
    GoalDraft,
    GoalIndicator,
    GoalRationale,
    GrowthPlan,
    LookedInside,
    PlanState,
    PracticeCard,
    PracticeTry,
    SharedKind,
    TryIt,
)
from lti_tool.plans.operations import (
    EvidenceWords,
    SharedWords,
    add_evidence,
    carry_over,
    carrying,
    declare_goal,
    describe_shared,
    finish_activity,
    note_learning,
    record_course_completion,
    take_up,
    withdraw_plan,
)
from tests.conftest import make_person
from tests.plans.conftest import write_goal
from tests.plans.learning import offer
from tests.plans.life import make_live, template
from tests.plans.writing import Writer

DAY = date(2026, 11, 3)
KEPT_AT = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def live(database, sample, visit):
    """A plan with something of everything in it: shared, evidenced, joined, with a card and with learning aside."""
    live = make_live(database, visit, sample, "annual")
    with database.transaction() as db:
        bo = make_person(db, sample, "Bo Lind")
        theirs = write_goal(db, bo, "Wait longer for an answer", audience=Audience.DISTRICT)
        plan = db.get_one(GrowthPlan, live.plan_id)
        goal, owner = plan.goals[0], plan.person
        describe_shared(db, owner, plan, SharedWords(SharedKind.MENTOR, "Bo Lind", "To listen", "Monthly", "Notes"))
        goal.company, goal.joined_goal_id, goal.with_whom = Company.JOINED, theirs.id, "Bo Lind"
        theirs.company, theirs.joined_goal_id = Company.JOINED, goal.id
        outside = offer(db, sample, OpportunityKind.EXTERNAL, "A conference")
        take_up(db, owner, goal, outside, LookedInside.ASKED)
        db.flush()
        finish_activity(db, owner, goal.activities[0], DAY)
        words = EvidenceWords(
            EvidenceKind.WORDS, "Exit notes", DAY, reflection="Twice as many say it.", audience=Audience.SCHOOL,
            activity_id=goal.activities[0].id, indicator_ids=(goal.indicators[0].id,),
        )  # fmt: skip
        add_evidence(db, owner, goal, words)
        declare_goal(db, owner, goal, CardWords(Audience.DISTRICT, "Try it", "My stems", "Somebody with big classes"))
        note_learning(db, owner, offer(db, sample, OpportunityKind.STUDY, "A book aside"))
        db.flush()
        citation = db.get_one(GoalIndicator, (goal.id, goal.indicators[0].id))
        citation.kept_at = KEPT_AT
    return live


def go_on(database, live: Any) -> int:
    """End the plan and carry it over; return the id of its first goal in the later one."""
    live.bring_to(PlanState.WITHDRAWN)
    with database.transaction() as db:
        plan = db.get_one(GrowthPlan, live.plan_id)
        version = template(db, live.cast, "annual").current
        assert version is not None
        following = carry_over(db, plan.person, plan, version)
        return next(each.id for each in following.goals)


LEFT = {
    Goal: {"id", "plan_id", "state", "met_at", "announced_at", "carried_from_id", "version",
           "created_at", "updated_at"},
    GoalRationale: {"id", "goal_id", "created_at"},
    Activity: {"id", "plan_id", "goal_id", "announced_at", "created_at"},
    TryIt: {"id", "goal_id"},
    Evidence: {"id", "goal_id", "activity_id", "audience", "school_id", "updated_at"},
    Declaration: {"goal_id", "audience", "school_id", "declared_at"},
}  # fmt: skip
"""What the later plan has of its own: ids and places, audiences, and how far the goal came in the plan that ended."""


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Goal, carrying.WORDS),
        (GoalRationale, carrying.WHY),
        (Activity, carrying.LEARNING),
        (TryIt, carrying.TRY),
        (Evidence, carrying.EVIDENCE),
        (Declaration, carrying.CARD),
    ],
)
def test_no_column_of_what_hangs_on_a_goal_is_forgotten(model, names):
    columns = {column.key for column in model.__table__.columns}

    assert columns - set(names) - LEFT[model] == set()
    assert set(names) & LEFT[model] == set()


COPIED, MOVED, STAYS = "copied", "moved", "stays"
FATE = {
    "goal.joined_goal_id": MOVED, "goal.carried_from_id": STAYS, "goal_indicator.goal_id": COPIED,
    "goal_rationale.goal_id": COPIED, "goal_revision.goal_id": STAYS, "goal_draft.goal_id": MOVED,
    "activity.goal_id": COPIED, "try_it.goal_id": COPIED, "evidence.goal_id": COPIED, "declaration.goal_id": COPIED,
    "review_comment.goal_id": STAYS, "practice_card.goal_id": MOVED, "practice_try.goal_id": MOVED,
    "team_member.goal_id": MOVED, "team_change.goal_id": MOVED, "left_alone.goal_id": MOVED,
    "left_alone.nearest_goal_id": MOVED, "commitment.goal_id": MOVED,
}  # fmt: skip
"""What becomes of each column that names a goal when that goes on: what stays is the history of the plan that ended."""


def test_no_reference_to_a_goal_is_forgotten():
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "goal" for key in column.foreign_keys)
    }

    assert naming == set(FATE)


def test_practices_and_unsaved_words_go_on_with_the_goal(database, sample, live):
    owner = live.as_(live.cast.owner)
    with database.transaction() as db:
        goal_id = db.get_one(GrowthPlan, live.plan_id).goals[0].id
        theirs, own = (
            PracticeCard(
                district_id=sample.district.id, person_id=person.id, title="Wait", did="Waited", goal_id=known,
                audience=Audience.DISTRICT,
            )
            for person, known in ((live.cast.peers[0], None), (live.cast.owner, goal_id))
        )  # fmt: skip
        db.add_all([theirs, own])
    owner.post(f"/plans/practices/{theirs.id}/keep", data={"goal_id": str(goal_id)})
    Writer(owner).open(f"/plans/goals/{goal_id}/edit").autosave(headline="Ask", measure="A count of hands")
    Writer(owner).open(f"/plans/goals/new?plan={live.plan_id}").autosave(educator_text="Few of them ask")

    going_on = go_on(database, live)

    with database.reading() as db:
        assert db.get_one(PracticeCard, own.id).goal_id == going_on
        assert [each.goal_id for each in db.scalars(select(PracticeTry))] == [going_on]
        drafts = {each.goal_id: each for each in db.scalars(select(GoalDraft))}
        assert drafts[going_on].base_version == db.get_one(Goal, going_on).version
        assert drafts[None].plan_id == db.get_one(Goal, going_on).plan_id
    assert "A count of hands" in owner.get(f"/plans/goals/{going_on}/edit?draft={drafts[going_on].id}").text


def test_everything_of_a_goal_goes_on(database, live):
    goal_id = go_on(database, live)

    with database.reading() as db:
        goal = db.get_one(Goal, goal_id)
        old = db.get_one(Goal, goal.carried_from_id)
        (learned,), (shown,), (attempt,) = goal.activities, goal.evidence, goal.tries
        assert (learned.opportunity_id, learned.looked_inside) == (old.activities[0].opportunity_id, "asked")
        assert learned.completed_at is not None
        assert (shown.title, shown.reflection, shown.activity_id) == ("Exit notes", "Twice as many say it.", learned.id)
        assert [each.id for each in shown.indicators] == [each.id for each in goal.indicators]
        assert (goal.company, goal.joined_goal_id, goal.with_whom) == (
            Company.JOINED, old.joined_goal_id, "Bo Lind",
        )  # fmt: skip
        assert attempt.opportunity_id == learned.opportunity_id
        assert db.get_one(GoalIndicator, (goal.id, goal.indicators[0].id)).kept_at == KEPT_AT
        assert [len(each) for each in (old.activities, old.evidence, old.tries)] == [1, 1, 1]
        assert old.evidence[0].audience is Audience.SCHOOL


def test_the_card_and_evidence_keep_their_words_and_are_private_until_they_are_shared_anew(database, live):
    goal_id = go_on(database, live)

    with database.reading() as db:
        goal = db.get_one(Goal, goal_id)
        card = goal.declaration
        assert (card.next_step, card.offer, card.wish) == ("Try it", "My stems", "Somebody with big classes")
        assert (card.audience, goal.is_declared) == (Audience.PRIVATE, False)
        assert goal.evidence[0].audience is Audience.PRIVATE
    page = live.as_(live.cast.owner).get(f"/plans/goals/{goal_id}/declare").text
    assert "My stems" in page
    assert "My stems" not in live.as_(live.cast.peers[0]).get("/plans/board").text


def test_the_plan_s_shared_part_and_learning_without_a_goal_go_on(database, live):
    goal_id = go_on(database, live)

    with database.reading() as db:
        following = db.get_one(Goal, goal_id).plan
        said = [getattr(following, name) for name in SharedWords.__slots__]
        assert said == [SharedKind.MENTOR, "Bo Lind", "To listen", "Monthly", "Notes"]
        for plan_id in (live.plan_id, following.id):
            aside = select(Activity).filter_by(plan_id=plan_id, goal_id=None)
            assert [each.opportunity.title for each in db.scalars(aside)] == ["A book aside"]


def test_a_colleague_who_joined_goes_on_with_the_goal_in_its_new_plan(database, live):
    goal_id = go_on(database, live)

    assert "Bo Lind works on a like goal with you" in live.as_(live.cast.owner).get(f"/plans/goals/{goal_id}").text


def test_two_tabs_that_change_different_fields_of_a_goal_that_goes_on_lose_nothing(database, live):
    goal_id = go_on(database, live)
    owner = live.as_(live.cast.owner)
    with database.reading() as db:
        goal = db.get_one(Goal, goal_id)
        names = ("headline", "practice_change", "student_result", "measure", "due_on", "with_whom", "version")
        words = {name: getattr(goal, name) for name in names}
        words |= {f"{place}_text": "Exit notes were often empty." for place in ("educator", "student", "system")}
        words |= {"indicator_ids": [str(each.id) for each in goal.indicators]}

    first = owner.post(f"/plans/goals/{goal_id}/edit", data={**words, "measure": "What the first tab says."})
    second = owner.post(f"/plans/goals/{goal_id}/edit", data={**words, "student_result": "What the second tab says."})

    assert [each.status_code for each in (first, second)] == [303, 303]
    with database.reading() as db:
        goal = db.get_one(Goal, goal_id)
        assert (goal.measure, goal.student_result) == ("What the first tab says.", "What the second tab says.")


def test_what_was_finished_after_the_plan_had_ended_opens_its_try_it_in_the_new_one(database, sample, ana):
    with database.transaction() as db:
        goal = ana.read(db)
        owner, plan = goal.owner, goal.plan
        take_up(db, owner, goal, db.merge(sample.course).opportunity)
        withdraw_plan(db, owner, plan)
        record_course_completion(db, owner.id, sample.course.id, KEPT_AT)
        waiting = len(goal.tries)
        following = carry_over(db, owner, plan, plan.rules)
        db.flush()
        tries = [each.opportunity_id for each in following.goals[0].tries]

    assert (waiting, tries) == (0, [sample.course.id])


def test_the_page_says_what_goes_on_and_what_is_private(database, live):
    live.bring_to(PlanState.WITHDRAWN)

    page = live.as_(live.cast.owner).get(f"/plans/{live.plan_id}/carry-over").text

    assert "what you tried and what shows it" in page
    assert "only you see them there until you share them anew" in page
