"""Going on with a goal that its owner carried over into a later plan."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.teams.models import Commitment, LeftAlone, TeamChange, TeamMember


def follow_goal(db: Session, goal_id: int, goes_on_as: int) -> None:
    """Let teams, and what was found for whoever has none, name the goal as it goes on.

    Its card is private in the later plan, so teammates see it again only once its owner shares it anew.
    """
    naming = (
        TeamMember.goal_id, Commitment.goal_id, TeamChange.goal_id, LeftAlone.goal_id, LeftAlone.nearest_goal_id
    )  # fmt: skip
    for column in naming:
        db.execute(update(column.class_).where(column == goal_id).values({column: goes_on_as}))
