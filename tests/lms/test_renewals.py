"""Renewing Canvas's access token: the one of a consent, which many threads of many workers use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from lti_tool.db import Database, utc_now
from lti_tool.errors import LMSAccessError
from lti_tool.launch.kept_access import kept_credentials
from lti_tool.launch.models import RestAccess
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.rest import RestSide, rest_side
from lti_tool.lms.vault import Vault
from practice_lms.faults import Kind
from tests.lms.conftest import SECRET, World

VAULT = Vault(SECRET)
TOKENS = "/login/oauth2/token"


@pytest.fixture
def kept(canvas: World, database: Database) -> World:
    """Return a Canvas, the access to which is kept in the database."""
    rest = canvas.platform.rest
    assert rest is not None
    with database.transaction() as db:
        access = RestAccess(registration_id=canvas.platform.id, base_url=rest.base_url, client_id=rest.client_id)
        access.access_token, access.refresh_token = VAULT.seal(rest.access_token), VAULT.seal(rest.refresh_token)
        access.client_secret = VAULT.seal(rest.client_secret)
        db.add(access)
    return canvas


def opened(database: Database) -> RestCredentials:
    with database.reading() as db:
        return kept_credentials(db.scalars(select(RestAccess)).one(), VAULT, database)


def side(world: World, database: Database) -> RestSide:
    found = rest_side(replace(world.platform, rest=opened(database)))
    assert found is not None
    return found


def end_the_token(database: Database) -> None:
    with database.transaction() as db:
        db.scalars(select(RestAccess)).one().expires_at = utc_now() - timedelta(seconds=1)


@pytest.mark.parametrize("is_known_to_have_ended", [True, False])
def test_eight_threads_that_find_the_token_ended_renew_it_once_and_all_go_on(kept, database, is_known_to_have_ended):
    kept.fault(Kind.DELAY, TOKENS, seconds=0.5)
    if is_known_to_have_ended:
        end_the_token(database)
    else:
        kept.lms.connections.api_tokens.clear()
    before, together = opened(database), Barrier(8)
    sides = [side(kept, database) for _thread in range(8)]

    def ask(each: RestSide) -> list[str]:
        together.wait()
        return [each.check() for _call in range(3)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, sides))

    assert answers == [["Zola Dlamini"] * 3] * 8
    assert opened(database).access_token != before.access_token
    assert list(kept.lms.connections.api_tokens) == [opened(database).access_token]


def test_a_token_that_somebody_else_renewed_is_taken_without_renewing_it_again(kept, database):
    first, second = side(kept, database), side(kept, database)
    kept.lms.connections.api_tokens.clear()
    first.check()
    renewed = opened(database).access_token

    assert second.check() == "Zola Dlamini"
    assert opened(database).access_token == renewed


def test_a_worker_that_died_while_it_renewed_holds_nobody_up_for_long(kept, database):
    with database.transaction() as db:
        db.scalars(select(RestAccess)).one().renewing_until = utc_now() + timedelta(seconds=0.5)
    end_the_token(database)

    assert side(kept, database).check() == "Zola Dlamini"


def test_a_consent_that_was_taken_back_lets_the_next_one_try(kept, database):
    kept.lms.connections.refresh_tokens.clear()
    end_the_token(database)

    for _worker in range(2):
        with pytest.raises(LMSAccessError, match="Connect Canvas again"):
            side(kept, database).check()


def test_access_that_was_thrown_away_meanwhile_is_not_renewed(kept, database):
    end_the_token(database)
    held = side(kept, database)
    with database.transaction() as db:
        db.delete(db.scalars(select(RestAccess)).one())

    with pytest.raises(LMSAccessError):
        held.check()
