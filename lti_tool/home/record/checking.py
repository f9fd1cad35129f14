"""Reading the file of a record: whether it is one of ours, of this form, and as it was when it was given out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lti_tool.db import is_storable
from lti_tool.errors import InvalidInputError
from lti_tool.home.record.document import SCHEMA, portable
from lti_tool.home.record.part import Kept
from lti_tool.home.record.parts import parts_under
from lti_tool.plans.canonical import content_hash

LONGEST_RECORD = 8 * 1024 * 1024
FOREIGN = "This file is not a record that Like Goals gave out. Nothing was changed."
CHANGED = "This file was changed since Like Goals gave it out, or it is not whole. Nothing was changed."
TOO_LARGE = "This file is larger than 8 MB, which no record is. Nothing was changed."


def read_record_file(text: bytes | str) -> dict[str, Any]:
    """Return the document in a file; refuse one that is foreign, of another form, cut or changed."""
    if len(text) > LONGEST_RECORD:
        raise InvalidInputError(TOO_LARGE)
    try:
        document: Any = json.loads(text)
        is_ours = isinstance(document, dict) and str(document.get("schema", "")).startswith("like-goals-record/")
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(FOREIGN) from error
    if not is_ours or not is_storable(document):
        raise InvalidInputError(FOREIGN)
    if document["schema"] != SCHEMA:
        raise InvalidInputError("This file was given out by another version of Like Goals, which this one cannot read.")
    if not _is_as_given_out(document):
        raise InvalidInputError(CHANGED)
    return dict(document)


def _is_as_given_out(document: Mapping[str, Any]) -> bool:
    """Return whether the parts are those that a record has, and their hash is the one that it says."""
    own = document.get("record")
    known = {part.name for part in parts_under("") if part.kept is not Kept.HERE}
    if not isinstance(own, dict) or not own.keys() <= known:
        return False
    try:
        return content_hash(portable(own)) == document.get("content_hash")
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        return False
