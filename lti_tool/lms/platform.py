"""What a call to an LMS needs to know of it: plain frozen values, made from the tables before the call begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


class Scope(StrEnum):
    """The scopes of the Advantage services (AGS 2.0 §3, NRPS 2.0 §2.2, Platform Notification Service 1.0 §3)."""

    LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
    LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
    RESULT_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
    SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    MEMBERSHIP_READ = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
    NOTICE_HANDLERS = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The tool's private key in use; parsed once, because parsing costs more than a hundred signatures."""

    kid: str
    private_key: RSAPrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class RestCredentials:
    """The key to an LMS's REST side. Moodle: `base_url` and `access_token` alone."""

    base_url: str
    access_token: str = field(repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    on_refreshed: Callable[[RestCredentials], None] | None = field(default=None, repr=False, compare=False)
    """Called with the new credentials after Canvas gave a new access token, to keep them."""


@dataclass(frozen=True, slots=True)
class Platform:
    """One registration as the services see it. `family` is `canvas`, `moodle` or `other`."""

    id: int
    district_id: int
    family: str
    issuer: str
    client_id: str
    token_url: str
    signing_key: SigningKey
    audience: str = ""
    deployment_id: str = ""
    scopes: frozenset[str] = frozenset()
    rest: RestCredentials | None = None
    private_hosts: frozenset[str] = frozenset()
