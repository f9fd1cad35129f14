"""What the forms about teams send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext, to_user_timezone
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from lti_tool.db import LARGEST_ID, utc_now
from lti_tool.teams.models import CheckInState, RunKind, StepKind, TeamSession, TeamState
from lti_tool.teams.operations.arranging import Arrangement

LONGEST_TEXT = 4000
HOURS = lazy_gettext("Write hours between 0.25 and 12.")
WHEN = dict.fromkeys(("required", "invalid"), lazy_gettext("Say on which day and when."))
NEAR = lazy_gettext("Choose a day in the last year or in the next two.")
CHOOSE = dict.fromkeys(("required", "unknown"), lazy_gettext("Choose one."))


def place_field() -> fields.String:
    """Return a field that names a scope: `course`, the launch's own, or `school:3`, or `district`."""
    return fields.String(load_default="course", validate=validate.Regexp(r"^(course|district|school:[0-9]{1,9})$"))


class ListForm(Schema):
    """Which of a designer's lists of teams is wanted, and after which row."""

    class Meta:
        """An address may hold more than that."""

        unknown = EXCLUDE

    list = fields.String(
        load_default="",
        validate=validate.OneOf(["", "alone", *map(str, (TeamState.PROPOSED, TeamState.INVITING, TeamState.FORMED))]),
    )
    after = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))


class TargetForm(Schema):
    """What is looked for among the proposals to which somebody may be moved."""

    class Meta:
        """An address may hold more than that."""

        unknown = EXCLUDE

    q = fields.String(load_default=None, validate=validate.Length(max=100))
    after = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))


class ArrangeForm(Schema):
    """What is to be done with which members of a proposal."""

    what = fields.Enum(Arrangement, by_value=True, required=True)
    member = fields.List(fields.Integer(validate=validate.Range(1, LARGEST_ID)), validate=validate.Length(max=20))


class SendForm(Schema):
    """In which course the groups of proposals are to be: none said, `none` at all, or one by its id."""

    class Meta:
        """An address may hold more than that."""

        unknown = EXCLUDE

    place = place_field()
    course = fields.String(load_default="", validate=validate.Regexp(r"^(none|[0-9]{0,9})$"))
    q = fields.String(load_default="", validate=validate.Length(max=100))


class ProposeForm(Schema):
    """Among whose goals teams are to be proposed, how, and how far apart their people may work."""

    place = place_field()
    kind = fields.Enum(RunKind, by_value=True, load_default=RunKind.ANEW)
    reach = fields.String(load_default="district", validate=validate.OneOf(["district", "school"]))


class BeginForm(Schema):
    """For which scope a proposal begins with somebody, and which goal brings the person there."""

    class Meta:
        """An address may hold more than that."""

        unknown = EXCLUDE

    place = place_field()
    goal_id = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))


class ChangesForm(Schema):
    """Of which scope the changes to teams are wanted, and after which row."""

    class Meta:
        """An address may hold more than that."""

        unknown = EXCLUDE

    place = place_field()
    after = fields.Integer(load_default=0, validate=validate.Range(0, LARGEST_ID))


class WishesForm(Schema):
    """After which row of the wishes in courses a page of them begins."""

    class Meta:
        """An address may hold more than that."""

        unknown = EXCLUDE

    after = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))


class MoveForm(Schema):
    """Where a member of a proposal goes; `out` takes the person out of it."""

    target = fields.String(required=True, validate=validate.Regexp(r"^([0-9]{1,9}|out)$"))


class StartForm(Schema):
    """Which goal of a colleague an own goal is like."""

    goal_id = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))
    colleague_goal_id = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))


class GoalForm(Schema):
    """By which goal a colleague would come to a team, or a member goes on in it."""

    goal_id = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))


def words(longest: int) -> fields.String:
    """Return a field for text that may be left empty; whether it may is the operation's question."""
    return fields.String(load_default="", validate=validate.Length(max=longest))


def is_near(local: datetime) -> None:
    """Refuse a time that no team means: beyond, a mistyped year could not even be told in each time zone."""
    away = local.replace(tzinfo=UTC) - utc_now()
    if not timedelta(days=-366) < away < timedelta(days=731):
        raise ValidationError(str(NEAR))


class SessionForm(Schema):
    """When a team means to meet: local time of whoever writes it."""

    starts_at = fields.NaiveDateTime(required=True, validate=is_near, error_messages=WHEN)
    hours = fields.Decimal(
        required=True,
        places=2,
        validate=validate.Range(Decimal("0.25"), Decimal(12), error=HOURS),
        error_messages=dict.fromkeys(("required", "invalid", "special"), HOURS),
    )
    topic = words(280)


def typed_session(session: TeamSession) -> dict[str, str]:
    """Return a session as its form shows it."""
    return {
        "starts_at": to_user_timezone(session.starts_at).strftime("%Y-%m-%dT%H:%M"),
        "hours": f"{session.hours.normalize():f}",
        "topic": session.topic,
    }


class CheckInForm(Schema):
    """How it goes."""

    state = fields.Enum(CheckInState, by_value=True, required=True, error_messages=CHOOSE)
    words = words(280)


class WordsForm(Schema):
    """An agreement, a question to the team, or an answer."""

    words = words(LONGEST_TEXT)


class StepForm(Schema):
    """What becomes of a goal in this cycle."""

    step = fields.Enum(
        StepKind,
        by_value=True,
        required=True,
        validate=validate.NoneOf([StepKind.UNSAID], error=CHOOSE["unknown"]),
        error_messages=CHOOSE,
    )
    words = words(280)
