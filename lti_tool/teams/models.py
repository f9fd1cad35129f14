"""Tables of teams. Nothing here says why somebody is not in a team."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course, Person
from lti_tool.plans.models import Goal


class TeamState(StrEnum):
    """Where a team stands."""

    PROPOSED = "proposed"
    """Only designers see it, and may still change it."""
    INVITING = "inviting"
    """Its members see it and answer."""
    FORMED = "formed"
    DISSOLVED = "dissolved"


class MemberState(StrEnum):
    """Where a person stands with a team; one who declines is deleted, so that no trace remains."""

    INVITED = "invited"
    ACCEPTED = "accepted"


class Team(Base):
    """A few educators with like goals, and the LMS course whose group they are."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("course_id", "name"), Index(None, "district_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    """A colour and a bird: says nothing of anybody's goal."""
    state: Mapped[TeamState] = mapped_column(text_enum(TeamState), default=TeamState.PROPOSED)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    formed_at: Mapped[datetime | None]
    lms_group_id: Mapped[str] = mapped_column(String(64), default="")
    lms_group_set_id: Mapped[str] = mapped_column(String(64), default="")
    lms_member_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Whom the tool put into the group, by the LMS's ids: the only ones whom it may take out again."""
    lms_confirmed_at: Mapped[datetime | None]
    """When the group was last read back and found right."""
    lms_note: Mapped[str] = mapped_column(Text, default="")
    """What the LMS could not do, in words: who is not enrolled, who else was put in by hand."""

    course: Mapped[Course] = relationship()
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team", cascade="all, delete-orphan", order_by="TeamMember.id"
    )

    @property
    def accepted(self) -> list[TeamMember]:
        return [member for member in self.members if member.state is MemberState.ACCEPTED]

    def membership_of(self, person_id: int) -> TeamMember | None:
        """Return this person's place in the team, if there is one."""
        return next((member for member in self.members if member.person_id == person_id), None)


class TeamMember(Base):
    """A person in a team, with the goal that brought them together."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    state: Mapped[MemberState] = mapped_column(text_enum(MemberState), default=MemberState.INVITED)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    accepted_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()
    goal: Mapped[Goal | None] = relationship()
