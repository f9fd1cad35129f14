"""Statements as pages show them: authors write emphasis, lists and tables as Markdown, or leave HTML in the text.

Nothing of it is taken as HTML. What is simple is shown as it is meant, and the rest as the words it holds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from markupsafe import Markup, escape

TAGS = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|i|u|em|strong|sub|sup|a|h[1-6]|table|tr|td|th|tbody)\b[^<>]*>", re.IGNORECASE
)
BREAKS = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
RULE = re.compile(r"\|?[\s|:-]*-{3}[\s|:-]*")
LIST_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+(.*)")
STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
EMPHASIS = re.compile(r"(?<![\w*_\\])([*_])(?=[^\s*_])([^<>]+?)(?<=[^\s*_\\])\1(?![\w*_])")
"""Of one line, and never across a tag: what begins within bold words ends there."""


def plain_statement(statement: str) -> str:
    """Return a statement as words alone, in one line."""
    return " ".join(_without_marks(line) for line in _lines(statement))


def shown_statement(statement: str) -> Markup:
    """Return a statement with its emphasis and its lines, and with everything else escaped."""
    shown = []
    for line in _lines(statement):
        strong = STRONG.sub(r"<strong>\2</strong>", str(escape(line)))
        shown.append(EMPHASIS.sub(r"<em>\2</em>", strong))
    return Markup("<br>").join(Markup(line) for line in shown)  # noqa: S704 - escaped above, tags of ours alone added


def _without_marks(line: str) -> str:
    return EMPHASIS.sub(r"\2", STRONG.sub(r"\2", line))


def _lines(statement: str) -> Iterator[str]:
    """Yield the lines that say something, without the marks of headings, lists and tables."""
    text = html.unescape(TAGS.sub("", BREAKS.sub("\n", statement)))
    for line in text.splitlines():
        said = line.strip().lstrip("#").strip() if line.strip().startswith("#") else line.strip()
        if RULE.fullmatch(said):
            continue
        if said.startswith("|") and said.endswith("|") and len(said) > 1:
            said = " · ".join(cell.strip() for cell in said.strip("|").split("|"))
        item = LIST_ITEM.fullmatch(said)
        if item and not said[0].isdigit():
            said = f"• {item[1]}"
        if said:
            yield said
