"""The form of a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, fields, post_load

from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience
from lti_tool.plans.schemas.fields import text


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
