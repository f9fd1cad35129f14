"""PHP's form fields (`groups[0][name]=…`) as nested values, checked as external_api::validate_parameters() does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from practice_lms.moodle.webservice_errors import invalid_parameter

PART = re.compile(r"\[([^\]]*)\]")
WHOLE_NUMBER = re.compile(r"-?\d+")
TRUTHS = {"1": True, "true": True, "0": False, "false": False, "": False}


@dataclass(frozen=True, slots=True)
class Optional:
    """A parameter that may be left out."""

    spec: Any
    default: Any


def nest(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return `{"groups": {"0": {"name": "…"}}}` for `groups[0][name]=…`; `[]` counts on by itself."""
    root: dict[str, Any] = {}
    for name, value in fields:
        *path, last = [name.partition("[")[0], *PART.findall(name)]
        level = root
        for part in path:
            level = level.setdefault(part, {})
            if not isinstance(level, dict):
                raise invalid_parameter()
        level[last or str(len(level))] = value
    return root


def clean(spec: Any, value: Any) -> Any:
    """Return the value as its specification wants it: `int`, `str`, `bool`, `[each]` or `{name: …}`.

    Missing, unknown and wrongly typed parameters are all `invalidparameter`.
    """
    if isinstance(spec, dict):
        return _clean_fields(spec, value)
    if isinstance(spec, list):
        return _clean_list(spec[0], value)
    if not isinstance(value, str):
        raise invalid_parameter()
    return _clean_text(spec, value)


def _clean_fields(spec: dict[str, Any], value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) - set(spec):
        raise invalid_parameter()
    return {name: _clean_field(each, value, name) for name, each in spec.items()}


def _clean_field(spec: Any, values: dict[str, Any], name: str) -> Any:
    if isinstance(spec, Optional):
        return clean(spec.spec, values[name]) if name in values else spec.default
    if name not in values:
        raise invalid_parameter()
    return clean(spec, values[name])


def _clean_list(spec: Any, value: Any) -> list[Any]:
    if not isinstance(value, dict):
        raise invalid_parameter()
    return [clean(spec, each) for each in value.values()]


def _clean_text(spec: type, value: str) -> Any:
    if spec is int and WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if spec is bool and value.lower() in TRUTHS:
        return TRUTHS[value.lower()]
    if spec is str:
        return value
    raise invalid_parameter()
