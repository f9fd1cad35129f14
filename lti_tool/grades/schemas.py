"""Forms of the review."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from flask_babel import lazy_gettext
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from lti_tool.db import LARGEST_ID
from lti_tool.grades.filters import CompletionFilter, ScoreFilter, Standing
from lti_tool.grades.models import CompletionSource, Frequency, ScoreState
from lti_tool.grades.operations.holding import Decision
from lti_tool.people.schemas import Form, choice_of

MOST_RECIPIENTS = 10
ADDRESS = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}\.[^\s@,;<>\".]{2,63}")


class DecisionForm(Form):
    """What an administrator decides about one completion of a course, or about all that ask."""

    decision = fields.Enum(Decision, by_value=True, required=True)
    completion_id = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))


class ScoreFilterForm(Form):
    """Which scores to show; what makes no sense narrows nothing."""

    state = choice_of(ScoreState)
    registration_id = fields.Integer(data_key="lms", load_default=None, validate=validate.Range(1, LARGEST_ID))
    course_id = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))
    cause = fields.String(load_default="", validate=validate.Length(max=32))
    name = fields.String(load_default="", validate=validate.Length(max=100))


class CompletionFilterForm(Form):
    """Which completions to show; what makes no sense narrows nothing."""

    standing = choice_of(Standing)
    source = choice_of(CompletionSource)
    registration_id = fields.Integer(data_key="lms", load_default=None, validate=validate.Range(1, LARGEST_ID))
    course_id = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))
    name = fields.String(load_default="", validate=validate.Length(max=100))


def chosen_scores(given: Mapping[str, str]) -> ScoreFilter:
    """Return which scores an address asks for."""
    return ScoreFilter(**_sensible(ScoreFilterForm(), given))


def chosen_completions(given: Mapping[str, str]) -> CompletionFilter:
    """Return which completions an address asks for."""
    return CompletionFilter(**_sensible(CompletionFilterForm(), given))


def _sensible(form: Form, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what makes sense of what is given."""
    asked = {name: value for name, value in given.items() if value}
    try:
        return cast("dict[str, Any]", form.load(asked))
    except ValidationError as error:
        return cast("dict[str, Any]", error.valid_data)


class LineItemForm(Form):
    """The line item that says who finished a course, and from which part of its maximum on, in percent."""

    url = fields.String(required=True, validate=validate.Length(1, 1000))
    mark = fields.Integer(load_default=100, validate=validate.Range(1, 100))


class CheckpointForm(Form):
    """Whether opening the checkpoint link finishes the course."""

    finishes = fields.Boolean(required=True)


class HubForm(Form):
    """Whether a course is a hub."""

    is_hub = fields.Boolean(required=True)


class AlertsForm(Form):
    """Who is told when scores do not arrive."""

    emails = fields.String(load_default="", validate=validate.Length(max=2000))
    hook_url = fields.String(load_default="", validate=validate.Length(max=1000))

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return the addresses one by one."""
        emails = list(dict.fromkeys(re.split(r"[\s,;]+", data["emails"].strip()))) if data["emails"] else []
        if not all(ADDRESS.fullmatch(each) for each in emails):
            raise ValidationError({"emails": [str(lazy_gettext("Write addresses such as pat@example.org."))]})
        if len(emails) > MOST_RECIPIENTS:
            raise ValidationError({"emails": [str(lazy_gettext("Name ten addresses at most."))]})
        if data["hook_url"] and not _is_address(data["hook_url"]):
            raise ValidationError({"hook_url": [str(lazy_gettext("Write an address that begins with https://."))]})
        return {**data, "emails": emails}


class ReminderForm(AlertsForm):
    """How often somebody wants to be reminded, and where."""

    frequency = fields.Enum(Frequency, by_value=True, required=True)

    @validates_schema(skip_on_field_errors=True)
    def has_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        """Ask for one address at least."""
        if not (data["emails"] or data["hook_url"]):
            raise ValidationError({"emails": [str(lazy_gettext("Name an e-mail address or a web hook."))]})


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)
