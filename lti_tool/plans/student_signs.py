"""What makes a text look as if it named a student. It only warns: whoever wrote the text knows better.

Each pattern looks at most a fixed number of characters ahead, so that a long text takes no longer than it is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby

from lti_tool.plans.common_terms import COMMON_TERMS


class Sign(StrEnum):
    """Something that a statement about students as a whole has no need of."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    NAME_AND_NUMBER = "name_and_number"
    LONG_NUMBER = "long_number"


_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DAY = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d"
    rf"|{_MONTH} \d{{1,2}},? (?:19|20)\d\d|\d{{1,2}}\.? {_MONTH} (?:19|20)\d\d)"
)
_BORN = r"(?i:\bborn\b|\bbirth ?da(?:y|te)\b|\bdate of birth\b|\bd\.?o\.?b\b)"
_SMALL = r"[a-zà-öø-ÿ'\u2019-]"
_NAME = rf"[A-ZÀ-ÖØ-Þ]{_SMALL}{{0,3}}[A-ZÀ-ÖØ-Þ]?{_SMALL}{{1,20}}"
_TWO_NAMES = rf"\b{_NAME},? (?:[A-Z]\. )?{_NAME}"
_NUMBER = r"(?i:(?:student )?\b(?:id|number|no|sis)\b\.?:? ?#? ?|#)[A-Z]{0,2}\d{3,12}\b"
_STREET = r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Terrace|Circle|Highway)"

PATTERNS: dict[Sign, re.Pattern[str]] = {
    Sign.EMAIL: re.compile(r"\w@[\w-]{1,63}\.\w"),
    Sign.PHONE: re.compile(
        r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])"
        r"|(?<!\w)\+\d(?:[ .-]?\d){8,13}(?!\w)"
    ),
    Sign.ADDRESS: re.compile(rf"\b\d{{1,5}}[A-Z]? (?:{_NAME} ){{1,3}}{_STREET}\b"),
    Sign.BIRTH_DATE: re.compile(rf"{_BORN}[^\n]{{0,20}}?{_DAY}|{_TWO_NAMES},? \(?{_DAY}"),
    Sign.NAME_AND_NUMBER: re.compile(
        rf"{_TWO_NAMES}[,:]? ?[(\[]?(?:{_NUMBER}|[A-Z]{{0,2}}\d{{5,12}}\b)|(?i:\b(?:student|pupil) ?){_NUMBER}"
    ),
    Sign.LONG_NUMBER: re.compile(r"(?<![\d.,])\d{6,20}(?![\d%])"),
}

_OWN_NAME = rf"{_NAME}(?:-{_NAME})?(?!\w)"
CAPITALISED = re.compile(rf"\b{_OWN_NAME}(?: (?:[A-Z]\. )?{_OWN_NAME}){{1,6}}")
"""Two words or more with a capital letter each: a name, or a term."""
LONGEST_NAME = 3
_BEGINS_SENTENCE = re.compile(r"(?:^|[.!?:;\n\u2022-])[\s\"'(\u201c]{0,4}$")
_GOES_ON = re.compile(rf"(?:['\u2019]s?)? {_SMALL}{{2}}|['\u2019]s ")


def signs_of_student(text: str) -> list[Sign]:
    """Return what in a text looks as if it named a student; nothing in most texts."""
    return [sign for sign, pattern in PATTERNS.items() if pattern.search(text)]


def names_in(text: str) -> list[str]:
    """Return what in a text may be the name of a person: words with capitals that are no common terms.

    It is worth a question and no more: a term that is not known here looks like a name.
    """
    runs = (run for run in CAPITALISED.finditer(text) if _is_no_title(text, run.start(), run.end()))
    return list(dict.fromkeys(name for run in runs for name in _names_among(run.group().split())))


def _names_among(words: list[str]) -> Iterator[str]:
    for is_term, group in groupby(words, key=_is_term):
        name = list(group)
        if not is_term and 1 < len(name) <= LONGEST_NAME:
            yield " ".join(name).removesuffix("'s").removesuffix("\u2019s")


def _is_no_title(text: str, start: int, end: int) -> bool:
    """Return whether capitals do not only begin a sentence, or write a title: there, a verb has to follow."""
    return not _BEGINS_SENTENCE.search(text, max(start - 6, 0), start) or bool(_GOES_ON.match(text, end))


def _is_term(word: str) -> bool:
    plain = word.casefold().replace("\u2019", "'").removesuffix("'s").removesuffix("'")
    return plain in COMMON_TERMS or any(part in COMMON_TERMS for part in plain.split("-"))
