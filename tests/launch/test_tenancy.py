"""Which district a launch belongs to: by login address, client id and deployment, never by the issuer alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.launch import names
from lti_tool.launch.models import Deployment, DeploymentState, LaunchSession, Registration
from lti_tool.people.models import Identity, Person
from practice_lms.keys import PlatformKeys

CANVAS = "https://canvas.instructure.com"


def launch_at(platform, client, *, login_key="", **claims):
    """Launch by the platform's own login address, or by the shared one."""
    asked = platform.begin(client, login_key=login_key)
    return platform.answer(client, asked["state"], platform.sign(platform.claims(asked["nonce"], **claims)))


def district_of_session(database):
    """Return the district of the newest session."""
    with database.reading() as db:
        session = db.scalars(select(LaunchSession).order_by(LaunchSession.id.desc())).first()
        return session.person.district_id


def test_several_clients_of_one_issuer_are_told_apart_by_client_id(new_platform, client, database):
    platforms = [new_platform(client_id=f"client-{number}", issuer=CANVAS, staff_only=True) for number in (1, 2, 3)]

    for platform in platforms:
        assert platform.launch(client).status_code == 303
        assert district_of_session(database) == platform.registration.district_id


def test_one_issuer_serves_many_districts_and_the_same_user_id_is_not_the_same_person(new_platform, client, database):
    for number in (1, 2):
        platform = new_platform(client_id=f"client-{number}", issuer=CANVAS, staff_only=True)
        assert platform.launch(client, sub="the-same").status_code == 303

    with database.reading() as db:
        assert len(db.scalars(select(Identity).where(Identity.sub == "the-same")).all()) == 2
        assert len({person.district_id for person in db.scalars(select(Person))}) == 2


@pytest.fixture
def twins(new_platform, key_server, database):
    """Register two self-hosted Canvases of two districts that go by the same issuer and client id."""
    one = new_platform(issuer=CANVAS, staff_only=True)
    other = new_platform(issuer=CANVAS, staff_only=True, client_id="client-2", deployed=False)
    key_server.sets["client-2"] = other.keys = PlatformKeys()
    with database.transaction() as db:
        db.get_one(Registration, other.registration.id).client_id = one.client_id
    other.client_id = one.client_id
    return one, other


def test_two_canvases_with_the_same_issuer_and_client_id_are_told_apart_by_login_address(twins, client, database):
    for platform in twins:
        response = launch_at(platform, client, login_key=platform.registration.login_key)

        assert response.status_code == 303, response.text
        assert district_of_session(database) == platform.registration.district_id


def test_a_canvas_does_not_enter_by_the_login_address_of_its_twin(twins, client):
    one, other = twins

    response = launch_at(other, client, login_key=one.registration.login_key)

    assert response.status_code == 401
    assert "kid_unknown" in response.text


def test_by_the_shared_login_address_twins_are_told_apart_by_the_deployment_or_not_at_all(twins, client, database):
    one, other = twins
    with database.transaction() as db:
        known = {"registration_id": other.registration.id, "state": DeploymentState.APPROVED}
        db.add(Deployment(deployment_id="deployment-2", **known))

    asked = other.begin(client, lti_deployment_id="deployment-2")
    token = other.sign(other.claims(asked["nonce"], **{names.DEPLOYMENT_ID: "deployment-2"}))
    by_deployment = other.answer(client, asked["state"], token)
    unclear = one.initiate(client)

    assert by_deployment.status_code == 303
    assert district_of_session(database) == other.registration.district_id
    assert unclear.status_code == 400
    assert "registration_ambiguous" in unclear.text


def test_a_login_address_of_another_issuer_or_client_is_refused(new_platform, client):
    one = new_platform()
    other = new_platform(client_id="client-2", issuer="https://other.example.test")

    response = other.initiate(client, login_key=one.registration.login_key)

    assert "registration_unknown" in response.text


def test_the_first_deployment_is_let_in_and_an_unknown_one_is_parked_until_it_is_approved(
    new_platform, client, database
):
    platform = new_platform(staff_only=True, deployed=False)
    first = platform.launch(client)
    second = platform.launch(client, **{names.DEPLOYMENT_ID: "elsewhere"})

    assert (first.status_code, second.status_code) == (303, 403)
    assert "Waiting for your district" in second.text
    with database.transaction() as db:
        parked = db.scalars(select(Deployment).where(Deployment.deployment_id == "elsewhere")).one()
        assert parked.state is DeploymentState.PENDING
        parked.state = DeploymentState.APPROVED

    assert platform.launch(client, **{names.DEPLOYMENT_ID: "elsewhere"}).status_code == 303


def test_the_same_deployment_id_at_two_lmss_is_two_deployments(new_platform, client, database):
    for number in (1, 2):
        platform = new_platform(
            client_id=f"client-{number}", issuer=f"https://lms-{number}.example.test", deployed=False
        )
        platform.launch(client)

    with database.reading() as db:
        states = [each.state for each in db.scalars(select(Deployment))]
    assert states == [DeploymentState.APPROVED] * 2


def test_an_lms_that_was_switched_off_is_unknown(new_platform, client, database):
    platform = new_platform()
    with database.transaction() as db:
        db.get_one(Registration, platform.registration.id).disabled_at = platform.registration.created_at

    assert "registration_unknown" in platform.initiate(client).text
