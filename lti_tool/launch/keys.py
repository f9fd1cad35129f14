"""The tool's own key pairs: one file each in KEYS_DIR, sealed with SECRET_KEY, parsed once and kept as objects.

A key id begins with the moment it was made, so the folder alone says which key signs: the newest that was
published for a day (Security Framework 6.4, key rotation). Older ones stay published while tokens that they
signed may still be checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from config import Config, ConfigError
from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.lms.platform import SigningKey

OVERLAP = timedelta(days=1)
STAMP = "%Y%m%dT%H%M%S%fZ"

_parsed: dict[tuple[Path, bytes], RSAPrivateKey] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One key pair of the tool."""

    kid: str
    path: Path
    passphrase: bytes = field(repr=False)

    @property
    def made_at(self) -> datetime:
        return datetime.strptime(self.kid.partition("-")[0], STAMP).replace(tzinfo=UTC)

    @property
    def private_key(self) -> RSAPrivateKey:
        """The parsed key: reading it from text costs a hundred signatures. Raises `ConfigError`."""
        known = self.path, self.passphrase
        if known not in _parsed:
            _parsed[known] = _opened(self.path, self.passphrase)
        return _parsed[known]


class ToolKeys:
    """The key pairs in one folder."""

    def __init__(self, folder: Path, secret_key: str) -> None:
        self._folder = folder
        self._passphrase = hashlib.sha256(b"like-goals keys\0" + secret_key.encode()).hexdigest().encode()

    def signing(self, now: datetime | None = None) -> SigningKey:
        """Return the key to sign with, made when there is none yet."""
        pair = _signing(self._pairs(), now or utc_now())
        return SigningKey(pair.kid, pair.private_key)

    def public_set(self, now: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
        """Return the JWK set (RFC 7517): the signing key, those that sign soon, and one that signed until yesterday."""
        return {"keys": [_public_jwk(pair) for pair in self.published(now)]}

    def published(self, now: datetime | None = None) -> list[KeyPair]:
        """Return the key pairs whose public half is published, oldest first."""
        pairs, now = self._pairs(), now or utc_now()
        signing = pairs.index(_signing(pairs, now))
        still_checked = signing > 0 and now < pairs[signing].made_at + 2 * OVERLAP
        return pairs[signing - 1 if still_checked else signing :]

    def rotate(self, now: datetime | None = None) -> KeyPair:
        """Add a key pair that signs from a day later on, and remove those that are published no longer."""
        known = self._listed()
        keep = {pair.kid for pair in self.published(now)} if known else set()
        for pair in known:
            if pair.kid not in keep:
                pair.path.unlink(missing_ok=True)
        return self._make(now or utc_now())

    def retire(self, kid: str) -> None:
        """Remove a key pair at once, as when somebody else may have it; the next one signs from now on."""
        pairs = {pair.kid: pair for pair in self._pairs()}
        if kid not in pairs:
            raise NotFoundError("There is no key of this id.")
        if len(pairs) == 1:
            raise ConflictError("This is the only key. Make the next one first: flask --app wsgi lti keys --rotate")
        pairs[kid].path.unlink(missing_ok=True)

    def _pairs(self) -> list[KeyPair]:
        found = self._listed()
        if not found:
            with _lock:
                found = self._listed() or [self._make(utc_now())]
        return found

    def _listed(self) -> list[KeyPair]:
        if not self._folder.is_dir():
            return []
        return sorted(map(self._pair, self._folder.glob("*.pem")), key=lambda pair: pair.kid)

    def _pair(self, path: Path) -> KeyPair:
        return KeyPair(path.stem, path, self._passphrase)

    def _make(self, now: datetime) -> KeyPair:
        self._folder.mkdir(parents=True, exist_ok=True)
        kid = f"{now.strftime(STAMP)}-{secrets.token_hex(4)}"
        key = generate_private_key(public_exponent=65537, key_size=2048)
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(self._passphrase))
        unfinished = self._folder / f"{kid}.new"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
        return self._pair(unfinished.rename(self._folder / f"{kid}.pem"))


def tool_keys(settings: Config) -> ToolKeys:
    """Return the key pairs of the tool with these settings."""
    return ToolKeys(settings.keys_dir, settings.secret_key)


def _opened(path: Path, passphrase: bytes) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"The key {path.name} was not sealed with this SECRET_KEY. Give back the SECRET_KEY that it was made "
            "with, or move the file out of KEYS_DIR: a new key is made then."
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(f"{path.name} is no RSA key.")
    return key


def _signing(pairs: list[KeyPair], now: datetime) -> KeyPair:
    return next((pair for pair in reversed(pairs) if pair.made_at + OVERLAP <= now), pairs[0])


def _public_jwk(pair: KeyPair) -> dict[str, Any]:
    jwk = json.loads(RSAAlgorithm.to_jwk(pair.private_key.public_key()))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": pair.kid, "n": jwk["n"], "e": jwk["e"]}
