"""The transcript: what somebody else may be shown, on paper, as a table and for machines."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_tool.people.models import Person
from lti_tool.plans.canonical import content_hash
from lti_tool.plans.models import Goal, GoalRationale, GrowthPlan, PlanState, RationaleKind
from lti_tool.plans.operations import (
    EntryWords,
    add_hours_by_hand,
    carry_over,
    meet_goal,
    record_course_completion,
    reflect,
    take_up,
)
from tests.full_district import make_full_district
from tests.house.walking import addresses
from tests.plans.life import make_live

WHY = "Last year's exit notes were often empty."


@pytest.fixture
def learned(database, sample, ana):
    """Ana with a finished course, a goal that is met, and hours by hand with a name that a spreadsheet would run."""
    with database.transaction() as db:
        person, goal = db.get_one(Person, ana.person.id), ana.read(db)
        goal.plan.state = PlanState.ACTIVE
        goal.rationales.append(GoalRationale(kind=RationaleKind.EDUCATOR, text=WHY))
        take_up(db, person, goal, db.merge(sample.course).opportunity)
        record_course_completion(db, person.id, sample.course.id, datetime(2026, 10, 3, 8, 0, tzinfo=UTC))
        reflect(db, person, goal.tries[0], "A quiet minute first.")
        meet_goal(db, person, goal, "They say more.")
        add_hours_by_hand(db, person, EntryWords("=A conference", Decimal("0.6"), "CEU", date(2026, 9, 1)))
    return ana


def test_the_transcript_holds_plans_goals_learning_and_totals_and_no_reason(sample, learned, visit):
    page = visit(sample, learned.person).get("/plans/transcript").text

    for words in ("Ana Ruiz", "Cedar Valley", "Hill School", "They say more.", "Formative assessment", "0.6 CEU"):
        assert words in page
    assert WHY.split("'", maxsplit=1)[0] not in page
    assert "A quiet minute first." not in page


def test_why_a_goal_was_chosen_is_in_it_when_its_owner_wants_that(sample, learned, visit):
    visitor = visit(sample, learned.person)

    assert "exit notes were often empty" in visitor.get("/plans/transcript?why=yes").text
    told = json.loads(visitor.get("/plans/transcript.json?why=yes").data)
    assert told["transcript"]["plans"][0]["goals"][0]["why"] == [WHY]


def test_the_hash_on_paper_is_that_of_the_file_and_a_receiver_can_compute_it(sample, learned, visit):
    visitor = visit(sample, learned.person)

    told = json.loads(visitor.get("/plans/transcript.json").data)

    assert told["content_hash"] == content_hash(told["transcript"])
    assert told["content_hash"] in visitor.get("/plans/transcript").text
    assert told["content_hash"] in visitor.get("/plans/transcript.csv").text
    told["transcript"]["totals"][0]["hours"] = "600.00"
    assert told["content_hash"] != content_hash(told["transcript"])


def test_the_table_has_a_row_for_each_thing_and_none_that_a_spreadsheet_runs(sample, learned, visit):
    response = visit(sample, learned.person).get("/plans/transcript.csv")

    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.mimetype == "text/csv"
    assert [each["row"] for each in rows] == ["issued", "place", "goal", "learning", "learning", "total"]
    assert {each["title"] for each in rows if each["row"] == "learning"} == {"Formative assessment", "'=A conference"}
    assert (rows[-1]["period"], rows[-1]["credit_type"], rows[-1]["hours"]) == ("2026/2027", "CEU", "6.00")
    assert not {"rank", "position", "order"} & rows[0].keys()


def test_somebody_who_has_learned_nothing_yet_gets_a_transcript_that_says_so(sample, ana, visit):
    page = visit(sample, ana.person).get("/plans/transcript").text

    assert "Nothing finished yet." in page
    assert "No hours yet." in page


@pytest.mark.parametrize("form", ["", ".csv", ".json"])
@pytest.mark.parametrize("plan", ["support plan", "draft", "plan that was given up", "plan that was handed in"])
def test_what_was_never_handed_in_was_given_up_or_is_support_is_not_on_the_paper(database, sample, visit, form, plan):
    live = make_live(database, visit, sample, "support" if plan == "support plan" else "annual")
    if plan == "plan that was given up":
        live.bring_to(PlanState.WITHDRAWN)
    elif plan != "draft":
        live.submit()

    paper = live.as_(live.cast.owner).get(f"/plans/transcript{form}").text

    assert ("Ask questions that make everybody think" in paper) is (plan == "plan that was handed in")


def test_the_whole_record_keeps_what_the_paper_leaves_out(database, sample, visit):
    live = make_live(database, visit, sample, "support")

    assert "Ask questions that make everybody think" in live.as_(live.cast.owner).get("/my-data/like-goals.json").text


@pytest.mark.long
def test_every_page_opens_after_goals_went_on_in_a_later_plan(app, database, visit):
    with database.transaction() as db:
        full = make_full_district(db)
        old = db.get_one(GrowthPlan, full.ids["plan_id"])
        old.state = PlanState.CLOSED
        following = carry_over(db, old.person, old, old.rules)
        (goal,) = db.scalars(select(Goal).filter_by(plan_id=following.id))
        ids = full.ids | {"plan_id": following.id, "goal_id": goal.id}
    visitor = visit(full.sample, full.educator)

    pages = {each.path for each in addresses(app, full.ids) + addresses(app, ids) if each.method == "GET"}
    answers = {page: visitor.get(page).status_code for page in sorted(pages)}

    assert {page: status for page, status in answers.items() if status not in {200, 303, 403, 404}} == {}
    assert "Goes on in a later plan" in visitor.get("/plans/transcript").text
