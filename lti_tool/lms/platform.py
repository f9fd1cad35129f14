"""What a call to an LMS needs to know of it: plain frozen values, made from the tables before the call begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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
    keeper: CredentialKeeper | None = field(default=None, repr=False, compare=False)
    """Where they are kept for all workers; none where only the caller has them."""


class CredentialKeeper(Protocol):
    """Where credentials are kept, and who renews them: one at a time, over all threads and workers."""

    def take_turn(self, held: RestCredentials) -> RestCredentials | None:
        """Return what is kept if it is other than `held`, else `held` once it is the caller's turn to renew it.

        None while somebody else renews it.
        """

    def keep(self, renewed: RestCredentials) -> None:
        """Keep what the caller renewed in its turn, and end the turn."""

    def give_up(self) -> None:
        """End the turn of a caller that could not renew."""


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

    @property
    def refuses_same_time(self) -> bool:
        """Whether a score of the very time that a cell has is known by it and not written again (seen on Moodle 4.5).

        Canvas takes it twice; to it a second try goes a second later, so that the first cannot come after it.
        """
        return self.family == "moodle"
