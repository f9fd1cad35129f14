"""Tables of plan templates: what a district expects of a kind of plan, version by version."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now

RATIONALE_SLOTS = ("educator", "student", "system")
"""The three sources from which a goal can say why it matters."""


class ApprovalRule(StrEnum):
    """Who has to agree before a plan is approved, and signs when it ends."""

    SUPERVISOR = "supervisor"
    COMMITTEE = "committee"
    """A quorum of the district's committee."""
    PEERS = "peers"
    """Two of three colleagues whom the owner names."""
    COLLEAGUE = "colleague"
    """One colleague whom the owner names."""
    NONE = "none"


class Collaboration(StrEnum):
    """Whether a plan says what is learned together with others."""

    NONE = "none"
    ENCOURAGED = "encouraged"
    REQUIRED = "required"


class PlanTemplate(Base):
    """A kind of plan of a district; its rules are in its versions."""

    __tablename__ = "plan_template"
    __table_args__ = (UniqueConstraint("district_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(String(32))
    """Which of the shapes that ship it began as; none for one of the district's own."""
    is_default: Mapped[bool] = mapped_column(default=False)
    """Whether an educator's first goal begins a plan of this kind."""
    is_offered: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    versions: Mapped[list[TemplateVersion]] = relationship(
        back_populates="template", cascade="all, delete-orphan", order_by="TemplateVersion.number"
    )

    @property
    def current(self) -> TemplateVersion | None:
        """Return the newest published version: the one that new plans follow."""
        return next((each for each in reversed(self.versions) if each.is_published), None)

    @property
    def draft(self) -> TemplateVersion | None:
        """Return the next version while it is written."""
        return next((each for each in self.versions if not each.is_published), None)

    @property
    def newest(self) -> TemplateVersion:
        return self.versions[-1]


class TemplateVersion(Base):
    """The rules of a kind of plan; published, they never change, and a plan keeps those that it began with."""

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("plan_template.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    start_month: Mapped[int | None]
    """With the day, when the period begins each year; none where it begins with the plan."""
    start_day: Mapped[int | None]
    months: Mapped[int] = mapped_column(default=12)
    most_days: Mapped[int | None]
    """How many days a plan may last at most, where months are not exact enough."""
    approval: Mapped[ApprovalRule] = mapped_column(text_enum(ApprovalRule), default=ApprovalRule.SUPERVISOR)
    reviewers: Mapped[int] = mapped_column(default=1)
    """How many read it: the size of the committee, the number of colleagues that are named."""
    quorum: Mapped[int] = mapped_column(default=1)
    """How many of them have to agree."""
    review_days: Mapped[int] = mapped_column(default=14)
    """How many days a reader has before a plan is overdue in the queue."""
    fewest_goals: Mapped[int] = mapped_column(default=1)
    most_goals: Mapped[int | None]
    """Advised, never enforced."""
    hours_target: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    hours_award: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    """Hours that are given, all at once, when the plan is closed."""
    hours_yearly_cap: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    has_mid_year: Mapped[bool] = mapped_column(default=False)
    collaboration: Mapped[Collaboration] = mapped_column(text_enum(Collaboration), default=Collaboration.ENCOURAGED)
    try_it_required: Mapped[bool] = mapped_column(default=True)
    rationale_slots: Mapped[list[str]] = mapped_column(JSON, default=lambda: list(RATIONALE_SLOTS))
    fewest_evidence: Mapped[int] = mapped_column(default=0)
    fewest_standards: Mapped[int] = mapped_column(default=1)
    is_restricted: Mapped[bool] = mapped_column(default=False)
    reviewer_guide: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    template: Mapped[PlanTemplate] = relationship(back_populates="versions")

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_read(self) -> bool:
        """Whether somebody has to agree to the plan and sign its end."""
        return self.approval is not ApprovalRule.NONE or self.is_restricted

    @property
    def needs_named_readers(self) -> bool:
        """Whether the owner names who reads the plan."""
        return self.approval in {ApprovalRule.PEERS, ApprovalRule.COLLEAGUE} and not self.is_restricted

    @property
    def needs_committee(self) -> bool:
        return self.approval is ApprovalRule.COMMITTEE and not self.is_restricted

    def period_of(self, day: date) -> tuple[date, date]:
        """Return the first and the last day of a plan that is begun on this day."""
        starts_on = day
        if self.start_month and self.start_day:
            this_year = date(day.year, self.start_month, self.start_day)
            starts_on = this_year if this_year <= day else this_year.replace(year=day.year - 1)
        last = _months_after(starts_on, self.months) - timedelta(days=1)
        if self.most_days:
            last = min(last, starts_on + timedelta(days=self.most_days - 1))
        return starts_on, last


RULES = tuple(
    column.key
    for column in TemplateVersion.__table__.columns
    if column.key not in {"id", "template_id", "number", "published_at", "created_at"}
)
"""What a version says; the rest of its columns says which version it is."""


def _months_after(day: date, months: int) -> date:
    """Return the same day so many months later; the first of the next month where that month has no such day."""
    count = day.year * 12 + day.month - 1 + months
    try:
        return date(count // 12, count % 12 + 1, day.day)
    except ValueError:
        return date((count + 1) // 12, (count + 1) % 12 + 1, 1)
