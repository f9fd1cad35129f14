"""Tables of teams. Nothing here says why somebody is not in a team."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.launch.models import Family, Registration
from lti_tool.people.models import Course, Person, School
from lti_tool.plans.models import DeclarationPolicy, DeclarationRule, Goal

if TYPE_CHECKING:
    from lti_tool.teams.models.proposals import Placement


WORDS_KEPT_FOR = timedelta(days=90)
"""How long what was said in a room is kept after its cycle has closed or its team has ended."""


class TeamState(StrEnum):
    """Where a team stands."""

    PROPOSED = "proposed"
    """Only designers see it, and may still change it."""
    INVITING = "inviting"
    """Its members see it and answer."""
    FORMED = "formed"
    DISSOLVED = "dissolved"


class TeamScope(StrEnum):
    """Among whose goals teams are proposed."""

    COURSE = "course"
    SCHOOL = "school"
    DISTRICT = "district"


class MemberState(StrEnum):
    """Where a person stands with a team; one who declines is deleted, so that no trace remains."""

    INVITED = "invited"
    ACCEPTED = "accepted"


class Team(Base):
    """A few educators with like goals, and the LMS course whose group they are."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("course_id", "name"),
        Index(None, "district_id", "id"),
        Index(None, "state", "lms_compared_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    scope: Mapped[TeamScope] = mapped_column(text_enum(TeamScope), default=TeamScope.COURSE)
    """Among whose goals it was found."""
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    """The course whose group it becomes. One of a school or the district has none until the designer names it."""
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"), index=True)
    """The school among whose goals it was found."""
    name: Mapped[str] = mapped_column(String(80))
    """A colour and a bird: says nothing of anybody's goal."""
    state: Mapped[TeamState] = mapped_column(text_enum(TeamState), default=TeamState.PROPOSED)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    formed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    """When the team had last passed something on before somebody left it: that stays the team's."""
    lms_group_id: Mapped[str] = mapped_column(String(64), default="")
    lms_group_set_id: Mapped[str] = mapped_column(String(64), default="")
    lms_member_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Whom the tool put into the group, or is about to, by the LMS's ids: the only ones whom it may take out again."""
    lms_seen_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Who of the team was in the group when it was last read: whoever is not any more was taken out by hand."""
    lms_group_name: Mapped[str] = mapped_column(String(255), default="")
    """The name that the tool gave the group; empty when it is to be given."""
    lms_compared_at: Mapped[datetime | None]
    """When the group was last read."""
    lms_confirmed_at: Mapped[datetime | None]
    """When the group was last read back and found right."""
    lms_note: Mapped[str] = mapped_column(Text, default="")
    """What the LMS could not do, in words: who is not enrolled, who else was put in by hand."""

    lets_share: Mapped[bool] = column_property(
        ~exists()
        .where(DeclarationPolicy.district_id == district_id, DeclarationPolicy.rule == DeclarationRule.OFF)
        .correlate_except(DeclarationPolicy)
    )
    """Whether the district lets goals be shared at all."""

    group_follows: Mapped[bool] = column_property(
        exists()
        .where(Course.id == course_id, Registration.id == Course.registration_id, Registration.family != Family.OTHER)
        .correlate_except(Course, Registration)
    )
    """Whether its group can be kept as it is: only Canvas and Moodle let a tool at their groups."""

    course: Mapped[Course | None] = relationship()
    school: Mapped[School | None] = relationship()
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team",
        cascade="all, delete-orphan",
        order_by="TeamMember.id",
        foreign_keys="TeamMember.team_id",
    )

    @property
    def lms_idnumber(self) -> str:
        """The tool's own stable name of the team's group, by which it is found again in the LMS."""
        return f"like-goals-team-{self.id}"

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
    is_locked: Mapped[bool] = mapped_column(default=False)
    """Whether the designer holds this person here, so that proposing again leaves both as they are."""

    leaves_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    """The team that an invited person leaves by accepting."""

    team: Mapped[Team] = relationship(back_populates="members", foreign_keys=[team_id])
    leaves: Mapped[Team | None] = relationship(foreign_keys=[leaves_id])
    placement: Mapped[Placement | None] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    person: Mapped[Person] = relationship()
    goal: Mapped[Goal | None] = relationship()


class TeamEnding(Base):
    """That a team has ended, or goes on without somebody, told to who was in it; by whom and why is told nowhere."""

    __tablename__ = "team_ending"
    __table_args__ = (Index(None, "person_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    """The team, where it had a room: of others nothing is left."""
    name: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime] = mapped_column(default=utc_now)
    was_taken_out: Mapped[bool] = mapped_column(default=False)
    """Whether a designer took the person out of it; for the others it may go on."""

    @property
    def had_room(self) -> bool:
        return self.team_id is not None

    @property
    def words_go_at(self) -> datetime | None:
        """When what was said in the team's room is deleted, where the team ended and had one."""
        return self.ended_at + WORDS_KEPT_FOR if self.had_room and not self.was_taken_out else None


class Asking(Base):
    """That designers asked somebody to a team, and until when: the same whatever the answer is, or was."""

    __tablename__ = "team_asking"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    until: Mapped[datetime]
    """Until then no designer's run of the same scope proposes the person, who may have said no."""

    person: Mapped[Person] = relationship()
