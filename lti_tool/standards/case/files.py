"""Reading a file of any kind that a framework may come in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import IO

from lti_tool.standards.case.package import Package
from lti_tool.standards.case.reading import read_package
from lti_tool.standards.case.sheet import read_sheet
from lti_tool.standards.models import LONGEST_ATTRIBUTION, LONGEST_LICENCE

TABLES = (".csv", ".tsv", ".txt")


def read_file(
    stream: IO[bytes], name: str, district_id: int, *, title: str = "", licence: str = "", attribution: str = ""
) -> Package:
    """Return the framework in a file: a table by its name, else a CASE package.

    Its licence and who wrote it are taken from here where the file says none.
    """
    path = PurePath(name)
    if path.suffix.lower() in TABLES:
        package = read_sheet(stream, title=title.strip() or path.stem, district_id=district_id)
    else:
        package = read_package(stream)
    return replace(
        package,
        licence=package.licence or licence.strip()[:LONGEST_LICENCE],
        attribution=package.attribution or attribution.strip()[:LONGEST_ATTRIBUTION],
    )
