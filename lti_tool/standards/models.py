"""Tables of standards. A framework is a tree of items; the leaves that goals cite are *indicators*."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Opportunity
from lti_tool.standards.sources import Source

LONGEST_CODE = 64
LONGEST_IDENTIFIER = 64
LONGEST_PATH = 400
LONGEST_LICENCE = 300
LONGEST_ATTRIBUTION = 500
LARGE = 400
"""A framework of more items than this is not shown as a whole: one opens its branches and searches."""


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
    identifier: Mapped[str] = mapped_column(String(LONGEST_IDENTIFIER))
    """The CASE identifier (a UUID) of its document."""
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(64), default="")
    audience: Mapped[str] = mapped_column(String(100), default="")
    """Whom it is for: teacher, counselor, leader."""
    licence: Mapped[str] = mapped_column(String(LONGEST_LICENCE), default="")
    """Its name and its address; empty when nobody said one, and then it is private to the district."""
    attribution: Mapped[str] = mapped_column(String(LONGEST_ATTRIBUTION), default="")
    adoption_status: Mapped[str] = mapped_column(String(32), default="")
    """What its authors say of it: `Draft`, `Adopted`, …"""
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What else CASE says of its document and is given back on export."""
    size: Mapped[int] = mapped_column(default=0)
    """How many items it has; a large one is not shown as a whole."""
    retired_at: Mapped[datetime | None]
    """Since when new goals are not offered it."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def is_private(self) -> bool:
        """Whether it stays within the district, because nobody said that it may leave."""
        return not self.licence

    @property
    def is_large(self) -> bool:
        return self.size > LARGE

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def source(self) -> Source:
        """What is said of it wherever its words stand."""
        return Source(self.title, self.version, self.licence, self.attribution, self.is_retired)


class Indicator(Base):
    """An item of a framework: a domain, a component or an indicator proper."""

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("framework_id", "identifier"), Index(None, "framework_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    identifier: Mapped[str] = mapped_column(String(LONGEST_IDENTIFIER))
    level: Mapped[Level] = mapped_column(text_enum(Level))
    code: Mapped[str] = mapped_column(String(LONGEST_CODE))
    path: Mapped[str] = mapped_column(String(LONGEST_PATH))
    """Codes from the root, joined by `/`: how near two indicators are is read from it."""
    title: Mapped[str] = mapped_column(Text, default="")
    """Its short name, where it has one beside the statement."""
    statement: Mapped[str] = mapped_column(Text)
    grade_bands: Mapped[list[str]] = mapped_column(JSON, default=list, deferred=True, deferred_group="facets")
    roles: Mapped[list[str]] = mapped_column(JSON, default=list, deferred=True, deferred_group="facets")
    disciplines: Mapped[list[str]] = mapped_column(JSON, default=list, deferred=True, deferred_group="facets")
    """For whom the framework says that it is; read where they are asked for, with `undefer_group("facets")`."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    """What else CASE says of it and is given back on export."""
    position: Mapped[int]
    """Order in the whole framework, depth first."""
    retired_at: Mapped[datetime | None]
    """From when on it is out of use: kept where goals or courses cite it, not offered to new ones."""
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id", ondelete="SET NULL"), index=True)
    awaited_successor: Mapped[str] = mapped_column(String(LONGEST_IDENTIFIER), default="")
    """The identifier of what replaced it, while no framework of the district has that."""

    framework: Mapped[Framework] = relationship()
    parent: Mapped[Indicator | None] = relationship(foreign_keys=[parent_id], remote_side="Indicator.id")
    replaced_by: Mapped[Indicator | None] = relationship(foreign_keys=[replaced_by_id], remote_side="Indicator.id")

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None and self.retired_at <= utc_now()

    @property
    def can_be_cited(self) -> bool:
        """Whether goals and alignments choose it; one that they cited before others came under it still is."""
        return self.level is Level.INDICATOR


def in_use(now: datetime | None = None) -> ColumnElement[bool]:
    """Say in SQL that an indicator and its framework are offered: neither is retired."""
    ended = Indicator.retired_at > (now or utc_now())
    return or_(Indicator.retired_at.is_(None), ended) & Framework.retired_at.is_(None)


class ImportState(StrEnum):
    """Where the import of a framework stands."""

    FETCHING = "fetching"
    """The worker gets the package from where it is."""
    WAITING = "waiting"
    """It was read; somebody looks at what it would change."""
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FrameworkImport(Base):
    """A framework on its way into a district; it is forgotten after a day."""

    __tablename__ = "framework_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    framework_id: Mapped[int | None] = mapped_column(ForeignKey("framework.id", ondelete="SET NULL"))
    """The framework that it became, or brought up to date."""
    state: Mapped[ImportState] = mapped_column(text_enum(ImportState))
    source: Mapped[str] = mapped_column(String(1000), default="")
    """The name of the file, or the address that it comes from."""
    package: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """What was read, in the small form of `pack`, until it is imported."""
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the page says of it before: the framework, its size, what was odd, what it changes; and after: counts."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    finished_at: Mapped[datetime | None]

    framework: Mapped[Framework | None] = relationship()

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.FETCHING, ImportState.IMPORTING)

    @property
    def can_be_cancelled(self) -> bool:
        return self.is_under_way or self.state is ImportState.WAITING


class ImportItem(Base):
    """An item of an import under way. Nothing of a framework is seen before all of its items are here."""

    __tablename__ = "framework_import_item"
    __table_args__ = (UniqueConstraint("import_id", "identifier"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("framework_import.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    identifier: Mapped[str] = mapped_column(String(LONGEST_IDENTIFIER))
    parent: Mapped[str | None] = mapped_column(String(LONGEST_IDENTIFIER))
    level: Mapped[Level] = mapped_column(text_enum(Level))
    code: Mapped[str] = mapped_column(String(LONGEST_CODE))
    path: Mapped[str] = mapped_column(String(LONGEST_PATH))
    title: Mapped[str] = mapped_column(Text)
    statement: Mapped[str] = mapped_column(Text)
    grade_bands: Mapped[list[str]] = mapped_column(JSON)
    roles: Mapped[list[str]] = mapped_column(JSON)
    disciplines: Mapped[list[str]] = mapped_column(JSON)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    retired_at: Mapped[datetime | None]


EVERYBODY = "all"
"""The value of a facet that says, explicitly, that something is meant for everybody."""


class Alignment(Base):
    """That an opportunity serves an indicator, how far, and for whom.

    Each facet is a list of values, or `EVERYBODY` alone; an empty one means that nobody said yet.
    """

    __tablename__ = "alignment"
    __table_args__ = (UniqueConstraint("opportunity_id", "indicator_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id", ondelete="CASCADE"))
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id", ondelete="CASCADE"), index=True)
    strength: Mapped[Strength] = mapped_column(text_enum(Strength))
    grade_bands: Mapped[list[str]] = mapped_column(JSON, default=list)
    disciplines: Mapped[list[str]] = mapped_column(JSON, default=list)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    contexts: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    opportunity: Mapped[Opportunity] = relationship()
    indicator: Mapped[Indicator] = relationship()

    @property
    def applies_to_all(self) -> bool:
        """Whether somebody said that it is meant for all grades."""
        return self.grade_bands == [EVERYBODY]
