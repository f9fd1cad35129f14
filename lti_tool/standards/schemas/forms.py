"""How any form of ours is read: errors come back by field, nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from lti_tool.errors import InvalidInputError


def load_form(schema: Schema, data: Any) -> Any:
    """Return what a form says, typed; raise `InvalidInputError` with what is wrong in each field."""
    try:
        return schema.load(data, unknown=EXCLUDE)
    except ValidationError as error:
        fields_said = error.messages_dict.items()
        raise InvalidInputError(fields={str(name): _sentences(said) for name, said in fields_said}) from error


def _sentences(said: Any) -> list[str]:
    if isinstance(said, Mapping):
        return [sentence for each in said.values() for sentence in _sentences(each)]
    return [str(sentence) for sentence in said] if isinstance(said, list) else [str(said)]
