"""The tool's own keys and the platforms' key sets: made, kept, rotated, fetched no more often than needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from config import ConfigError
from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, LMSUnavailableError, NotFoundError
from lti_tool.launch.key_sets import KeySets
from lti_tool.launch.keys import ToolKeys, tool_keys
from practice_lms.keys import PlatformKeys
from tests.launch.signing_platform import new_key

SECRET = "s" * 40


def kids(keys, now=None):
    return [each["kid"] for each in keys.public_set(now)["keys"]]


def test_the_first_key_is_made_when_it_is_needed_and_stays(tmp_path):
    keys = ToolKeys(tmp_path / "keys", SECRET)

    first = keys.signing()

    assert keys.signing() == first
    assert kids(keys) == [first.kid]
    (path,) = (tmp_path / "keys").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_key_is_published_at_once_and_signs_from_the_next_day(tmp_path):
    keys, now = ToolKeys(tmp_path, SECRET), utc_now()
    old = keys.signing()
    new = keys.rotate()

    assert kids(keys) == [old.kid, new.kid]
    assert keys.signing(now).kid == old.kid
    assert keys.signing(now + timedelta(hours=25)).kid == new.kid
    assert kids(keys, now + timedelta(hours=25)) == [old.kid, new.kid]
    assert kids(keys, now + timedelta(hours=49)) == [new.kid]


def test_what_is_published_no_longer_is_removed_by_the_next_rotation(tmp_path):
    keys, now = ToolKeys(tmp_path, SECRET), utc_now()
    first, second = (keys.rotate(now - timedelta(days=days)) for days in (9, 6))

    third = keys.rotate()

    assert {path.stem for path in tmp_path.iterdir()} == {second.kid, third.kid}
    assert not first.path.exists()


def test_a_private_key_lies_sealed_and_opens_by_its_own_secret_alone(tmp_path):
    ToolKeys(tmp_path, SECRET).signing()

    (path,) = tmp_path.iterdir()
    assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        ToolKeys(tmp_path, "another" * 8).signing()


def test_a_key_that_was_not_sealed_is_not_taken(tmp_path):
    pem = new_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "20260101T000000000000Z-0.pem").write_bytes(pem)

    with pytest.raises(ConfigError, match="SECRET_KEY"):
        ToolKeys(tmp_path, SECRET).signing()


def test_a_key_can_be_retired_at_once_but_not_the_only_one(tmp_path):
    keys = ToolKeys(tmp_path, SECRET)
    old = keys.signing()
    with pytest.raises(ConflictError):
        keys.retire(old.kid)
    new = keys.rotate()

    keys.retire(old.kid)

    assert kids(keys) == [keys.signing().kid] == [new.kid]
    with pytest.raises(NotFoundError):
        keys.retire(old.kid)


def test_the_tool_publishes_keys_with_which_its_signatures_are_checked(app, client):
    key = tool_keys(app.extensions["settings"]).signing()
    token = jwt.encode({"a": 1}, key.private_key, algorithm="RS256", headers={"kid": key.kid})

    published = jwt.PyJWKSet.from_dict(client.get("/lti/jwks").json)

    assert jwt.decode(token, published[key.kid], algorithms=["RS256"]) == {"a": 1}
    assert all(set(each) == {"kty", "use", "alg", "kid", "n", "e"} for each in client.get("/lti/jwks").json["keys"])


def test_keys_are_listed_and_rotated_by_command(app):
    runner = app.test_cli_runner()

    before = runner.invoke(args=["lti", "keys"]).output.splitlines()
    after = runner.invoke(args=["lti", "keys", "--rotate"]).output.splitlines()

    assert before[0].endswith("signs")
    assert after == [*before, after[-1]]
    assert after[-1].endswith("published")


def test_a_key_is_retired_by_command(app):
    runner = app.test_cli_runner()
    listed = runner.invoke(args=["lti", "keys", "--rotate"]).output.splitlines()
    newest = listed[-1].split()[0]

    retired = runner.invoke(args=["lti", "keys", "--retire", newest])
    unknown = runner.invoke(args=["lti", "keys", "--retire", newest])

    assert retired.output.splitlines() == listed[:-1]
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is no key of this id.\n")


def test_a_deployment_whose_keys_do_not_open_is_not_ready(app, client):
    settings = app.extensions["settings"]
    tool_keys(settings).signing()
    ready = client.get("/readyz").json["missing"]

    app.extensions["settings"] = replace(settings, secret_key="another" * 8)
    not_ready = client.get("/readyz")
    app.extensions["settings"] = settings

    assert "keys" not in ready
    assert not_ready.status_code == 503
    assert "keys" in not_ready.json["missing"]


class Source:
    """A key set behind an address, a clock, and a count of how often it was fetched."""

    def __init__(self, keys):
        self.keys, self.now, self.fetched, self.headers, self.is_down = keys, 1000.0, 0, {}, False
        self.sets = KeySets(self.fetch, lambda: self.now)

    def fetch(self, _url):
        self.fetched += 1
        if self.is_down:
            raise LMSUnavailableError
        return self.keys.key_set(), self.headers

    def find(self, kid):
        return self.sets.find("https://lms.example.test/keys", kid)


@pytest.fixture
def source(platform_keys):
    return Source(PlatformKeys(dict(platform_keys.pairs)))


def newest(source):
    return list(source.keys.pairs)[-1]


def test_a_key_set_is_fetched_once_for_many_launches(source):
    found = [source.find(newest(source)) for _ in range(3)]

    assert all(found)
    assert source.fetched == 1


def test_an_unknown_key_id_fetches_again_but_once_a_minute(source):
    source.find(newest(source))
    source.now += 61
    source.keys.rotate()

    assert source.find(newest(source)) is not None
    assert [source.find("guessed") for _ in range(5)] == [None] * 5
    assert source.fetched == 2


def test_a_key_set_lives_as_long_as_it_says_within_five_minutes_and_a_day(source):
    source.headers = {"Cache-Control": "public, max-age=99999999"}
    source.find(newest(source))
    source.now += 86399
    source.find(newest(source))
    assert source.fetched == 1

    source.now += 2
    source.headers = {"Cache-Control": "no-store"}
    source.find(newest(source))
    assert source.fetched == 2

    source.now += 299
    source.find(newest(source))
    assert source.fetched == 2

    source.now += 2
    source.find(newest(source))
    assert source.fetched == 3


def test_keys_hold_while_the_lms_is_down(source):
    source.find(newest(source))
    source.now += 100000
    source.is_down = True

    assert source.find(newest(source)) is not None


def test_an_lms_that_is_down_is_asked_at_most_once_a_minute_for_keys_that_hold(source):
    source.find(newest(source))
    source.now += 100000
    source.is_down = True

    found = [source.find(newest(source)) for _ in range(5)]
    asked_while_down = source.fetched - 1
    source.now += 61
    source.is_down = False

    assert all(found)
    assert asked_while_down == 1
    assert source.find(newest(source)) is not None
    assert source.fetched == 3


def test_a_set_that_never_came_is_asked_for_again_but_not_with_each_launch(source):
    source.is_down = True
    assert [source.find(newest(source)) for _ in range(3)] == [None] * 3
    source.is_down = False
    source.now += 5

    assert source.find(newest(source)) is not None
    assert source.fetched == 2


@pytest.mark.parametrize(
    "document",
    [
        None, [], "text", {}, {"keys": None}, {"keys": [None, 5, {"kty": "oct", "kid": "k", "k": "c2VjcmV0"}]},
        {"keys": [{"kty": "RSA", "kid": "k", "n": "AQAB", "e": "AQAB"}]}, {"keys": [{"kty": "RSA", "kid": "k"}]},
    ],
)  # fmt: skip
def test_a_key_set_that_makes_no_sense_has_no_keys(document):
    sets = KeySets(lambda _url: (document, {}))

    assert sets.find("https://lms.example.test/keys", "k") is None


def test_a_platform_may_rotate_its_keys_between_two_launches(platform, client, key_server, app):
    assert platform.launch(client).status_code == 303
    platform.keys.rotate()
    app.extensions["key_sets"]._tried_at.clear()

    assert platform.launch(client).status_code == 303
    assert key_server.asked == 2


def test_a_key_set_that_answers_an_error_refuses_the_launch(platform, client, key_server):
    key_server.status = 503

    assert "kid_unknown" in platform.launch(client).text
