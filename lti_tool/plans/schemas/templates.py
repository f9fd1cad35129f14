"""The form of a plan template's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema
from werkzeug.datastructures import MultiDict

from lti_tool.plans.models import RATIONALE_SLOTS, ApprovalRule, Collaboration
from lti_tool.plans.schemas.fields import LONGEST_TEXT, Words, text

A_NUMBER = lazy_gettext("Write a whole number that fits.")
A_NAME = lazy_gettext("Give it a name of at most 100 characters.")
CHOICE = {"unknown": lazy_gettext("Choose one of these."), "required": lazy_gettext("Choose one of these.")}
MAY_BE_EMPTY = (
    "start_month",
    "start_day",
    "most_days",
    "most_goals",
    "hours_target",
    "hours_award",
    "hours_yearly_cap",
)
ONE_READER = (ApprovalRule.SUPERVISOR, ApprovalRule.COLLEAGUE)


def _number(least: int, most: int, *, needed: bool = True) -> fields.Integer:
    absent: dict[str, Any] = {"required": True} if needed else {"allow_none": True, "load_default": None}
    return fields.Integer(
        **absent,
        validate=validate.Range(least, most, error=A_NUMBER),
        error_messages=dict.fromkeys(("invalid", "required", "null", "too_large"), A_NUMBER),
    )


def _hours() -> fields.Decimal:
    wrong = lazy_gettext("Write hours such as 20 or 7.5, at most 9999.")
    return fields.Decimal(
        places=2,
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 9999, error=wrong),
        error_messages=dict.fromkeys(("invalid", "special", "too_large"), wrong),
    )


class TemplateForm(Schema):
    """The rules of a version, as a designer writes them."""

    name = Words(required=True, validate=validate.Length(1, 100, error=A_NAME), error_messages={"required": A_NAME})
    description = text(LONGEST_TEXT)
    start_month = _number(1, 12, needed=False)
    start_day = _number(1, 31, needed=False)
    months = _number(1, 120)
    most_days = _number(1, 3660, needed=False)
    approval = fields.Enum(ApprovalRule, by_value=True, required=True, error_messages=CHOICE)
    reviewers = _number(1, 15)
    quorum = _number(1, 15)
    review_days = _number(1, 365)
    fewest_goals = _number(1, 20)
    most_goals = _number(1, 50, needed=False)
    hours_target = _hours()
    hours_award = _hours()
    hours_yearly_cap = _hours()
    has_mid_year = fields.Boolean(load_default=False)
    collaboration = fields.Enum(Collaboration, by_value=True, required=True, error_messages=CHOICE)
    try_it_required = fields.Boolean(load_default=False)
    rationale_slots = fields.List(fields.String(validate=validate.OneOf(RATIONALE_SLOTS)), load_default=list)
    fewest_evidence = _number(0, 50)
    fewest_standards = _number(1, 50)
    is_restricted = fields.Boolean(load_default=False)
    reviewer_guide = text(LONGEST_TEXT)

    @pre_load
    def leave_out_empty(self, data: Mapping[str, Any], **_: Any) -> Mapping[str, Any]:
        return {name: None if name in MAY_BE_EMPTY and value == "" else value for name, value in data.items()}

    @validates_schema(skip_on_field_errors=True)
    def refuse_what_cannot_be(self, data: Mapping[str, Any], **_: Any) -> None:
        if bool(data["start_month"]) != bool(data["start_day"]) or not _is_day(data["start_month"], data["start_day"]):
            raise ValidationError(str(lazy_gettext("There is no such day every year. Choose another.")), "start_day")
        if data["quorum"] > data["reviewers"]:
            raise ValidationError(str(lazy_gettext("No more can agree than read it.")), "quorum")
        if data["most_goals"] is not None and data["most_goals"] < data["fewest_goals"]:
            raise ValidationError(str(lazy_gettext("This is fewer than are needed at least.")), "most_goals")

    @post_load
    def make_rules(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        if data["approval"] in {*ONE_READER, ApprovalRule.NONE} or data["is_restricted"]:
            return {**data, "reviewers": 1, "quorum": 1}
        return dict(data)


def typed_rules(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the form of a template as it was typed."""
    return {**form.to_dict(), "rationale_slots": list(dict.fromkeys(form.getlist("rationale_slots")))}


def _is_day(month: int | None, day: int | None) -> bool:
    if month is None or day is None:
        return True
    try:
        date(2027, month, day)  # a year without 29 February
    except ValueError:
        return False
    return True
