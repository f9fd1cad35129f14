"""A browser without a screen: pages, forms and cookies over HTTP, as a person would use them.

It does what the LMS's and the tool's own scripts do on pages that submit themselves, and keeps `Secure` cookies
on plain http, as real browsers do for `localhost` and `127.0.0.1`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import Cookie, DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin

import requests
from requests.cookies import RequestsCookieJar

SELF_SUBMITTING = frozenset({"id_token", "login_hint", "JWT", "error"})
"""Names of hidden fields by which a page shows that its form submits itself (OIDC, Deep Linking)."""
TIMEOUT = (5, 60)
Value = str | Sequence[str]


class JourneyError(Exception):
    """A page was not what the journey expects; the message says which and why."""


@dataclass(slots=True)
class Form:
    """A form of a page with the values it has."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Options of selects, radios and check boxes: (value, label)."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """(name, value, text)."""

    @property
    def text(self) -> str:
        return " ".join(label for _, _, label in self.buttons)


class _PageParser(HTMLParser):
    """Collects forms, links and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.frames: list[str] = []
        self.words: list[str] = []
        self.without_scripts: list[str] = []
        self._in_noscript = False
        self._form: Form | None = None
        self._select = ""
        self._capture: list[str] | None = None
        self._pending: tuple[str, ...] = ()
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "noscript":
            self._in_noscript = True
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self._begin("a", given["href"])
            if self._in_noscript:
                self.without_scripts.append(given["href"])
        elif tag == "iframe":
            self.frames.append(given.get("src", ""))
        elif self._form is not None and "disabled" not in given:
            self._control(self._form, tag, given)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input":
            self._input(form, name, given)
        elif tag == "textarea":
            self._textarea = name
            self._capture = []
        elif tag == "select":
            self._select = name
            form.choices.setdefault(name, [])
        elif tag == "option":
            if "selected" in given:
                form.fields.setdefault(self._select, []).append(given.get("value", ""))
            self._begin("option", given.get("value", ""))
        elif tag == "button":
            self._begin("button", name, given.get("value", ""))

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
        if kind in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append((value, given.get("aria-label", "")))
            if "checked" not in given:
                return
        if kind == "submit":
            form.buttons.append((name, value, value))
        elif name:
            form.fields.setdefault(name, []).append(value)

    def _begin(self, *pending: str) -> None:
        self._pending, self._capture = pending, []

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._capture is not None:
            self._capture.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "noscript":
            self._in_noscript = False
        elif tag == "textarea" and self._form is not None and self._capture is not None:
            self._form.fields.setdefault(self._textarea, []).append("".join(self._capture).removeprefix("\n"))
            self._capture = None
        elif self._pending and tag == self._pending[0]:
            self._finish(" ".join("".join(self._capture or []).split()))

    def _finish(self, text: str) -> None:
        match self._pending:
            case ("a", href):
                self.links.append((href, text))
            case ("option", value) if self._form is not None:
                self._form.choices.setdefault(self._select, []).append((value, text))
            case ("button", name, value) if self._form is not None:
                self._form.buttons.append((name, value, text))
        self._pending, self._capture = (), None


class Page:
    """An answer that was read as a page."""

    def __init__(self, response: requests.Response) -> None:
        self.url = response.url
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.text
        parser = _PageParser()
        if "html" in response.headers.get("Content-Type", ""):
            parser.feed(self.html)
        self.forms, self.links, self.frames = parser.forms, parser.links, parser.frames
        self.without_scripts = parser.without_scripts
        self.text = " ".join(" ".join(parser.words).split())

    def form(self, *, action: str = "", button: str = "") -> Form:
        """Return the first form whose address and buttons match these patterns."""
        for form in self.forms:
            if re.search(action, form.action or self.url) and re.search(button, form.text, re.IGNORECASE):
                return form
        raise JourneyError(f"{self.url} ({self.status}) has no form {action or button!r}: {self.text[:400]}")

    def link(self, text: str = "", *, href: str = "") -> str:
        """Return the address of the first link with this text, or whose address matches."""
        for target, label in self.links:
            if text.lower() in label.lower() and re.search(href, target):
                return urljoin(self.url, target)
        raise JourneyError(f"{self.url} ({self.status}) has no link {text or href!r}: {self.text[:400]}")


class LoopbackPolicy(DefaultCookiePolicy):
    """Lets `Secure` cookies go over plain http.

    The mark is taken off when a cookie comes in: requests sends from copies of the jar that have a policy of their own.
    """

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        cookie.secure = False
        return super().set_ok(cookie, request)


class Browser:
    """One person's browser."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False  # the LMS is on this machine, whatever proxies this machine has
        self._session.cookies = RequestsCookieJar(policy=LoopbackPolicy())

    def get(self, url: str, *, status: int = 200) -> Page:
        """Open an address and follow what submits itself; any other status than the expected one is an error."""
        return self._settle(self._session.get(url, timeout=TIMEOUT), status)

    def submit(self, page: Page, form: Form, values: Mapping[str, Value] | None = None, *, status: int = 200) -> Page:
        """Fill in a form and send it, by its first button unless one is named; an empty list leaves a field out."""
        data: dict[str, Value] = {**form.fields, **(values or {})}
        if form.buttons and form.buttons[0][0] and not any(name in data for name, _, _ in form.buttons):
            data[form.buttons[0][0]] = form.buttons[0][1]
        url = urljoin(page.url, form.action)
        if form.method == "post":
            response = self._session.post(url, data=data, timeout=TIMEOUT)
        else:
            response = self._session.get(url, params=data, timeout=TIMEOUT)
        return self._settle(response, status)

    def post(self, url: str, values: Mapping[str, Value] | None = None, *, status: int = 200) -> Page:
        """Send values to an address."""
        return self._settle(self._session.post(url, data=dict(values or {}), timeout=TIMEOUT), status)

    def json(self, url: str) -> Any:
        """Return what an address answers in JSON."""
        return self._session.get(url, timeout=TIMEOUT).json()

    def _settle(self, response: requests.Response, status: int) -> Page:
        page = Page(response)
        if page.status == status and page.without_scripts:
            return self.get(urljoin(page.url, page.without_scripts[0]), status=status)
        for form in page.forms:
            if form.method == "post" and SELF_SUBMITTING & form.fields.keys():
                return self.submit(page, form, status=status)
        if page.status != status:
            raise JourneyError(f"{page.url} answered {page.status}, not {status}: {page.text[:600]}")
        return page
