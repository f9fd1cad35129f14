"""Bad input at every address: never a fault, never a change beside a refusal, always a page that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lti_tool.db import Base
from lti_tool.people.models import Role, RoleGrant
from tests.full_district import FullDistrict, make_full_district
from tests.house.walking import addresses

ROOT = Path(__file__).parents[2]
ANSWERS = {200, 303, 400, 403, 404, 405, 409, 413, 422}
AT_THE_DOOR = {200, 302, 400, 401, 403, 413, 422, 502}
FORM = "application/x-www-form-urlencoded"
ROLES = ["educator", "designer", "administrator", "supervisor"]
EVERYBODY = "everybody"
BLUEPRINTS = sorted(
    name for path in ROOT.glob("lti_tool/**/*.py") for name in re.findall(r'Blueprint\("(\w+)"', path.read_text())
)
WALKS = [
    *((role, "") for role in ROLES),
    *(pytest.param(EVERYBODY, f"{blueprint}.", marks=pytest.mark.long) for blueprint in BLUEPRINTS),
]
"""Who sends bad input, and to which endpoints alone."""
VALUES = {
    "nothing": b"", "zero": b"0", "negative": b"-1", "over 32 bits": b"2147483648", "over 64 bits": b"9" * 20,
    "5000 digits": b"9" * 5000, "a fraction": b"1.5", "other digits": "٣٤".encode(), "long": b"x" * 70_000,
    "NUL": b"a\0b", "no UTF-8": b"\xff\xfe", "half a character": b"\xed\xa0\x80", "HTML": b"<script>alert(1)</script>",
    "an unknown choice": b"nobody-knows-this", "the first day": b"0001-01-01", "the last day": b"9999-12-31",
    "JSON": b'{"a": [1]}', "an address": b"javascript:alert(1)",
}  # fmt: skip
SOME = ("over 32 bits", "5000 digits", "NUL", "half a character", "HTML")
BODIES = {
    "JSON": (b'{"headline": 1}', "application/json"),
    "broken parts": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "no boundary": (b"abc", "multipart/form-data"),
    "bytes": (b"\xff\x00%zz&&=&=;", "application/x-www-form-urlencoded"),
    "a broken file": (
        b'--x\r\nContent-Disposition: form-data; name="package"; filename="\xff"\r\n\r\n["\\u0000"]\r\n--x--\r\n',
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
        self.start = self.before = records(database)

    def forms(self) -> dict[str, Sent]:
        """Return the form of each address that is sent to, as the person's pages show it."""
        reader = FormReader()
        for address in self.addresses:
            if address.method == "GET" and (page := self.visitor.get(address.path)).mimetype == "text/html":
                reader.feed(page.text)
                reader.close()
        return {path.removeprefix(self.visitor.prefix): fields for path, fields in reader.forms.items()}

    def post(self, path: str, what: str, body: bytes, content_type: str = FORM) -> None:
        self._note(f"POST {path}: {what}", self.visitor.post(path, data=body, content_type=content_type))

    def get(self, path: str, what: str, query: bytes) -> None:
        self._note(f"GET {path}: {what}", self.visitor.get(path, query_string=query.decode()))

    def _note(self, what: str, answer: Any) -> None:
        if answer.status_code not in ANSWERS:
            self.problems.append(f"{what} -> {answer.status_code}")
        if answer.mimetype == "text/html" and answer.status_code != 303:
            self.problems += [f"{what} -> {answer.status_code}, {each}" for each in broken(answer)]
        after = records(self.database)
        if answer.status_code >= 400 and after != self.before:
            self.problems.append(f"{what} was refused and changed something")
        self.before = after


def records(database: Any) -> list[Any]:
    """Return what the tables hold, in one query where the database can sum a table up."""
    names = sorted(Base.metadata.tables.keys() - {"launch_session"})
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            sums = (f"SELECT '{name}', md5(string_agg(row::text, '|')) FROM \"{name}\" AS row" for name in names)
            return list(connection.exec_driver_sql(" UNION ALL ".join(sums)))
        return [hash(repr(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all())) for name in names]


def broken(answer: Any) -> Iterator[str]:
    """Yield what a page lacks: one h1, what to do, and nothing that runs."""
    text = answer.text
    if len(re.findall(r"<h1[ >]", text)) != 1:
        yield "not one h1"
    if "<script>alert" in text or 'href="javascript:' in text:
        yield "what was sent runs"
    says = ("What you can do", "field-error", 'role="alert"', "next-step", "To the goal")
    if answer.status_code >= 400 and not any(each in text for each in says):
        yield "does not say what to do"


def bad_everywhere(fields: Sent, values: Sequence[str]) -> Iterator[tuple[str, Sent]]:
    """Yield the form with one value in all of its fields."""
    for what in values if fields else ():
        yield f"{what} everywhere", [(name, VALUES[what]) for name in dict.fromkeys(name for name, _ in fields)]


def bad_in_one_field(fields: Sent) -> Iterator[tuple[str, Sent]]:
    """Yield the form with one field missing, doubled, or bad in another way at a time."""
    for name in dict.fromkeys(name for name, _ in fields):
        others = [field for field in fields if field[0] != name]
        yield f"{name} missing", others
        yield f"{name} twice", [*fields, (name, b"-1"), (name, b"x")]
        for what, value in VALUES.items():
            if what not in SOME:
                yield f"{name} is {what}", [*others, (name, value)]


def enough(database: Any) -> Sequence[str]:
    """Return the values over which this database could stumble."""
    return SOME if database.engine.dialect.name == "postgresql" else SOME[1::2]


def fresh_district(database: Any, *, with_all_roles: bool = False) -> FullDistrict:
    """Return a new district in place of what there was; with `with_all_roles` its educator has all of them."""
    with database.transaction() as db:
        _empty_tables(db)
        full = make_full_district(db)
        if with_all_roles:
            full.educator.grants = [RoleGrant(role=each, source="administrator") for each in Role]
        return full


def _empty_tables(db: Session) -> None:
    """Empty all tables so that ids begin at 1 again, as the addresses of the forms expect."""
    if db.get_bind().dialect.name == "postgresql":
        names = ", ".join(f'"{name}"' for name in Base.metadata.tables)
        db.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        return
    for table in reversed(Base.metadata.sorted_tables):
        db.execute(table.delete())


def make_walk(app: Any, database: Any, visit: Any, role: str) -> Walk:
    full = fresh_district(database, with_all_roles=role == EVERYBODY)
    person = full.educator if role == EVERYBODY else getattr(full, role)
    return Walk(app, database, visit(full.sample, person, is_course_designer=role in {"designer", EVERYBODY}), full)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("role", "endpoints"), WALKS)
def test_no_form_breaks_a_page(app, database, visit, role, endpoints):
    problems: list[str] = []
    is_long = role == EVERYBODY
    values = SOME if is_long else enough(database)
    walk = make_walk(app, database, visit, role)
    forms = walk.forms()
    for address in walk.addresses:
        if address.method != "POST" or not address.endpoint.startswith(endpoints):
            continue
        if walk.before != walk.start:
            problems += walk.problems
            walk = make_walk(app, database, visit, role)
        fields = forms.get(address.path, [])
        for what, sent in [*bad_everywhere(fields, values), *(bad_in_one_field(fields) if is_long else ())]:
            if ("sure", b"yes") not in sent:  # erasing somebody for good has tests of its own
                walk.post(address.path, what, urlencode(sent).encode())
        for what, (body, content_type) in BODIES.items() if is_long else ():
            walk.post(address.path, what, body, content_type)
    problems += walk.problems

    assert problems == []


def test_no_query_breaks_a_page(app, database, visit):
    walk = make_walk(app, database, visit, EVERYBODY)
    pages = [address.path for address in walk.addresses if address.method == "GET"]

    for path in pages:
        for what in enough(database):
            walk.get(path, what, urlencode([(name, VALUES[what]) for name in PARAMETERS]).encode())

    assert walk.problems == []


@pytest.mark.parametrize(
    "number",
    [
        *("9" * 20, "%00", "x"),
        *(pytest.param(each, marks=pytest.mark.long) for each in ("0", "-1", "2147483648", "9" * 5000, "1.5", "%ff")),
    ],
)
def test_no_number_in_an_address_breaks_a_page(app, database, visit, number):
    walk = make_walk(app, database, visit, EVERYBODY)
    stands_for = 1234567
    numbered = [each for each in addresses(app, dict.fromkeys(walk.ids, stands_for)) if each.has_id]

    for address in numbered:
        path = address.path.replace(str(stands_for), number)
        if address.method == "GET":
            walk.get(path, "", b"")
        else:
            walk.post(path, "", b"")

    assert walk.problems == []


DOORS = {
    "GET /lti/login": "iss login_hint target_link_uri lti_message_hint lti_deployment_id client_id lti_storage_target",
    "POST /lti/login": "iss login_hint target_link_uri lti_message_hint lti_deployment_id client_id lti_storage_target",
    "POST /lti/login/{key}": "iss login_hint target_link_uri lti_deployment_id client_id",
    "GET /lti/launch": "state id_token",
    "POST /lti/launch": "state id_token storage_value error",
    "GET /lti/register": "invitation openid_configuration registration_token",
    "POST /lti/register": "invitation openid_configuration registration_token confirmed_issuer",
    "GET /lti/canvas.json": "x",
    "GET /lms/canvas/callback": "state code error",
}
NOTICES = {
    "nothing": b"", "no JSON": b"{", "a list": b"[]", "null": b'{"notices": null}', "numbers": b'{"notices": [1]}',
    "no token": b'{"notices": [{"jwt": "x"}]}', "half a character": b'{"notices": [{"jwt": "\\ud800"}]}',
    "NUL": b'{"notices": [{"jwt": "a.\\u0000.b"}]}', "no UTF-8": b'\xff{"notices": []}', "deep": b"[" * 100_000,
    "too many": b'{"notices": [' + b",".join([b'{"jwt": "x"}'] * 101) + b"]}",
}  # fmt: skip
KEYS = ["key", "%00", "%ff", "x" * 5000, "%ed%a0%80"]


def good_value(name: str, full: FullDistrict) -> bytes:
    """Return what an LMS would send, so that one bad value at a time is what is looked at."""
    registration = full.sample.registration
    known = {
        "iss": registration.issuer, "client_id": registration.client_id, "login_hint": "1",
        "target_link_uri": "http://localhost/lti/launch", "openid_configuration": "http://127.0.0.1:1/configuration",
    }  # fmt: skip
    return known.get(name, "").encode()


@pytest.mark.parametrize("door", DOORS)
def test_nothing_that_is_sent_to_a_door_breaks_it(app, database, door):
    full = fresh_district(database)
    client, (method, path), names = app.test_client(), door.split(" "), DOORS[door].split()
    answers = {}

    for key in KEYS if "{key}" in path else KEYS[:1]:
        for name in names:
            good = [(each, good_value(each, full)) for each in names if each != name]
            for what, value in VALUES.items():
                sent = urlencode([*good, (name, value)])
                where = {"query_string": sent} if method == "GET" else {"data": sent, "content_type": FORM}
                answer = client.open(path.format(key=key), method=method, **where)
                answers[f"{key[:9]} {name} is {what}"] = (answer.status_code, list(door_problems(answer)))

    assert {what: said for what, said in answers.items() if said[0] not in AT_THE_DOOR or said[1]} == {}


@pytest.mark.parametrize("what", NOTICES)
def test_a_notice_that_is_none_is_refused(app, database, what):
    answer = app.test_client().post("/lti/notices", data=NOTICES[what], content_type="application/json")

    assert answer.status_code in {400, 401, 403}


def door_problems(answer: Any) -> Iterator[str]:
    if answer.mimetype == "text/html" and len(re.findall(r"<h1[ >]", answer.text)) != 1 and answer.status_code >= 400:
        yield "not one h1"
    if not all(str(value).isascii() for value in answer.headers.values()):
        yield "a header that cannot be sent"
