"""Values of CASE in the shapes that real packages give them, each read into the one shape of CASE 1.1."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

OURS = uuid.UUID("8a4f0c1e-6f0e-5c1b-9d57-2b3f6f6a1c55")
"""The name space of the identifiers that are made here."""
CHILD, REPLACED = "isChildOf", "replacedBy"
ASSOCIATIONS = (
    CHILD, REPLACED, "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "exemplar", "hasSkillLevel",
    "isTranslationOf",
)  # fmt: skip
NOT_SAID = "Not said"
"""CASE asks for a creator, also where nobody named one."""
URN = "urn:uuid:"
ADDRESS = ("http://", "https://", "urn:")


def text(value: Any) -> str:
    """Return a text or a number as text, and anything else as none."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def texts(value: Any) -> list[str]:
    """Return a list of texts, which may be a single one, or objects with a title; each once."""
    values = value if isinstance(value, list) else [value]
    found = (text(each.get("title") if isinstance(each, Mapping) else each) for each in values)
    return list(dict.fromkeys(filter(None, found)))


def whole(value: Any) -> int | None:
    """Return a whole number, also one that was written as text."""
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None


def day(value: Any) -> str:
    """Return a day as in `2026-08-31`; raise `ValueError` for what is none."""
    said = text(value)[:10]
    return date.fromisoformat(said).isoformat() if said else ""


def link(value: Any) -> dict[str, str]:
    """Return a link, which may be an address alone, a name alone, or both in one text."""
    if not isinstance(value, Mapping):
        words = text(value).split()
        uri = next((word for word in reversed(words) if word.startswith(ADDRESS)), "")
        value = {"title": " ".join(word for word in words if word != uri), "uri": uri}
    title, uri, given = (text(value.get(name)) for name in ("title", "uri", "identifier"))
    if not title and not uri:
        return {}
    identifier = given if _is_uuid(given) else str(uuid.uuid5(OURS, f"{title} {uri}".strip()))
    return {"title": title or uri, "identifier": identifier, "uri": uri or URN + identifier}


def links(value: Any) -> list[dict[str, str]]:
    """Return a list of links, which may be a single one."""
    return [found for each in (value if isinstance(value, list) else [value]) if (found := link(each))]


def link_words(value: Any) -> str:
    """Return the name and the address of what a link leads to, as people read it."""
    found = link(value)
    parts = dict.fromkeys(found.get(name, "") for name in ("title", "uri"))
    return " ".join(word for part in parts if not part.startswith(URN) for word in part.split())


def node(value: Any) -> str:
    """Return what one end of an association is called: its identifier, else its address."""
    if isinstance(value, Mapping):
        return text(value.get("identifier")) or text(value.get("uri"))
    return text(value)


def whole_node(value: Any) -> dict[str, str]:
    """Return one end of an association with its title, its identifier and its address."""
    said = value if isinstance(value, Mapping) else {"uri": value}
    title, identifier, uri = (text(said.get(name)) for name in ("title", "identifier", "uri"))
    identifier = identifier or last_part(uri)
    return {"title": title or identifier, "identifier": identifier, "uri": uri or URN + identifier}


def association(kind: str) -> str:
    """Return a kind of association that CASE knows, or one that is marked as somebody's own."""
    if kind in ASSOCIATIONS or re.fullmatch(r"ext:[\w.-]+", kind, re.ASCII):
        return kind
    return "ext:" + (re.sub(r"[^a-zA-Z0-9.-]", "", kind) or "other")


def last_part(uri: str) -> str:
    """Return the end of an address, which often is an identifier."""
    return uri.rstrip("/").rsplit("/", 1)[-1].removeprefix(URN)


def _is_uuid(value: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None
