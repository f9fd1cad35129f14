"""Tables of teams: the teams themselves, how they are proposed, their rooms, and visits to colleagues."""

from __future__ import annotations

from lti_tool.teams.models.differences import DifferenceKind, GroupDifference
from lti_tool.teams.models.proposals import (
    LeftAlone,
    Placement,
    ProposalRun,
    RunKind,
    TeamChange,
    TeamWish,
    WishedPerson,
    WishKind,
)
from lti_tool.teams.models.room import (
    Agreement,
    Attendance,
    CheckIn,
    CheckInState,
    Commitment,
    HelpReply,
    HelpRequest,
    StepKind,
    TeamCycle,
    TeamLearning,
    TeamSession,
)
from lti_tool.teams.models.teams import (
    WORDS_KEPT_FOR,
    Asking,
    MemberState,
    Team,
    TeamEnding,
    TeamMember,
    TeamScope,
    TeamState,
)
from lti_tool.teams.models.visits import VISITED, Visit

__all__ = [
    "VISITED",
    "WORDS_KEPT_FOR",
    "Agreement",
    "Asking",
    "Attendance",
    "CheckIn",
    "CheckInState",
    "Commitment",
    "DifferenceKind",
    "GroupDifference",
    "HelpReply",
    "HelpRequest",
    "LeftAlone",
    "MemberState",
    "Placement",
    "ProposalRun",
    "RunKind",
    "StepKind",
    "Team",
    "TeamChange",
    "TeamCycle",
    "TeamEnding",
    "TeamLearning",
    "TeamMember",
    "TeamScope",
    "TeamSession",
    "TeamState",
    "TeamWish",
    "Visit",
    "WishKind",
    "WishedPerson",
]
