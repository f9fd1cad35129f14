"""What a form showed when it was opened, so that nobody replaces words that they have not seen.

Such a form carries a digest of each field that it was filled with. What was saved elsewhere in the meantime is kept in
the fields that were not written in here; where both wrote, the form comes back with both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lti_tool.db import is_storable
from lti_tool.errors import OverwrittenError
from lti_tool.standards.digests import digest

SHOWN = "shown"
"""The field that carries the digests."""
Said = Mapping[str, Mapping[Any, Any]]
"""By field, what people read for the values that can be chosen in it."""
NOTHING_SAID: Said = MappingProxyType({})


def shown_of(saved: Mapping[str, Any]) -> str:
    """Return what the field `SHOWN` carries in a form that is filled with what is saved."""
    return json.dumps({name: _key(value) for name, value in saved.items()}, separators=(",", ":"))


def meet(
    form: MultiDict[str, str], typed: Mapping[str, Any], saved: Mapping[str, Any], said: Said = NOTHING_SAID
) -> dict[str, Any]:
    """Return what was typed, with what was saved elsewhere in fields that were not written in here.

    Raise `OverwrittenError` where both wrote in one. A form that does not say what it showed is taken as it is.
    """
    shown = _digests(form.get(SHOWN, ""))
    words, fields = dict(typed), {}
    for name in saved.keys() & shown.keys():
        was, now, mine = shown[name], _key(saved[name]), _key(typed.get(name))
        if now in {was, mine}:
            continue
        words[name] = _as_sent(saved[name]) if mine == was else typed.get(name)
        if mine != was:
            told = _read(_as_sent(saved[name]), said.get(name, {}))
            fields[name] = [gettext("Saved elsewhere since: %(words)s", words=told)]
    if fields:
        raise OverwrittenError(words, fields)
    return {name: value for name, value in words.items() if value is not None}


def _key(value: Any) -> str:
    return digest(_as_sent(value) or "")


def _as_sent(value: Any) -> Any:
    """Return a value as a form sends it: of a box without its tick nothing at all."""
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    if isinstance(value, bool):
        return "yes" if value else None
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(value: Any, words: Mapping[Any, Any]) -> str:
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(str(words.get(each, each)) for each in chosen if each) or gettext("nothing")


def _digests(text: str) -> Mapping[str, str]:
    try:
        said: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    is_ours = isinstance(said, dict) and is_storable(said) and all(isinstance(each, str) for each in said.values())
    return said if is_ours else {}
