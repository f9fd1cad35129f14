"""Tables of people: who there is, where each works, what each may do, and who supervises whom."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models.profiles import EducatorProfile, MatchingPause


class Role(StrEnum):
    """What the district says of a person, beyond being an educator."""

    ADMINISTRATOR = "administrator"
    DESIGNER = "designer"
    SUPERVISOR = "supervisor"


class GradeBand(StrEnum):
    """Whom an educator teaches, in order of age."""

    PK = "PK"
    K2 = "K-2"
    G35 = "3-5"
    G68 = "6-8"
    G912 = "9-12"


class EducatorRole(StrEnum):
    """What an educator does, coarsely enough for standards and learning to be meant for it."""

    TEACHER = "teacher"
    SPECIAL_EDUCATOR = "special_educator"
    PARAEDUCATOR = "paraeducator"
    COUNSELOR = "counselor"
    LIBRARIAN = "librarian"
    NURSE = "nurse"
    COACH = "coach"
    PRINCIPAL = "principal"
    CENTRAL_OFFICE = "central_office"
    OTHER = "other"


POSITION_WORDS: dict[EducatorRole, tuple[str, ...]] = {
    EducatorRole.PARAEDUCATOR: ("para", "aide", "teaching assistant"),
    EducatorRole.SPECIAL_EDUCATOR: ("special ed", "sped", "resource teacher", "intervention"),
    EducatorRole.COUNSELOR: ("counselor", "counsellor", "psychologist", "social worker"),
    EducatorRole.LIBRARIAN: ("librar", "media specialist"),
    EducatorRole.NURSE: ("nurse",),
    EducatorRole.COACH: ("coach",),
    EducatorRole.PRINCIPAL: ("principal", "head teacher", "headteacher"),
    EducatorRole.CENTRAL_OFFICE: ("superintendent", "director", "central office", "coordinator"),
    EducatorRole.TEACHER: ("teacher", "instructor"),
}
"""Parts of words by which a position points to a role; the first that is found decides."""


class SchoolContext(StrEnum):
    """What is particular about a school, where learning is meant for that."""

    RURAL = "rural"
    MULTILINGUAL = "multilingual"
    VIRTUAL = "virtual"


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
    contexts: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The `SchoolContext`s that hold for it."""


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
    educator_role: Mapped[EducatorRole | None] = mapped_column(text_enum(EducatorRole))
    grade_bands: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The `GradeBand`s that the person works with; a counselor or a librarian may have all of them."""
    discipline: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    district: Mapped[District] = relationship()
    school: Mapped[School | None] = relationship(foreign_keys=[school_id])
    requested_school: Mapped[School | None] = relationship(foreign_keys=[requested_school_id])
    grants: Mapped[list[RoleGrant]] = relationship(back_populates="person", foreign_keys="RoleGrant.person_id")
    profile: Mapped[EducatorProfile | None] = relationship()
    pause: Mapped[MatchingPause | None] = relationship(cascade="all, delete-orphan")

    @property
    def bands(self) -> tuple[GradeBand, ...]:
        """Return the grade bands that the person works with, the lowest first."""
        return tuple(band for band in GradeBand if band.value in self.grade_bands)

    @property
    def suggested_role(self) -> EducatorRole | None:
        """Return the role that the person's own words for their position point to, if any does."""
        position = self.position.lower()
        return next((role for role, words in POSITION_WORDS.items() if any(word in position for word in words)), None)

    @property
    def likely_role(self) -> EducatorRole | None:
        """Return the role that the person chose, or the one to suggest until they have."""
        return self.educator_role or self.suggested_role

    def has_role(self, role: Role) -> bool:
        """Return whether the district granted this role and has not taken it back."""
        return any(grant.role is role and grant.revoked_at is None for grant in self.grants)


class Identity(Base):
    """Who a person is to one registered LMS: the `sub` of its launches (Core 5.3.6)."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("registration_id", "sub"), Index(None, "registration_id", "lms_user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    sub: Mapped[str] = mapped_column(String(255))
    lms_user_id: Mapped[str] = mapped_column(String(64), default="")
    """What the LMS's REST side calls this person: Moodle's `sub` itself, Canvas's `$Canvas.user.id`."""
    global_user_id: Mapped[str] = mapped_column(String(64), default="")
    """Canvas's `$Canvas.user.globalId`, which survives a merge of users."""

    person: Mapped[Person] = relationship()


class ErasedIdentity(Base):
    """That somebody had themselves erased: a roster does not bring them back, only they themselves do."""

    __tablename__ = "erased_identity"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    sub_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the `sub`: enough to know it again."""


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


class Supervision(Base):
    """That one person reviews or evaluates another; ended, it stays as history."""

    __tablename__ = "supervision"
    __table_args__ = (Index(None, "supervisor_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(32), default="")
    """`administrator` or `roster`: what it rests on."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    supervisor: Mapped[Person] = relationship(foreign_keys=[supervisor_id])
