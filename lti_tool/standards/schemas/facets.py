"""How a form says for whom learning is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from werkzeug.datastructures import MultiDict

from lti_tool.standards.facets import FACETS, VALUES, Facets, tidy_disciplines
from lti_tool.standards.models import EVERYBODY

MOST_DISCIPLINES = 20
LONGEST_DISCIPLINE = 100

UNSAID = {
    "grade_bands": lazy_gettext("Choose the grades, or say that it is for all grades."),
    "disciplines": lazy_gettext("Choose the disciplines, or say that it is for all disciplines."),
    "roles": lazy_gettext("Choose the roles, or say that it is for all roles."),
    "contexts": lazy_gettext("Choose the kinds of school, or say that it is for all schools."),
}


def _choices(name: str) -> fields.List[str]:
    return fields.List(fields.String(validate=validate.OneOf([EVERYBODY, *VALUES[name]])), load_default=list)


class FacetFields(Schema):
    """The four facets; each may still be empty."""

    grade_bands = _choices("grade_bands")
    disciplines = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_DISCIPLINE)),
        validate=validate.Length(max=MOST_DISCIPLINES),
        load_default=list,
    )
    roles = _choices("roles")
    contexts = _choices("contexts")

    @post_load
    def tidy(self, data: dict[str, Any], **_: Any) -> Any:
        found = {name: _said(name, data[name]) for name in FACETS}
        return self.finish({**data, **found})

    def finish(self, data: dict[str, Any]) -> Any:
        """Return what was loaded, of the form's own type."""
        return Facets(**data)


class FacetsForm(FacetFields):
    """The four facets, each of them answered."""

    @validates_schema
    def say_for_whom(self, data: Mapping[str, Any], **_: Any) -> None:
        unsaid = {name: [str(UNSAID[name])] for name in FACETS if not _said(name, data.get(name) or [])}
        if unsaid:
            raise ValidationError(unsaid)


def typed_facets(form: MultiDict[str, str], suffix: str = "") -> dict[str, list[str]]:
    """Return the facets of a form as they were typed; other disciplines are words between commas."""
    typed = {name: form.getlist(f"{name}{suffix}") for name in FACETS}
    typed["disciplines"] += [each for each in form.get(f"more_disciplines{suffix}", "").split(",") if each.strip()]
    return typed


def _said(name: str, values: list[str]) -> tuple[str, ...]:
    if EVERYBODY in values:
        return (EVERYBODY,)
    return tidy_disciplines(values) if name == "disciplines" else tuple(v for v in VALUES[name] if v in values)
