"""Tables of what educators learn from: opportunities, those of them that are courses of an LMS, and who is in one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models.people import Person, Role, School


class CourseRole(StrEnum):
    """What an LMS course says of a person: the context role of the launch or the roster."""

    DESIGNER = "designer"
    LEARNER = "learner"
    OTHER = "other"


class OpportunityKind(StrEnum):
    """What somebody can learn from or with."""

    COURSE = "course"
    LIVE_SESSION = "live_session"
    OPEN_DOOR = "open_door"
    """Come and see a colleague's lesson: voluntary, and no evaluation."""
    COACHING = "coaching"
    STUDY = "study"
    """A book or a lesson studied together."""
    MENTOR = "mentor"
    SOLVE_TOGETHER = "solve_together"
    """A colleague presents a problem of practice, and others think it through with them."""
    EXTERNAL = "external"
    """A course outside of the district."""


OFFERED_BY_ANYBODY = frozenset(
    {OpportunityKind.OPEN_DOOR, OpportunityKind.STUDY, OpportunityKind.MENTOR, OpportunityKind.SOLVE_TOGETHER}
)
"""What any educator may offer to colleagues; everything else is for the designers of the district."""

HELD_ONCE = frozenset({OpportunityKind.LIVE_SESSION, OpportunityKind.OPEN_DOOR, OpportunityKind.SOLVE_TOGETHER})
"""What is over once its day has passed."""

LASTS = timedelta(days=1)
"""How long after its beginning something that is held once can still be shown as coming."""


class Availability(StrEnum):
    """How an opportunity stands today."""

    OFFERED = "offered"
    RETIRED = "retired"
    UNAVAILABLE = "unavailable"
    OVER = "over"
    UNMARKED = "unmarked"


class Opportunity(Base):
    """Something that the district offers or knows of for learning; each LMS course is one, under the same id."""

    __tablename__ = "opportunity"
    __table_args__ = (Index(None, "district_id", "title", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    kind: Mapped[OpportunityKind] = mapped_column(text_enum(OpportunityKind))
    title: Mapped[str] = mapped_column(String(255), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(1000), default="")
    """Where more is said; a course is opened by its own address."""
    provider: Mapped[str] = mapped_column(String(200), default="")
    """Who offers it, when that is nobody of the district."""
    place: Mapped[str] = mapped_column(String(200), default="")
    """Where it is held, in words."""
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    starts_at: Mapped[datetime | None]
    host_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"))
    refreshed_on: Mapped[date | None]
    """When its content was last brought up to date."""
    retired_on: Mapped[date | None]
    """From this day on it is offered to nobody; what was learned from it stays."""
    unavailable_since: Mapped[datetime | None]
    """When the LMS was first seen to have no such course any more; empty again once it has."""
    next_step: Mapped[str] = mapped_column(Text, default="")
    """What whoever presented a problem does next, said after it was thought through."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    course: Mapped[Course | None] = relationship(back_populates="opportunity")
    host: Mapped[Person | None] = relationship(foreign_keys=[host_id])
    school: Mapped[School | None] = relationship()

    @property
    def availability(self) -> Availability:
        """How it stands today; `is_on_offer` says in SQL what is offered."""
        if self.retired_on is not None and self.retired_on <= utc_now().date():
            return Availability.RETIRED
        if self.unavailable_since is not None:
            return Availability.UNAVAILABLE
        if self.kind in HELD_ONCE and self.starts_at is not None and self.starts_at <= utc_now() - LASTS:
            return Availability.OVER
        if self.course is not None and not self.course.is_professional_learning:
            return Availability.UNMARKED
        return Availability.OFFERED

    def can_be_changed_by(self, person: Person) -> bool:
        """Return whether this person may change or retire it: the district's designers, and who hosts an own offer."""
        if person.district_id != self.district_id:
            return False
        is_own = self.host_id == person.id and self.kind in OFFERED_BY_ANYBODY
        return is_own or person.has_role(Role.DESIGNER) or person.has_role(Role.ADMINISTRATOR)

    @property
    def is_offered(self) -> bool:
        return self.availability is Availability.OFFERED

    @property
    def is_outside(self) -> bool:
        """Whether somebody who is not of the district offers it; a course of an LMS, only where a designer said who."""
        return self.kind is OpportunityKind.EXTERNAL or bool(self.provider)


class Course(Base):
    """A course of an LMS (an LTI context) that somebody marked as professional learning, or may mark."""

    __tablename__ = "course"
    __table_args__ = (
        UniqueConstraint("registration_id", "deployment_id", "context_id"),
        Index(None, "district_id", "title", "id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("opportunity.id", ondelete="CASCADE"), primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(String(255))
    lms_course_id: Mapped[str] = mapped_column(String(64), default="")
    """What the LMS's REST side calls this course: Moodle's context id itself, Canvas's `$Canvas.course.id`."""
    label: Mapped[str] = mapped_column(String(255), default="")
    title: Mapped[str] = mapped_column(String(255), default="")
    professional_learning_at: Mapped[datetime | None]
    """When a designer or administrator marked it; until then nothing of its people is stored."""
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    line_items_url: Mapped[str] = mapped_column(String(1000), default="")
    memberships_url: Mapped[str] = mapped_column(String(1000), default="")
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """AGS scopes of the last launch; Moodle's registration answer cannot be trusted for them."""
    copied_from: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The contexts that it is a copy of, the newest first, as the LMS last said."""
    launch_url: Mapped[str] = mapped_column(String(1000), default="")
    """Where a click opens the course in the LMS, when the LMS said so."""
    ends_at: Mapped[datetime | None]
    """When the LMS says that the course ends; empty where it does not say."""
    completions_read_at: Mapped[datetime | None]
    """When the LMS last told who finished it."""
    completions_asked_at: Mapped[datetime | None]
    """When the LMS was last asked, with an answer or without."""
    completions_note: Mapped[str] = mapped_column(String(300), default="")
    """What the last read said when it could not tell: "not trackable", in words for the page."""
    untrackable_at: Mapped[datetime | None]
    """When the LMS last said that nobody can finish the course, as it has no rules for that."""
    roster_read_at: Mapped[datetime | None]
    """When its roster was last read to the end and believed."""
    roster_asked_at: Mapped[datetime | None]
    """When its roster was last asked for, with an answer or without."""
    roster_note: Mapped[str] = mapped_column(String(300), default="")
    """Why the last roster changed nothing, in words for the page."""
    roster_lacks: Mapped[int] = mapped_column(default=0)
    """How many people the last roster lacked, where these were too many to have left."""
    completion_item_url: Mapped[str] = mapped_column(String(1000), default="")
    """The line item whose results say who finished the course, where a designer chose one."""
    completion_item_label: Mapped[str] = mapped_column(String(255), default="")
    completion_mark: Mapped[int] = mapped_column(default=100)
    """From which part of that line item's maximum on somebody has finished, in percent."""
    has_finishing_checkpoint: Mapped[bool] = mapped_column(default=False)
    """Whether a learner who opens the course's checkpoint link has finished it."""

    opportunity: Mapped[Opportunity] = relationship(back_populates="course")

    requirements_checked_at: Mapped[datetime | None]
    """When the LMS was last asked what the course requires."""
    requires_own_link: Mapped[bool] = mapped_column(default=False)
    """Whether the LMS said that it requires a link to the tool."""
    is_hub: Mapped[bool] = mapped_column(default=False)
    """Whether a designer said that it is right so: it gathers what was learned elsewhere."""

    gradebook_closed_at: Mapped[datetime | None]
    """When the LMS said that the course has ended and its gradebook tells nothing any more."""

    @property
    def waits_for_itself(self) -> bool:
        """Whether nobody can finish it before the tool's score comes, for which the tool waits until it is finished."""
        return self.requires_own_link and not self.is_hub and not self.completion_item_url

    @property
    def is_professional_learning(self) -> bool:
        return self.professional_learning_at is not None

    @property
    def completions_lane(self) -> str:
        """Where questions for its completions go: to the LMS's REST side, or to the Advantage services."""
        return f"{'platform' if self.completion_item_url else 'rest'}:{self.registration_id}"


class Membership(Base):
    """A person in a course, as the LMS last said."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[CourseRole] = mapped_column(text_enum(CourseRole))
    is_active: Mapped[bool] = mapped_column(default=True)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()
