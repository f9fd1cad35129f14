"""Which addresses may stand behind a link that somebody typed."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_address(text: str) -> bool:
    """Return whether a text is an address of the web: http or https, a host, no password and no space in it."""
    if any(not each.isprintable() or each.isspace() or each == "\\" for each in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
