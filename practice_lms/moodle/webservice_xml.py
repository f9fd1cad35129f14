"""Moodle's XML, which a caller gets who does not ask for moodlewsrestformat=json (webservice/rest/locallib.php)."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from practice_lms.moodle.webservice_errors import WebServiceError

PROLOGUE = '<?xml version="1.0" encoding="UTF-8" ?>\n'


def answer_xml(value: Any) -> str:
    """Return a function's answer as XML; a void function's has nothing in it."""
    return f"{PROLOGUE}<RESPONSE>\n{'' if value is None else _element(value)}</RESPONSE>\n"


def error_xml(error: WebServiceError) -> str:
    """Return an exception as XML, as recorded from a running Moodle."""
    return (
        f'{PROLOGUE}<EXCEPTION class="{escape(error.exception)}">\n<ERRORCODE>{escape(error.code)}</ERRORCODE>\n'
        f"<MESSAGE>{escape(error.message)}</MESSAGE>\n</EXCEPTION>\n"
    )


def _element(value: Any) -> str:
    if isinstance(value, dict):
        keys = "".join(f'<KEY name="{escape(name)}">{_element(each)}</KEY>\n' for name, each in value.items())
        return f"<SINGLE>\n{keys}</SINGLE>\n"
    if isinstance(value, list):
        return f"<MULTIPLE>\n{''.join(map(_element, value))}</MULTIPLE>\n"
    if value is None:
        return '<VALUE null="null"/>\n'
    return f"<VALUE>{escape(str(int(value) if isinstance(value, bool) else value))}</VALUE>\n"
