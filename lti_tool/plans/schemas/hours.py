"""Forms of hours: what somebody adds by hand, what a licence needs, and the kinds of credit of a district."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from lti_tool.plans.operations import CreditTypeWords, CycleWords, EntryWords
from lti_tool.plans.schemas.fields import LONGEST_TEXT, Amount, Day, WithoutAddress, Words, text, web_address

CHOOSE = lazy_gettext("Choose a kind of credit from the list.")
TICK = lazy_gettext("Tick this to add the hours.")


def named(longest: int, missing: Any) -> Words:
    """Return a field for a short text that is needed."""
    too_long = lazy_gettext("Please keep this under %(longest)s characters.", longest=longest)
    return Words(
        required=True,
        validate=[validate.Length(min=1, error=missing), validate.Length(max=longest, error=too_long)],
        error_messages={"required": missing},
    )


class EntryForm(Schema):
    """Hours that somebody adds by hand."""

    title = named(300, lazy_gettext("Say what you did."))
    quantity = Amount(lazy_gettext("Say how much, from 0.01 to 1000."), largest=1000, required=True)
    credit_type = named(80, CHOOSE)
    earned_on = Day()
    note = text(LONGEST_TEXT, WithoutAddress())
    proof_url = web_address()
    is_attested = fields.Boolean(
        required=True, validate=validate.Equal(True, error=TICK), error_messages={"required": TICK, "invalid": TICK}
    )

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> EntryWords:
        return EntryWords(**{name: value for name, value in data.items() if name != "is_attested"})


class CycleForm(Schema):
    """What a licence needs, and within which dates."""

    starts_on = Day()
    ends_on = Day()
    needed = Amount(lazy_gettext("Say how much you need, from 0.01 to 10000."), largest=10000, required=True)
    credit_type = named(80, CHOOSE)

    @validates_schema
    def end_after_it_began(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["ends_on"] <= data["starts_on"]:
            raise ValidationError(str(lazy_gettext("It has to end after it began.")), "ends_on")

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> CycleWords:
        return CycleWords(**data)


class CreditTypeForm(Schema):
    """A kind of credit that a district counts."""

    name = named(80, lazy_gettext("Give it a name."))
    unit = named(40, lazy_gettext("Say what one counts, for example: clock hours."))
    hours_per_unit = Amount(lazy_gettext("Say how many hours one is, from 0.01 to 1000."), largest=1000, required=True)
    yearly_cap = Amount(
        lazy_gettext("Leave it empty, or write a number from 0.01 to 10000."),
        largest=10000,
        load_default=None,
        allow_none=True,
    )
    is_default = fields.Boolean(load_default=False)

    @pre_load
    def leave_out_empty_limit(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        return {**data, "yearly_cap": data.get("yearly_cap", "").strip() or None}

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> CreditTypeWords:
        return CreditTypeWords(**data)
