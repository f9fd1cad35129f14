"""Bad input at every address: never a fault, never a change beside a refusal, and always a page that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from lti_tool.db import Base
from lti_tool.people.models import Role
from tests.conftest import make_person
from tests.full_district import FullDistrict, make_full_district
from tests.house.walking import addresses

ROOT = Path(__file__).parents[2]
ANSWERS = {200, 303, 400, 403, 404, 409, 413, 422}
REFUSALS_AT_THE_DOOR = {400, 401, 403, 422}
ROLES = ["educator", "designer", "administrator", "everybody"]
VALUES = {
    "nothing": b"", "zero": b"0", "negative": b"-1", "over 32 bits": b"2147483648", "over 64 bits": b"9" * 20,
    "5000 digits": b"9" * 5000, "a fraction": b"1.5", "other digits": "٣٤".encode(), "long": b"x" * 70_000,
    "NUL": b"a\0b", "no UTF-8": b"\xff\xfe", "half a character": b"\xed\xa0\x80", "HTML": b"<script>alert(1)</script>",
    "an unknown choice": b"nobody-knows-this", "the first day": b"0001-01-01", "the last day": b"9999-12-31",
    "JSON": b'{"a": [1]}', "an address": b"javascript:alert(1)",
}  # fmt: skip
BODIES = {
    "JSON": (b'{"headline": 1}', "application/json"),
    "broken parts": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "no boundary": (b"abc", "multipart/form-data"),
    "bytes": (b"\xff\x00%zz&&=&=;", "application/x-www-form-urlencoded"),
    "a file for each field": (
        b'--x\r\nContent-Disposition: form-data; name="package"; filename="\xff.json"\r\n\r\n[[[{"a":"\\u0000"}]]]\r\n'
        b'--x\r\nContent-Disposition: form-data; name="headline"; filename="a"\r\n\r\nb\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "too large a form": (b"headline=" + b"x" * 600_000, "application/x-www-form-urlencoded"),
    "too large": (b"x" * (2 * 1024 * 1024 + 1), "application/octet-stream"),
}
PARAMETERS = sorted(
    name
    for path in ROOT.glob("lti_tool/**/*.py")
    for name in re.findall(r'request\.args(?:\.get\(|\[)"(\w+)"', path.read_text())
)
Sent = list[tuple[str, bytes]]


class FormReader(HTMLParser):
    """Reads what a browser would send from each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Sent] = {}
        self._fields: Sent = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name, value = found.get("name", ""), found.get("value", "").encode()
        if tag == "form":
            self._fields = []
            if found.get("method") == "post":
                self.forms[found["action"].split("?")[0]] = self._fields
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._fields.append((self._select, value))
            self._select = ""
        elif name and found.get("type") not in {"radio", "checkbox"} | {"file"}:
            self._fields.append((name, value or b"Some words"))
        elif name and name not in dict(self._fields):
            self._fields.append((name, value))


class Walk:
    """Sends bad input as one person, and notes each rule that an answer breaks."""

    def __init__(self, app: Any, database: Any, visitor: Any, full: FullDistrict) -> None:
        self.visitor, self.database, self.ids = visitor, database, full.ids
        self.addresses = list(addresses(app, full.ids))
        self.problems: list[str] = []
        self.refused_since: list[str] = []
        self.before = records(database)

    def forms(self) -> dict[str, Sent]:
        """Return the form of each address that is sent to, as the person's pages show it."""
        reader = FormReader()
        for address in self.addresses:
            if address.method == "GET" and (page := self.visitor.get(address.path)).mimetype == "text/html":
                reader.feed(page.text)
                reader.close()
        return {path.removeprefix(self.visitor.prefix): fields for path, fields in reader.forms.items()}

    def post(self, path: str, what: str, body: bytes, content_type: str = "application/x-www-form-urlencoded") -> None:
        self._note(f"POST {path}: {what}", self.visitor.post(path, data=body, content_type=content_type))

    def get(self, path: str, what: str, query: bytes) -> None:
        self._note(f"GET {path}: {what}", self.visitor.get(path, query_string=query.decode()))

    def finish(self) -> list[str]:
        """Return every broken rule, in words."""
        self._compare()
        return self.problems

    def _note(self, what: str, answer: Any) -> None:
        if answer.status_code not in ANSWERS:
            self.problems.append(f"{what} -> {answer.status_code}")
        if answer.mimetype == "text/html" and answer.status_code != 303:
            self.problems += [f"{what} -> {answer.status_code}, {each}" for each in broken(answer)]
        if answer.status_code >= 400:
            self.refused_since.append(what)
        else:
            self._compare()
            self.before = records(self.database)

    def _compare(self) -> None:
        """Compare the tables after a row of refusals with what they held before it."""
        if self.refused_since and records(self.database) != self.before:
            self.problems.append(f"one of these was refused and changed something: {self.refused_since}")
        self.refused_since = []


def records(database: Any) -> dict[str, tuple[int, int]]:
    """Return for each table how many rows it has and what they hold."""
    with database.reading() as db:
        return {
            table.name: (len(rows), hash(tuple(sorted(map(repr, rows)))))
            for table in Base.metadata.sorted_tables
            if table.name != "launch_session"
            for rows in [db.execute(table.select()).all()]
        }


def broken(answer: Any) -> Iterator[str]:
    """Yield what a page lacks: one h1, what to do, and nothing that runs."""
    text = answer.text
    if len(re.findall(r"<h1[ >]", text)) != 1:
        yield "not one h1"
    if "<script>alert" in text or 'href="javascript:' in text:
        yield "what was sent runs"
    says = ("What you can do", "field-error", 'role="alert"')
    if answer.status_code >= 400 and not any(each in text for each in says):
        yield "does not say what to do"


def bad_forms(fields: Sent) -> Iterator[tuple[str, Sent]]:
    """Yield the form with each value in all fields, then with one field missing, doubled, or bad at a time."""
    names = list(dict.fromkeys(name for name, _ in fields))
    for what, value in VALUES.items():
        yield f"{what} everywhere", [(name, value) for name in names]
    for name in names:
        others = [field for field in fields if field[0] != name]
        yield f"{name} missing", others
        yield f"{name} twice", [*fields, (name, b"-1"), (name, b"x")]
        for what, value in VALUES.items():
            yield f"{name} is {what}", [*others, (name, value)]


def make_walk(app: Any, database: Any, visit: Any, role: str) -> Walk:
    with database.transaction() as db:
        for table in reversed(Base.metadata.sorted_tables):
            db.execute(table.delete())
        full = make_full_district(db)
        everybody = make_person(db, full.sample, "Sam Stone", *Role)
    person = everybody if role == "everybody" else getattr(full, role)
    return Walk(app, database, visit(full.sample, person, is_course_designer=role in {"designer", "everybody"}), full)


@pytest.mark.parametrize("role", ROLES)
def test_no_form_breaks_a_page(app, database, visit, role):
    problems = []
    walk = make_walk(app, database, visit, role)
    forms = walk.forms()
    for address in walk.addresses:
        if address.method != "POST":
            continue
        walk = make_walk(app, database, visit, role)
        for what, sent in bad_forms(forms.get(address.path, [])):
            walk.post(address.path, what, urlencode(sent).encode())
        for what, (body, content_type) in BODIES.items():
            walk.post(address.path, what, body, content_type)
        problems += walk.finish()

    assert problems == []


def test_no_query_breaks_a_page(app, database, visit):
    walk = make_walk(app, database, visit, "everybody")
    pages = [address.path for address in walk.addresses if address.method == "GET"]

    for path in pages:
        for what, value in VALUES.items():
            walk.get(path, what, urlencode([(name, value) for name in PARAMETERS]).encode())

    assert walk.finish() == []


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 20, "9" * 5000, "1.5", "%00", "%ff", "x"])
def test_no_number_in_an_address_breaks_a_page(app, database, visit, number):
    walk = make_walk(app, database, visit, "everybody")
    stands_for = 1234567
    numbered = [each for each in addresses(app, dict.fromkeys(walk.ids, stands_for)) if each.has_id]

    for address in numbered:
        path = address.path.replace(str(stands_for), number)
        if address.method == "GET":
            walk.get(path, "", b"")
        else:
            walk.post(path, "", b"")

    assert walk.finish() == []
