"""The only way out to an LMS, and the only place that makes the five classes of LMS errors.

Nothing is trusted that came from outside: an address is called by https alone and only where its name resolves to
public addresses, unless its host is one of the private hosts of the settings. The connection goes to the very address
that was checked, redirects are not followed, answers have a largest size and a longest time. Messages carry the host
and the status, never a body, a token or a query.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import certifi
from requests.utils import parse_header_links
from urllib3 import exceptions as transport
from urllib3.response import BaseHTTPResponse
from urllib3.util import make_headers

from lti_tool.db import is_storable, utc_now
from lti_tool.errors import (
    LMSAccessError,
    LMSError,
    LMSRejectedError,
    LMSStrangeError,
    LMSThrottledError,
    LMSUnavailableError,
)
from lti_tool.lms.guard import GuardedPools, checked_addresses
from lti_tool.lms.throttling import note_answer

Body = str | bytes | Mapping[str, str] | None
"""What is sent; a mapping is a form."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DEFAULT_HEADERS = {**make_headers(accept_encoding=True, user_agent="LikeGoals/0.1 (LTI 1.3 tool)"), "Accept": "*/*"}
LARGEST_ANSWER = 10 * 1024 * 1024
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
"""Whatever an LMS names when it throttles: some name no time at all, and some clocks are behind."""
NOT_JSON = "The LMS sent a page in place of data, as under maintenance. It is tried again by itself."
THROTTLE_PAUSE = timedelta(seconds=60)
"""What empties Canvas's bucket of 600 at 10 a second; it names no time itself (request_throttle.rb)."""


class TokenRefusedError(LMSAccessError):
    """The LMS no longer lets the tool in. An administrator must renew the connection."""


class StaleScoreError(LMSRejectedError):
    """The LMS has a score as new as this one already. What it holds has to be read back."""


class CourseConcludedError(LMSRejectedError):
    """The course has ended in the LMS, which answers nothing about its gradebook any more."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer of this status (0: any) whose reason and body match this pattern means, and what to do."""

    status: int
    pattern: str
    error: type[LMSError]
    message: str

    def matches(self, status: int, text: str) -> bool:
        return self.status in (0, status) and re.search(self.pattern, text, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of an LMS."""

    url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The reason phrase and the start of the body: Moodle explains itself in the former alone."""
        return f"{self.reason}\n{self.body[:4000].decode(errors='replace')}"

    def json(self) -> Any:
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise LMSStrangeError(NOT_JSON, http_status=self.status) from None
        if not is_storable(found):
            raise LMSRejectedError("The LMS sent characters that cannot be kept.", http_status=self.status)
        return found

    @property
    def is_page(self) -> bool:
        """Whether it is a page for people, as a proxy puts in the place of an LMS under maintenance."""
        return self.body.lstrip()[:1] == b"<"

    @property
    def next_url(self) -> str | None:
        """The address of the next page as the LMS wrote it, or None."""
        return linked(self.headers, "next")


def linked(headers: Mapping[str, str], relation: str) -> str | None:
    """Return the address that an answer's headers link to as this relation (RFC 8288), as the LMS wrote it.

    A header that came in several lines is one, joined by commas (RFC 9110 §5.3).
    """
    header = next((headers[name] for name in headers if name.lower() == "link"), "")
    links = parse_header_links(header)
    return next((link["url"] for link in links if relation in link.get("rel", "").lower().split()), None)


class Gateway:
    """Sends requests to LMSs; safe to share between threads."""

    def __init__(
        self,
        private_hosts: Iterable[str] = (),
        *,
        time_outs: tuple[float, float] = (5.0, 20.0),
        longest: float = 60.0,
        largest: int = LARGEST_ANSWER,
        trusted: str = certifi.where(),
    ) -> None:
        """Make one; `trusted` is a file of the certificates to trust, where these are not the usual ones."""
        self._longest, self._largest = longest, largest
        self._private_hosts = frozenset(host.lower() for host in private_hosts)
        self._pools = GuardedPools(self._private_hosts, time_outs, trusted)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Body = None,
        params: Iterable[tuple[str, str]] = (),
        rules: Iterable[Rule] = (),
    ) -> Answer:
        """Return the answer of success (2xx); raise the `LMSError` that the first matching rule names otherwise."""
        answer = self._exchange(method, with_query(url, params), headers, data)
        note_answer(answer.status, answer.headers)
        if 200 <= answer.status < 300:
            return answer
        raise error_for(answer.status, answer.text, rules, answer.headers)

    def check_address(self, url: str) -> None:
        """Raise an `LMSError` when the guard would not let this address be called; nothing is sent."""
        parts = urlsplit(url)
        host, is_private = parts.hostname or "", (parts.hostname or "").lower() in self._private_hosts
        if parts.scheme != "https" and not (is_private and parts.scheme == "http"):
            raise LMSRejectedError(f"{host} is only called by https.")
        try:
            checked_addresses(host, parts.port or 443, is_private_host=is_private)
        except (OSError, UnicodeError):
            raise LMSUnavailableError(f"{host} is not known on the internet.") from None

    def get_json(self, url: str, *, headers: Mapping[str, str] | None = None) -> Any:
        """Return the JSON that is found at an address."""
        return self.send("GET", url, headers={"Accept": "application/json", **(headers or {})}).json()

    def _exchange(self, method: str, url: str, headers: Mapping[str, str] | None, body: Body) -> Answer:
        """Send with nothing between the tool and its connections: what requests adds costs more than the rest of it."""
        host = _host_of(url)
        try:
            with self._open(method, url, headers, body) as response:
                return Answer(url, response.status, response.reason or "", response.headers, self._read(response))
        except ValueError:  # of the address or of a header
            raise LMSRejectedError(f"The address at {host} cannot be called.") from None
        except transport.SSLError:
            raise LMSUnavailableError(f"{host} has no certificate that can be trusted.") from None
        except (TimeoutError, transport.TimeoutError):
            raise LMSUnavailableError(f"{host} did not answer in time.") from None
        except transport.HTTPError:
            raise LMSUnavailableError(f"{host} could not be reached, or broke off.") from None

    def _open(self, method: str, url: str, headers: Mapping[str, str] | None, body: Body) -> BaseHTTPResponse:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(url)
        form = FORM if isinstance(body, Mapping) else {}
        sent = {**DEFAULT_HEADERS, **_credentials(url), **form, **(headers or {})}
        content = urlencode(body) if isinstance(body, Mapping) else body
        raw = content.encode() if isinstance(content, str) else content
        return self._pools.urlopen(method, url, redirect=False, preload_content=False, headers=sent, body=raw)

    def _read(self, response: BaseHTTPResponse) -> bytes:
        """Return the body; stop at the largest size and the longest time."""
        ends, body = time.monotonic() + self._longest, bytearray()
        while chunk := response.read1(65536, decode_content=True):  # what is there, so that dripping shows
            body += chunk
            if len(body) > self._largest:
                raise LMSRejectedError("The LMS sent a larger answer than makes sense.", http_status=200)
            if time.monotonic() > ends:
                raise TimeoutError
        return bytes(body)


def _credentials(url: str) -> dict[str, str]:
    """Return the header for a name and a password within an address, as a web hook's may have them."""
    parts = urlsplit(url)
    if not parts.username:
        return {}
    said = make_headers(basic_auth=f"{unquote(parts.username)}:{unquote(parts.password or '')}")
    return {"Authorization": said["authorization"]}


def with_query(url: str, values: Iterable[tuple[str, str]]) -> str:
    """Return an address with more in its query; what is there stays as the LMS wrote it."""
    query, address = urlencode(list(values)), url.partition("#")[0]
    return f"{address}{'&' if '?' in address else '?'}{query}" if query else address


@lru_cache(maxsize=8)
def gateway(private_hosts: frozenset[str]) -> Gateway:
    """Return the gateway that all calls of this process share, so that connections are used again."""
    return Gateway(private_hosts)


def error_for(status: int, text: str, rules: Iterable[Rule] = (), headers: Mapping[str, str] | None = None) -> LMSError:
    """Return the error that an answer means: by the first rule that matches, else by its status alone.

    Where the status tells nothing (Moodle's web services), the text is a code and is named instead.
    """
    rule = next((rule for rule in (*rules, *COMMON) if rule.matches(status, text)), None)
    kind, message = (rule.error, rule.message) if rule else (LMSRejectedError, "The LMS refused this.")
    message = f"{message} ({status if status >= 300 else text[:60]})"
    if issubclass(kind, LMSThrottledError):
        return kind(message, http_status=status, retry_at=_retry_at((headers or {}).get("Retry-After", "")))
    return kind(message, http_status=status)


COMMON = (
    Rule(429, "", LMSThrottledError, "The LMS asked for fewer requests. It is tried again by itself."),
    Rule(403, "Rate Limit Exceeded", LMSThrottledError, "The LMS asked for fewer requests. It is tried again."),
    Rule(401, "", TokenRefusedError, "The LMS no longer lets the tool in. An administrator must renew the connection."),
    Rule(403, "", LMSAccessError, "The LMS no longer lets the tool in. An administrator must renew the connection."),
    Rule(408, "", LMSUnavailableError, "The LMS took too long. It is tried again by itself."),
    *(
        Rule(status, "", LMSUnavailableError, "The LMS has a fault at the moment. It is tried again by itself.")
        for status in (425, *range(500, 600))
    ),
    *(
        Rule(status, "", LMSStrangeError, "The LMS sent the tool to another address, which it does not follow.")
        for status in range(300, 400)
    ),
)


def _retry_at(retry_after: str) -> datetime:
    """Return when to try again; `Retry-After` is seconds or a date (RFC 9110 §10.2.3), and often not there."""
    now = utc_now()
    soonest, latest = now + SHORTEST_WAIT, now + LONGEST_WAIT
    if retry_after.isdecimal():
        return min(max(now + timedelta(seconds=int(retry_after[:9])), soonest), latest)
    try:
        return min(max(parsedate_to_datetime(retry_after), soonest), latest)
    except (TypeError, ValueError):  # no date, or one of no zone
        return now + THROTTLE_PAUSE


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or "The LMS"
    except ValueError:
        return "The LMS"
