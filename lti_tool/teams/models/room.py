"""Tables of a team's room: what was agreed, when it meets, who asks for help, and each member's commitment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Opportunity, Person
from lti_tool.plans.models import Goal, GoalState
from lti_tool.teams.models.teams import Team, TeamMember


class Agreement(Base):
    """What a team agreed on before its first session."""

    __tablename__ = "agreement"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves: two members cannot overwrite each other unseen."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TeamLearning(Base):
    """Something that a team chose to learn from together."""

    __tablename__ = "team_learning"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunity.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime] = mapped_column(default=utc_now)

    opportunity: Mapped[Opportunity] = relationship()


class TeamSession(Base):
    """A time at which a team meets."""

    __tablename__ = "team_session"
    __table_args__ = (Index(None, "team_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    hours: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    topic: Mapped[str] = mapped_column(String(280), default="")
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    """Whoever prepares it; the turn goes round."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    facilitator: Mapped[Person | None] = relationship()
    attendances: Mapped[list[Attendance]] = relationship(cascade="all, delete-orphan", back_populates="session")

    @property
    def ledger_key(self) -> str:
        """What the ledger calls it: an id alone may come again after a session is deleted."""
        return f"{self.id}:{self.created_at:%Y%m%dT%H%M%S%f}"

    def could_be_attended_by(self, member: TeamMember) -> bool:
        """Return whether a member had joined before the session ended, or was noted at it."""
        ended_at = self.starts_at + timedelta(minutes=float(self.hours * 60))
        in_time = member.accepted_at is None or member.accepted_at <= ended_at
        return in_time or self.was_attended_by(member.person_id)

    def was_attended_by(self, person_id: int) -> bool:
        return any(each.person_id == person_id for each in self.attendances)

    def is_held_by_who_left(self, team: Team) -> bool:
        """Return whether somebody was at it who is not in the team any more: nobody there takes those hours back."""
        return not {each.person_id for each in self.attendances} <= {each.person_id for each in team.accepted}


class Attendance(Base):
    """That somebody was at a session."""

    __tablename__ = "attendance"

    session_id: Mapped[int] = mapped_column(ForeignKey("team_session.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    noted_at: Mapped[datetime] = mapped_column(default=utc_now)

    session: Mapped[TeamSession] = relationship(back_populates="attendances")


class CheckInState(StrEnum):
    """How a member says that it goes; only teammates see it."""

    ON_COURSE = "on_course"
    WANT_HELP = "want_help"
    CHANGED = "changed"


class CheckIn(Base):
    """What a member last said to the team of the own goal."""

    __tablename__ = "check_in"
    __table_args__ = (Index(None, "team_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[CheckInState] = mapped_column(text_enum(CheckInState))
    words: Mapped[str] = mapped_column(String(280), default="")
    at: Mapped[datetime] = mapped_column(default=utc_now)


class HelpRequest(Base):
    """A question to the team; it is the team's open item until somebody answers, and the asker's to close."""

    __tablename__ = "help_request"
    __table_args__ = (Index(None, "team_id", "closed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    replies: Mapped[list[HelpReply]] = relationship(
        cascade="all, delete-orphan", order_by="HelpReply.id", back_populates="request"
    )

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def waits_for_team(self) -> bool:
        return self.answered_at is None and self.is_open


class HelpReply(Base):
    """An answer to a help request."""

    __tablename__ = "help_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=utc_now)

    request: Mapped[HelpRequest] = relationship(back_populates="replies")
    person: Mapped[Person | None] = relationship()


class TeamCycle(Base):
    """A stretch of a team's work; kept when each member's goal is met or has a next step agreed in the team."""

    __tablename__ = "team_cycle"
    __table_args__ = (UniqueConstraint("team_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    number: Mapped[int]
    starts_on: Mapped[date]
    kept_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship()
    commitments: Mapped[list[Commitment]] = relationship(cascade="all, delete-orphan", back_populates="cycle")

    @property
    def is_kept(self) -> bool:
        return self.kept_at is not None

    def commitment_of(self, person_id: int) -> Commitment | None:
        """Return what a member last said to stand for in this cycle."""
        return next((each for each in self.commitments if each.person_id == person_id), None)


class StepKind(StrEnum):
    """What becomes of a member's goal in a cycle."""

    MET = "met"
    REVISED = "revised"
    CARRIED = "carried"
    RELEASED = "released"
    UNSAID = "unsaid"
    """The cycle was carried over without a word of this member; nobody but the team reads it."""


class Commitment(Base):
    """A member's step in a cycle; it counts once a teammate has confirmed it."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("cycle_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("team_cycle.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    """The goal of which it is said: a member can bring another one."""
    step: Mapped[StepKind] = mapped_column(text_enum(StepKind))
    words: Mapped[str] = mapped_column(String(280), default="")
    """The next step as it was agreed, in the member's own words."""
    stated_at: Mapped[datetime] = mapped_column(default=utc_now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    confirmed_at: Mapped[datetime | None]

    cycle: Mapped[TeamCycle] = relationship(back_populates="commitments")
    goal: Mapped[Goal | None] = relationship()
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=[confirmed_by_id])

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def counts(self) -> bool:
        """Whether a teammate has confirmed it, and a goal that was met is met still."""
        if self.step is StepKind.UNSAID or not self.is_confirmed or self.confirmed_by_id == self.person_id:
            return False
        return self.step is not StepKind.MET or (self.goal is not None and self.goal.state is GoalState.MET)
