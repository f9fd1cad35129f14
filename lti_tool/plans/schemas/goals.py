"""Forms of goals, and of what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from lti_tool.db import LARGEST_ID
from lti_tool.plans.models import SOURCES, GoalKind, RationaleKind, RationaleSource
from lti_tool.plans.operations import GoalWords, RationaleWords
from lti_tool.plans.schemas.fields import LONGEST_TEXT, WebAddress, WithoutAddress, Words, text
from lti_tool.plans.student_signs import signs_of_student
from lti_tool.plans.words import ON_GOAL, SLOTS
from lti_tool.standards.digests import digest

MAY_BE_EMPTY = (
    "kind", "due_on", "system_priority_id", *(f"{kind}_{name}" for kind in SLOTS for name in ("source", "dated_on")),
)  # fmt: skip
CHOOSE = {"unknown": lazy_gettext("Choose one of the list.")}
ANSWER_FIRST = lazy_gettext("This looks like it names a student. Change it, or say that it names nobody.")


def _day() -> fields.Date:
    not_a_date = {"invalid": lazy_gettext("Write the date as 2027-05-31.")}
    return fields.Date(load_default=None, allow_none=True, error_messages=not_a_date)


def _source(kind: RationaleKind) -> fields.Enum[RationaleSource]:
    fitting = validate.OneOf(SOURCES[kind], error=CHOOSE["unknown"])
    return fields.Enum(
        RationaleSource, by_value=True, load_default=None, allow_none=True, error_messages=CHOOSE, validate=fitting
    )


def _link() -> Words:
    return text(500, WebAddress())


class GoalForm(Schema):
    """The words of a goal."""

    headline = Words(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("Give your goal a headline.")),
            validate.Length(max=140, error=lazy_gettext("Please keep this under 140 characters.")),
        ],
        error_messages={"required": lazy_gettext("Give your goal a headline.")},
    )
    kind = fields.Enum(GoalKind, by_value=True, load_default=None, allow_none=True, error_messages=CHOOSE)
    educator_text = text(LONGEST_TEXT, WithoutAddress())
    educator_source = _source(RationaleKind.EDUCATOR)
    educator_dated_on = _day()
    educator_link = _link()
    student_text = text(LONGEST_TEXT)
    student_source = _source(RationaleKind.STUDENT)
    student_dated_on = _day()
    student_link = _link()
    student_cleared = text(64)
    system_priority_id = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, LARGEST_ID),
        error_messages={"invalid": CHOOSE["unknown"]},
    )
    system_text = text(LONGEST_TEXT, WithoutAddress())
    system_source = _source(RationaleKind.SYSTEM)
    system_dated_on = _day()
    system_link = _link()
    practice_change = text(LONGEST_TEXT)
    student_result = text(LONGEST_TEXT, WithoutAddress())
    measure = text(LONGEST_TEXT, WithoutAddress())
    due_on = _day()
    with_whom = text(500, WithoutAddress())
    indicator_ids = fields.List(
        fields.Integer(validate=validate.Range(1, LARGEST_ID)), load_default=list, validate=validate.Length(max=200)
    )

    @pre_load
    def leave_out_what_is_empty(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        return {**data, **{name: data.get(name) or None for name in MAY_BE_EMPTY}}

    @validates_schema(skip_on_field_errors=False)
    def ask_whether_a_student_is_named(self, data: Mapping[str, Any], **_: Any) -> None:
        """Warn where students as a whole are meant; the answer holds for exactly this text."""
        words = str(data.get("student_text", ""))
        if signs_of_student(words) and data.get("student_cleared") != digest(words):
            raise ValidationError(str(ANSWER_FIRST), "student_text")

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> GoalWords:
        slots: dict[str, Any] = {
            kind.value: RationaleWords(**{name: data[f"{kind}_{name}"] for name in names})
            for kind, names in SLOTS.items()
        }
        ids = tuple(dict.fromkeys(data["indicator_ids"]))
        return GoalWords(**{name: data[name] for name in ON_GOAL}, indicator_ids=ids, **slots)


class PriorityForm(Schema):
    """A priority of a district, or of one school of it."""

    text = Words(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("Write the priority in a sentence.")),
            validate.Length(max=280, error=lazy_gettext("Please keep this under 280 characters.")),
        ],
        error_messages={"required": lazy_gettext("Write the priority in a sentence.")},
    )
    school_id = fields.String(load_default="")


class LongText(Schema):
    """One long text: the results of a goal."""

    words = text(LONGEST_TEXT)
