"""Fields that the forms of plans share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import LazyString, lazy_gettext
from marshmallow import Schema, ValidationError, fields, pre_load, validate
from werkzeug.datastructures import MultiDict

from lti_tool.db import LARGEST_ID
from lti_tool.plans.addresses import is_web_address

LONGEST_TEXT = 4000
LONGEST_AMOUNT = 20
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


class WebAddress(validate.Validator):
    """Refuses whatever a browser would do with an address except opening a page of the web."""

    def __call__(self, value: str) -> str:
        if value and not is_web_address(value):
            raise ValidationError(str(lazy_gettext("Write a whole address that begins with https:// or http://.")))
        return value


def web_address(*further: validate.Validator) -> Words:
    """Return a field for the address of a page elsewhere, which may be left empty."""
    return text(1000, WebAddress(), *further)


class Amount(fields.Decimal):
    """An amount with at most two decimals, with a comma or a point."""

    def __init__(self, said: LazyString, *, largest: int, **kwargs: Any) -> None:
        problems = dict.fromkeys(("required", "invalid", "null", "special"), said)
        within = validate.Range(min=Decimal("0.01"), max=largest, error=said)
        super().__init__(places=2, validate=within, error_messages=problems, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        typed = str(value).strip().replace(",", ".")
        if len(typed) > LONGEST_AMOUNT:
            raise self.make_error("invalid", input=value)
        return super()._deserialize(typed, attr, data, **kwargs)


class Day(fields.Date):
    """A date as a form sends it."""

    def __init__(self, **kwargs: Any) -> None:
        said = lazy_gettext("Write the date as 2027-05-31.")
        super().__init__(required=True, error_messages={"invalid": said, "required": said, "null": said}, **kwargs)


class GoalOrNone(Schema):
    """A form that may name a goal; its empty choice names none."""

    goal_id = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, LARGEST_ID))

    @pre_load
    def leave_out_no_goal(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        return {**data, "goal_id": data.get("goal_id") or None}


def typed_with_indicators(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return a form as it was typed, with all the indicators that it names."""
    return {**form.to_dict(), "indicator_ids": form.getlist("indicator_ids")}
