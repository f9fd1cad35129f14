"""What somebody reads who is invited to a team: what a yes does, and what makes one impossible as things are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lti_tool.teams.models import TeamMember
from lti_tool.teams.queries.candidates import may_still_join
from lti_tool.teams.queries.common import why_no_room


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open invitation, with the courses of the teams that the person has joined and would not leave by a yes."""

    member: TeamMember
    stays_in: Collection[int | None]

    @property
    def is_second(self) -> bool:
        """Whether the person is in one team already, and stays in it."""
        return len(self.stays_in) == 1 and self.member.leaves is None

    @property
    def has_to_share(self) -> bool:
        """Whether the goal by which the person was asked is not shared any more."""
        return not may_still_join(self.member)

    @property
    def why_no_room(self) -> str:
        """In words, why one more team is too many; empty when it is not."""
        return why_no_room(self.stays_in, self.member.team.course_id)


def invitation_of(member: TeamMember, joined: Mapping[int, int | None]) -> Invitation:
    """Return an invitation beside the teams, each with its course, that its owner has joined."""
    return Invitation(member, [course_id for team_id, course_id in joined.items() if team_id != member.leaves_id])
