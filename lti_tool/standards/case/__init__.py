"""Frameworks as files: CASE packages that are read and written, and tables that are read."""

from __future__ import annotations

from lti_tool.standards.case.files import read_file
from lti_tool.standards.case.package import Oddity, Package, PackageItem, pack, unpack
from lti_tool.standards.case.reading import read_package
from lti_tool.standards.case.sheet import read_sheet
from lti_tool.standards.case.writing import write_package

__all__ = [
    "Oddity",
    "Package",
    "PackageItem",
    "pack",
    "read_file",
    "read_package",
    "read_sheet",
    "unpack",
    "write_package",
]
