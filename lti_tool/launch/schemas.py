"""What LMSs say while registering, and what administrators type into the forms of connections."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate, validates_schema

from lti_tool.launch import names
from lti_tool.launch.addresses import origin_of
from lti_tool.launch.links import TARGETS
from lti_tool.launch.models import Family
from lti_tool.launch.operations.registrations import Admission, Platform
from lti_tool.lms.platform import Scope


def _web_address(value: str) -> None:
    if not origin_of(value):
        raise ValidationError("Enter a web address that begins with https://.")


def _address(*, required: bool = True, longest: int = 1000) -> fields.String:
    return fields.String(required=required, validate=[validate.Length(max=longest), _web_address])


def _local_time() -> fields.NaiveDateTime:
    wrong: dict[str, str | list[Any] | dict[Any, Any]] = {"invalid": "Enter a day and a time."}
    return fields.NaiveDateTime(format="%Y-%m-%dT%H:%M", load_default=None, error_messages=wrong)


class PlatformConfiguration(Schema):
    """An OpenID configuration with LTI's own part (Dynamic Registration 1.0, 3.3)."""

    issuer = _address(longest=500)
    authorization_endpoint = _address()
    token_endpoint = _address()
    jwks_uri = _address()
    registration_endpoint = _address()
    authorization_server = fields.Raw(load_default="")
    scopes_supported = fields.Raw(load_default=list)
    platform = fields.Raw(data_key=names.PLATFORM_CONFIGURATION, load_default=dict)

    @pre_load
    def accept_trailing_space(self, data: Any, **_: Any) -> Any:
        """Take the key with a space at its end, as an older Moodle wrote it."""
        if not isinstance(data, dict):
            return data
        return {key.strip(): value for key, value in data.items()}


def read_platform(document: Any) -> Platform:
    """Return the LMS that an OpenID configuration describes; raise `ValidationError`."""
    found = PlatformConfiguration(unknown=EXCLUDE).load(document)
    part = found["platform"] if isinstance(found["platform"], dict) else {}
    family = str(part.get("product_family_code", "")).lower()
    audience, scopes = found["authorization_server"], found["scopes_supported"]
    return Platform(
        issuer=found["issuer"],
        auth_login_url=found["authorization_endpoint"],
        auth_token_url=found["token_endpoint"],
        key_set_url=found["jwks_uri"],
        registration_url=found["registration_endpoint"],
        auth_audience=audience[:1000] if isinstance(audience, str) and family not in set(Family) else "",
        name=str(part.get(f"{names.CANVAS}account_name") or ""),
        family=Family(family) if family in set(Family) else Family.OTHER,
        version=str(part.get("version") or ""),
        offers_notices=isinstance(scopes, list) and Scope.NOTICE_HANDLERS in scopes,
    )


class RegistrationAnswer(Schema):
    """The answer to a registration (Dynamic Registration 1.0, 3.6); Moodle's and Canvas's both are 200."""

    client_id = fields.String(required=True, validate=validate.Length(min=1, max=255))
    scope = fields.Raw(load_default="")
    tool = fields.Raw(data_key=names.TOOL_CONFIGURATION, load_default=dict)
    deployment_id = fields.Raw(load_default="")


def read_admission(document: Any) -> Admission:
    """Return what the LMS gave the tool; raise `ValidationError`. Where it names no deployment, a launch will."""
    found = RegistrationAnswer(unknown=EXCLUDE).load(document)
    part = found["tool"] if isinstance(found["tool"], dict) else {}
    deployment_id = part.get("deployment_id") or found["deployment_id"]
    scopes = found["scope"].split() if isinstance(found["scope"], str) else []
    given = str(deployment_id) if isinstance(deployment_id, str | int) else ""
    return Admission(found["client_id"], given[:255], tuple(sorted(set(scopes) & set(Scope))))


class _SignedNotice(Schema):
    jwt = fields.String(required=True)


class Notices(Schema):
    """What an LMS posts (Platform Notification Service 1.0, 4.1)."""

    notices = fields.List(
        fields.Nested(_SignedNotice(unknown=EXCLUDE)), required=True, validate=validate.Length(max=100)
    )


def read_notices(document: Any) -> list[str]:
    """Return the signed notices of a request; raise `ValidationError`."""
    return [each["jwt"] for each in Notices(unknown=EXCLUDE).load(document)["notices"]]


class PlatformForm(Schema):
    """An LMS whose values an administrator carries over by hand."""

    name = fields.String(load_default="", validate=validate.Length(max=200))
    family = fields.Enum(Family, by_value=True, required=True)
    issuer = _address(longest=500)
    client_id = fields.String(
        required=True, validate=validate.Length(min=1, max=255, error="Enter the client id that the LMS gave the tool.")
    )
    auth_login_url = _address()
    auth_token_url = _address()
    key_set_url = _address()
    deployment_id = fields.String(load_default="", validate=validate.Length(max=255))
    staff_only = fields.Boolean(load_default=False)


class LinkForm(Schema):
    """How placed links open, and when; times are those of the launch's time zone."""

    target = fields.String(load_default="", validate=validate.OneOf(["", *TARGETS]))
    available_from = _local_time()
    available_until = _local_time()
    due = _local_time()

    @pre_load
    def leave_out_empty(self, data: dict[str, str], **_: Any) -> dict[str, str]:
        """Take an empty field as one that was not filled in."""
        return {name: value for name, value in data.items() if value.strip()}

    @validates_schema
    def check_order(self, data: dict[str, Any], **_: Any) -> None:
        """Hold the dates to their order."""
        begins = data["available_from"]
        for name in ("due", "available_until"):
            if begins and data[name] and data[name] <= begins:
                raise ValidationError("This must be later than the first day.", name)


class MoodleTokenForm(Schema):
    """The web-service token of a Moodle."""

    base_url = _address()
    token = fields.String(
        required=True, validate=validate.Length(min=8, max=255, error="Paste the whole token, as Moodle showed it.")
    )


class CanvasKeyForm(Schema):
    """The API key of a Canvas."""

    base_url = _address()
    client_id = fields.String(
        required=True, validate=validate.Regexp(r"^[0-9]{1,64}$", error="The id of an API key is a number.")
    )
    client_secret = fields.String(
        required=True, validate=validate.Length(min=8, max=255, error="Paste the whole key, as Canvas showed it.")
    )
