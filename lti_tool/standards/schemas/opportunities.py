"""The form of an opportunity for learning: each kind asks for what it needs and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_in
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext, to_user_timezone, to_utc
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from lti_tool.people.models import Opportunity, OpportunityKind
from lti_tool.standards.operations import OpportunityWords
from lti_tool.standards.schemas.forms import load_form

LONGEST_DESCRIPTION = 4000
MOST_HOURS = 1000
LONGEST_PROVIDER = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100

COURSE, SESSION, DOOR = OpportunityKind.COURSE, OpportunityKind.LIVE_SESSION, OpportunityKind.OPEN_DOOR
TOGETHER = OpportunityKind.SOLVE_TOGETHER
FIELDS: Mapping[OpportunityKind, tuple[str, ...]] = {
    COURSE: ("provider", "description", "hours", "refreshed_on"),
    SESSION: ("title", "starts_at", "place", "url", "host", "hours", "description", "refreshed_on"),
    DOOR: ("title", "starts_at", "place", "description"),
    OpportunityKind.COACHING: ("title", "host", "place", "url", "hours", "description", "refreshed_on"),
    OpportunityKind.STUDY: ("title", "starts_at", "place", "url", "hours", "description", "refreshed_on"),
    OpportunityKind.MENTOR: ("title", "host", "description"),
    TOGETHER: ("title", "description", "starts_at", "place", "url", "hours"),
    OpportunityKind.EXTERNAL: ("title", "provider", "url", "hours", "description", "refreshed_on"),
}
NEEDED: Mapping[OpportunityKind, tuple[str, ...]] = {
    COURSE: (),
    SESSION: ("title", "starts_at"),
    DOOR: ("title", "starts_at"),
    TOGETHER: ("title", "starts_at"),
    OpportunityKind.EXTERNAL: ("title", "provider", "url"),
}
NEED_IT = {
    "title": lazy_gettext("Say in a few words what it is."),
    "starts_at": lazy_gettext("Say when it is."),
    "provider": lazy_gettext("Say who offers it."),
    "url": lazy_gettext("Enter the address where people find it."),
}
NO_NUMBER = lazy_gettext("Enter a number of hours, such as 1.5.")
NO_MOMENT = lazy_gettext("Enter a day and a time.")
NO_DAY = lazy_gettext("Enter a day of these years.")


def fields_of(kind: OpportunityKind, *, names_host: bool) -> dict[str, bool]:
    """Return the fields that a kind asks for, and whether each is needed; only designers name another host."""
    needed = NEEDED.get(kind, ("title",))
    return {name: name in needed for name in FIELDS[kind] if name != "host" or names_host}


class ProviderForm(Schema):
    """Who offers a course that is not the district's own."""

    provider = fields.String(load_default="", validate=validate.Length(max=LONGEST_PROVIDER))


class OpportunityForm(Schema):
    """What somebody says of an opportunity."""

    kind = fields.Enum(OpportunityKind, by_value=True, required=True)
    title = fields.String(load_default="", validate=validate.Length(max=255))
    description = fields.String(load_default="", validate=validate.Length(max=LONGEST_DESCRIPTION))
    url = fields.String(
        load_default="",
        validate=validate.And(
            validate.Length(max=1000),
            validate.URL(schemes={"http", "https"}, require_tld=False, error=lazy_gettext("Begin with https://.")),
        ),
    )
    provider = fields.String(load_default="", validate=validate.Length(max=LONGEST_PROVIDER))
    place = fields.String(load_default="", validate=validate.Length(max=200))
    host = fields.String(load_default="", validate=validate.Length(max=254))
    hours = fields.Decimal(
        load_default=None,
        places=2,
        validate=validate.Range(min=0, max=MOST_HOURS, error=lazy_gettext("Enter hours from 0 to 1000.")),
        error_messages={"invalid": NO_NUMBER, "special": NO_NUMBER},
    )
    starts_at = fields.NaiveDateTime(load_default=None, error_messages={"invalid": NO_MOMENT, "format": NO_MOMENT})
    refreshed_on = fields.Date(load_default=None, error_messages={"invalid": NO_DAY})

    @pre_load
    def leave_out_what_is_empty(self, data: Mapping[str, str], **_: Any) -> dict[str, str]:
        return {name: value.strip() for name, value in data.items() if value.strip()}

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def say_what_is_needed(self, data: Mapping[str, Any], typed: Mapping[str, str], **_: Any) -> None:
        kind = data.get("kind")
        needed = fields_of(kind, names_host=False) if kind else {}
        wrong = {
            name: [str(NEED_IT[name])]
            for name, is_needed in needed.items()
            if is_needed and not typed.get(name, "").strip()
        }
        if kind in {SESSION, TOGETHER} and not any(typed.get(name, "").strip() for name in ("place", "url")):
            wrong["place"] = [str(lazy_gettext("Say where it is, or enter the address to join."))]
        wrong |= {name: [str(NO_DAY)] for name in ("starts_at", "refreshed_on") if _is_far(data, name)}
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def make_words(self, data: Mapping[str, Any], **_: Any) -> OpportunityWords:
        asked = ("kind", *FIELDS[data["kind"]])
        said = {each.name: data[each.name] for each in fields_in(OpportunityWords) if each.name in asked}
        if said.get("starts_at"):
            said["starts_at"] = to_utc(said["starts_at"]).replace(tzinfo=UTC)
        return OpportunityWords(**said)


class DateForm(Schema):
    """A day, or none."""

    on = fields.Date(load_default=None, error_messages={"invalid": NO_DAY})

    @pre_load
    def leave_out_what_is_empty(self, data: Mapping[str, str], **_: Any) -> dict[str, str]:
        return {name: value for name, value in data.items() if value}


def read_opportunity(typed: Mapping[str, Any], kind: OpportunityKind | None = None) -> OpportunityWords:
    """Return what a form says of an opportunity; one that is there keeps its kind."""
    said = {**typed, "kind": kind.value} if kind else typed
    words: OpportunityWords = load_form(OpportunityForm(), said)
    return words


def typed_opportunity(opportunity: Opportunity) -> dict[str, Any]:
    """Return an opportunity as its form shows it."""
    starts_at = opportunity.starts_at
    return {name: getattr(opportunity, name) for name in ("title", "description", "url", "provider", "place")} | {
        "host": opportunity.host.name if opportunity.host else "",
        "hours": _plain(opportunity.hours),
        "refreshed_on": opportunity.refreshed_on or "",
        "starts_at": to_user_timezone(starts_at).strftime("%Y-%m-%dT%H:%M") if starts_at else "",
    }


def _plain(hours: Decimal | None) -> str:
    return "" if hours is None else f"{hours.normalize():f}"


def _is_far(data: Mapping[str, Any], name: str) -> bool:
    said: date | datetime | None = data.get(name)
    return said is not None and not FIRST_YEAR <= said.year <= LAST_YEAR
