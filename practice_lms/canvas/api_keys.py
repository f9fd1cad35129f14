"""Canvas's API keys and what they give: authorization codes, refresh tokens and access tokens.

Source: doc/api/oauth_endpoints.md, doc/api/developer_keys. An API key is another key than the LTI key of the same tool.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from practice_lms.connections import ApiGrant, ApiKey, ApiToken
from practice_lms.state import Lms, User

GLOBAL = 10_000_000_000_000
"""Key ids are global ones: shard 1 and a local number (doc/api/pns.md's example)."""
CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=1)


def create_api_key(
    lms: Lms, name: str, redirect_uri: str, scopes: tuple[str, ...] = (), *, allow_includes: bool = False
) -> ApiKey:
    """Return a new API key that is on; with scopes it enforces them."""
    key = ApiKey(
        client_id=str(GLOBAL + lms.new_id()),
        secret=secrets.token_urlsafe(48),
        name=name,
        redirect_uri=redirect_uri,
        scopes=list(scopes),
        require_scopes=bool(scopes),
        allow_includes=allow_includes,
    )
    lms.connections.api_keys[key.client_id] = key
    return key


def grant_code(lms: Lms, key: ApiKey, user: User, scopes: list[str]) -> str:
    """Return the code of the person's consent; it works once and for ten minutes."""
    code = secrets.token_hex(32)
    lms.connections.codes[code] = ApiGrant(key.client_id, user.id, scopes, lms.clock() + CODE_LIFE)
    return code


def issue_token(lms: Lms, grant: ApiGrant) -> str:
    """Return an access token for a grant; it acts as the person and lives for an hour."""
    token = f"practice~{secrets.token_urlsafe(48)}"
    lms.connections.api_tokens[token] = ApiToken(grant, lms.clock() + TOKEN_LIFE)
    return token


def replace_token(lms: Lms, grant: ApiGrant) -> str:
    """Return the one new access token of a grant: a refresh regenerates it, and the old one opens nothing from then on.

    Source: lib/canvas/oauth/grant_types/refresh_token.rb, access_token.rb#regenerate_access_token.
    """
    kept = {name: each for name, each in lms.connections.api_tokens.items() if each.grant is not grant}
    lms.connections.api_tokens = kept
    return issue_token(lms, grant)


def issue_refresh_token(lms: Lms, grant: ApiGrant) -> str:
    """Return a refresh token, which has no end."""
    token = f"practice~{secrets.token_urlsafe(48)}"
    lms.connections.refresh_tokens[token] = grant
    return token


def revoke(lms: Lms, grant: ApiGrant) -> None:
    """Forget all tokens of a grant, as when its person deletes the integration in the settings."""
    kept = {name: each for name, each in lms.connections.api_tokens.items() if each.grant is not grant}
    lms.connections.api_tokens = kept
    refreshing = {name: each for name, each in lms.connections.refresh_tokens.items() if each is not grant}
    lms.connections.refresh_tokens = refreshing
