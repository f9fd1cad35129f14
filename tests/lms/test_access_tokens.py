"""Access tokens for LTI Advantage: shared, renewed, and asked for with what was granted only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.errors import LMSAccessError
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.models import AccessToken
from lti_tool.lms.platform import Scope
from lti_tool.lms.tokens import AccessTokens, ScopeRefusedError
from practice_lms.faults import Kind
from tests.lms.conftest import SECRET


def test_tokens_are_asked_for_once_and_shared_by_all_workers(world, database):
    item = world.place_link()
    world.send(item)
    world.results(item)
    world.fault(Kind.REFUSE, "/login/oauth2/token", times=None)
    world.fault(Kind.REFUSE, "/mod/lti/token.php", times=None)

    other_worker = Advantage(world.platform, AccessTokens(database, SECRET))
    other_worker.results(world.url_of(item))
    other_worker.line_items(world.line_items_url)
    other_worker.memberships(world.memberships_url)

    with database.transaction() as db:
        kept = db.scalars(select(AccessToken)).one()
    assert timedelta(minutes=58) < kept.expires_at - utc_now() <= timedelta(minutes=59)
    assert b"token" not in kept.token


def test_a_token_that_has_ended_is_replaced(world, database):
    item = world.place_link()
    world.results(item)
    with database.transaction() as db:
        kept = db.scalars(select(AccessToken)).one()
        before, kept.expires_at = kept.token, utc_now()

    world.results(item)

    with database.transaction() as db:
        assert db.scalars(select(AccessToken)).one().token != before


def test_a_token_that_the_lms_refuses_is_replaced_once(world):
    item = world.place_link()
    world.results(item)
    world.lms.lti.access_tokens.clear()
    world.lms.lti.secret = "x" * 64

    assert world.results(item) == []


def test_a_tool_that_is_switched_off_has_lost_access(canvas):
    item = canvas.place_link()
    canvas.results(item)
    canvas.tool.active = False

    with pytest.raises(LMSAccessError):
        canvas.results(item)


def test_only_granted_scopes_are_asked_for(world):
    item = world.place_link()
    granted = frozenset({Scope.RESULT_READ.value})
    advantage = Advantage(replace(world.platform, scopes=granted), world.tokens)

    assert advantage.results(world.url_of(item)) == []
    with pytest.raises(ScopeRefusedError):
        advantage.memberships(world.memberships_url)


def test_a_scope_that_an_administrator_took_away_does_not_spoil_the_others(world):
    item = world.place_link()
    world.tool.scopes.remove(Scope.MEMBERSHIP_READ)

    assert world.results(item) == []
    with pytest.raises(ScopeRefusedError):
        world.advantage.memberships(world.memberships_url)


def test_an_unknown_tool_has_lost_access(world):
    item = world.place_link()
    del world.lms.tools[world.tool.id]

    with pytest.raises(LMSAccessError):
        world.results(item)


def test_keys_that_the_lms_cannot_fetch_are_lost_access(moodle):
    item = moodle.place_link()
    moodle.tool.jwks_uri = "http://127.0.0.1:1/jwks"

    with pytest.raises(LMSAccessError):
        moodle.results(item)
