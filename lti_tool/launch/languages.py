"""Languages and time zones as LMSs spell them, turned into ones that exist here."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError


def language_of(text: str) -> str:
    """Return the locale of a launch such as `en-US` or `pt_br` in Babel's spelling; English when it is none."""
    try:
        return str(Locale.parse(text.replace("-", "_")))
    except (ValueError, UnknownLocaleError, TypeError):
        return "en"


def time_zone_of(text: str) -> str:
    """Return the IANA zone of a launch; UTC when it is none, as for Moodle's `99` (the server's own)."""
    try:
        ZoneInfo(text)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return "UTC"
    return text
