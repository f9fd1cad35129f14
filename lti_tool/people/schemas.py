"""Forms about people."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, pre_load, validate

from lti_tool.people.models import GradeBand, Role


class Form(Schema):
    """A submitted form: texts without the spaces around them; an empty choice is no choice."""

    class Meta:
        """A field that the form does not know is left out."""

        unknown = EXCLUDE

    @pre_load
    def strip(self, data: Any, **_: Any) -> dict[str, str]:
        return {name: value.strip() for name, value in data.items()}


def id_field() -> fields.String:
    """Return a field for the id of a row, or nothing."""
    return fields.String(load_default="", validate=validate.Regexp(r"^[0-9]{0,9}$"))


class ProfileForm(Form):
    """What a person says of their own work; all of it may stay empty."""

    position = fields.String(load_default="", validate=validate.Length(max=100))
    grade_band = fields.String(load_default="", validate=validate.OneOf(["", *GradeBand]))
    discipline = fields.String(load_default="", validate=validate.Length(max=100))
    school_id = id_field()


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
