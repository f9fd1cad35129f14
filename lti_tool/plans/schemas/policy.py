"""Forms of what a district asks about declaring."""

from __future__ import annotations

from flask_babel import lazy_gettext
from marshmallow import Schema, fields, validate

from lti_tool.db import LARGEST_ID
from lti_tool.plans.models import Audience, DeclarationRule, ExemptionReason

CHOOSE = {name: lazy_gettext("Choose one.") for name in ("required", "unknown", "invalid")}


class PolicyForm(Schema):
    """The rule, and how far goals are to be shared at least."""

    rule = fields.Enum(DeclarationRule, by_value=True, required=True, error_messages=CHOOSE)
    minimum = fields.Enum(Audience, by_value=True, required=True, error_messages=CHOOSE)


class ExemptionForm(Schema):
    """Who need not declare, and why, as coarsely as can be."""

    person_id = fields.Integer(
        required=True, validate=validate.Range(1, LARGEST_ID, error=CHOOSE["invalid"]), error_messages=CHOOSE
    )
    reason = fields.Enum(ExemptionReason, by_value=True, required=True, error_messages=CHOOSE)
