"""Tests of the profile: asked once, suggested, kept, and said what it is used for."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from lti_tool.people.models import AuditEvent, EducatorRole, GradeBand, Person
from tests.conftest import make_person
from tests.full_district import make_full_district, make_newcomer

ROLE = {"educator_role": "librarian"}
FILLED = {
    **ROLE, "position": " librarian ", "grade_bands": ["6-8", "9-12"], "discipline": "reading", "experience": "0-3",
    "languages": "Spanish, Somali", "students": ["multilingual"], "formats": ["colleague", "group"],
    "times": ["after_school"],
}  # fmt: skip


@pytest.fixture
def full(database):
    with database.transaction() as db:
        return make_full_district(db)


def test_s4_the_role_is_suggested_from_the_position_and_the_one_thing_that_is_needed(full, database, visit):
    with database.transaction() as db:
        counselor = make_person(db, full.sample, "Cora Lane", position="School counsellor, upper grades")
    visitor = visit(full.sample, counselor)

    page = " ".join(visitor.get("/profile").text.split())
    without = visitor.post("/profile", data={"position": "counsellor"})
    answer = visitor.post("/profile", data={"educator_role": "counselor"})

    assert '<option value="counselor" selected>' in page
    assert "Chosen for you from your own words" in page
    assert without.status_code == 422
    assert "Choose what you do." in without.text
    assert answer.status_code == 303
    assert "Asked once." not in visitor.get("/profile").text


@pytest.mark.parametrize(
    ("position", "role"),
    [
        ("Teacher of grade 4", EducatorRole.TEACHER), ("Special education teacher", EducatorRole.SPECIAL_EDUCATOR),
        ("Instructional coach", EducatorRole.COACH), ("Assistant principal", EducatorRole.PRINCIPAL),
        ("Paraprofessional", EducatorRole.PARAEDUCATOR), ("School nurse", EducatorRole.NURSE), ("", None),
        ("Bus driver", None),
    ],
)  # fmt: skip
def test_s4_a_position_points_to_a_role_or_to_none(position, role):
    assert Person(position=position).suggested_role is role


def test_s4_the_page_says_what_is_used_for_what_and_who_sees_it(full, visit):
    page = visit(full.sample, full.educator).get("/profile").text

    assert "Only you see this. It is used for nothing but the order in which learning is shown to you." in page
    assert "A session at such a time comes first" in page


def test_s4_all_of_the_profile_is_on_the_page_of_my_data_and_in_the_file(full, visit):
    visitor = visit(full.sample, full.educator)
    visitor.post("/profile", data=FILLED)

    page = visitor.get("/my-data").text
    own = json.loads(visitor.get("/my-data/like-goals.json").data)["record"]
    profile, (about_me,) = own["profile"], own["about_me"]

    for words in ("Librarian", "Spanish, Somali", "Multilingual learners", "With one colleague", "After school"):
        assert words in page
    assert (profile["educator_role"], about_me["experience"], about_me["formats"]) == (
        "librarian", "0-3", ["colleague", "group"],
    )  # fmt: skip


def test_the_profile_is_kept_as_typed(full, database, visit):
    visitor = visit(full.sample, full.educator)

    response = visitor.post("/profile", data=FILLED)

    assert response.status_code == 303
    with database.reading() as db:
        person = db.get(Person, full.educator.id)
        assert person is not None
        assert (person.position, person.bands, person.discipline) == (
            "librarian",
            (GradeBand.G68, GradeBand.G912),
            "reading",
        )


def test_a_wrong_profile_comes_back_with_what_was_typed_and_changes_nothing(full, database, visit):
    response = visit(full.sample, full.educator).post(
        "/profile", data={**ROLE, "position": "x" * 101, "grade_bands": ["13"]}
    )

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

    visitor.post("/profile", data={**ROLE, "position": "nurse", "school_id": hill})
    visitor.post("/profile", data={**ROLE, "position": "coach", "school_id": lake})
    asked = visitor.get("/profile").text
    with database.reading() as db:
        waiting = db.get_one(Person, newcomer.id)
        assert (waiting.position, waiting.school_id, waiting.requested_school_id) == ("coach", None, int(lake))
    visitor.post("/profile", data={**ROLE, "position": "coach", "school_id": ""})

    assert "You asked to be at Lake School; an administrator has to confirm it." in asked
    assert "You asked to be at" not in visitor.get("/profile").text
    with database.reading() as db:
        assert db.get_one(Person, newcomer.id).requested_school_id is None
        acts = select(AuditEvent.detail).where(AuditEvent.action == "school_requested").order_by(AuditEvent.id)
        assert db.scalars(acts).all() == [{"school_id": int(hill)}, {"school_id": int(lake)}, {"school_id": None}]


def test_somebody_at_a_school_asks_for_another_and_stays_until_it_is_confirmed(full, database, visit):
    hill, lake = full.sample.schools
    visitor = visit(full.sample, full.educator)

    visitor.post("/profile", data={**ROLE, "school_id": str(lake.id)})
    page = visitor.get("/profile").text

    assert "Your school is Hill School." in page
    assert "You asked to be at Lake School" in page
    with database.reading() as db:
        person = db.get_one(Person, full.educator.id)
        assert (person.school_id, person.requested_school_id) == (hill.id, lake.id)


def test_the_school_asked_for_is_on_the_page_and_in_the_file(full, visit):
    visitor = visit(full.sample, full.educator)
    visitor.post("/profile", data={**ROLE, "school_id": str(full.sample.schools[1].id)})

    profile = json.loads(visitor.get("/my-data/like-goals.json").data)["record"]["profile"]

    assert (profile["school"], profile["requested_school"]) == ("Hill School", "Lake School")
    assert "you asked to be at Lake School" in visitor.get("/my-data").text


def test_a_school_of_another_district_is_not_found(full, database, visit):
    with database.transaction() as db:
        elsewhere = make_full_district(db, "Elsewhere")
        newcomer = make_person(db, full.sample, "Zoe Adams")
        newcomer.school = None

    response = visit(full.sample, newcomer).post(
        "/profile", data={**ROLE, "school_id": str(elsewhere.sample.schools[0].id)}
    )

    assert response.status_code == 404


def test_s4_whoever_serves_several_grades_says_all_of_them_and_colleagues_see_them(full, database, visit):
    with database.transaction() as db:
        counselor = make_person(db, full.sample, "Cora Lane", position="counselor", grade_bands=())
    visitor = visit(full.sample, counselor)

    data = {"educator_role": "counselor", "grade_bands": ["9-12", "3-5"]}
    visitor.post("/profile", data=data)

    page = visitor.get("/profile").text
    assert page.count('name="grade_bands"') == len(GradeBand)
    assert "grades 3-5, 9-12" in visitor.get("/my-data").text
    with database.reading() as db:
        assert db.get_one(Person, counselor.id).bands == (GradeBand.G35, GradeBand.G912)
