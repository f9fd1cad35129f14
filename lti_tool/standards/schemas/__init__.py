"""Forms of standards, and how any form of ours is read."""

from __future__ import annotations

from lti_tool.standards.schemas.alignments import (
    pack_state,
    read_alignments,
    read_state,
    typed_strengths,
    unpack_state,
)
from lti_tool.standards.schemas.facets import FacetsForm, typed_facets
from lti_tool.standards.schemas.forms import load_form
from lti_tool.standards.schemas.frameworks import LARGEST_FILE, LicenceForm, TitleForm, read_address, read_upload
from lti_tool.standards.schemas.opportunities import (
    DateForm,
    ProviderForm,
    fields_of,
    read_opportunity,
    typed_opportunity,
)
from lti_tool.standards.schemas.shown import meet, shown_of

__all__ = [
    "LARGEST_FILE",
    "DateForm",
    "FacetsForm",
    "LicenceForm",
    "ProviderForm",
    "TitleForm",
    "fields_of",
    "load_form",
    "meet",
    "pack_state",
    "read_address",
    "read_alignments",
    "read_opportunity",
    "read_state",
    "read_upload",
    "shown_of",
    "typed_facets",
    "typed_opportunity",
    "typed_strengths",
    "unpack_state",
]
