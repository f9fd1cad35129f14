"""Forms about people."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, Schema, fields, pre_load, validate

from lti_tool.people.models import (
    EducatorRole,
    Experience,
    GradeBand,
    LearningFormat,
    LearningTime,
    Role,
    StudentGroup,
)


class Form(Schema):
    """A submitted form: texts without the spaces around them; an empty choice is no choice."""

    class Meta:
        """A field that the form does not know is left out."""

        unknown = EXCLUDE

    @pre_load
    def strip(self, data: Any, **_: Any) -> dict[str, Any]:
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


def id_field() -> fields.String:
    """Return a field for the id of a row, or nothing."""
    return fields.String(load_default="", validate=validate.Regexp(r"^[0-9]{0,9}$"))


def choice_of(kind: type[StrEnum]) -> fields.Enum[StrEnum]:
    """Return a field for one of a few things, or none."""
    return fields.Enum(kind, by_value=True, load_default=None, allow_none=True)


def choices_of(kind: type[StrEnum]) -> fields.List[str]:
    """Return a field for some of a few things."""
    return fields.List(fields.String(validate=validate.OneOf([*kind])), load_default=list)


class ProfileForm(Form):
    """What a person says of their own work; all but the role may stay empty."""

    educator_role = fields.Enum(
        EducatorRole,
        by_value=True,
        required=True,
        error_messages={
            "required": lazy_gettext("Choose what you do."),
            "unknown": lazy_gettext("Choose what you do."),
        },
    )
    position = fields.String(load_default="", validate=validate.Length(max=100))
    grade_bands = choices_of(GradeBand)
    discipline = fields.String(load_default="", validate=validate.Length(max=100))
    school_id = id_field()
    experience = choice_of(Experience)
    languages = fields.String(load_default="", validate=validate.Length(max=200))
    students = choices_of(StudentGroup)
    formats = choices_of(LearningFormat)
    times = choices_of(LearningTime)

    @pre_load
    def leave_out_no_choice(self, data: Any, **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != "" or name != "experience"}


class PauseForm(Form):
    """Whether somebody is to be proposed for no team for now."""

    paused = fields.Boolean(required=True)


class RoleForm(Form):
    """A role to give or to take back."""

    role = fields.Enum(Role, by_value=True, required=True)


class SchoolForm(Form):
    """A school to set: one that is known, or the name of a new one."""

    school_id = id_field()
    new_school = fields.String(load_default="", validate=validate.Length(max=200))


class SchoolAnswerForm(Form):
    """What is said to a request for a school, and the school that was on the page."""

    answer = fields.String(required=True, validate=validate.OneOf(["confirm", "decline"]))
    school_id = id_field()


class CodeForm(Form):
    """An administrator code as typed."""

    code = fields.String(load_default="", validate=validate.Length(min=1, error="Enter the code."))
