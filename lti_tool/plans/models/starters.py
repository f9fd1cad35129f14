"""The five shapes of plans that ship, in our own words; a district changes them as it likes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from lti_tool.plans.models.templates import RATIONALE_SLOTS, ApprovalRule, Collaboration, TemplateVersion

FIRST_OF_JULY = {"start_month": 7, "start_day": 1}
DEFAULT_KEY = "annual"

GUIDE = (
    "Good feedback names a place in the plan and says what you understood there. Ask before you advise. When something"
    " has to change, say what would be enough. Praise what the educator can do again on purpose. Judge the plan, never"
    " the person, and leave every word of it to its owner."
)

STARTERS: Mapping[str, Mapping[str, Any]] = {
    DEFAULT_KEY: {
        **FIRST_OF_JULY,
        "name": "Annual growth plan",
        "description": "Two to four goals for a school year. Your supervisor reads it at the beginning, in the middle"
        " and at the end.",
        "months": 12, "approval": ApprovalRule.SUPERVISOR, "fewest_goals": 2, "most_goals": 4, "has_mid_year": True,
        "hours_target": Decimal(20), "reviewer_guide": GUIDE,
    },
    "licence": {
        **FIRST_OF_JULY,
        "name": "Licence cycle plan",
        "description": "Three goals for a licence of five years. A committee of the district agrees to them before"
        " hours count toward the licence.",
        "months": 60, "approval": ApprovalRule.COMMITTEE, "reviewers": 3, "quorum": 2, "review_days": 30,
        "fewest_goals": 3, "most_goals": 5, "hours_target": Decimal(180), "hours_yearly_cap": Decimal(60),
        "reviewer_guide": GUIDE + " As a committee, read for one thing: would this learning serve the educator's"
        " students and the district over five years?",
    },
    "peers": {
        **FIRST_OF_JULY,
        "name": "Peer-verified plan",
        "description": "Three colleagues whom you name read your plan; two of them have to agree, at the beginning and"
        " at the end. Learning with others is a part of it.",
        "months": 24, "approval": ApprovalRule.PEERS, "reviewers": 3, "quorum": 2,
        "collaboration": Collaboration.REQUIRED, "fewest_evidence": 3, "fewest_standards": 2,
        "reviewer_guide": GUIDE + " You are a colleague here, not a supervisor: what you read stays between you.",
    },
    "colleague": {
        **FIRST_OF_JULY,
        "name": "Colleague-reviewed plan",
        "description": "One goal from July to June. A colleague with a certificate reads it; 25 hours are given when"
        " it is closed.",
        "months": 12, "approval": ApprovalRule.COLLEAGUE, "hours_award": Decimal(25), "fewest_evidence": 1,
        "reviewer_guide": GUIDE,
    },
    "support": {
        "name": "Support plan",
        "description": "Time-boxed help with one thing, at most 180 days. Only its owner and the one named reader see"
        " it; it is never declared, matched or counted.",
        "months": 6, "most_days": 180, "approval": ApprovalRule.SUPERVISOR, "review_days": 7, "fewest_goals": 1,
        "most_goals": 2, "has_mid_year": True, "collaboration": Collaboration.NONE, "is_restricted": True,
        "reviewer_guide": GUIDE + " Say which help you will give, by when, and keep to it.",
    },
}  # fmt: skip


@cache
def standard_rules() -> TemplateVersion:
    """Return the rules of a plan that began before there were templates: those of the annual one, in no database."""
    defaults = {
        column.key: column.default.arg
        for column in TemplateVersion.__table__.columns
        if column.default is not None and column.default.is_scalar
    }
    return TemplateVersion(**{**defaults, "rationale_slots": list(RATIONALE_SLOTS), **STARTERS[DEFAULT_KEY]})
