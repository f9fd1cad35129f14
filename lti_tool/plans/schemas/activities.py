"""Forms of learning that was taken up, and of try-its."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, fields, post_load, pre_load, validate

from lti_tool.db import LARGEST_ID
from lti_tool.plans.models import LookedInside
from lti_tool.plans.operations import TryPlan
from lti_tool.plans.schemas.fields import LONGEST_TEXT, WithoutAddress, text

EARLIEST = date(2000, 1, 1)


def day() -> fields.Date:
    """Return a field for a day that may be left empty."""
    wrong = lazy_gettext("Write the date as 2027-05-31.")
    within = validate.Range(EARLIEST, error=wrong)
    return fields.Date(load_default=None, allow_none=True, validate=within, error_messages={"invalid": wrong})


class FormWithGaps(Schema):
    """A form in which an empty field is left out."""

    @pre_load
    def leave_out_empty(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != ""}


class FinishForm(FormWithGaps):
    """When learning was finished; empty is today."""

    finished_on = day()


class LookedForm(FormWithGaps):
    """Whom somebody asked or looked for inside, before going outside."""

    looked_inside = fields.Enum(
        LookedInside,
        by_value=True,
        load_default=None,
        error_messages={"unknown": lazy_gettext("Say whom inside you asked or looked for.")},
    )


class TryPlanForm(FormWithGaps):
    """What is to be tried, and with whose support."""

    plan = text(LONGEST_TEXT, WithoutAddress())
    support_id = fields.Integer(
        load_default=None,
        validate=validate.Range(1, LARGEST_ID),
        error_messages={"invalid": lazy_gettext("Choose a colleague from the list.")},
    )

    @post_load
    def make_plan(self, data: Mapping[str, Any], **_: Any) -> TryPlan:
        return TryPlan(**data)


class ReflectionForm(FormWithGaps):
    """What was tried, when, and what came of it."""

    words = text(LONGEST_TEXT)
    tried_on = day()
