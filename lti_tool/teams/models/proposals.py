"""Tables of how teams are proposed: each run, what it would change, whom it left alone, and what is kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course, Person, School
from lti_tool.plans.models import Goal
from lti_tool.teams.matching.answer import WhyAlone
from lti_tool.teams.matching.reasons import CLOSE_ENOUGH, WhyNot
from lti_tool.teams.models.teams import Team, TeamScope


class OfScope:
    """Columns of what is proposed, or wanted, among the goals of a course, a school or the district."""

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    scope: Mapped[TeamScope] = mapped_column(text_enum(TeamScope))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)


class RunKind(StrEnum):
    """What a run was asked to do."""

    ANEW = "anew"
    """Make teams of those who are in none."""
    JOINERS = "joiners"
    """Find those who are in none a seat in a team that stands; whoever is in one stays."""
    IMPROVE = "improve"
    """The same, and move those whose move gains more than it costs."""


class ProposalRun(OfScope, Base):
    """One time that teams were proposed: among whose goals, and by which message, which changes nothing again."""

    __tablename__ = "proposal_run"
    __table_args__ = (Index(None, "district_id", "scope", "id"),)

    message_id: Mapped[int | None] = mapped_column(unique=True)
    """The message that asked for it; it may come twice."""
    made_at: Mapped[datetime] = mapped_column(default=utc_now)
    kind: Mapped[RunKind] = mapped_column(text_enum(RunKind), default=RunKind.ANEW)
    gain: Mapped[float | None]
    """By what part people would be more like their teammates after the moves than without them.

    It is above zero, or else a rule asks for the moves; none where there is nothing to say.
    """
    text_model: Mapped[str] = mapped_column(String(64), default="")
    """What compared the words of goals."""

    course: Mapped[Course | None] = relationship()
    school: Mapped[School | None] = relationship()


class TeamChange(Base):
    """That a run would have somebody join a team that stands; nobody but designers sees it until it is sent."""

    __tablename__ = "team_change"
    __table_args__ = (UniqueConstraint("run_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("proposal_run.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    leaves_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    """The team that the person is in and would leave; none for who joins."""

    run: Mapped[ProposalRun] = relationship()
    person: Mapped[Person] = relationship()
    goal: Mapped[Goal] = relationship()
    team: Mapped[Team] = relationship(foreign_keys=[team_id])
    leaves: Mapped[Team | None] = relationship(foreign_keys=[leaves_id])


class LeftAlone(Base):
    """That a run found nobody to team a person with, or that the designer took the person out of a proposal."""

    __tablename__ = "left_alone"

    run_id: Mapped[int] = mapped_column(ForeignKey("proposal_run.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    why: Mapped[WhyAlone | None] = mapped_column(text_enum(WhyAlone))
    """Why the run found nobody; none where it was the designer's doing."""
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    """The goal of the person that has the nearest company."""
    nearest_goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    """The goal in the whole district that is nearest to it, of those that both owners may see."""
    likeness: Mapped[float | None]
    """How like the two goals are, from 0 to about 1."""

    run: Mapped[ProposalRun] = relationship()
    goal: Mapped[Goal | None] = relationship(foreign_keys=[goal_id])
    nearest: Mapped[Goal | None] = relationship(foreign_keys=[nearest_goal_id])


class Placement(Base):
    """How near a member of a proposal is to the others, as the run found it; gone once it is changed or sent."""

    __tablename__ = "placement"

    member_id: Mapped[int] = mapped_column(ForeignKey("team_member.id", ondelete="CASCADE"), primary_key=True)
    here: Mapped[float]
    """The mean likeness to the others of the proposal."""
    best: Mapped[float]
    """The same with the nearest company of that size among all who were placed."""
    other_team: Mapped[str] = mapped_column(String(80), default="")
    """The name of the best other proposal; empty when there is none."""
    there: Mapped[float] = mapped_column(default=0.0)
    """The mean likeness to its people."""
    why_not: Mapped[WhyNot | None] = mapped_column(text_enum(WhyNot))

    @property
    def is_closest(self) -> bool:
        """Whether nobody could be in closer company."""
        return self.here >= self.best - CLOSE_ENOUGH


class WishKind(StrEnum):
    """What a designer wants of some people when teams are proposed."""

    TOGETHER = "together"
    APART = "apart"


class TeamWish(OfScope, Base):
    """That a designer wants some people in one team, or no two of them in one; it holds until it is taken back."""

    __tablename__ = "team_wish"
    __table_args__ = (Index(None, "district_id", "scope", "id"),)

    kind: Mapped[WishKind] = mapped_column(text_enum(WishKind))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    course: Mapped[Course | None] = relationship()
    school: Mapped[School | None] = relationship()
    people: Mapped[list[WishedPerson]] = relationship(cascade="all, delete-orphan")


class WishedPerson(Base):
    """Somebody whom a wish names."""

    __tablename__ = "wished_person"

    wish_id: Mapped[int] = mapped_column(ForeignKey("team_wish.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)

    person: Mapped[Person] = relationship()
