"""Forms of plans."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate
from werkzeug.datastructures import MultiDict

from lti_tool.db import LARGEST_ID
from lti_tool.plans.models import Audience
from lti_tool.plans.operations import CardWords, GoalWords

LONGEST_TEXT = 4000
EMAIL = re.compile(r"\S@[^\s@]+\.\S")
"""Takes one look at each character, however long a text is sent."""


class Words(fields.String):
    """Text as a person typed it, without the space around it and with the line ends of this side."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).replace("\r\n", "\n").strip()


def text(longest: int, *further: validate.Validator) -> Words:
    """Return a field for text that may be left empty."""
    too_long = lazy_gettext("Please keep this under %(longest)s characters.", longest=longest)
    return Words(load_default="", validate=[validate.Length(max=longest, error=too_long), *further])


class WithoutAddress(validate.Validator):
    """Refuses an e-mail address: what is said of students names none of them."""

    def __call__(self, value: str) -> str:
        if EMAIL.search(value):
            raise ValidationError(str(lazy_gettext("Please leave out addresses and names of students.")))
        return value


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
    rationale = text(LONGEST_TEXT, WithoutAddress())
    practice_change = text(LONGEST_TEXT)
    student_result = text(LONGEST_TEXT, WithoutAddress())
    measure = text(LONGEST_TEXT, WithoutAddress())
    due_on = fields.Date(
        load_default=None, allow_none=True, error_messages={"invalid": lazy_gettext("Write the date as 2027-05-31.")}
    )
    indicator_ids = fields.List(
        fields.Integer(validate=validate.Range(1, LARGEST_ID)), load_default=list, validate=validate.Length(max=200)
    )

    @pre_load
    def leave_out_empty_date(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        return {**data, "due_on": data.get("due_on") or None}

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> GoalWords:
        return GoalWords(**{**data, "indicator_ids": tuple(data["indicator_ids"])})


class CardForm(Schema):
    """The card of a goal."""

    audience = fields.Enum(
        Audience,
        by_value=True,
        required=True,
        error_messages={
            "required": lazy_gettext("Choose who may see this."),
            "unknown": lazy_gettext("Choose who may see this."),
        },
    )
    next_step = text(280)
    offer = text(280)
    wish = text(280)

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> CardWords:
        return CardWords(**data)


class LongText(Schema):
    """One long text: the results of a goal, or the reflection on a try-it."""

    words = text(LONGEST_TEXT)


def typed_goal(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the goal form as it was typed."""
    return {**form.to_dict(), "indicator_ids": form.getlist("indicator_ids")}
