"""The forms by which a framework is brought in and named."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask_babel import lazy_gettext
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import FileStorage

from lti_tool.errors import InvalidInputError
from lti_tool.standards.case import Package, read_file
from lti_tool.standards.models import LONGEST_ATTRIBUTION, LONGEST_LICENCE

LARGEST_FILE = 64 * 1024 * 1024
"""A package of 20,000 items has 15 to 35 MB."""
LONGEST_ADDRESS = 1000
TYPED = ("title", "licence", "attribution")
"""What is typed beside a file that does not say it."""


class TitleForm(Schema):
    """What a framework is called."""

    title = fields.String(
        required=True,
        validate=[
            validate.Length(max=300, error=str(lazy_gettext("A title has 300 characters at most."))),
            validate.Regexp(r"\s*\S", error=str(lazy_gettext("A framework needs a title."))),
        ],
        error_messages={"required": str(lazy_gettext("A framework needs a title."))},
    )


class LicenceForm(Schema):
    """Under which licence a framework may be used, and who wrote it."""

    licence = fields.String(
        load_default="",
        validate=validate.Length(
            max=LONGEST_LICENCE, error=str(lazy_gettext("A licence has 300 characters at most: its name and address."))
        ),
    )
    attribution = fields.String(
        load_default="",
        validate=validate.Length(
            max=LONGEST_ATTRIBUTION, error=str(lazy_gettext("Who wrote it is said in 500 characters at most."))
        ),
    )


def read_upload(file: FileStorage | None, district_id: int, form: Mapping[str, str]) -> Package:
    """Return the framework in an uploaded file, with what was typed of it beside."""
    if file is None or not file.filename:
        raise InvalidInputError("Choose a file, or enter the address of a package.")
    return read_file(file.stream, file.filename, district_id, **{name: form.get(name, "") for name in TYPED})


def read_address(typed: str) -> str:
    """Return the address of a package that was typed; that of its document leads there too."""
    try:
        parts = urlsplit(typed.strip())
        is_address = parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address or len(typed) > LONGEST_ADDRESS:
        raise InvalidInputError("This is no address of a package. It begins with https:// and has /CFPackages/ in it.")
    return typed.strip().replace("/CFDocuments/", "/CFPackages/")
