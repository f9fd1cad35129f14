"""What lets other programs into the LMS beside LTI: Canvas API keys and jobs, Moodle web service tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class ApiKey:
    """A Canvas developer key of the API kind, which is not the LTI key of the same tool."""

    client_id: str
    secret: str
    name: str
    redirect_uri: str
    scopes: list[str] = field(default_factory=list)
    require_scopes: bool = False
    """The key's "Enforce scopes": tokens then open only the addresses that were asked for."""
    allow_includes: bool = False
    """With enforced scopes `include[]` is dropped unless the key says otherwise."""
    active: bool = True


@dataclass(slots=True)
class ApiGrant:
    """What one person let one API key do; codes and refresh tokens stand for it."""

    client_id: str
    user_id: int
    scopes: list[str]
    expires_at: datetime | None = None


@dataclass(slots=True)
class ApiToken:
    """An access token of Canvas's REST API; it acts as the person who allowed it."""

    grant: ApiGrant
    expires_at: datetime


@dataclass(slots=True)
class WebServiceToken:
    """A token of Moodle's web services; it acts as its person, within its service's functions."""

    user_id: int
    functions: frozenset[str] | None = None
    """None: the service has every function that the practice LMS knows."""


@dataclass(slots=True)
class Job:
    """Work that Canvas does later (its Progress object): queued, then running, then completed or failed."""

    id: int
    context_id: int
    context_type: str
    tag: str
    user_id: int
    created_at: datetime
    work: Callable[[], str | None]
    """Does it; returns why it could not, or None."""
    workflow_state: str = "queued"
    completion: int = 0
    message: str | None = None


@dataclass(slots=True)
class Connections:
    """All of it, for one practice LMS."""

    api_keys: dict[str, ApiKey] = field(default_factory=dict)
    """By client id."""
    codes: dict[str, ApiGrant] = field(default_factory=dict)
    refresh_tokens: dict[str, ApiGrant] = field(default_factory=dict)
    api_tokens: dict[str, ApiToken] = field(default_factory=dict)
    web_service_tokens: dict[str, WebServiceToken] = field(default_factory=dict)
    web_services_enabled: bool = True
    jobs: dict[int, Job] = field(default_factory=dict)
