"""Dynamic registration from the invitation to the first launch, and by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from sqlalchemy import func, select, update

from lti_tool.db import utc_now
from lti_tool.launch import names
from lti_tool.launch.models import Deployment, DeploymentState, Family, Invitation, Registration
from lti_tool.lms.platform import Scope
from practice_lms.state import Flavour


def test_an_invitation_registers_one_lms_and_is_used_up(any_lms, database):
    with database.reading() as db:
        registration = db.scalars(select(Registration)).one()
        invitation = db.scalars(select(Invitation)).one()

    assert registration.family.value == any_lms.lms.flavour.value
    assert registration.issuer == any_lms.lms.issuer
    assert registration.client_id == any_lms.tool.client_id
    assert registration.frame_origins == [any_lms.url]
    offered = {Scope.NOTICE_HANDLERS} if any_lms.lms.flavour is Flavour.CANVAS else set()
    assert set(registration.scopes) == {*names.ASKED_SCOPES} | offered
    assert any_lms.tool.initiate_login_uri.endswith(f"/lti/login/{registration.login_key}")
    assert invitation.used_at is not None


@pytest.mark.parametrize("flavour", list(Flavour))
def test_the_page_says_what_is_asked_for_before_anything_happens(flavour, run_lms, database):
    lms = run_lms(flavour)

    page = lms.ask_to_register(lms.invitation_url("Cedar Valley"))

    assert page.status == 200
    assert "Cedar Valley" in page.text
    assert "send completions to the gradebook" in page.text
    assert f"frame-ancestors {lms.url}" in page.headers["Content-Security-Policy"]
    assert lms.lms.tools == {}
    with database.reading() as db:
        assert db.scalar(select(func.count(Registration.id))) == 0


def test_a_used_invitation_is_refused(moodle_lms, database):
    asked = moodle_lms.ask_to_register(moodle_lms.invitation_url(), type="0")
    assert moodle_lms.confirm(asked).status == 200

    again = moodle_lms.confirm(asked, status=403)

    assert again.status == 403
    assert "invitation_invalid" in again.text


@pytest.mark.parametrize("invitation", ["", "guessed"])
def test_without_an_invitation_nothing_is_called(invitation, client, key_server):
    response = client.post(
        "/lti/register", data={"invitation": invitation, "openid_configuration": f"{key_server.url}/x"}
    )

    assert response.status_code == 403
    assert key_server.asked == 0


def test_an_old_invitation_is_refused(run_lms, database):
    lms = run_lms(Flavour.MOODLE)
    address = lms.invitation_url()
    with database.transaction() as db:
        db.execute(update(Invitation).values(expires_at=utc_now() - timedelta(seconds=1)))

    page = lms.ask_to_register(address, status=403)

    assert page.status == 403


def test_the_address_opened_by_itself_says_where_it_belongs(run_lms):
    lms = run_lms(Flavour.MOODLE)

    page = requests.get(lms.invitation_url(), timeout=10)

    assert page.status_code == 400
    assert "Paste it into the LMS" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "http://10.0.0.1/openid",
        "https://169.254.169.254/latest",
        "http://example.test/openid",
        "file:///etc/passwd",
        "https://user@127.0.0.2:1/openid",
    ],
)
def test_an_address_on_the_operators_network_is_not_called_and_the_invitation_stays(address, run_lms, database, client):
    lms = run_lms(Flavour.MOODLE)
    token = lms.invitation_url().rpartition("=")[2]

    response = client.post("/lti/register", data={"invitation": token, "openid_configuration": address})

    assert response.status_code in {400, 502}
    assert "<h1>" in response.text
    with database.reading() as db:
        assert db.scalars(select(Invitation)).one().used_at is None


def test_a_failed_registration_leaves_the_invitation_usable(run_lms, database):
    lms = run_lms(Flavour.MOODLE)
    asked = lms.ask_to_register(lms.invitation_url())

    failed = lms.confirm(asked, {"registration_token": "spoilt"}, status=502)
    done = lms.confirm(asked)

    assert failed.status == 502
    assert done.status == 200


def test_an_issuer_at_another_address_has_to_be_confirmed(run_lms):
    lms = run_lms(Flavour.CANVAS)
    lms.lms.issuer = "https://canvas.example.test"
    asked = lms.ask_to_register(lms.invitation_url())

    question = lms.confirm(asked)
    assert "calls itself https://canvas.example.test" in question.text
    assert lms.lms.tools == {}

    assert "is registered" in lms.confirm(question).text


def test_what_the_lms_does_not_grant_is_said_in_words(run_lms, monkeypatch):
    lms = run_lms(Flavour.CANVAS)
    monkeypatch.setattr("practice_lms.canvas.lti.registration._scopes", lambda _asked: [])
    asked = lms.ask_to_register(lms.invitation_url())

    page = lms.confirm(asked)

    assert "Without the score scope completions cannot be returned" in page.text
    assert "data-nothing-missing" not in page.html


def test_a_deployment_that_was_not_named_is_let_in_by_its_first_launch_and_a_second_waits(canvas_lms, database):
    link = canvas_lms.place_link()
    canvas_lms.tool.deployment_id = "99:elsewhere"

    arrived = canvas_lms.launch("ana.ruiz", link, status=403)

    assert arrived.page.status == 403
    assert "Waiting for your district" in arrived.page.text
    with database.reading() as db:
        states = [each.state for each in db.scalars(select(Deployment).order_by(Deployment.id))]
    assert states == [DeploymentState.APPROVED, DeploymentState.PENDING]


def test_the_canvas_configuration_names_every_placement_with_navigation_off(client):
    configuration = client.get("/lti/canvas.json").json

    placements = configuration["extensions"][0]["settings"]["placements"]
    assert {each["placement"] for each in placements} == {
        "course_navigation", "account_navigation", "link_selection", "assignment_selection",
    }  # fmt: skip
    assert [each.get("default") for each in placements if each["placement"] == "course_navigation"] == ["disabled"]
    assert configuration["custom_fields"]["canvas_global_user_id"] == "$Canvas.user.globalId"
    assert all(key == key.lower() for key in configuration["custom_fields"])


def test_commands_make_invitations_and_register_an_lms_by_hand(app, database):
    runner = app.test_cli_runner()

    invited = runner.invoke(args=["lti", "invite", "--district", "Hill County"])
    added = runner.invoke(
        args=[
            "lti", "add-platform", "--district", "Hill County", "--family", "canvas", "--client-id", "10000000000001",
            "--issuer", "https://canvas.instructure.com", "--lms-url", "https://hill.instructure.com",
            "--auth-url", "https://sso.canvaslms.com/api/lti/authorize_redirect",
            "--token-url", "https://sso.canvaslms.com/login/oauth2/token",
            "--key-set-url", "https://sso.canvaslms.com/api/lti/security/jwks",
        ]
    )  # fmt: skip

    (address,) = invited.output.splitlines()
    assert address.startswith("http://localhost/lti/register?invitation=")
    assert added.exit_code == 0
    with database.reading() as db:
        registration = db.scalars(select(Registration)).one()
        assert registration.family is Family.CANVAS
        assert registration.frame_origins == ["https://canvas.instructure.com", "https://hill.instructure.com"]
        assert added.output.strip() == f"http://localhost/lti/login/{registration.login_key}"
