"""Writing a framework as a CASE 1.1 package, piece by piece: what is read from it again is the same framework."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from lti_tool.standards.case.package import Package, PackageItem
from lti_tool.standards.case.reading import ROLES
from lti_tool.standards.case.values import CHILD, NOT_SAID, OURS, REPLACED, URN, link

CASE_VERSION = "1.1"
Json = dict[str, Any]


def write_package(package: Package, changed_at: datetime) -> Iterator[str]:
    """Yield the package as JSON; `changed_at` is when this district last changed it."""
    when = changed_at.isoformat(timespec="seconds")
    yield f'{{"CFDocument":{_json(_document(package, when))},"CFItems":['
    yield from _joined(_item(item, when) for item in package.items)
    yield '],"CFAssociations":['
    yield from _joined(_associations(package, when))
    yield "]}"


def _joined(values: Iterable[Json]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield ("," if number else "") + _json(value)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _document(package: Package, when: str) -> Json:
    details = dict(package.details)
    subjects = [package.audience, *details.pop("otherSubjects", [])] if package.audience else []
    document = {
        "identifier": package.identifier,
        "uri": URN + package.identifier,
        "creator": package.attribution or NOT_SAID,
        "title": package.title,
        "caseVersion": CASE_VERSION,
        "lastChangeDateTime": when,
        "version": package.version,
        "adoptionStatus": package.adoption_status,
        "subject": subjects,
        "licenseURI": link(package.licence),
        **details,
    }
    return _said(document)


def _item(item: PackageItem, when: str) -> Json:
    details = dict(item.details)
    details.pop("associations", None)
    extensions = {**details.pop("extensions", {}), **({ROLES: list(item.roles)} if item.roles else {})}
    return _said(
        {
            "identifier": item.identifier,
            "fullStatement": item.statement,
            "uri": URN + item.identifier,
            "humanCodingScheme": item.code,
            "abbreviatedStatement": item.title,
            "educationLevel": list(item.grade_bands),
            "subject": list(item.disciplines),
            "statusEndDate": item.ends_on,
            "lastChangeDateTime": when,
            **details,
            "extensions": extensions,
        }
    )


def _associations(package: Package, when: str) -> Iterator[Json]:
    codes = {item.identifier: item.code for item in package.items} | {package.identifier: package.title}
    orders: dict[str, int] = {}
    for item in package.items:
        parent = item.parent or package.identifier
        orders[parent] = orders.get(parent, 0) + 1
        ends = _node(item.identifier, item.code), _node(parent, codes[parent])
        yield {**_association(CHILD, *ends, when), "sequenceNumber": orders[parent]}
        for kind, destination in item.details.get("associations", []):
            yield _association(kind, ends[0], destination, when)
    for old, new in package.replacements:
        yield _association(REPLACED, _node(old, codes.get(old, old)), _node(new, codes.get(new, new)), when)


def _association(kind: str, origin: Json, destination: Json, when: str) -> Json:
    ends = f"{kind}/{origin['identifier']}/{destination['identifier']}"
    identifier = str(uuid.uuid5(OURS, ends))
    return {
        "identifier": identifier,
        "associationType": kind,
        "uri": URN + identifier,
        "originNodeURI": origin,
        "destinationNodeURI": destination,
        "lastChangeDateTime": when,
    }


def _node(identifier: str, title: str) -> Json:
    return {"title": title, "identifier": identifier, "uri": URN + identifier}


def _said(value: Json) -> Json:
    """Leave out what is empty: CASE asks for either a value or nothing."""
    return {name: each for name, each in value.items() if each not in ("", [], {}, None)}
