"""Tests of what a person can see, change, take away and erase."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from lti_tool.db import Base
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import AuditEvent, GradeBand, Person
from lti_tool.plans.models import Goal
from tests.conftest import make_person
from tests.full_district import make_full_district, make_newcomer
from tests.query_counter import count_queries


@pytest.fixture
def full(database):
    with database.transaction() as db:
        return make_full_district(db)


def test_the_page_tells_everything_in_words(full, database, visit):
    visitor = visit(full.sample, full.educator)

    with count_queries(database) as sent:
        text = visitor.get("/my-data").text

    for words in ("Ana Ruiz", "ana@example.test", "Hill School", "Amber Heron", "Finished Formative assessment"):
        assert words in text
    assert "Ask questions that every pupil has to think about" in text
    assert len(sent) <= 20


def test_the_file_holds_every_record_that_names_the_person(full, visit):
    response = visit(full.sample, full.educator).get("/my-data/like-goals.json")

    document = json.loads(response.data)
    assert "attachment" in response.headers["Content-Disposition"]
    assert document["profile"]["name"] == "Ana Ruiz"
    assert document["lms_accounts"][0]["sub"] == "0"
    assert document["goals"][0]["rationale"] == "Last year's exit tickets were often empty."
    assert document["goals"][0]["card"]["audience"] == "district"
    assert [len(document[kind]) for kind in ("courses", "teams", "completions", "scores", "launches")] == [1] * 5


def test_the_file_has_a_place_for_each_table_that_points_to_a_person():
    told = {
        "identity", "membership", "role_grant", "growth_plan", "team_member", "completion", "score", "launch_session",
        "audit_event",
    }  # fmt: skip
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "person" and key.parent.name in {"person_id", "actor_id", "owner_id"}
    }

    assert pointing - told == set()


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


def test_the_profile_is_kept_as_typed(full, database, visit):
    visitor = visit(full.sample, full.educator)

    response = visitor.post("/profile", data={"position": " librarian ", "grade_band": "6-8", "discipline": "reading"})

    assert response.status_code == 303
    with database.reading() as db:
        person = db.get(Person, full.educator.id)
        assert person is not None
        assert (person.position, person.grade_band, person.discipline) == ("librarian", GradeBand.G68, "reading")


def test_a_wrong_profile_comes_back_with_what_was_typed_and_changes_nothing(full, database, visit):
    response = visit(full.sample, full.educator).post("/profile", data={"position": "x" * 101, "grade_band": "13"})

    assert response.status_code == 422
    assert "x" * 101 in response.text
    with database.reading() as db:
        person = db.get(Person, full.educator.id)
        assert person is not None
        assert person.position == "teacher"


def test_a_chosen_school_is_a_request_that_can_be_changed_and_withdrawn(full, database, visit):
    with database.transaction() as db:
        newcomer = make_newcomer(db, full)
    visitor = visit(full.sample, newcomer)
    hill, lake = (str(school.id) for school in full.sample.schools)

    visitor.post("/profile", data={"position": "nurse", "school_id": hill})
    visitor.post("/profile", data={"position": "coach", "school_id": lake})
    asked = visitor.get("/profile").text
    with database.reading() as db:
        waiting = db.get_one(Person, newcomer.id)
        assert (waiting.position, waiting.school_id, waiting.requested_school_id) == ("coach", None, int(lake))
    visitor.post("/profile", data={"position": "coach", "school_id": ""})

    assert "You asked to be at Lake School; an administrator has to confirm it." in asked
    assert "You asked to be at" not in visitor.get("/profile").text
    with database.reading() as db:
        assert db.get_one(Person, newcomer.id).requested_school_id is None
        acts = select(AuditEvent.detail).where(AuditEvent.action == "school_requested").order_by(AuditEvent.id)
        assert db.scalars(acts).all() == [{"school_id": int(hill)}, {"school_id": int(lake)}, {"school_id": None}]


def test_somebody_at_a_school_asks_for_another_and_stays_until_it_is_confirmed(full, database, visit):
    hill, lake = full.sample.schools
    visitor = visit(full.sample, full.educator)

    visitor.post("/profile", data={"school_id": str(lake.id)})
    page = visitor.get("/profile").text

    assert "Your school is Hill School." in page
    assert "You asked to be at Lake School" in page
    with database.reading() as db:
        person = db.get_one(Person, full.educator.id)
        assert (person.school_id, person.requested_school_id) == (hill.id, lake.id)


def test_the_school_asked_for_is_on_the_page_and_in_the_file(full, visit):
    visitor = visit(full.sample, full.educator)
    visitor.post("/profile", data={"school_id": str(full.sample.schools[1].id)})

    profile = json.loads(visitor.get("/my-data/like-goals.json").data)["profile"]

    assert (profile["school"], profile["requested_school"]) == ("Hill School", "Lake School")
    assert "you asked to be at Lake School" in visitor.get("/my-data").text


def test_a_school_of_another_district_is_not_found(full, database, visit):
    with database.transaction() as db:
        elsewhere = make_full_district(db, "Elsewhere")
        newcomer = make_person(db, full.sample, "Zoe Adams")
        newcomer.school = None

    response = visit(full.sample, newcomer).post("/profile", data={"school_id": str(elsewhere.sample.schools[0].id)})

    assert response.status_code == 404


def test_erasing_takes_the_person_out_of_the_group_in_the_lms(full, database, visit):
    visit(full.sample, full.educator).post("/my-data/erase", data={"sure": "yes"})

    with database.reading() as db:
        sent = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group")).all()
        assert [message.payload for message in sent] == [{"team_id": full.ids["team_id"]}]
