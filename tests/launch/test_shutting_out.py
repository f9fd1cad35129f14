"""Who was shut out is out at once: sessions of a refused deployment, and consents of one who administers no longer."""

from __future__ import annotations

import pytest

from lti_tool.db import utc_now
from lti_tool.errors import LaunchError
from lti_tool.launch.models import Deployment, DeploymentState, Registration
from lti_tool.launch.operations.connections import begin_authorization, save_canvas_key, take_state
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.vault import Vault
from lti_tool.people.models import Person, Role
from tests.conftest import make_person


@pytest.fixture
def administrator(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)


def refuse(db, sample):
    db.get_one(Deployment, sample.deployment.id).state = DeploymentState.REFUSED


def switch_off(db, sample):
    db.get_one(Registration, sample.registration.id).disabled_at = utc_now()


@pytest.mark.parametrize("shut_out", [refuse, switch_off])
def test_a_session_ends_with_the_deployment_or_registration_that_it_came_from(database, sample, visit, shut_out):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, person)
    before = visitor.get("/").status_code

    with database.transaction() as db:
        shut_out(db, sample)

    assert (before, visitor.get("/").status_code) == (200, 401)


def test_nobody_shuts_themselves_out(database, sample, visit, administrator):
    path = f"/connections/{sample.registration.id}/deployments/{sample.deployment.id}"

    answer = visit(sample, administrator).post(path, data={"refuse": "1"})

    assert answer.status_code == 409
    with database.reading() as db:
        assert db.get_one(Deployment, sample.deployment.id).state is DeploymentState.APPROVED


def test_a_consent_is_not_taken_from_somebody_who_administers_no_longer(database, sample, administrator):
    key = RestCredentials("https://canvas.example.test", "", client_id="1", client_secret="secret-of-the-key")
    with database.transaction() as db:
        person, registration = db.get_one(Person, administrator.id), db.get_one(Registration, sample.registration.id)
        save_canvas_key(db, person, registration, key, Vault("a secret"))
        _, state = begin_authorization(db, person, registration)
        person.grants[0].revoked_at = utc_now()

    with pytest.raises(LaunchError), database.transaction() as db:
        take_state(db, state)
