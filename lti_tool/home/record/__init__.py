"""A person's whole record: everything that is held about them, as one document that another instance takes back.

`parts.py` says of each table which columns the document tells; the rest of the package knows no table by name, except
`shared.py`, which tells the rows that a district shares (learning, indicators, kinds of credit) by their words.

    record       the person's own: hashed, and brought into another instance as rows, or as words where it has no rows
    who, here    what holds in this instance alone: told to the person, neither hashed nor brought
"""

from __future__ import annotations

from lti_tool.home.record.bringing import Outline, bring_record, has_empty_record, outline_of
from lti_tool.home.record.checking import LONGEST_RECORD, read_record_file
from lti_tool.home.record.document import document_of
from lti_tool.home.record.reading import Record, read_plan, read_record

__all__ = [
    "LONGEST_RECORD",
    "Outline",
    "Record",
    "bring_record",
    "document_of",
    "has_empty_record",
    "outline_of",
    "read_plan",
    "read_record",
    "read_record_file",
]
