"""What the tool asks an LMS for, in words, and what is lost without each of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext

from lti_tool.launch import names
from lti_tool.lms.platform import Scope


@dataclass(frozen=True, slots=True)
class GrantWords:
    """One scope as an administrator reads it."""

    allows: LazyString
    lost: LazyString


WORDS = {
    Scope.SCORE: GrantWords(
        lazy_gettext("send completions to the gradebook"),
        lazy_gettext("Without the score scope completions cannot be returned to the gradebook."),
    ),
    Scope.LINE_ITEM: GrantWords(
        lazy_gettext("make its own columns in the gradebook"),
        lazy_gettext("Without the line item scope a column has to be placed by deep linking in each course."),
    ),
    Scope.LINE_ITEM_READ: GrantWords(
        lazy_gettext("see its own columns in the gradebook"),
        lazy_gettext("Without reading line items a column that was renamed or removed goes unnoticed."),
    ),
    Scope.RESULT_READ: GrantWords(
        lazy_gettext("read back what it sent to the gradebook"),
        lazy_gettext("Without reading results nobody can confirm that a completion arrived."),
    ),
    Scope.MEMBERSHIP_READ: GrantWords(
        lazy_gettext("read who is in a course that was marked as professional learning"),
        lazy_gettext("Without the roster the tool knows only those who opened it themselves."),
    ),
    Scope.NOTICE_HANDLERS: GrantWords(
        lazy_gettext("be told when a course is copied, where the LMS offers that"),
        lazy_gettext("Without notices the tool learns of a copied course when somebody opens it there."),
    ),
}


def scope_words() -> list[LazyString]:
    """Return what the tool asks for."""
    return [WORDS[scope].allows for scope in Scope]


def granted_words(granted: Iterable[str]) -> list[LazyString]:
    """Return what the LMS granted."""
    held = _held(granted)
    return [WORDS[scope].allows for scope in Scope if scope in held]


def lost_scopes(granted: Iterable[str]) -> Sequence[LazyString]:
    """Return what is lost, in words, because the LMS did not grant it."""
    held = _held(granted)
    return [WORDS[scope].lost for scope in names.ASKED_SCOPES if scope not in held]


def _held(granted: Iterable[str]) -> set[str]:
    """Return the scopes held; one who may write line items may read them."""
    held = set(granted)
    return held | {Scope.LINE_ITEM_READ} if Scope.LINE_ITEM in held else held
