"""Reading a large JSON file part by part, so that a framework of many megabytes needs little memory.

Real packages come wrapped: under `CFPackage`, as a list of one, within `data`. Whatever is around the document, its
items and its associations is passed over.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from json import JSONDecodeError
from typing import IO, Any, Protocol

from lti_tool.errors import InvalidInputError

CHUNK = 1 << 16
DEEPEST_WRAPPER = 6
LISTS = ("CFItems", "CFAssociations")
DOCUMENT = "CFDocument"
PASSED_OVER = ("CFDefinitions", "CFRubrics", "extensions")
NOT_A_PACKAGE = "This file is not a CASE package."
HOW_TO_EXPORT = "Export the framework from its CASE server as JSON (…/CFPackages/…) and choose that file."


class Readable(Protocol):
    """What bytes are read from until there are none."""

    def read(self, size: int, /) -> bytes: ...


Part = tuple[str, Any]
"""`CFDocument`, `CFItems` or `CFAssociations`, and the document or one element of the list."""


def package_parts(stream: IO[bytes]) -> Iterator[Part]:
    """Yield the parts of a CASE package as they come; raise `InvalidInputError` where the file is no JSON."""
    text = JsonText(stream)
    last = ""
    try:
        for part in _parts(text, "", 0):
            last = _where(part, last)
            yield part
        text.take("")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{NOT_A_PACKAGE} It is no text in UTF-8. {HOW_TO_EXPORT}") from error
    except JSONDecodeError as error:
        raise InvalidInputError(f"{NOT_A_PACKAGE} It is no complete JSON{last}. {HOW_TO_EXPORT}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"This file holds a number that is too long, or too many lists within each other{last}. "
            "Correct the next one and import it again."
        ) from error


def _where(part: Part, last: str) -> str:
    kind, value = part
    if kind != "CFItems" or not isinstance(value, dict):
        return last
    return f"; the last item that could be read is {value.get('humanCodingScheme') or value.get('identifier')}"


class JsonText:
    """The text of a file, with a window that moves over it."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._scan = json.JSONDecoder().raw_decode
        self._window, self._at, self._ended = "", 0, False

    def peek(self) -> str:
        """Return the next character that is no white space, or nothing at the end."""
        while True:
            while self._at < len(self._window):
                if not self._window[self._at].isspace():
                    return self._window[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._read_on(CHUNK)

    def take(self, *expected: str) -> str:
        """Return the next character and go past it; it has to be one of these, of which nothing means the end."""
        found = self.peek()
        if found not in expected:
            raise JSONDecodeError(f"One of {expected} was expected.", self._window, self._at)
        self._at += 1
        return found

    def value(self) -> Any:
        """Return the JSON value that comes next, and go past it."""
        self.peek()
        size = CHUNK
        while True:
            try:
                found, end = self._scan(self._window, self._at)
            except JSONDecodeError:
                if self._ended:
                    raise
            else:
                if end < len(self._window) or self._ended:
                    self._at = end
                    return found
            self._read_on(size)
            size *= 2  # so that a very long value is not begun again too often

    def _read_on(self, size: int) -> None:
        chunk = self._stream.read(size)
        self._ended = not chunk
        self._window = self._window[self._at :] + self._decoder.decode(chunk, final=self._ended)
        self._at = 0


def _parts(text: JsonText, name: str, depth: int) -> Iterator[Part]:
    """Yield what is within the next value, whose name is known."""
    begins = text.peek()
    if name == DOCUMENT:
        yield name, text.value()
    elif name in LISTS and begins == "[":
        for _ in elements(text, "]"):
            yield name, text.value()
    elif begins == "{" and depth < DEEPEST_WRAPPER and name not in PASSED_OVER:
        for _ in elements(text, "}"):
            key = text.value()
            text.take(":")
            yield from _parts(text, key, depth + 1)
    elif begins == "[" and depth < DEEPEST_WRAPPER and name not in PASSED_OVER:
        for _ in elements(text, "]"):
            yield from _parts(text, "", depth + 1)
    else:
        text.value()


def elements(text: JsonText, end: str) -> Iterator[None]:
    """Go from element to element of a list or an object; the caller reads each."""
    text.take("[" if end == "]" else "{")
    if text.peek() == end:
        text.take(end)
        return
    while True:
        yield
        if text.take(",", end) == end:
            return
