"""The telling words of a goal."""

from __future__ import annotations

import re
from functools import lru_cache

LETTERS = re.compile(r"[^\W\d_]{3,}")
SAID_BY_EVERYBODY = frozenset((
    "the", "and", "for", "with", "that", "this", "from", "into", "have", "has", "had", "are", "was", "were",
    "will", "would", "can", "could", "should", "may", "might", "must", "not", "but", "his", "her", "their",
    "its", "our", "your", "they", "them", "who", "whom", "which", "what", "when", "where", "how", "why", "all",
    "any", "each", "every", "more", "most", "some", "such", "than", "then", "there", "these", "those", "been",
    "being", "about", "after", "before", "between", "during", "other", "only", "own", "same", "too", "very",
    "also", "my", "one", "two", "three", "use", "using", "used", "goal", "goals", "work", "working", "want",
    "want", "improve", "better", "year", "school", "student", "students", "learner", "learners", "teacher",
    "teachers", "educator", "educators", "class", "classes", "lesson", "lessons",
))  # fmt: skip


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """Return the telling words of a text in their order, plural endings cut off."""
    found = (_stem(word) for word in LETTERS.findall(text.casefold()) if word not in SAID_BY_EVERYBODY)
    return tuple(found)


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
