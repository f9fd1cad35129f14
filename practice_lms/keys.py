"""The platform's signing keys: RS256, a key set with overlap, rotation on demand."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True)
class PlatformKeys:
    """Key pairs by `kid`, the newest last; the newest signs, all are published."""

    pairs: dict[str, RSAPrivateKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.pairs:
            self.rotate()

    def rotate(self) -> str:
        """Add a key, keep the one before it for the overlap, drop older ones; return the new `kid`."""
        kid = str(uuid.uuid4())
        self.pairs[kid] = _new_key()
        for old in list(self.pairs)[:-2]:
            del self.pairs[old]
        return kid

    def sign(self, claims: dict[str, Any]) -> str:
        """Return the claims as a JWT signed by the newest key."""
        kid, key = list(self.pairs.items())[-1]
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})

    def key_set(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public keys as a JWK set (RFC 7517)."""
        return {"keys": [_public_jwk(kid, pair) for kid, pair in self.pairs.items()]}


def _public_jwk(kid: str, pair: RSAPrivateKey) -> dict[str, Any]:
    jwk = json.loads(RSAAlgorithm.to_jwk(pair.public_key()))
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": kid, "use": "sig", "alg": "RS256"}
