"""The form of a piece of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, fields, post_load, pre_load, validate

from lti_tool.db import LARGEST_ID
from lti_tool.plans.models import Audience, EvidenceKind
from lti_tool.plans.operations import EvidenceWords
from lti_tool.plans.schemas.fields import LONGEST_TEXT, Day, WithoutAddress, Words, text, web_address

WHAT = lazy_gettext("Choose what it is.")
WHO = lazy_gettext("Choose who may see this.")


class EvidenceForm(Schema):
    """What an owner says of a piece of evidence."""

    kind = fields.Enum(EvidenceKind, by_value=True, required=True, error_messages={"required": WHAT, "unknown": WHAT})
    title = Words(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("Give it a name.")),
            validate.Length(max=200, error=lazy_gettext("Please keep this under 200 characters.")),
            WithoutAddress(),
        ],
        error_messages={"required": lazy_gettext("Give it a name.")},
    )
    dated_on = Day()
    url = web_address()
    reflection = text(LONGEST_TEXT, WithoutAddress())
    audience = fields.Enum(
        Audience, by_value=True, load_default=Audience.PRIVATE, error_messages={"unknown": WHO, "null": WHO}
    )
    holds_students = fields.Boolean(load_default=False)
    is_attested = fields.Boolean(load_default=False)
    activity_id = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, LARGEST_ID))
    indicator_ids = fields.List(
        fields.Integer(validate=validate.Range(1, LARGEST_ID)), load_default=list, validate=validate.Length(max=200)
    )

    @pre_load
    def leave_out_empty_choice(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        return {**data, "activity_id": data.get("activity_id") or None}

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> EvidenceWords:
        return EvidenceWords(**{**data, "indicator_ids": tuple(data["indicator_ids"])})
