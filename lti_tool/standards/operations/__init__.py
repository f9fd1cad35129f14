"""Writes of standards: bringing frameworks in, offering what to learn with, and aligning it to indicators."""

from __future__ import annotations

from lti_tool.standards.operations.alignments import (
    AlignmentEntry,
    align_opportunity,
    align_row,
    inherit_alignments,
    set_facets,
)
from lti_tool.standards.operations.applying import import_at_once
from lti_tool.standards.operations.frameworks import (
    install_sample_frameworks,
    license_framework,
    rename_framework,
    restore_framework,
    retire_framework,
    sample_packages,
)
from lti_tool.standards.operations.imports import (
    cancel_import,
    claimed_import,
    confirm_import,
    forget_old_imports,
    import_step,
    lock_import,
    note_fetched,
    note_problem,
    offer_address,
    offer_package,
    package_of,
)
from lti_tool.standards.operations.opportunities import (
    OpportunityWords,
    add_opportunity,
    change_opportunity,
    may_offer,
    name_provider,
    note_refreshed,
    offer_again,
    retire_opportunity,
)
from lti_tool.standards.operations.samples import install_sample_catalogue

__all__ = [
    "AlignmentEntry",
    "OpportunityWords",
    "add_opportunity",
    "align_opportunity",
    "align_row",
    "cancel_import",
    "change_opportunity",
    "claimed_import",
    "confirm_import",
    "forget_old_imports",
    "import_at_once",
    "import_step",
    "inherit_alignments",
    "install_sample_catalogue",
    "install_sample_frameworks",
    "license_framework",
    "lock_import",
    "may_offer",
    "name_provider",
    "note_fetched",
    "note_problem",
    "note_refreshed",
    "offer_address",
    "offer_again",
    "offer_package",
    "package_of",
    "rename_framework",
    "restore_framework",
    "retire_framework",
    "retire_opportunity",
    "sample_packages",
    "set_facets",
]
