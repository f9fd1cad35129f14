"""The form of what LMSs send: fields that are needed are checked, everything else is left out.

Moodle sends ids as numbers in one place and as text in another, Canvas adds claims of its own and nulls.
"""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from lti_tool.errors import LMSRejectedError


class Words(fields.Field[str]):
    """A text, or a number meant as one; null is empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, **options)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **options: Any) -> str:
        return "" if value is None else super().deserialize(value, attr, data, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> str:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValidationError("Not a text.")
        return str(value)


class Answered(Schema):
    """An object in an LMS's answer."""

    class Meta:
        """Leave out what is not named."""

        unknown = EXCLUDE


class TokenSchema(Answered):
    """RFC 6749 §5.1."""

    access_token = fields.String(required=True)
    expires_in = fields.Integer(load_default=3600)
    scope = Words(load_default="")


class LineItemSchema(Answered):
    """AGS 2.0 §3.2."""

    url = fields.String(required=True, data_key="id")
    label = Words(load_default="")
    score_maximum = fields.Float(load_default=None, allow_none=True, data_key="scoreMaximum")
    resource_id = Words(load_default="", data_key="resourceId")
    tag = Words(load_default="")
    resource_link_id = Words(load_default="", data_key="resourceLinkId")


class ResultSchema(Answered):
    """AGS 2.0 §3.3; a grade that was erased has neither score nor maximum."""

    user_id = Words(required=True, data_key="userId")
    score = fields.Float(load_default=None, allow_none=True, data_key="resultScore")
    maximum = fields.Float(load_default=None, allow_none=True, data_key="resultMaximum")


class MemberSchema(Answered):
    """NRPS 2.0 §2.2; only the id and the roles are certain to be there."""

    user_id = Words(required=True)
    roles = fields.List(Words(), required=True)
    status = Words(load_default="Active")
    name = Words(load_default="")
    given_name = Words(load_default="")
    family_name = Words(load_default="")
    email = Words(load_default="")
    sourcedid = Words(load_default="", data_key="lis_person_sourcedid")
    message = fields.List(fields.Dict(), load_default=list)


class MembersSchema(Answered):
    """One page of a roster."""

    members = fields.List(fields.Nested(MemberSchema), required=True)


class MoodleCourseSchema(Answered):
    """`core_enrol_get_users_courses`: what a person's course says of completion."""

    id = Words(required=True)
    completed = fields.Boolean(load_default=None, allow_none=True)
    enablecompletion = fields.Boolean(load_default=None, allow_none=True)
    completionhascriteria = fields.Boolean(load_default=None, allow_none=True)
    enddate = fields.Integer(load_default=None, allow_none=True)


class MoodleCriterionSchema(Answered):
    """One condition of a course's completion."""

    complete = fields.Boolean(required=True)
    timecompleted = fields.Integer(load_default=None, allow_none=True)
    details = fields.Raw(load_default=None, allow_none=True)
    """An object with the condition in HTML, or an empty list."""


class MoodleCompletionSchema(Answered):
    """`completionstatus` of `core_completion_get_course_completion_status`."""

    completions = fields.List(fields.Nested(MoodleCriterionSchema), load_default=list)


class CanvasModuleItemSchema(Answered):
    """An item of a module (context_modules_api_controller.rb)."""

    title = Words(load_default="")
    completion_requirement = fields.Raw(load_default=None, allow_none=True)


class CanvasModuleSchema(Answered):
    """A module with its items; none at all where Canvas does not give them."""

    items = fields.List(fields.Nested(CanvasModuleItemSchema), load_default=None)


class NamedSchema(Answered):
    """Anything of the REST sides that has an id and a name: groups, groupings, categories, users."""

    id = Words(required=True)
    name = Words(load_default="")
    idnumber = Words(load_default="")
    description = Words(load_default="")
    group_category_id = Words(load_default="")


class CanvasGroupSchema(NamedSchema):
    """A Canvas group with `include[]=users`, which an API key may not let through (group.rb of lib/api/v1)."""

    users = fields.List(fields.Nested(NamedSchema), load_default=None, allow_none=True)


class MembershipSchema(Answered):
    """A person in a Canvas group."""

    id = Words(required=True)
    user_id = Words(required=True)
    workflow_state = Words(load_default="accepted")


class CanvasProgressSchema(Answered):
    """How far somebody is in a Canvas course's modules (course_progress.rb); `error` where that cannot be said."""

    requirement_count = fields.Integer(load_default=None, allow_none=True)
    completed_at = fields.AwareDateTime(load_default=None, allow_none=True)
    error = fields.Raw(load_default=None, allow_none=True)


class CanvasUserProgressSchema(Answered):
    """One row of `bulk_user_progress`."""

    id = Words(required=True)
    progress = fields.Nested(CanvasProgressSchema, required=True)


class CanvasTokenSchema(TokenSchema):
    """Canvas's OAuth2 answer; a refresh gives no new refresh token (oauth_endpoints.md)."""

    refresh_token = Words(load_default="")


def parse(schema: Schema, value: Any, *, many: bool = False) -> Any:
    """Return what the schema makes of an answer; raise `LMSRejectedError` when it is malformed."""
    try:
        return schema.load(value, many=many)
    except ValidationError:
        raise LMSRejectedError("The LMS sent an answer of a form that the tool does not know.") from None
