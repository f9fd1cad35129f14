"""The forms by which an opportunity is attached to indicators: the page of one, and a row of the grid."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from lti_tool.db import LARGEST_ID, row_id
from lti_tool.errors import InvalidInputError
from lti_tool.standards.facets import FACETS, Facets, facets_of, usual_facets
from lti_tool.standards.models import Alignment, Strength
from lti_tool.standards.operations import AlignmentEntry
from lti_tool.standards.schemas.facets import FacetFields, FacetsForm, typed_facets
from lti_tool.standards.schemas.forms import load_form

LONGEST_STATE = 20_000
LONGEST_PACKED = 2_000
"""As much as an address can carry everywhere."""


class StrengthForm(Schema):
    """How far one chosen indicator is served."""

    strength = fields.Enum(Strength, by_value=True, required=True)


class KeptAlignment(FacetFields):
    """An alignment as a row of the grid kept it, to be put back."""

    indicator_id = fields.Integer(required=True, strict=True, validate=lambda value: 0 < value <= LARGEST_ID)
    strength = fields.Enum(Strength, by_value=True, required=True)

    def finish(self, data: dict[str, Any]) -> AlignmentEntry:
        return AlignmentEntry(**data)


def typed_strengths(form: MultiDict[str, str]) -> dict[int, str | None]:
    """Return how far each indicator of a form is served, as it was typed; an empty choice chooses nothing."""
    said = {each: form.get(f"strength-{each}") for each in form.getlist("indicator", row_id)}
    return {indicator_id: strength for indicator_id, strength in said.items() if strength != ""}


def read_alignments(form: MultiDict[str, str], current: Mapping[int, Alignment]) -> list[AlignmentEntry]:
    """Return the alignments that a form asks for.

    For whom is said once for all of them; an indicator that held for others than most of them keeps its own facets.
    What is wrong is named by the facet, or by the id of the indicator.
    """
    wrong: dict[str, Any] = {}
    strengths = _strengths(form, wrong)
    usual = usual_facets(current.values())
    own = {each: facets for each, kept in current.items() if (facets := facets_of(kept)) != usual}
    facets = Facets()
    if strengths.keys() - own.keys():
        try:
            facets = load_form(FacetsForm(), typed_facets(form))
        except InvalidInputError as error:
            wrong |= error.fields
    if wrong:
        raise InvalidInputError(fields=wrong)
    return [_entry(each, strength, own.get(each, facets)) for each, strength in strengths.items()]


def read_state(text: str) -> list[AlignmentEntry]:
    """Return the alignments that a row of the grid had before, as the page kept them."""
    try:
        kept = json.loads(text[:LONGEST_STATE])
    except (ValueError, RecursionError) as error:
        raise InvalidInputError from error
    if not isinstance(kept, list):
        raise InvalidInputError
    return [load_form(KeptAlignment(), each) for each in kept]


def pack_state(state: str) -> str:
    """Return what a row had before in a form for an address; nothing where that would be too long for one."""
    packed = urlsafe_b64encode(zlib.compress(state.encode())).decode()
    return packed if len(packed) <= LONGEST_PACKED else ""


def unpack_state(packed: str) -> str:
    """Return what `pack_state` made this of; nothing where it made it of nothing."""
    try:
        state = zlib.decompressobj().decompress(urlsafe_b64decode(packed[:LONGEST_PACKED]), LONGEST_STATE)
        return state.decode()
    except (ValueError, zlib.error):
        return ""


def _strengths(form: MultiDict[str, str], wrong: dict[str, Any]) -> dict[int, Strength]:
    found = {}
    for indicator_id, said in typed_strengths(form).items():
        try:
            found[indicator_id] = load_form(StrengthForm(), {"strength": said})["strength"]
        except InvalidInputError as error:
            wrong[str(indicator_id)] = error.fields.get("strength", [])
    return found


def _entry(indicator_id: int, strength: Strength, facets: Facets) -> AlignmentEntry:
    return AlignmentEntry(indicator_id, strength, **{name: getattr(facets, name) for name in FACETS})
