"""Tables of people: who there is, what each may do, and which courses they meet in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now


class Role(StrEnum):
    """What the district says of a person, beyond being an educator."""

    ADMINISTRATOR = "administrator"
    DESIGNER = "designer"
    SUPERVISOR = "supervisor"


class CourseRole(StrEnum):
    """What an LMS course says of a person: the context role of the launch or the roster."""

    DESIGNER = "designer"
    LEARNER = "learner"
    OTHER = "other"


class GradeBand(StrEnum):
    """Whom an educator teaches, in order of age."""

    PK = "PK"
    K2 = "K-2"
    G35 = "3-5"
    G68 = "6-8"
    G912 = "9-12"


class District(Base):
    """A tenant: every query is scoped to one."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class School(Base):
    """A school of a district."""

    __tablename__ = "school"
    __table_args__ = (UniqueConstraint("district_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))


class Person(Base):
    """An adult who works for the district."""

    __tablename__ = "person"
    __table_args__ = (Index(None, "district_id", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"), index=True)
    requested_school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"), index=True)
    """Where the person says they work, until an administrator answers; it opens nothing."""
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    position: Mapped[str] = mapped_column(String(100), default="")
    """What the person does, in the person's own words: teacher, counselor, librarian, …"""
    grade_band: Mapped[GradeBand | None] = mapped_column(text_enum(GradeBand))
    discipline: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    district: Mapped[District] = relationship()
    school: Mapped[School | None] = relationship(foreign_keys=[school_id])
    requested_school: Mapped[School | None] = relationship(foreign_keys=[requested_school_id])
    grants: Mapped[list[RoleGrant]] = relationship(back_populates="person", foreign_keys="RoleGrant.person_id")

    def has_role(self, role: Role) -> bool:
        """Return whether the district granted this role and has not taken it back."""
        return any(grant.role is role and grant.revoked_at is None for grant in self.grants)


class Identity(Base):
    """Who a person is to one registered LMS: the `sub` of its launches (Core 5.3.6)."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("registration_id", "sub"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    sub: Mapped[str] = mapped_column(String(255))
    lms_user_id: Mapped[str] = mapped_column(String(64), default="")
    """What the LMS's REST side calls this person: Moodle's `sub` itself, Canvas's `$Canvas.user.id`."""
    global_user_id: Mapped[str] = mapped_column(String(64), default="")
    """Canvas's `$Canvas.user.globalId`, which survives a merge of users."""

    person: Mapped[Person] = relationship()


class RoleGrant(Base):
    """A role given to a person by the district; taken back, it stays as history."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(String(32), default="")
    """`launch`, `admin_code` or `administrator`: what the grant rests on."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])


class Course(Base):
    """A course of an LMS (an LTI context) that somebody marked as professional learning, or may mark."""

    __tablename__ = "course"
    __table_args__ = (
        UniqueConstraint("registration_id", "deployment_id", "context_id"),
        Index(None, "district_id", "title", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
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
    completions_read_at: Mapped[datetime | None]
    completions_note: Mapped[str] = mapped_column(String(300), default="")
    """What the last read said when it could not tell: "not trackable", in words for the page."""

    @property
    def is_professional_learning(self) -> bool:
        return self.professional_learning_at is not None


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


class AdminCode(Base):
    """A one-use code that makes whoever enters it the district's administrator; only its hash is kept."""

    __tablename__ = "admin_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Who changed what and when; ids only, never names or words."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "district_id", "id"), Index(None, "subject", "subject_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(default=utc_now)
