"""The administrator's pages of connected LMSs: permissions, places, and access to the REST side."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from lti_tool.launch.models import Deployment, DeploymentState, LinkKind, Registration, RestAccess
from lti_tool.launch.operations.sessions import digest
from lti_tool.lms.canvas_oauth import MODULES, SCOPES
from lti_tool.lms.vault import Vault
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import AuditEvent, Role
from practice_lms.browser import Browser
from practice_lms.canvas.api_keys import create_api_key
from practice_lms.moodle.webservice_tokens import create_web_service_token
from tests.conftest import make_district, make_person
from tests.lms_fixtures import ADMINISTRATOR

AGAIN = "Allow at Canvas again"


@pytest.fixture
def administrator(any_lms):
    """Launch as the administrator of the LMS."""
    return open_as_administrator(any_lms)


def open_as_administrator(lms):
    link = lms.place_link(LinkKind.PLAN)
    return lms.launch(ADMINISTRATOR, link)


def stopped_message(lms, database):
    """Leave a message that waits for access to this LMS."""
    with database.transaction() as db:
        registration = db.get_one(Registration, lms.registration_id)
        message = enqueue(
            db, kind="completions.read", key="completions:99", district_id=registration.district_id,
            lane=f"platform:{registration.id}", payload={},
        )  # fmt: skip
        message.state = MessageState.STOPPED
        return message.id


def test_the_administrator_sees_what_is_granted_and_connected(administrator, any_lms):
    page = administrator.get("/connections/")
    detail = administrator.get(f"/connections/{any_lms.registration_id}")

    assert "All permissions granted" in page.text
    assert "not connected" in page.text
    assert "send completions to the gradebook" in detail.text


def test_a_moodle_token_is_tried_at_once_and_kept_sealed(moodle_lms, database):
    arrived = open_as_administrator(moodle_lms)
    token = create_web_service_token(moodle_lms.lms, moodle_lms.user(ADMINISTRATOR))
    waiting = stopped_message(moodle_lms, database)
    page = arrived.get(f"/connections/{moodle_lms.registration_id}")
    assert f'value="{moodle_lms.url}"' in page.html

    done = arrived.post(
        f"/connections/{moodle_lms.registration_id}/moodle-token", {"base_url": moodle_lms.url, "token": token}
    )

    assert done.status == 200
    assert "Connected" in done.text
    with database.reading() as db:
        access = db.scalars(select(RestAccess)).one()
        assert token.encode() not in access.access_token
        assert access.is_connected
        assert moodle_lms.user(ADMINISTRATOR).name in access.connected_as
        assert db.get_one(OutboxMessage, waiting).state is MessageState.DUE
        assert "rest_connected" in db.scalars(select(AuditEvent.action)).all()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"token": "wrong-token"}, "Moodle"),
        ({"token": ""}, "whole token"),
        ({"base_url": "not an address"}, "web address"),
        ({"base_url": "http://10.1.1.1"}, "10.1.1.1"),
    ],
)
def test_a_token_that_does_not_work_says_why_and_changes_nothing(fields, said, moodle_lms, database):
    arrived = open_as_administrator(moodle_lms)
    given = {"base_url": moodle_lms.url, "token": "some-token"} | fields

    refused = arrived.post(f"/connections/{moodle_lms.registration_id}/moodle-token", given, status=422)

    assert refused.status == 422
    assert said in refused.text
    with database.reading() as db:
        assert db.scalars(select(RestAccess)).all() == []


def saved_canvas_key(lms, arrived):
    key = create_api_key(lms.lms, "Like Goals", f"{lms.tool_url}/lms/canvas/callback")
    return arrived.post(
        f"/connections/{lms.registration_id}/canvas-key",
        {"base_url": lms.url, "client_id": key.client_id, "client_secret": key.secret},
    )


def way_to_canvas(lms, arrived):
    page = arrived.post(f"/connections/{lms.registration_id}/authorize")
    return page.link(href="/login/oauth2/auth")


def test_canvas_is_connected_by_consent_in_another_window(canvas_lms, database):
    arrived = open_as_administrator(canvas_lms)
    assert saved_canvas_key(canvas_lms, arrived).status == 200
    window = canvas_lms.browser_of(ADMINISTRATOR)

    consent = window.get(way_to_canvas(canvas_lms, arrived))
    done = window.submit(consent, consent.form(button="Allow"))

    assert done.status == 200
    assert "Canvas is connected" in done.text
    with database.reading() as db:
        access = db.scalars(select(RestAccess)).one()
        assert access.is_connected
        assert access.refresh_token is not None
        assert access.state_hash == ""


def test_a_key_that_lacks_a_scope_is_told_with_what_to_add_and_works_once_it_has_it(canvas_lms, database):
    arrived = open_as_administrator(canvas_lms)
    page = f"/connections/{canvas_lms.registration_id}"
    allowed = tuple(scope for scope in SCOPES if not scope.endswith("/modules"))
    key = create_api_key(canvas_lms.lms, "Like Goals", f"{canvas_lms.tool_url}/lms/canvas/callback", allowed)
    given = {"base_url": canvas_lms.url, "client_id": key.client_id, "client_secret": key.secret}
    assert all(scope in arrived.post(f"{page}/canvas-key", given).text for scope in SCOPES)
    window = canvas_lms.browser_of(ADMINISTRATOR)

    refused = window.get(way_to_canvas(canvas_lms, arrived), status=422)

    lacking = "Not allowed yet: url:GET|/api/v1/courses/:course_id/modules."
    assert lacking in refused.text
    assert lacking in arrived.get(page).text
    key.scopes.extend(SCOPES)
    consent = window.get(way_to_canvas(canvas_lms, arrived))
    assert "Canvas is connected" in window.submit(consent, consent.form(button="Allow")).text
    with database.reading() as db:
        assert db.scalars(select(RestAccess)).one().problem == ""


def test_a_consent_that_lacks_what_the_tool_needs_by_now_can_be_renewed(canvas_lms, database):
    arrived = open_as_administrator(canvas_lms)
    page, window = f"/connections/{canvas_lms.registration_id}", canvas_lms.browser_of(ADMINISTRATOR)
    saved_canvas_key(canvas_lms, arrived)

    def consent() -> None:
        asked = window.get(way_to_canvas(canvas_lms, arrived))
        window.submit(asked, asked.form(button="Allow"))

    consent()
    assert AGAIN not in arrived.get(page).text
    with database.transaction() as db:
        db.scalars(select(RestAccess)).one().scopes = [scope for scope in SCOPES if scope != MODULES]
    assert AGAIN in arrived.get(page).text

    consent()
    assert AGAIN not in arrived.get(page).text


def test_a_consent_comes_back_once_and_only_with_its_state(canvas_lms):
    arrived = open_as_administrator(canvas_lms)
    saved_canvas_key(canvas_lms, arrived)
    address = way_to_canvas(canvas_lms, arrived)
    (state,) = re.findall(r"state=([^&]+)", address)
    callback = f"{canvas_lms.tool_url}/lms/canvas/callback"
    window = Browser()

    wrong = window.get(f"{callback}?state=1.1.guessed&code=x", status=400)
    denied = window.get(f"{callback}?state={state}&error=access_denied", status=422)
    again = window.get(f"{callback}?state={state}&code=x", status=400)

    assert (wrong.status, denied.status, again.status) == (400, 422, 400)
    assert "was not allowed" in denied.text


def test_a_consent_that_took_too_long_has_to_begin_again(canvas_lms, database):
    arrived = open_as_administrator(canvas_lms)
    saved_canvas_key(canvas_lms, arrived)
    (state,) = re.findall(r"state=([^&]+)", way_to_canvas(canvas_lms, arrived))
    registration, person, begun_at, secret = state.split(".")
    old = f"{registration}.{person}.{int(begun_at) - 16 * 60}.{secret}"
    with database.transaction() as db:
        db.get_one(RestAccess, canvas_lms.registration_id).state_hash = digest(old)

    late = Browser().get(f"{canvas_lms.tool_url}/lms/canvas/callback?state={old}&code=x", status=400)

    assert "Begin again on the page of connections" in late.text


def test_a_code_that_canvas_does_not_know_is_said(canvas_lms, database):
    arrived = open_as_administrator(canvas_lms)
    saved_canvas_key(canvas_lms, arrived)
    (state,) = re.findall(r"state=([^&]+)", way_to_canvas(canvas_lms, arrived))

    callback = f"{canvas_lms.tool_url}/lms/canvas/callback"
    failed = Browser().get(f"{callback}?state={state}&code=unknown", status=422)

    assert failed.status == 422
    with database.reading() as db:
        assert db.scalars(select(RestAccess)).one().problem


def test_a_connection_can_be_thrown_away(moodle_lms, database):
    arrived = open_as_administrator(moodle_lms)
    token = create_web_service_token(moodle_lms.lms, moodle_lms.user(ADMINISTRATOR))
    address = f"/connections/{moodle_lms.registration_id}"
    arrived.post(f"{address}/moodle-token", {"base_url": moodle_lms.url, "token": token})

    arrived.post(f"{address}/disconnect")

    with database.reading() as db:
        assert db.scalars(select(RestAccess)).all() == []


def test_a_waiting_place_is_let_in_or_kept_out(any_lms, administrator, database):
    with database.transaction() as db:
        waiting = Deployment(registration_id=any_lms.registration_id, deployment_id="99", state=DeploymentState.PENDING)
        db.add(waiting)
        db.flush()
    address = f"/connections/{any_lms.registration_id}/deployments/{waiting.id}"

    assert "waits for your answer" in administrator.get("/connections/").text
    states = []
    for fields in ({}, {"refuse": "1"}):
        administrator.post(address, fields)
        with database.reading() as db:
            states.append(db.get_one(Deployment, waiting.id).state)

    assert states == [DeploymentState.APPROVED, DeploymentState.REFUSED]


def test_connections_are_for_administrators_of_their_own_district(database, sample, visit):
    with database.transaction() as db:
        other = make_district(db, "Hill County")
        educator = make_person(db, sample, "Ana Ruiz")
        stranger = make_person(db, other, "Zed Stone", Role.ADMINISTRATOR)
    number = sample.registration.id

    assert visit(sample, educator).get("/connections/").status_code == 403
    visitor = visit(other, stranger)
    assert visitor.get(f"/connections/{number}").status_code == 404
    assert visitor.post(f"/connections/{number}/disconnect").status_code == 404
    assert visitor.post(f"/connections/{number}/deployments/{sample.deployment.id}").status_code == 404
    assert urlsplit(visitor.get("/connections/").request.url).path.endswith("/connections/")


def test_a_key_that_was_sealed_with_an_earlier_secret_can_be_replaced(moodle_lms, database):
    arrived = open_as_administrator(moodle_lms)
    token = create_web_service_token(moodle_lms.lms, moodle_lms.user(ADMINISTRATOR))
    address, given = f"/connections/{moodle_lms.registration_id}", {"base_url": moodle_lms.url, "token": token}
    arrived.post(f"{address}/moodle-token", given)
    with database.transaction() as db:
        db.scalars(select(RestAccess)).one().access_token = Vault("an earlier secret").seal(token)

    done = arrived.post(f"{address}/moodle-token", given)

    assert "Connected" in done.text
