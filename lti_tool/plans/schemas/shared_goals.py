"""The form of a shared goal."""

from __future__ import annotations

from flask_babel import lazy_gettext
from marshmallow import Schema, fields, validate

from lti_tool.plans.schemas.fields import LONGEST_TEXT, WithoutAddress, text
from lti_tool.plans.schemas.practices import needed

CHOOSE = {name: lazy_gettext("Choose with whom you want to work on it.") for name in ("required", "invalid")}


class SharedGoalForm(Schema):
    """What somebody proposes to work on together."""

    headline = needed(140, lazy_gettext("Say in a sentence what you want to work on together."), WithoutAddress())
    words = text(LONGEST_TEXT, WithoutAddress())
    reach = fields.String(required=True, error_messages=CHOOSE, validate=validate.OneOf(["school", "district"]))
