"""Writes of plans, one file per part: goals, the courses that count toward them, declarations."""

from __future__ import annotations

from lti_tool.plans.operations.courses import (
    ask_lms,
    link_course,
    record_course_completion,
    reflect,
    start_try,
    unlink_course,
    withdraw_course_completion,
)
from lti_tool.plans.operations.declarations import CardWords, declare_goal, withdraw_declaration
from lti_tool.plans.operations.goals import GoalWords, change_goal, create_goal, meet_goal, reopen_goal

__all__ = [
    "CardWords",
    "GoalWords",
    "ask_lms",
    "change_goal",
    "create_goal",
    "declare_goal",
    "link_course",
    "meet_goal",
    "record_course_completion",
    "reflect",
    "reopen_goal",
    "start_try",
    "unlink_course",
    "withdraw_course_completion",
    "withdraw_declaration",
]
