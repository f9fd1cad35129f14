"""Tables of completions and scores, and of the letters that tell of them."""

from __future__ import annotations

from lti_tool.grades.models.completions import (
    ASKS_SOMEBODY,
    Completion,
    CompletionSource,
    CompletionStep,
    CompletionTurn,
    HeldWhy,
)
from lti_tool.grades.models.letters import (
    AlertSettings,
    Frequency,
    Reminder,
)
from lti_tool.grades.models.scores import (
    DIFFERS,
    DISCREPANCIES,
    IS_WAITING,
    ITEM_GONE,
    PERSON_LEFT,
    Resend,
    Score,
    ScoreKind,
    ScoreState,
    ScoreStep,
    ScoreTurn,
    StrayResult,
)

__all__ = [
    "ASKS_SOMEBODY",
    "DIFFERS",
    "DISCREPANCIES",
    "IS_WAITING",
    "ITEM_GONE",
    "PERSON_LEFT",
    "AlertSettings",
    "Completion",
    "CompletionSource",
    "CompletionStep",
    "CompletionTurn",
    "Frequency",
    "HeldWhy",
    "Reminder",
    "Resend",
    "Score",
    "ScoreKind",
    "ScoreState",
    "ScoreStep",
    "ScoreTurn",
    "StrayResult",
]
