"""Launches recorded from a running Moodle 4.5, signed again with a key of the tests, on the same path as any launch."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lti_tool.launch import names
from lti_tool.launch.models import Family, LaunchSession, ResourceLink
from lti_tool.launch.operations.courses import create_course
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person, Role
from tests.launch.signing_platform import TOOL_URL

RECORDINGS = Path(__file__).parent.parent / "recordings" / "moodle"
RESOURCE_LINK_LAUNCH = "05-launch-resource-link"


def recorded(name):
    return json.loads((RECORDINGS / f"{name}.json").read_text())


@pytest.fixture
def moodle(new_platform, database):
    """Register the Moodle of the recordings, and mark its course."""
    platform = new_platform(
        issuer="http://127.0.0.1:18010", client_id="Ca28mrotlAvn7Bc", deployment_id="1", family=Family.MOODLE
    )
    with database.transaction() as db:
        registration = db.merge(platform.registration)
        create_course(db, registration, registration.deployments[0], {"id": "2", "title": "Before"})
    return platform


def replay(platform, client, recording, claims=None):
    """Begin the recorded login and answer it with the recorded claims, as fresh as if they came now."""
    fields = recording["login_init"] | {"target_link_uri": f"{TOOL_URL}/lti/launch"}
    asked = platform.begin(client, **fields)
    assert asked["lti_message_hint"] == fields["lti_message_hint"]
    now = int(time.time())
    fresh = {
        "nonce": asked["nonce"], "iat": now, "exp": now + 60,
        names.TARGET_LINK_URI: f"{TOOL_URL}/lti/launch",
    }  # fmt: skip
    token = platform.sign((claims or recording["claims"]) | fresh)
    return platform.answer(client, asked["state"], token)


@pytest.mark.parametrize(
    ("login", "role", "is_administrator"),
    [
        ("admin", CourseRole.DESIGNER, True),
        ("edu1", CourseRole.LEARNER, False),
        ("edu2", CourseRole.LEARNER, False),
        ("manager1", CourseRole.DESIGNER, False),
        ("nonedit1", CourseRole.DESIGNER, False),
        ("teach1", CourseRole.DESIGNER, False),
    ],
)
def test_a_recorded_launch_lets_each_person_in_by_role(login, role, is_administrator, moodle, client, database):
    recording = recorded(f"{RESOURCE_LINK_LAUNCH}-{login}")

    response = replay(moodle, client, recording)

    assert response.status_code == 303, response.text
    claims = recording["claims"]
    with database.reading() as db:
        identity = db.scalars(select(Identity)).one()
        assert (identity.sub, identity.lms_user_id) == (claims["sub"], claims["sub"])
        assert identity.person.name == claims["name"]
        assert identity.person.has_role(Role.ADMINISTRATOR) is is_administrator
        assert db.scalars(select(Membership)).one().role is role
        assert db.scalars(select(LaunchSession)).one().time_zone == "UTC"


def test_a_recorded_launch_brings_course_link_and_services_up_to_date(moodle, client, database):
    replay(moodle, client, recorded(f"{RESOURCE_LINK_LAUNCH}-edu1"))

    with database.reading() as db:
        course = db.scalars(select(Course)).one()
        link = db.scalars(select(ResourceLink)).one()
    assert (course.title, course.label, course.lms_course_id) == ("Formative Assessment (PD 101)", "PD101", "2")
    assert course.line_items_url == "http://127.0.0.1:18010/mod/lti/services.php/2/lineitems?type_id=1"
    assert course.memberships_url.endswith("/CourseSection/2/bindings/1/memberships")
    assert course.launch_url == "http://127.0.0.1:18010/course/view.php?id=2"
    assert [scope.rpartition("/")[2] for scope in course.scopes] == [
        "lineitem", "lineitem.readonly", "result.readonly", "score", "contextmembership.readonly",
    ]  # fmt: skip
    assert link.line_item_url == "http://127.0.0.1:18010/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"


def test_an_empty_line_item_counts_as_none(moodle, client, database):
    recording = recorded(f"{RESOURCE_LINK_LAUNCH}-edu1")
    replay(moodle, client, recording)

    deleted = recorded("13-launch-after-coupled-lineitem-deleted")["ags"]
    replay(moodle, client, recording, recording["claims"] | {names.AGS: deleted})

    with database.reading() as db:
        assert db.scalars(select(ResourceLink)).one().line_item_url == ""


@pytest.mark.parametrize("variant", recorded("07-privacy-and-service-variants"))
def test_a_recorded_launch_opens_whatever_moodle_keeps_to_itself(variant, moodle, client, database):
    told = recorded("07-privacy-and-service-variants")[variant]
    recording = recorded(f"{RESOURCE_LINK_LAUNCH}-edu1")
    claims = {name: value for name, value in recording["claims"].items() if name != "family_name"} | {
        "name": told.get("name"), "given_name": told.get("given_name"), "email": told.get("email"),
        names.AGS: told.get("ags"), names.NRPS: told.get("nrps"), names.LAUNCH_PRESENTATION: told.get("pres"),
    }  # fmt: skip

    response = replay(moodle, client, recording, claims)

    assert response.status_code == 303, response.text
    with database.reading() as db:
        assert db.scalars(select(Person)).one().name == (told.get("name") or "")


@pytest.mark.parametrize("case", [name for name in recorded("06-auth-endpoint-cases") if name != "submission_review"])
def test_a_recorded_refusal_of_moodle_is_told_readably(case, client):
    response = client.post("/lti/launch", data=recorded("06-auth-endpoint-cases")[case]["fields"])

    assert response.status_code == 400
    assert "<h1>" in response.text


def test_a_message_that_the_tool_does_not_offer_is_refused_readably(moodle, client, database):
    response = replay(moodle, client, recorded("06-auth-endpoint-cases")["submission_review"])

    assert response.status_code == 400
    assert "message_type_unknown" in response.text
    with database.reading() as db:
        assert db.scalar(select(func.count(Person.id))) == 0


def test_a_recorded_deep_linking_request_opens_the_choice_of_links(moodle, client):
    response = replay(moodle, client, recorded("15-deep-linking"))

    page = client.get(response.headers["Location"])
    assert page.status_code == 200
    assert "Place a link in this course" in page.text
