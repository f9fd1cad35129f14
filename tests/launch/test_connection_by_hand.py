"""An LMS that takes no registration address: its administrator carries the values over on a page."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lti_tool.launch.models import Deployment, Family, Registration
from lti_tool.people.models import AuditEvent, Role
from practice_lms.keys import PlatformKeys
from tests.conftest import make_person
from tests.launch.signing_platform import SigningPlatform


@pytest.fixture
def administrator(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Zola Dlamini", Role.ADMINISTRATOR)
    return visit(sample, person)


@pytest.fixture
def form(key_server, platform_keys):
    """Return what the LMS showed its administrator; its key set is really there."""
    key_server.sets["keys"] = PlatformKeys(dict(platform_keys.pairs))
    return {
        "name": "Hill Moodle", "family": "moodle", "issuer": "https://lms.example.test", "client_id": "client-7",
        "auth_login_url": "https://lms.example.test/auth", "auth_token_url": f"{key_server.url}/token",
        "key_set_url": f"{key_server.url}/keys", "deployment_id": "deployment-1",
    }  # fmt: skip


def added(database):
    """Return the registrations that were added beside the sample's own."""
    with database.reading() as db:
        return list(db.scalars(select(Registration).where(Registration.issuer == "https://lms.example.test")))


def test_the_page_says_what_to_enter_in_the_lms_first(administrator):
    page = administrator.get("/connections/new")

    assert page.status_code == 200
    for address in ("/lti/login", "/lti/launch", "/lti/jwks"):
        assert f"<code>http://localhost{address}</code>" in page.text
    assert "/connections/new" in administrator.get("/connections/").text


def test_an_lms_is_added_and_the_page_shows_its_own_login_address(administrator, form, database):
    done = administrator.post("/connections/new", data=form)

    assert done.status_code == 303
    (registration,) = added(database)
    assert registration.family is Family.MOODLE
    assert not registration.staff_only
    page = administrator.client.get(done.headers["Location"]).text
    for address in (f"/lti/login/{registration.login_key}", "/lti/launch", "/lti/jwks"):
        assert f"<code>http://localhost{address}</code>" in page
    assert "Now enter the three addresses" in page
    with database.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "registration_added")).one()
        deployment = db.scalars(select(Deployment).where(Deployment.registration_id == registration.id)).one()
    assert (event.actor_id, event.subject_id) == (administrator.person.id, registration.id)
    assert deployment.deployment_id == "deployment-1"


def test_an_lms_that_was_added_by_hand_launches(administrator, form, database, platform_keys, client):
    administrator.post("/connections/new", data=form | {"staff_only": "1"})
    (registration,) = added(database)
    platform = SigningPlatform(form["key_set_url"], platform_keys, client_id="client-7")

    asked = platform.begin(client, login_key=registration.login_key)
    launched = platform.answer(client, asked["state"], platform.sign(platform.claims(asked["nonce"])))

    assert launched.status_code == 303, launched.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"issuer": ""}, "web address"),
        ({"issuer": "lms"}, "web address"),
        ({"client_id": ""}, "client id"),
        ({"client_id": "c" * 256}, "client id"),
        ({"family": "other lms"}, "Must be one of"),
        ({"auth_login_url": "javascript:alert(1)"}, "web address"),
        ({"auth_token_url": "http://lms.example.test/token"}, "only called by https"),
        ({"auth_token_url": "https://10.0.0.1/token"}, "private network"),
        ({"auth_token_url": "https://[::1]/token"}, "private network"),
        ({"auth_token_url": "https://169.254.169.254/token"}, "private network"),
        ({"key_set_url": "https://192.168.1.1/keys"}, "private network"),
        ({"key_set_url": "http://lms.example.test/keys"}, "only called by https"),
        ({"key_set_url": "file:///etc/passwd"}, "web address"),
        ({"deployment_id": "d" * 256}, "255"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(wrong, said, administrator, form, database):
    response = administrator.post("/connections/new", data=form | wrong)

    assert response.status_code == 422
    (name,) = wrong
    problem = response.text.partition(f'id="field-{name}-error"')[2].partition("</div>")[0]
    assert said in problem
    assert 'value="Hill Moodle"' in response.text
    assert added(database) == []


@pytest.mark.parametrize("path", ["/nothing-here", "/empty"])
def test_a_key_set_that_is_not_there_is_said(path, administrator, form, key_server, database):
    response = administrator.post("/connections/new", data=form | {"key_set_url": key_server.url + path})

    assert response.status_code == 422
    assert "There are no keys at this address." in response.text
    assert added(database) == []


def test_a_key_set_that_cannot_be_reached_is_said(administrator, form, key_server, database):
    key_server.status = 503

    assert administrator.post("/connections/new", data=form).status_code == 422
    assert added(database) == []


def test_nobody_claims_an_issuer_and_client_id_that_are_registered(administrator, form, database, new_platform):
    new_platform(client_id="client-7")

    response = administrator.post("/connections/new", data=form)

    assert response.status_code == 422
    assert "registered already" in response.text
    assert len(added(database)) == 1


@pytest.mark.parametrize("role", [None, Role.DESIGNER, Role.SUPERVISOR])
def test_only_administrators_add_an_lms(role, database, sample, visit, form):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz", *([role] if role else []))
        before = db.scalar(select(func.count(Registration.id)))
    visitor = visit(sample, person, is_course_designer=True)

    assert visitor.get("/connections/new").status_code == 403
    assert visitor.post("/connections/new", data=form).status_code == 403
    with database.reading() as db:
        assert db.scalar(select(func.count(Registration.id))) == before
