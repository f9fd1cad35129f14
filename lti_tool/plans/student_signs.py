"""What makes a text look as if it named a student. It only warns: whoever wrote the text knows better.

Each pattern looks at most a fixed number of characters ahead, so that a long text takes no longer than it is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby

from lti_tool.plans.common_terms import BEGINNINGS, COMMON_TERMS


class Sign(StrEnum):
    """Something that a statement about students as a whole has no need of."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    NAME_AND_NUMBER = "name_and_number"
    STUDENT_NUMBER = "student_number"
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
_SMALL_STREET = r"(?:street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd)"
_NO_STREET = (
    r"(?:a|an|and|at|by|down|for|from|in|into|less|more|new|of|off|on|or|out|over|per|than|that|the|their|to|up|with"
    r"|books?|cars?|children|classes|cyclists?|days?|each|families|feet|hours?|houses|kids|learners?|miles?|minutes?"
    r"|percent|pupils?|steps?|students?|times?|weeks?|words?|years?)"
)
"""Words between a number and a street by which no house is meant."""
_DIRECTION = r"(?:(?:[NSEW]|[NS][EW]|north|south|east|west)\.? )?"

PATTERNS: dict[Sign, re.Pattern[str]] = {
    Sign.EMAIL: re.compile(r"\w@[\w-]{1,63}\.\w"),
    Sign.PHONE: re.compile(
        r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])"
        r"|(?<!\w)\+\d(?:[ .-]?\d){8,13}(?!\w)"
    ),
    Sign.ADDRESS: re.compile(
        rf"\b\d{{1,5}}[A-Z]? (?:{_NAME} ){{1,3}}{_STREET}\b|(?i:\bp\.? ?o\.? ?box #?\d{{1,6}}\b)"
        rf"|\b(?i:\d{{1,5}}[a-z]? {_DIRECTION}(?:(?!{_NO_STREET}\b)[\w'\u2019-]{{2,20}} ){{1,2}}{_SMALL_STREET})\b"
    ),
    Sign.BIRTH_DATE: re.compile(rf"{_BORN}[^\n]{{0,20}}?{_DAY}|{_TWO_NAMES},? \(?{_DAY}"),
    Sign.NAME_AND_NUMBER: re.compile(rf"{_TWO_NAMES}[,:]? ?[(\[]?(?:{_NUMBER}|[A-Z]{{0,2}}\d{{5,12}}\b)"),
    Sign.STUDENT_NUMBER: re.compile(
        r"(?i:\b(?:student|pupil|learner)\W{1,3}(?!(?:19|20)\d\d\b)|(?:\bi\.?d\b|#)\W{0,3}"
        r"|\b(?:student|pupil|learner) (?:number|no)\W{1,3})[A-Za-z]{0,2}-?\d{3,12}\b"
    ),
    Sign.LONG_NUMBER: re.compile(r"(?<![\d.,])\d{6,20}(?![\d%])"),
}

_OWN_NAME = rf"{_NAME}(?:-{_NAME})?(?!\w)"
CAPITALISED = re.compile(rf"\b{_OWN_NAME}(?: (?:[A-Z]\. )?{_OWN_NAME}){{1,6}}")
"""Two words or more with a capital letter each: a name, or a term."""
LONGEST_NAME = 3
_PERSONAL = (
    r"(?:cannot|can't|can|could(?:n't)?|does(?:n't)?|reads|writes|spells|counts|struggles|refuses|needs|guesses|knows"
    r"|wants|sits|hides|speaks|talks|asks|answers|misses|missed|skips|forgets|(?:fell|falls) behind|(?:gave|gives) up)"
)
SINGLE = (
    re.compile(rf"(?:^|[ (])[a-zà-ÿ'\u2019-]{{1,30}}[,;]? ({_OWN_NAME})(?! {_NAME})(?! [A-Z]\.)"),
    re.compile(rf"(?:^|[.!?\n] {{0,2}})({_OWN_NAME})(?= {_PERSONAL}\b)"),
    re.compile(rf"\b({_OWN_NAME}) [A-Z]\.(?!\w)"),
    re.compile(rf"(?<![\w.])[A-Z]\. ({_OWN_NAME})"),
)
_AFTER_INITIAL = SINGLE[-1]
_TERMS_AND_NAMES = frozenset(
    {"black", "brown", "church", "hall", "hill", "lake", "may", "park", "west", "white", "young"}
)
"""Terms that are no terms after an initial."""
"""One word that may be a name: amid a sentence, at its beginning before what only somebody does, with an initial."""
TURNED = (re.compile(rf"\b({_OWN_NAME}), ({_OWN_NAME})"), re.compile(r"\b([A-Z]{3,20}), ([A-Z]{3,20})\b"))
"""A family name, a comma and a given name."""
_OF_STAFF = re.compile(r"\b(?:Ms|Mrs|Mr|Mx|Dr|Coach|Principal|Professor)\.? $")
_BEGINS_SENTENCE = re.compile(r"(?:^|[.!?:;\n\u2022-])[\s\"'(\u201c]{0,4}$")
_GOES_ON = re.compile(rf"(?:['\u2019]s?)? {_SMALL}{{2}}|['\u2019]s ")


def signs_of_student(text: str) -> list[Sign]:
    """Return what in a text looks as if it named a student; nothing in most texts."""
    return [sign for sign, pattern in PATTERNS.items() if pattern.search(text)]


def names_in(text: str) -> list[str]:
    """Return what in a text may be the name of a person: words with capitals that are no common terms.

    It is worth a question and no more: a term that is not known here looks like a name.
    """
    runs = [run for run in CAPITALISED.finditer(text) if _is_no_title(text, run.start(), run.end())]
    long = [name for run in runs for name in _names_among(run.group().split())]
    turned = [found.group() for pattern in TURNED for found in pattern.finditer(text) if _is_turned(found)]
    known = " ".join((*long, *turned))
    short = [name for name in _single_names(text) if name not in known]
    return list(dict.fromkeys((*long, *turned, *short)))


def _single_names(text: str) -> Iterator[str]:
    found = (match for pattern in SINGLE for match in pattern.finditer(text))
    runs = (run for run in CAPITALISED.finditer(text) if _is_no_title(text, run.start(), run.end()))
    after_opening = (run for run in runs if _opens_with_a_term(run.group().split()))
    for match in (*found, *after_opening):
        name = match.group(match.lastindex or 0).split()[-1]
        is_of_staff = _OF_STAFF.search(text, max(match.start(match.lastindex or 0) - 12, 0), match.start())
        is_initialled = match.re is _AFTER_INITIAL and name.casefold() in _TERMS_AND_NAMES
        if is_initialled or not (_is_term(name) or is_of_staff or _is_no_person(name)):
            yield _plain(name)


def _opens_with_a_term(words: list[str]) -> bool:
    """Return whether only the word that begins a sentence stands before one name: "When Ida speaks"."""
    return len(words) == 2 and words[0].casefold() in BEGINNINGS


def _is_turned(found: re.Match[str]) -> bool:
    return not any(_is_term(name) or _is_no_person(name) for name in found.groups())


def _is_no_person(name: str) -> bool:
    """Return whether a word ends as what is no person does, and few given names do."""
    return bool(re.search(r"(?:tion|sion|ment|ness|ity|ance|ence|ing|ship|ism|ics|ary|ese)s?$", name))


def _names_among(words: list[str]) -> Iterator[str]:
    for is_term, group in groupby(words, key=_is_term):
        name = list(group)
        if not is_term and 1 < len(name) <= LONGEST_NAME:
            yield _plain(" ".join(name))


def _plain(name: str) -> str:
    return name.removesuffix("'s").removesuffix("\u2019s")


def _is_no_title(text: str, start: int, end: int) -> bool:
    """Return whether capitals do not only begin a sentence, or write a title: there, a verb has to follow."""
    return not _BEGINS_SENTENCE.search(text, max(start - 6, 0), start) or bool(_GOES_ON.match(text, end))


def _is_term(word: str) -> bool:
    plain = word.casefold().replace("\u2019", "'").removesuffix("'s").removesuffix("'")
    return plain in COMMON_TERMS or any(part in COMMON_TERMS for part in plain.split("-"))
