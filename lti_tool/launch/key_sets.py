"""The public keys of platforms, kept for as long as each says, within reason (RFC 7517; Security Framework 6.3).

An unknown key id has the set fetched again at once, but not more than once a minute: LMSs rotate their keys
without notice, and anybody can send an unknown id. While an LMS does not answer, the keys it gave before hold.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.errors import LMSError

logger = logging.getLogger(__name__)

SHORTEST_LIFE = 300.0
LONGEST_LIFE = 86400.0
REFETCH_AFTER = 60.0
FIRST_FETCH_AGAIN_AFTER = 5.0
SHORTEST_KEY = 2048

Fetch = Callable[[str], tuple[Any, Mapping[str, str]]]
"""Gets a JSON document: its content and the answer's headers; raises `LMSError`."""


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: dict[str, RSAPublicKey]
    fresh_until: float


class KeySets:
    """The key sets of all platforms that this process has met; safe between threads."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._sets: dict[str, _KeySet] = {}
        self._tried_at: dict[str, float] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def find(self, url: str, kid: str) -> RSAPublicKey | None:
        """Return the platform's key of this id, or None when it has none."""
        known = self._sets.get(url)
        if known is not None and kid in known.keys and self._clock() < known.fresh_until:
            return known.keys[kid]
        self._renew(url, must_wait=known is None or kid not in known.keys)
        known = self._sets.get(url)
        return known.keys.get(kid) if known else None

    def _renew(self, url: str, *, must_wait: bool) -> None:
        """Fetch a set if it is time to; whoever needs what another launch is fetching waits for it."""
        with self._lock:
            turn = self._turns.setdefault(url, threading.Lock())
        if turn.acquire(blocking=must_wait):
            try:
                if self._may_fetch(url):
                    self._fetch_into(url)
            finally:
                turn.release()

    def _may_fetch(self, url: str) -> bool:
        """Take the one turn a minute; a set that never came is worth a try more often, but not with each launch."""
        now, pause = self._clock(), REFETCH_AFTER if url in self._sets else FIRST_FETCH_AGAIN_AFTER
        if now < self._tried_at.get(url, now - pause) + pause:
            return False
        self._tried_at[url] = now
        return True

    def _fetch_into(self, url: str) -> None:
        try:
            document, headers = self._fetch(url)
        except LMSError as error:
            logger.warning("a key set could not be fetched: %s", error.code)
            return
        keys = usable_keys(document)
        if keys:
            self._sets[url] = _KeySet(keys, self._clock() + _life(headers))


def _life(headers: Mapping[str, str]) -> float:
    """Return for how long a set holds: max-age, never under five minutes or over a day."""
    found = re.search(r"max-age=(\d{1,9})", headers.get("Cache-Control", ""))
    return min(max(float(found[1]) if found else SHORTEST_LIFE, SHORTEST_LIFE), LONGEST_LIFE)


def usable_keys(document: Any) -> dict[str, RSAPublicKey]:
    """Return the keys of a key set that may sign launches, by key id."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found: dict[str, RSAPublicKey] = {}
    for jwk in listed if isinstance(listed, list) else []:
        key = _rsa_key(jwk)
        if key is not None:
            found[jwk["kid"]] = key
    return found


def _rsa_key(jwk: Any) -> RSAPublicKey | None:
    """Return the key if it may sign launches: RSA, RS256, for signatures, 2048 bits or more."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
        return None
    if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig" or jwk.get("alg", "RS256") != "RS256":
        return None
    try:
        key = jwt.PyJWK(jwk, algorithm="RS256").key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_KEY else None
