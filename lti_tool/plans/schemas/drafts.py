"""What a page on which a goal is written sends: its fields as they are typed, and which page it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from lti_tool.db import LARGEST_ID, is_storable
from lti_tool.plans.operations import Sheet
from lti_tool.plans.words import FIELDS, Typed
from lti_tool.standards.digests import digest
from lti_tool.standards.schemas import load_form

LONGEST_TYPED = 20_000
"""Of one field: more than a goal takes, so that what is too long is kept until it is shortened."""

_too_long = lazy_gettext("This is too long to keep, even for a while. Shorten it.")
_typed = fields.String(load_default="", validate=validate.Length(max=LONGEST_TYPED, error=_too_long))
_ids = fields.List(
    fields.String(validate=validate.Length(max=10)), load_default=list, validate=validate.Length(max=200)
)
DraftForm = Schema.from_dict({name: _ids if name == "indicator_ids" else _typed for name in FIELDS}, name="DraftForm")


def typed_words(form: MultiDict[str, str], names: Iterable[str] = FIELDS) -> Typed:
    """Return these fields as they were typed, whatever is missing or wrong in them; a choice not made is empty."""
    sent = {name: form.getlist(name) if name == "indicator_ids" else form.get(name, "") for name in names}
    loaded = load_form(DraftForm(only=tuple(sent)), sent)
    return {name: loaded[name] for name in sent}


def sheet_of(form: MultiDict[str, str]) -> Sheet:
    """Return which opened page sent a form, in which of its turns, and what its fields held before."""
    turn = min(max(form.get("turn", 0, int), 0), LARGEST_ID)
    return Sheet(form.get("sheet", "")[:32], turn, _digests(form.get("seen", "")))


def digests_of(words: Typed) -> dict[str, str]:
    """Return what a page needs to tell later which of its fields were written in."""
    return {name: digest(value) for name, value in words.items()}


def _digests(text: str) -> dict[str, str]:
    try:
        said: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or not is_storable(said):
        return {}
    return {name: value for name, value in said.items() if name in FIELDS and isinstance(value, str)}
