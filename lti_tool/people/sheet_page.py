"""The page on which a table is brought: its lines are looked at first, and recorded then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from flask import redirect, request
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.people.sheets import CHANGED, decode_sheet, digest_of


class SheetLine(Protocol):
    """A line of a table, of which its feature knows whether it can be recorded."""

    @property
    def is_ready(self) -> bool: ...


Line = TypeVar("Line", bound=SheetLine)
Render = Callable[..., str]


def look_then_record(
    render: Render, match: Callable[[str], Sequence[Line]], record: Callable[[Sequence[Line]], object], done: str
) -> ResponseReturnValue:
    """Show what the lines of a file mean here, and record them once somebody has looked at just these."""
    if request.method == "GET":
        return _page(render)
    try:
        text = _given_text()
        lines = match(text)
    except InvalidInputError as error:
        return _page(render, problem=error.message), error.status
    looked_at = request.form.get("looked_at", "")
    if looked_at != digest_of(lines):
        return _page(render, text, lines, problem=CHANGED if looked_at else "")
    record(lines)
    return redirect(done, 303)


def _given_text() -> str:
    file = request.files.get("file")
    return decode_sheet(file.stream.read()) if file else request.form.get("text", "")


def _page(render: Render, text: str = "", lines: Sequence[SheetLine] = (), problem: str = "") -> str:
    return render(
        text=text,
        looked_at=digest_of(lines),
        ready=[each for each in lines if each.is_ready],
        others=[each for each in lines if not each.is_ready],
        problem=problem,
    )
