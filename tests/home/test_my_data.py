"""Tests of what a person can see, change, take away and erase."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from lti_tool.db import Base
from lti_tool.home.record.parts import PARTS
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import AuditEvent, Person
from lti_tool.plans.models import Goal
from tests.full_district import make_full_district
from tests.query_counter import count_queries


@pytest.fixture
def full(database):
    with database.transaction() as db:
        return make_full_district(db)


def test_the_page_tells_everything_in_words(full, database, visit):
    visitor = visit(full.sample, full.educator)

    with count_queries(database) as sent:
        text = visitor.get("/my-data").text

    told = ("Ana Ruiz", "ana@example.test", "Hill School", "Amber Heron", "Finished Formative assessment")
    for words in (*told, "Learning by open_door"):
        assert words in text
    assert "Ask questions that every pupil has to think about" in text
    assert len(sent) <= 18 + len(PARTS)  # the page and its session, each part, and the words of what parts name


def test_the_file_holds_every_record_that_names_the_person(full, visit):
    response = visit(full.sample, full.educator).get("/my-data/like-goals.json")

    document = json.loads(response.data)
    own, here = document["record"], document["here"]
    (goal,) = own["plans"][0]["goals"]
    assert "attachment" in response.headers["Content-Disposition"]
    assert own["profile"]["name"] == "Ana Ruiz"
    assert here["lms_accounts"][0]["sub"] == "0"
    assert goal["rationales"][0]["text"] == "Last year's exit tickets were often empty."
    assert here["saved_versions"][0]["words"]["measure"] == "Exit tickets, once a week."
    assert here["drafts"][0]["words"]["headline"] == "Wait longer after a question"
    assert goal["card"]["audience"] == "district"
    assert [len(own[kind]) for kind in ("teams", "completions", "scores", "licence_cycles")] == [1] * 4
    assert [len(here[kind]) for kind in ("courses", "launches")] == [1] * 2
    assert [each["title"] for each in here["offers"]] == ["Learning by open_door"]
    assert {each["title"] for each in own["ledger"]} == {"Formative assessment", "County reading conference"}


def test_erasing_needs_a_yes(full, database, visit):
    response = visit(full.sample, full.educator).post("/my-data/erase", data={})

    assert response.status_code == 422
    assert "Tick the box to erase." in response.text
    with database.reading() as db:
        assert db.get(Person, full.educator.id)


def test_erasing_leaves_no_record_of_the_person_and_ends_the_session(full, database, visit):
    visitor = visit(full.sample, full.educator)

    response = visitor.post("/my-data/erase", data={"sure": "yes"})

    assert response.status_code == 200
    assert "Nothing about you is held here any more." in response.text
    assert visitor.get("/").status_code == 401
    with database.reading() as db:
        assert db.get(Person, full.educator.id) is None
        assert db.scalar(select(func.count()).select_from(Goal)) == 6
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column.table.name == "person":
                    left = select(func.count()).select_from(table).where(key.parent == full.educator.id)
                    assert db.scalar(left) == 0, table.name
        assert db.scalar(select(AuditEvent.actor_id).where(AuditEvent.action == "person_erased")) is None


def test_erasing_one_person_touches_nobody_else(full, database, visit):
    visit(full.sample, full.educator).post("/my-data/erase", data={"sure": "yes"})

    assert visit(full.sample, full.designer).get("/").status_code == 200


def test_erasing_takes_the_person_out_of_the_group_in_the_lms(full, database, visit):
    visit(full.sample, full.educator).post("/my-data/erase", data={"sure": "yes"})

    with database.reading() as db:
        sent = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group")).all()
        assert [message.payload for message in sent] == [{"team_id": full.ids["team_id"]}]


def test_the_file_holds_the_plans_and_what_was_said_of_those_of_others(full, visit):
    document = json.loads(visit(full.sample, full.educator).get("/my-data/like-goals.json").data)
    own, here = document["record"], document["here"]
    reader = json.loads(visit(full.sample, full.supervisor).get("/my-data/like-goals.json").data)

    assert own["plans"][0]["mid_year_words"].startswith("Half of the questions")
    assert "With the third grade." in {each["words"] for each in own["plans"][0]["comments"]}
    assert [each["words"] for each in here["comments_written"]] == ["With the third grade."]
    assert {each["words"] for each in reader["here"]["comments_written"]} == {
        "Which class do you begin with?", "You say what is hard.",
    }  # fmt: skip
    assert reader["record"]["plans"] == []
