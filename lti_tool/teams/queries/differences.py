"""What somebody changed by hand in a team's LMS group, as its designer sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lti_tool.people.models import Identity, Person
from lti_tool.teams.models import DifferenceKind, GroupDifference, Team

OF_PEOPLE = (DifferenceKind.ADDED, DifferenceKind.TAKEN_OUT)


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A difference, and who it is about, as far as the tool knows the person."""

    difference: GroupDifference
    name: str


def differences_of(db: Session, team: Team) -> Sequence[ShownDifference]:
    """Return how a team's group differs, what nobody has decided on first."""
    if team.course is None:
        return []
    is_theirs = and_(
        Identity.registration_id == team.course.registration_id,
        Identity.lms_user_id == GroupDifference.what,
        GroupDifference.kind.in_(OF_PEOPLE),
    )
    wanted = select(GroupDifference, Person.name).outerjoin(Identity, is_theirs)
    wanted = wanted.outerjoin(Person, Person.id == Identity.person_id).where(GroupDifference.team_id == team.id)
    rows = db.execute(wanted.order_by(GroupDifference.id, Identity.id)).all()
    found = {difference.id: ShownDifference(difference, name or "") for difference, name in reversed(rows)}
    return sorted(found.values(), key=lambda each: (each.difference.left_at is not None, each.difference.id))
