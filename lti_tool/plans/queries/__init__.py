"""Reads of plans: a person's own goals, the goals that colleagues declared, and the courses to choose from."""

from __future__ import annotations

from lti_tool.plans.queries.colleagues import (
    BOARD_PAGE,
    Board,
    BoardFilter,
    LikeGoal,
    board_choices,
    declared_goals,
    goal_board,
    like_goals,
    works_near,
)
from lti_tool.plans.queries.courses import CourseChoice, course_choices, demand_of
from lti_tool.plans.queries.own import goal_of, goals_counting, goals_of, reach_of, try_of

__all__ = [
    "BOARD_PAGE",
    "Board",
    "BoardFilter",
    "CourseChoice",
    "LikeGoal",
    "board_choices",
    "course_choices",
    "declared_goals",
    "demand_of",
    "goal_board",
    "goal_of",
    "goals_counting",
    "goals_of",
    "like_goals",
    "reach_of",
    "try_of",
    "works_near",
]
