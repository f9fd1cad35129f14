"""Access tokens for the Advantage services (Security Framework 1.0 §4): asked for once, kept for all workers."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

import jwt
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from lti_tool.db import Database, utc_now
from lti_tool.errors import LMSAccessError, LMSError, LMSRejectedError, LMSWaitingError
from lti_tool.lms.http import Rule, gateway
from lti_tool.lms.models import AccessToken
from lti_tool.lms.platform import Platform, Scope
from lti_tool.lms.schemas import TokenSchema, parse
from lti_tool.lms.vault import Vault

SPARE = timedelta(seconds=60)
ASSERTION_LIFE = 240
REFUSED = ""
"""What is kept in place of a token for a set of scopes that the LMS refused."""
REMEMBER_REFUSAL = timedelta(hours=1)
REMEMBER_GIVEN = timedelta(seconds=30)
GRANTABLE = frozenset(Scope)
DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ScopeRefusedError(LMSWaitingError):
    """The LMS does not grant the tool this service here. Its administrator must allow it; it is tried by itself."""


REFUSALS = (
    Rule(
        400,
        "invalid_scope",
        ScopeRefusedError,
        "The LMS does not grant the tool this service. Its administrator must allow it.",
    ),
    Rule(400, r"\biat\b|expired", LMSAccessError, "The LMS did not accept the time of the request. Check both clocks."),
    Rule(400, "", LMSAccessError, "The LMS no longer knows the tool or its keys. Check its registration there."),
    Rule(
        404,
        "",
        LMSAccessError,
        "The LMS could not fetch the tool's public keys, or its token address is wrong. In Moodle, check "
        "'HTTP security' (blocked hosts and ports).",
    ),
)


class AccessTokens:
    """Gives out access tokens; a fresh one is fetched with no transaction open.

    What one object has given out it gives out again without asking the database, to all its threads: while one of them
    fetches a token, the others that need it wait, and take what comes of it, be it a refusal.
    """

    def __init__(self, database: Database, secret_key: str) -> None:
        self._database = database
        self._vault = Vault(secret_key)
        self._given: dict[tuple[int, str], tuple[str, datetime]] = {}
        self._turns: dict[tuple[int, str], threading.Lock] = {}
        self._failures: dict[tuple[int, str], tuple[LMSError, float]] = {}

    def token_for(self, platform: Platform, needed: Iterable[str]) -> str:
        """Return a token that covers what is needed, of what the LMS granted.

        All granted scopes are asked for at once: three quick token requests are enough for Canvas to throttle. Where
        Canvas refuses them all because of one, that is remembered and only what is needed is asked for.
        """
        wanted, granted = frozenset(needed) & platform.scopes, platform.scopes & GRANTABLE
        if not wanted:
            raise ScopeRefusedError
        key, came_at = (platform.id, _hash_of(platform, granted)), time.monotonic()
        with self._turns.setdefault(key, threading.Lock()):
            error, failed_at = self._failures.get(key, (None, 0.0))
            if error is not None and failed_at >= came_at:
                raise error
            try:
                return self._kept_or_fetched(platform, granted, wanted)
            except LMSError as failure:
                self._failures[key] = failure, time.monotonic()
                raise

    def _kept_or_fetched(self, platform: Platform, granted: frozenset[str], wanted: frozenset[str]) -> str:
        kept = self._kept(platform, granted)
        if kept != REFUSED:
            try:
                return kept or self._fetch(platform, granted, wanted)
            except ScopeRefusedError:
                self._keep(platform, granted, REFUSED, utc_now() + REMEMBER_REFUSAL)
        return self._kept(platform, wanted) or self._fetch(platform, wanted, wanted)

    def forget(self, platform: Platform, token: str) -> None:
        """Drop a token that the LMS refused, unless another worker already replaced it."""
        self._given = {key: given for key, given in list(self._given.items()) if given[0] != token}
        with self._database.transaction() as db:
            rows = db.scalars(select(AccessToken).where(AccessToken.registration_id == platform.id)).all()
            for row in rows:
                if self._opened(row) in (token, None):
                    db.delete(row)

    def _kept(self, platform: Platform, scopes: frozenset[str]) -> str | None:
        key = platform.id, _hash_of(platform, scopes)
        given, expires_at = self._given.get(key, ("", utc_now()))
        if expires_at > utc_now():
            return given
        with self._database.reading() as db:
            row = db.get(AccessToken, key)
            found = self._opened(row) if row and row.expires_at > utc_now() else None
        if row is not None and found is not None:
            self._given[key] = found, min(row.expires_at, utc_now() + REMEMBER_GIVEN)
        return found

    def _opened(self, row: AccessToken) -> str | None:
        try:
            return self._vault.open(row.token)
        except LMSAccessError:  # sealed with an earlier secret key: a new one is simply asked for
            return None

    def _fetch(self, platform: Platform, scopes: frozenset[str], wanted: frozenset[str]) -> str:
        asked_at = utc_now()
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(platform),
            "scope": " ".join(sorted(scopes)),
        }
        headers = {"Accept": "application/json"}
        answer = gateway(platform.private_hosts).send(
            "POST", platform.token_url, headers=headers, data=form, rules=REFUSALS
        )
        given = parse(TokenSchema(), answer.json())
        granted = given["scope"].split()
        if granted and not wanted.intersection(granted):
            raise ScopeRefusedError
        token, life = str(given["access_token"]), timedelta(seconds=given["expires_in"])
        self._keep(platform, scopes, token, asked_at + max(life - SPARE, timedelta()))
        return token

    def _keep(self, platform: Platform, scopes: frozenset[str], token: str, expires_at: datetime) -> None:
        row = {
            "registration_id": platform.id,
            "scopes_hash": _hash_of(platform, scopes),
            "token": self._vault.seal(token),
            "expires_at": expires_at,
        }
        with self._database.transaction() as db:
            db.execute(delete(AccessToken).where(AccessToken.expires_at < utc_now() - timedelta(days=1)))
            is_sqlite = db.get_bind().dialect.name == "sqlite"
            insert = (sqlite_insert if is_sqlite else postgresql_insert)(AccessToken).values(row)
            newer = {name: insert.excluded[name] for name in ("token", "expires_at")}
            db.execute(insert.on_conflict_do_update(index_elements=["registration_id", "scopes_hash"], set_=newer))


def client_assertion(platform: Platform) -> str:
    """Return the signed proof of who asks (Core §6.2.1); `iat` lies back a little, as Moodle allows no skew."""
    now = int(time.time())
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.audience or platform.token_url,
        "iat": now - 5,
        "exp": now + ASSERTION_LIFE,
        "jti": str(uuid.uuid4()),
    }
    if platform.deployment_id:
        claims[DEPLOYMENT_CLAIM] = platform.deployment_id
    key = platform.signing_key
    return jwt.encode(claims, key.private_key, algorithm="RS256", headers={"kid": key.kid})


def _hash_of(platform: Platform, scopes: frozenset[str]) -> str:
    if not platform.token_url:
        raise LMSRejectedError("The LMS gave no address for access tokens.")
    parts = (platform.token_url, platform.client_id, *sorted(scopes))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
