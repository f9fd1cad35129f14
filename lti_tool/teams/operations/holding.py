"""Keeping whom designers asked, so that what they see next tells nothing of the answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.teams.models import Asking, Team

ASKED_FOR = timedelta(days=14)
"""So long whom designers asked is proposed to nobody else in that scope, whatever the answer was."""


def note_asked(db: Session, team: Team, person_ids: Iterable[int]) -> None:
    """Keep that designers ask these people to a team from now on."""
    until = utc_now() + ASKED_FOR
    for person_id in person_ids:
        db.merge(Asking(team_id=team.id, person_id=person_id, until=until))


def forget_asked(db: Session, team: Team, person_id: int) -> None:
    """Let somebody be proposed again who has left a team, or whom a designer took out."""
    asking = db.get(Asking, (team.id, person_id))
    if asking is not None:
        db.delete(asking)
