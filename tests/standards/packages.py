"""Packages and tables that tests import: written by us, and as awkward as real ones."""

from __future__ import annotations

import json
import uuid
from io import BytesIO
from typing import Any

from lti_tool.standards.case import Package, read_package

DOCUMENT = "00000000-0000-4000-8000-000000000001"
Json = dict[str, Any]


def uid(name: str) -> str:
    """Return the identifier of an item that tests call by a short name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def read(data: Any) -> Package:
    return read_package(BytesIO(as_file(data)))


def as_file(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def upload(content: bytes, name: str = "package.json", **fields: str) -> Json:
    """Return what a browser sends from the form by which a framework is imported."""
    head = 'Content-Disposition: form-data; name="'
    parts = [f'{head}{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    parts.append(f'{head}package"; filename="{name}"\r\n\r\n'.encode() + content)
    body = b"".join(b"--border\r\n" + part + b"\r\n" for part in parts) + b"--border--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=border"}


def node(name: str) -> Json:
    identifier = DOCUMENT if name == "doc" else uid(name)
    return {"title": name, "identifier": identifier, "uri": f"https://case.example.test/CFItems/{identifier}"}


def link(kind: str, origin: str, destination: str, number: int | None = None) -> Json:
    said = {"associationType": kind, "originNodeURI": node(origin), "destinationNodeURI": node(destination)}
    return said if number is None else {**said, "sequenceNumber": number}


def item(name: str, **more: Any) -> Json:
    return {"identifier": uid(name), "humanCodingScheme": name, "fullStatement": f"What {name} says", **more}


def package(items: list[Json], links: list[Json], **document: Any) -> Json:
    """Return a CASE package around these items and associations."""
    about = {"identifier": DOCUMENT, "title": "Our practice", "creator": "The district", **document}
    return {"CFDocument": about, "CFItems": items, "CFAssociations": links}


def small_package(**document: Any) -> Json:
    """Return a domain with a component and two indicators."""
    items = [item("A"), item("A.1"), item("A.1.a"), item("A.1.b")]
    links = [link("isChildOf", *ends) for ends in (("A", "doc", 1), ("A.1", "A", 1), ("A.1.a", "A.1", 1))]
    return package(items, [*links, link("isChildOf", "A.1.b", "A.1", 2)], **document)


def many_items(*, tops: int, each: int) -> Package:
    """Return a framework of so many items with so many under each."""
    items, links = [], []
    for top in range(tops):
        names = [str(top), *(f"{top}.{number}" for number in range(each))]
        items += [item(name, fullStatement=f"Statement {name}") for name in names]
        links.append(link("isChildOf", str(top), "doc", top))
        links += [link("isChildOf", name, str(top), number) for number, name in enumerate(names[1:])]
    return read(package(items, links))
