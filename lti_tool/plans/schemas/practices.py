"""Forms of practices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import fields, post_load, validate

from lti_tool.db import LARGEST_ID
from lti_tool.plans.models import Audience
from lti_tool.plans.operations.practices import PracticeWords, TryWords
from lti_tool.plans.schemas.fields import LONGEST_TEXT, GoalOrNone, WithoutAddress, Words, text

CHOOSE = {name: lazy_gettext("Choose who may see this.") for name in ("required", "unknown")}


def needed(longest: int, sentence: Any, *further: validate.Validator) -> Words:
    """Return a field for text that must not be left empty."""
    return Words(
        required=True,
        validate=[
            validate.Length(min=1, error=sentence),
            validate.Length(
                max=longest, error=lazy_gettext("Please keep this under %(longest)s characters.", longest=longest)
            ),
            *further,
        ],
        error_messages={"required": sentence},
    )


class PracticeForm(GoalOrNone):
    """A practice card."""

    title = needed(140, lazy_gettext("Give your practice a title."))
    did = needed(LONGEST_TEXT, lazy_gettext("Say what you did."), WithoutAddress())
    with_whom = text(280, WithoutAddress())
    needed = text(280)
    would_change = text(LONGEST_TEXT, WithoutAddress())
    audience = fields.Enum(Audience, by_value=True, required=True, error_messages=CHOOSE)
    indicator_ids = fields.List(
        fields.Integer(validate=validate.Range(1, LARGEST_ID)), load_default=list, validate=validate.Length(max=50)
    )

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> PracticeWords:
        return PracticeWords(**{**data, "indicator_ids": tuple(data["indicator_ids"])})


class TryForm(GoalOrNone):
    """What came of trying a practice."""

    words = needed(LONGEST_TEXT, lazy_gettext("Say what came of it, in a sentence or two."), WithoutAddress())
    is_adapted = fields.Boolean(load_default=False)
    is_named = fields.Boolean(load_default=False)

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> TryWords:
        return TryWords(**data)
