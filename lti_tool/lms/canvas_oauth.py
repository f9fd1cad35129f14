"""Canvas's OAuth2 for its REST API: a person's consent, access tokens, renewing them (oauth_endpoints.md)."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from lti_tool.db import utc_now
from lti_tool.errors import LMSAccessError, LMSError, LMSUnavailableError
from lti_tool.lms.canvas_errors import OAUTH
from lti_tool.lms.http import gateway
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.schemas import CanvasTokenSchema, parse

SPARE = timedelta(seconds=60)
PATIENCE, LOOK_AGAIN = 30.0, 0.1
"""How many seconds somebody waits who finds that another renews the token, and between two looks."""
SCOPES = tuple(
    f"url:{method}|/api/v1/{path}"
    for method, path in (
        ("GET", "users/:id"),
        ("GET", "courses/:course_id/users"),
        ("GET", "courses/:course_id/bulk_user_progress"),
        ("GET", "courses/:course_id/users/:user_id/progress"),
        ("GET", "courses/:course_id/modules"),
        ("GET", "courses/:course_id/group_categories"),
        ("POST", "courses/:course_id/group_categories"),
        ("GET", "group_categories/:group_category_id/groups"),
        ("POST", "group_categories/:group_category_id/groups"),
        ("GET", "groups/:group_id"),
        ("GET", "groups/:group_id/memberships"),
        ("POST", "groups/:group_id/memberships"),
        ("DELETE", "groups/:group_id/memberships/:membership_id"),
    )
)
"""What an API key that enforces scopes must allow, and no more."""
MODULES = next(each for each in SCOPES if each.endswith("/modules"))
NAMED = 3
LACKING = "The API key in Canvas does not allow all that it must. Add it there under Developer Keys, and try again."


def words_of_refusal(error: str, description: str) -> str:
    """Return why Canvas sent a browser back without a code, by what it says (oauth2_provider_controller.rb).

    Of the description only scopes are taken up that the tool knows itself.
    """
    if error == "unauthorized_client":
        return "The API key is switched off in Canvas, or does not count for this account."
    if error != "invalid_scope":
        return "Canvas was not allowed to let the tool in."
    lacking = [scope for scope in SCOPES if scope in description.split()]
    more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
    return f"{LACKING} Not allowed yet: {', '.join(lacking[:NAMED])}{more}." if lacking else LACKING


def authorize_url(base_url: str, *, client_id: str, redirect_uri: str, state: str) -> str:
    """Return where to send the administrator's browser for consent."""
    query = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": " ".join(SCOPES),
    }
    return f"{base_url.rstrip('/')}/login/oauth2/auth?{urlencode(query)}"


def exchange_code(
    base_url: str, *, client_id: str, client_secret: str, code: str, redirect_uri: str, private_hosts: frozenset[str]
) -> RestCredentials:
    """Return the credentials that a code stands for; it works once."""
    credentials = RestCredentials(base_url, "", client_id=client_id, client_secret=client_secret)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _ask(credentials, form, private_hosts)


def renewed(held: RestCredentials, private_hosts: frozenset[str]) -> RestCredentials:
    """Return other credentials than these, which ended: what somebody else renewed meanwhile, or new ones of Canvas's.

    Canvas has one access token for each consent. A new one ends the one before, so only one caller at a time asks.
    """
    keeper, ends = held.keeper, time.monotonic() + PATIENCE
    if keeper is None:
        return _refreshed(held, private_hosts)
    while (kept := keeper.take_turn(held)) is not held:
        if kept is not None and not is_stale(kept):
            return kept
        if time.monotonic() > ends:
            raise LMSUnavailableError("The tool's access to Canvas is being renewed. It is tried again by itself.")
        held = held if kept is None else kept
        time.sleep(LOOK_AGAIN if kept is None else 0)
    try:
        new = _refreshed(held, private_hosts)
    except LMSError:
        keeper.give_up()
        raise
    keeper.keep(new)
    return new


def is_stale(credentials: RestCredentials) -> bool:
    """Return whether the access token has ended, or is about to."""
    return credentials.expires_at is not None and credentials.expires_at < utc_now() + SPARE


def _refreshed(credentials: RestCredentials, private_hosts: frozenset[str]) -> RestCredentials:
    if not credentials.refresh_token:
        raise LMSAccessError("Canvas no longer accepts the tool's access. Connect Canvas again.")
    form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
    return _ask(credentials, form, private_hosts)


def _ask(credentials: RestCredentials, form: dict[str, str], private_hosts: frozenset[str]) -> RestCredentials:
    key = {"client_id": credentials.client_id, "client_secret": credentials.client_secret}
    url = f"{credentials.base_url.rstrip('/')}/login/oauth2/token"
    answer = gateway(private_hosts).send("POST", url, data={**form, **key}, rules=OAUTH)
    given = parse(CanvasTokenSchema(), answer.json())
    return replace(
        credentials,
        access_token=given["access_token"],
        refresh_token=given["refresh_token"] or credentials.refresh_token,
        expires_at=utc_now() + timedelta(seconds=given["expires_in"]),
    )
