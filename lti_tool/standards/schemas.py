"""Forms of standards, and how any form of ours is read: errors come back by field, nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema
from werkzeug.datastructures import FileStorage, MultiDict

from lti_tool.db import is_storable
from lti_tool.errors import InvalidInputError
from lti_tool.people.models import GradeBand
from lti_tool.standards.case import Package, read_package
from lti_tool.standards.models import Strength
from lti_tool.standards.operations import AlignmentEntry

EVERYBODY = "all"
"""The value of the choice "applies to all", beside the grade bands."""


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


class AlignmentForm(Schema):
    """One indicator of the alignment page."""

    indicator_id = fields.Integer(required=True)
    strength = fields.Enum(Strength, by_value=True, required=True)
    grade_bands = fields.List(fields.Enum(GradeBand, by_value=True))
    applies_to_all = fields.Boolean(required=True)

    @validates_schema
    def say_for_whom(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data["applies_to_all"] and not data["grade_bands"]:
            raise ValidationError(str(lazy_gettext("Choose the grades, or say that it applies to all.")), "grade_bands")

    @post_load
    def make_entry(self, data: Mapping[str, Any], **_: Any) -> AlignmentEntry:
        return AlignmentEntry(**{**data, "grade_bands": tuple(data["grade_bands"])})


def read_case_file(file: FileStorage | None) -> Package:
    """Return the framework in an uploaded CASE package."""
    try:
        return read_package(_json_of(file))
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("This file is not a CASE package.") from error


def _json_of(file: FileStorage | None) -> Any:
    data = json.load(file.stream if file else BytesIO())
    if not is_storable(data):
        raise ValueError("There is text in it that no database keeps.")
    return data


def typed_alignments(form: MultiDict[str, str]) -> list[dict[str, Any]]:
    """Return each chosen indicator of the alignment page as it was typed."""
    return [
        {
            "indicator_id": chosen,
            "strength": form.get(f"strength-{chosen}"),
            "grade_bands": [band for band in form.getlist(f"bands-{chosen}") if band != EVERYBODY],
            "applies_to_all": EVERYBODY in form.getlist(f"bands-{chosen}"),
        }
        for chosen in form.getlist("indicator")
    ]


def read_alignments(form: MultiDict[str, str]) -> list[AlignmentEntry]:
    """Return the alignments that a form asks for; errors are named by the indicator's id."""
    entries, wrong = [], {}
    for typed in typed_alignments(form):
        try:
            entries.append(load_form(AlignmentForm(), typed))
        except InvalidInputError as error:
            wrong[str(typed["indicator_id"])] = [sentence for said in error.fields.values() for sentence in said]
    if wrong:
        raise InvalidInputError(fields=wrong)
    return entries
