"""Tables of standards. A framework is a tree of items; the leaves that goals cite are *indicators*."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course


class Strength(StrEnum):
    """How far a course takes somebody with an indicator."""

    INTRODUCES = "introduces"
    DEVELOPS = "develops"
    DEMONSTRATES = "demonstrates"


class Level(StrEnum):
    """Where in the tree an item is."""

    DOMAIN = "domain"
    COMPONENT = "component"
    INDICATOR = "indicator"


class Framework(Base):
    """A set of standards that a district uses, with the licence under which it may."""

    __tablename__ = "framework"
    __table_args__ = (UniqueConstraint("district_id", "identifier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    identifier: Mapped[str] = mapped_column(String(64))
    """The CASE identifier (a UUID) of its document."""
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(64), default="")
    audience: Mapped[str] = mapped_column(String(100), default="")
    """Whom it is for: teacher, counselor, leader."""
    licence: Mapped[str] = mapped_column(String(300), default="")
    attribution: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Indicator(Base):
    """An item of a framework: a domain, a component or an indicator proper."""

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("framework_id", "identifier"), Index(None, "framework_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    identifier: Mapped[str] = mapped_column(String(64))
    level: Mapped[Level] = mapped_column(text_enum(Level))
    code: Mapped[str] = mapped_column(String(32))
    path: Mapped[str] = mapped_column(String(200))
    """Codes from the root, joined by `/`: how near two indicators are is read from it."""
    statement: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    """Order in the whole framework, depth first."""

    framework: Mapped[Framework] = relationship()
    parent: Mapped[Indicator | None] = relationship(remote_side="Indicator.id")


class CourseAlignment(Base):
    """That a course serves an indicator, how far, and for whom."""

    __tablename__ = "course_alignment"
    __table_args__ = (UniqueConstraint("course_id", "indicator_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    strength: Mapped[Strength] = mapped_column(text_enum(Strength))
    grade_bands: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Empty together with `applies_to_all` false means that nobody said yet."""
    applies_to_all: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    course: Mapped[Course] = relationship()
    indicator: Mapped[Indicator] = relationship()
