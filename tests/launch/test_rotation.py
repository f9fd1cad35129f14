"""A running deployment rotates its keys before LMSs that keep what they once fetched: nothing fails in between."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta

import jwt
import pytest
import requests
from werkzeug.wrappers import Response

from lti_tool.db import utc_now
from lti_tool.launch.keys import OVERLAP, tool_keys
from lti_tool.launch.models import LinkKind, Registration
from lti_tool.launch.queries import platform_of
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.tokens import AccessTokens
from lti_tool.people.models import Course
from practice_lms.browser import JourneyError
from tests.lms_fixtures import DESIGNER, EDUCATOR, PracticeLms
from tests.serving import serving


class KeptKeySet:
    """A key set as an LMS keeps it: what the tool published when it was last fetched."""

    def __init__(self, jwks_url: str) -> None:
        self.jwks_url = jwks_url
        self.fetch()

    def fetch(self) -> None:
        self.kept = requests.get(self.jwks_url, timeout=10).json()

    @property
    def kids(self) -> list[str]:
        return [each["kid"] for each in self.kept["keys"]]

    def __call__(self, environ, start_response):
        return Response(json.dumps(self.kept), content_type="application/json")(environ, start_response)


@pytest.fixture
def keys(app):
    """Return the tool's keys, put back afterwards; the one that signs is a week old."""
    settings = app.extensions["settings"]
    before = settings.keys_dir.with_name("keys-before")
    if settings.keys_dir.exists():
        settings.keys_dir.rename(before)
    keys = tool_keys(settings)
    keys.rotate(utc_now() - timedelta(days=7))
    yield keys
    shutil.rmtree(settings.keys_dir)
    if before.exists():
        before.rename(settings.keys_dir)


@pytest.fixture
def kept(keys, any_lms: PracticeLms) -> Iterator[KeptKeySet]:
    """Have the LMS look at a kept copy of the tool's key set."""
    copy = KeptKeySet(f"{any_lms.tool_url}/lti/jwks")
    with serving(copy) as url:
        any_lms.tool.jwks_uri = f"{url}/keys"
        yield copy


def everything_works(lms: PracticeLms, database, settings) -> None:
    """Place a link (which the LMS checks), launch it, and ask for a token with which the line items are read."""
    link = lms.place_link(LinkKind.COURSE_GOALS)
    assert lms.launch(DESIGNER, link).base
    assert lms.launch(EDUCATOR, link).base
    with database.reading() as db:
        platform = platform_of(db, db.get_one(Registration, lms.registration_id), settings)
        course = db.query(Course).one()
    tokens = AccessTokens(database, settings.secret_key)
    tokens.forget(platform, tokens.token_for(platform, platform.scopes))
    assert Advantage(platform, tokens).line_items(course.line_items_url)


def test_a_rotation_fails_no_launch_and_no_token_request(keys, kept, any_lms, database, app):
    settings = app.extensions["settings"]
    old = keys.signing()

    new = keys.rotate(utc_now() - OVERLAP + timedelta(seconds=6))  # what follows takes one, or four on a busy machine
    everything_works(any_lms, database, settings)  # with what it fetched before the new key was there
    assert keys.signing() == old
    kept.fetch()  # within the day
    assert kept.kids == [old.kid, new.kid]

    time.sleep(max((new.made_at + OVERLAP - utc_now()).total_seconds(), 0))
    assert keys.signing().kid == new.kid
    everything_works(any_lms, database, settings)
    kept.fetch()
    assert kept.kids == [old.kid, new.kid]


def test_what_the_old_key_signed_is_still_checked_after_the_change(keys, client):
    old = keys.signing()
    token = jwt.encode({"a": 1}, old.private_key, algorithm="RS256", headers={"kid": old.kid})
    keys.rotate(utc_now() - OVERLAP - timedelta(seconds=1))

    published = jwt.PyJWKSet.from_dict(client.get("/lti/jwks").json)

    assert keys.signing().kid != old.kid
    assert jwt.decode(token, published[old.kid], algorithms=["RS256"]) == {"a": 1}


def test_an_lms_that_did_not_look_within_the_day_is_the_one_that_fails(keys, kept, any_lms, database, app):
    keys.rotate(utc_now() - OVERLAP - timedelta(seconds=1))

    with pytest.raises(JourneyError):
        everything_works(any_lms, database, app.extensions["settings"])
