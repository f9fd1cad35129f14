"""What real LMSs send beside the valid launches of tests/certification, and what comes of a launch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.launch import names
from lti_tool.launch.models import Family, LaunchSession, Registration
from lti_tool.people.models import AuditEvent, CourseRole, Identity, Membership, Opportunity, Person, Role
from lti_tool.people.operations import note_course_gone
from tests.launch.signing_platform import INSTRUCTOR, LEARNER, LIS, MISSING

NO_NAME = {"name": MISSING, "given_name": MISSING, "family_name": MISSING}
NOBODY = {**NO_NAME, "email": MISSING}

VALID: dict[str, dict[str, Any]] = {
    "audience in a list": {"aud": ["client-1"]},
    "authorised party ours": {"azp": "client-1"},
    "context null": {names.CONTEXT: None, names.ROLES: [f"{LIS}system/person#Administrator"]},
    "no context, e-mail alone": {
        **NO_NAME,
        names.CONTEXT: MISSING,
        names.ROLES: [f"{LIS}institution/person#Administrator"],
    },
    "noise of a serializer": {
        "errors": {"errors": {}},
        names.AGS: {"errors": {"errors": {}}, "validation_context": None, "scope": None, "lineitem": None},
        names.NRPS: None,
        names.LAUNCH_PRESENTATION: {"return_url": 5, "locale": None},
        names.CUSTOM: {"canvas_user_id": 5, "kind": None, "x": {}},
    },
}


@pytest.mark.parametrize("name", VALID)
@pytest.mark.usefixtures("marked_course")
def test_a_valid_launch_opens_a_session(name, platform, client, database):
    response = platform.launch(client, **VALID[name])

    assert response.status_code == 303, response.text
    assert client.get(response.headers["Location"]).status_code == 200
    with database.reading() as db:
        assert len(db.scalars(select(LaunchSession)).all()) == 1


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([INSTRUCTOR], CourseRole.DESIGNER),
        ([f"{LIS}membership#ContentDeveloper"], CourseRole.DESIGNER),
        ([LEARNER, f"{LIS}institution/person#Instructor"], CourseRole.LEARNER),
        ([f"{LIS}membership/Instructor#TeachingAssistant", INSTRUCTOR], CourseRole.OTHER),
        ([f"{LIS}membership/Learner#Instructor"], CourseRole.LEARNER),
        ([f"{LIS}x/y#Instructor"], CourseRole.OTHER),
        (["http://purl.imsglobal.org/vocab/lis/v2x/evil#Instructor"], CourseRole.OTHER),
        ([f"{LIS}membership#instructor"], CourseRole.OTHER),
        ([], CourseRole.OTHER),
    ],
)
def test_only_exact_context_roles_decide_in_a_course(roles, expected, platform, client, database, marked_course):
    platform.launch(client, **{names.ROLES: roles})

    with database.reading() as db:
        membership = db.scalars(select(Membership)).one()
    assert (membership.course_id, membership.role) == (marked_course, expected)


def test_an_administrator_of_the_institution_administers_the_district_until_the_lms_says_otherwise(
    platform, client, database
):
    administrator = [f"{LIS}institution/person#Administrator", INSTRUCTOR]

    platform.launch(client, **{names.ROLES: administrator})
    with database.reading() as db:
        assert db.scalars(select(Person)).one().has_role(Role.ADMINISTRATOR)
    platform.launch(client, **{names.ROLES: [INSTRUCTOR]})

    with database.reading() as db:
        assert not db.scalars(select(Person)).one().has_role(Role.ADMINISTRATOR)


@pytest.mark.usefixtures("marked_course")
def test_a_second_launch_finds_the_same_person_and_takes_over_a_new_name(platform, client, database):
    platform.launch(client)
    platform.launch(client, name="Ana Ruiz-Vega")
    platform.launch(client, **NOBODY)

    with database.reading() as db:
        person = db.scalars(select(Person)).one()
    assert (person.name, person.email) == ("Ana Ruiz-Vega", "ana@example.test")


def test_language_and_time_zone_of_the_launch_are_those_of_the_session(platform, client, database):
    platform.launch(
        client,
        **{names.LAUNCH_PRESENTATION: {"locale": "es-MX"}, names.CUSTOM: {"time_zone": "America/Denver"}},
    )
    platform.launch(
        client, **{names.LAUNCH_PRESENTATION: {"locale": "not-a-language"}, names.CUSTOM: {"time_zone": "99"}}
    )

    with database.reading() as db:
        first, second = db.scalars(select(LaunchSession).order_by(LaunchSession.id)).all()
    assert (first.locale, first.time_zone) == ("es_MX", "America/Denver")
    assert (second.locale, second.time_zone) == ("en", "UTC")


def test_each_launch_leaves_one_line_with_a_reason_and_nothing_personal(platform, client, caplog):
    with caplog.at_level("INFO", logger="lti_tool.launch"):
        platform.launch(client)
        platform.launch(client, **{names.VERSION: "1.1"})

    lines = [record.getMessage() for record in caplog.records]
    assert [line.split()[1] for line in lines] == ["reason=opened", "reason=version_wrong"]
    assert not any(word in json.dumps(lines) for word in ("Ana", "example.test", "user-1"))


def test_s7c_a_launch_brings_back_a_course_that_seemed_to_be_gone(platform, client, database, marked_course):
    with database.transaction() as db:
        note_course_gone(db, db.get_one(Opportunity, marked_course))

    platform.launch(client, **{names.ROLES: [LEARNER]})

    with database.reading() as db:
        assert db.get_one(Opportunity, marked_course).unavailable_since is None
        said = db.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == marked_course)).all()
    assert {"course_gone", "course_back"} <= set(said)


@pytest.mark.usefixtures("marked_course")
def test_a_later_launch_fills_in_by_which_id_canvas_knows_somebody(platform, client, database):
    with database.transaction() as db:
        db.get_one(Registration, platform.registration.id).family = Family.CANVAS
    for custom in ({}, {"canvas_user_id": "7"}, {"canvas_user_id": "8"}):
        platform.launch(client, **{names.CUSTOM: custom})

    with database.reading() as db:
        assert db.scalars(select(Identity.lms_user_id)).all() == ["7"]
