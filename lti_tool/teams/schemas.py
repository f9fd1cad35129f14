"""What the forms about teams send."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from lti_tool.db import LARGEST_ID
from lti_tool.errors import InvalidInputError


class FormSchema(Schema):
    """A form; fields that it does not know are left alone."""

    class Meta:
        """Leave out what is not asked for."""

        unknown = EXCLUDE


class ProposeForm(FormSchema):
    """How teams are to be proposed."""

    reach = fields.String(load_default="district", validate=validate.OneOf(["district", "school"]))


class MoveForm(FormSchema):
    """Where a member of a proposal goes; `out` takes the person out of it."""

    target = fields.String(required=True, validate=validate.Regexp(r"^([0-9]{1,9}|out)$"))


class StartForm(FormSchema):
    """Which goal of a colleague an own goal is like."""

    goal_id = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))
    colleague_goal_id = fields.Integer(required=True, validate=validate.Range(1, LARGEST_ID))


def load(schema: type[FormSchema], form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the checked values of a form; raise `InvalidInputError` with what is wrong by field."""
    try:
        values: dict[str, Any] = schema().load(form.to_dict())
    except ValidationError as error:
        raise InvalidInputError(fields=dict(error.messages_dict)) from error
    return values
