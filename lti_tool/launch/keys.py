"""The tool's own key pairs: one file each in KEYS_DIR, parsed once and kept as objects.

A key id begins with the moment it was made, so the folder alone says which key signs: the newest that was
published for a day (Security Framework 6.4, key rotation). Older ones stay published while tokens that they
signed may still be checked.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from lti_tool.db import utc_now
from lti_tool.lms.platform import SigningKey

OVERLAP = timedelta(days=1)
STAMP = "%Y%m%dT%H%M%S%fZ"

_parsed: dict[Path, RSAPrivateKey] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One key pair of the tool."""

    kid: str
    path: Path

    @property
    def made_at(self) -> datetime:
        return datetime.strptime(self.kid.partition("-")[0], STAMP).replace(tzinfo=UTC)

    @property
    def private_key(self) -> RSAPrivateKey:
        """The parsed key: reading it from text costs a hundred signatures."""
        if self.path not in _parsed:
            key = load_pem_private_key(self.path.read_bytes(), password=None)
            if not isinstance(key, RSAPrivateKey):
                raise TypeError(f"{self.path.name} is no RSA key.")
            _parsed[self.path] = key
        return _parsed[self.path]


def signing_key(keys_dir: Path, now: datetime | None = None) -> SigningKey:
    """Return the key to sign with, made when there is none yet."""
    pair = _signing(_pairs(keys_dir), now or utc_now())
    return SigningKey(pair.kid, pair.private_key)


def public_key_set(keys_dir: Path, now: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return the JWK set (RFC 7517): the signing key, one that signs soon, and one that signed until yesterday."""
    return {"keys": [_public_jwk(pair) for pair in published_pairs(keys_dir, now)]}


def published_pairs(keys_dir: Path, now: datetime | None = None) -> list[KeyPair]:
    """Return the key pairs whose public half is published, oldest first."""
    pairs, now = _pairs(keys_dir), now or utc_now()
    signing = pairs.index(_signing(pairs, now))
    still_checked = signing > 0 and now < pairs[signing].made_at + 2 * OVERLAP
    return pairs[signing - 1 if still_checked else signing :]


def rotate_keys(keys_dir: Path) -> KeyPair:
    """Add a key pair that signs from tomorrow on, and remove those that are published no longer."""
    keep = {pair.path for pair in published_pairs(keys_dir)}
    for pair in _pairs(keys_dir):
        if pair.path not in keep:
            pair.path.unlink(missing_ok=True)
    return _make_pair(keys_dir)


def _pairs(keys_dir: Path) -> list[KeyPair]:
    found = _listed(keys_dir)
    if not found:
        with _lock:
            found = _listed(keys_dir) or [_make_pair(keys_dir)]
    return found


def _listed(keys_dir: Path) -> list[KeyPair]:
    if not keys_dir.is_dir():
        return []
    return sorted((KeyPair(path.stem, path) for path in keys_dir.glob("*.pem")), key=lambda pair: pair.kid)


def _signing(pairs: list[KeyPair], now: datetime) -> KeyPair:
    return next((pair for pair in reversed(pairs) if pair.made_at + OVERLAP <= now), pairs[0])


def _make_pair(keys_dir: Path) -> KeyPair:
    keys_dir.mkdir(parents=True, exist_ok=True)
    kid = f"{utc_now().strftime(STAMP)}-{secrets.token_hex(4)}"
    key = generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unfinished = keys_dir / f"{kid}.new"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
    return KeyPair(kid, unfinished.rename(keys_dir / f"{kid}.pem"))


def _public_jwk(pair: KeyPair) -> dict[str, Any]:
    jwk = json.loads(RSAAlgorithm.to_jwk(pair.private_key.public_key()))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": pair.kid, "n": jwk["n"], "e": jwk["e"]}
