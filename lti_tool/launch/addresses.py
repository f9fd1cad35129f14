"""Web addresses: their origins, and which of them are this tool's own."""

from __future__ import annotations

from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

LAUNCH_PATH = "/lti/launch"
DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str:
    """Return scheme, host and port of a web address; an empty text when it is none."""
    parts = _split(address)
    if parts is None:
        return ""
    return f"{parts.scheme}://{_host(parts)}"


def is_launch_address(address: str, tool_url: str) -> bool:
    """Return whether a target link URI leads to this tool's launch: exact scheme, host and path, any query."""
    ours, theirs = _split(tool_url + LAUNCH_PATH), _split(address)
    if ours is None or theirs is None or theirs.username is not None:
        return False
    return (ours.scheme, _host(ours), ours.path) == (theirs.scheme, _host(theirs), theirs.path)


def with_query(address: str, parameters: dict[str, str]) -> str:
    """Return the address with more parameters; a query that it already has is kept as it is."""
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and (parts.port or 1) > 0 and _is_sent(parts)
    except ValueError:
        return None
    return parts if usable and not set(address) & set(" \"'<>\\;,\t\r\n\0") else None


def _is_sent(parts: SplitResult) -> bool:
    """Return whether the host is written as it is sent: headers hold no other letters (RFC 3490)."""
    return parts.netloc.isascii()


def _host(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f"{host}:{parts.port}"
