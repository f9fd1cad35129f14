"""Tests of the administrator's pages of people."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people import queries
from lti_tool.people.models import AuditEvent, Person, Role
from tests.conftest import make_district, make_person
from tests.query_counter import count_queries


@pytest.fixture
def administrator(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)


@pytest.fixture
def teacher(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "Ana Ruiz")


def person_now(database, person) -> Person:
    with database.reading() as db:
        return queries.person_of_district(db, person, person.id)


def test_people_are_listed_by_name_in_pages(database, sample, administrator, visit, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    with database.transaction() as db:
        for letter in "EDCBA":
            make_person(db, sample, f"{letter} Person")
    visitor = visit(sample, administrator)

    with count_queries(database) as sent:
        first = visitor.get("/people").text
    after = first.split("after=")[1].split('"')[0]
    second = visitor.get(f"/people?after={after}").text

    assert [letter for letter in "ABCDE" if f">{letter} Person<" in first] == ["A", "B", "C"]
    assert [letter for letter in "ABCDE" if f">{letter} Person<" in second] == ["D", "E"]
    assert len(sent) <= 8


def test_people_are_found_by_a_part_of_their_name(sample, administrator, teacher, visit):
    visitor = visit(sample, administrator)

    assert "Ana Ruiz" in visitor.get("/people?search=rUi").text
    assert "Nobody of that name" in visitor.get("/people?search=%25").text


def test_a_role_is_given_and_taken_back_with_a_trace(database, sample, administrator, teacher, visit):
    visitor = visit(sample, administrator)

    visitor.post(f"/people/{teacher.id}/roles", data={"role": "designer"})
    given = person_now(database, teacher)
    visitor.post(f"/people/{teacher.id}/roles/revoke", data={"role": "designer"})
    taken = person_now(database, teacher)

    assert given.has_role(Role.DESIGNER)
    assert not taken.has_role(Role.DESIGNER)
    with database.reading() as db:
        trace = db.execute(select(AuditEvent.action, AuditEvent.actor_id).order_by(AuditEvent.id)).all()
    assert [tuple(row) for row in trace] == [
        ("role_granted", administrator.id), ("role_revoked", administrator.id)
    ]  # fmt: skip


def test_the_last_administrator_keeps_the_role(database, sample, administrator, visit):
    response = visit(sample, administrator).post(
        f"/people/{administrator.id}/roles/revoke", data={"role": "administrator"}
    )

    assert response.status_code == 409
    assert "Give the role to somebody else first" in response.text
    assert person_now(database, administrator).has_role(Role.ADMINISTRATOR)


def test_an_administrator_who_gives_the_role_away_comes_home_as_an_educator(
    database, sample, administrator, teacher, visit
):
    visitor = visit(sample, administrator)
    visitor.post(f"/people/{teacher.id}/roles", data={"role": "administrator"})

    response = visitor.post(f"/people/{administrator.id}/roles/revoke", data={"role": "administrator"})

    assert response.status_code == 303
    assert visitor.client.get(response.location).status_code == 200
    assert visitor.get("/people").status_code == 403


def test_an_unknown_role_is_refused(sample, administrator, teacher, visit):
    response = visit(sample, administrator).post(f"/people/{teacher.id}/roles", data={"role": "king"})

    assert response.status_code == 422


def test_a_school_is_chosen_from_the_list_or_made(database, sample, administrator, teacher, visit):
    visitor = visit(sample, administrator)
    path = f"/people/{teacher.id}/school"

    visitor.post(path, data={"school_id": str(sample.schools[1].id)})
    chosen = person_now(database, teacher).school
    visitor.post(path, data={"school_id": "", "new_school": "River School"})
    made = person_now(database, teacher).school
    visitor.post(path, data={"school_id": ""})

    assert chosen is not None
    assert chosen.name == "Lake School"
    assert made is not None
    assert made.name == "River School"
    assert person_now(database, teacher).school is None


@pytest.fixture
def asking(database, sample, teacher):
    """A teacher of Hill School who asked for Lake School."""
    with database.transaction() as db:
        db.merge(teacher).requested_school_id = sample.schools[1].id
    return teacher


def test_who_asked_for_a_school_comes_first_and_needs_the_administrator(database, sample, administrator, asking, visit):
    with database.transaction() as db:
        ben = make_person(db, sample, "Ben Okafor")
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Sam Stone")
        ben.requested_school, stranger.requested_school = sample.schools[1], elsewhere.schools[0]
    visitor = visit(sample, administrator)

    page, home = visitor.get("/people").text, visitor.get("/?as=administrator").text

    assert page.index("2 people asked for a school") < page.index("Part of a name")
    assert page.count("asks to be at Lake School") == 2
    assert "Sam Stone" not in page
    assert "2 people ask for a school" in home
    assert "Nothing needs you" not in home
    assert "asked for a school" not in visitor.get("/people?search=Ana").text


@pytest.mark.parametrize(("answer", "school"), [("confirm", "Lake School"), ("decline", "Hill School")])
def test_a_request_is_answered_with_a_trace(database, sample, administrator, asking, visit, answer, school):
    visitor, lake = visit(sample, administrator), sample.schools[1]
    buttons = visitor.get(f"/people/{asking.id}").text

    response = visitor.post(f"/people/{asking.id}/school-request", data={"answer": answer, "school_id": str(lake.id)})

    assert response.status_code == 303
    assert "Confirm" in buttons
    assert "Decline" in buttons
    now = person_now(database, asking)
    assert now.school is not None
    assert (now.school.name, now.requested_school_id) == (school, None)
    with database.reading() as db:
        trace = db.execute(select(AuditEvent.action, AuditEvent.actor_id, AuditEvent.detail)).one()
    action = "school_set" if answer == "confirm" else "school_declined"
    assert tuple(trace) == (action, administrator.id, {"school_id": lake.id})


def test_a_request_that_changed_in_the_meantime_is_not_confirmed(database, sample, administrator, asking, visit):
    hill, lake = sample.schools
    visitor, path = visit(sample, administrator), f"/people/{asking.id}/school-request"

    changed = visitor.post(path, data={"answer": "confirm", "school_id": str(hill.id)})
    visitor.post(path, data={"answer": "decline", "school_id": str(lake.id)})
    answered = visitor.post(path, data={"answer": "confirm", "school_id": str(lake.id)})
    nothing = visitor.post(path, data={"answer": "confirm", "school_id": ""})

    assert [each.status_code for each in (changed, answered, nothing)] == [409] * 3
    assert person_now(database, asking).school_id == hill.id


def test_an_answer_that_is_none_is_refused(sample, administrator, asking, visit):
    response = visit(sample, administrator).post(f"/people/{asking.id}/school-request", data={"answer": "maybe"})

    assert response.status_code == 422


def test_nobody_answers_for_another_district_or_without_the_role(database, sample, asking, visit):
    with database.transaction() as db:
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Una Vale", Role.ADMINISTRATOR)
    path, data = f"/people/{asking.id}/school-request", {"answer": "confirm", "school_id": str(sample.schools[1].id)}

    assert visit(elsewhere, stranger).post(path, data=data).status_code == 404
    assert visit(sample, asking).post(path, data=data).status_code == 403
    assert person_now(database, asking).school_id == sample.schools[0].id


def test_setting_a_school_answers_a_request_too(database, sample, administrator, asking, visit):
    visit(sample, administrator).post(f"/people/{asking.id}/school", data={"school_id": str(sample.schools[0].id)})

    assert person_now(database, asking).requested_school_id is None


def test_a_school_of_another_district_cannot_be_chosen(database, sample, administrator, teacher, visit):
    with database.transaction() as db:
        other = make_district(db, "Elsewhere").schools[0]

    response = visit(sample, administrator).post(
        f"/people/{teacher.id}/school", data={"school_id": str(other.id), "new_school": "River School"}
    )

    assert response.status_code == 422
    assert "Choose a school from the list." in response.text
    assert "River School" in response.text
    assert person_now(database, teacher).school_id == sample.schools[0].id
