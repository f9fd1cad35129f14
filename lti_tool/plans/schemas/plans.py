"""Forms of whole plans: what is learned with others, how a plan ends, and what its readers say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from lti_tool.plans.models import CommentKind, PlanOutcome, SharedKind
from lti_tool.plans.operations import CommentWords, SharedWords
from lti_tool.plans.schemas.fields import LONGEST_TEXT, GoalOrNone, WithoutAddress, Words, text

SHARED_TEXTS = ("shared_with", "shared_purpose", "shared_rhythm", "shared_products")
CHOOSE = {
    "required": lazy_gettext("Choose one of these."),
    "unknown": lazy_gettext("Choose one of these."),
    "null": lazy_gettext("Choose one of these."),
}


class SharedForm(Schema):
    """What of a plan is learned with others: all of it, or nothing."""

    shared_kind = fields.Enum(SharedKind, by_value=True, allow_none=True, load_default=None, error_messages=CHOOSE)
    shared_with = text(280, WithoutAddress())
    shared_purpose = text(280)
    shared_rhythm = text(280)
    shared_products = text(280)

    @pre_load
    def leave_out_empty_choice(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        return {**data, "shared_kind": data.get("shared_kind") or None}

    @validates_schema
    def refuse_half_of_it(self, data: Mapping[str, Any], **_: Any) -> None:
        said = [name for name in SHARED_TEXTS if data.get(name)]
        if data["shared_kind"] is None and said:
            raise ValidationError(str(CHOOSE["required"]), "shared_kind")
        if data["shared_kind"] is not None and len(said) < len(SHARED_TEXTS):
            sentence = str(lazy_gettext("Say this too; a few words are enough."))
            raise ValidationError({name: [sentence] for name in SHARED_TEXTS if name not in said})

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> SharedWords:
        return SharedWords(**data)


class EndForm(Schema):
    """What came of a plan, and how it ends."""

    results_statement = text(LONGEST_TEXT, WithoutAddress())
    outcome = fields.Enum(PlanOutcome, by_value=True, load_default=None, error_messages=CHOOSE)


class MidYearForm(Schema):
    """How it goes in the middle of a plan."""

    words = text(LONGEST_TEXT, WithoutAddress())


class ReaderForm(Schema):
    """What a reader says when deciding, and the name that signs it."""

    words = text(LONGEST_TEXT)
    signed_name = text(200)


class CommentForm(GoalOrNone):
    """Words beside a field."""

    kind = fields.Enum(CommentKind, by_value=True, required=True, error_messages=CHOOSE)
    words = text(LONGEST_TEXT)
    field = Words(required=True, validate=validate.Length(min=1, max=32))

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> CommentWords:
        return CommentWords(**data)
