"""Tables of growth plans: what one educator means to learn in a period, and how far the plan has come."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Person
from lti_tool.plans.models.starters import standard_rules
from lti_tool.plans.models.templates import TemplateVersion

if TYPE_CHECKING:
    from lti_tool.plans.models.activities import Activity
    from lti_tool.plans.models.goals import Goal
    from lti_tool.plans.models.reviews import PlanReviewer


FIRST_MONTH = 7
"""A school year begins in July."""


def school_year_of(day: date) -> int:
    """Return the calendar year in which this day's school year began."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


class PlanState(StrEnum):
    """Where a plan stands, in the order of its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    """Agreed to, but not active before what a policy asks for is done."""
    ACTIVE = "active"
    MID_YEAR_DONE = "mid_year_done"
    FINAL_SUBMITTED = "final_submitted"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """Its owner said that they go on with it in another district."""


class PlanOutcome(StrEnum):
    """How a closed plan ended, in its owner's own word."""

    MET = "met"
    PARTLY = "partly"
    CARRIED_OVER = "carried_over"


class SharedKind(StrEnum):
    """In which way a plan is worked on together with others."""

    TEAM = "team"
    CROSS_SCHOOL = "cross_school"
    """A team across schools: for whoever is the only one of their kind at a school."""
    MENTOR = "mentor"
    OPEN_DOOR = "open_door"
    """Two colleagues who see each other's lessons."""
    COLLEAGUE = "colleague"


ENDED = frozenset({PlanState.CLOSED, PlanState.WITHDRAWN, PlanState.SUPERSEDED})
WRITABLE = frozenset(
    {
        PlanState.DRAFT,
        PlanState.CHANGES_REQUESTED,
        PlanState.APPROVED,
        PlanState.ACTIVE,
        PlanState.MID_YEAR_DONE,
    }
)
"""States in which the owner may change words."""
UNDER_WAY = frozenset({PlanState.ACTIVE, PlanState.MID_YEAR_DONE})
AGREED_TO = frozenset({PlanState.APPROVED, PlanState.ACTIVE})
"""Before its middle. What holds an approved plan back from being active holds no review back: its readers would tell
from a plan that went on without a card that its owner is exempt.
"""


class GrowthPlan(Base):
    """What one educator means to learn in one period, by the rules of the template it began with."""

    __tablename__ = "growth_plan"
    __table_args__ = (Index(None, "person_id", "school_year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    school_year: Mapped[int]
    """The calendar year in which it begins."""
    template_version_id: Mapped[int | None] = mapped_column(ForeignKey("template_version.id", ondelete="SET NULL"))
    state: Mapped[PlanState] = mapped_column(text_enum(PlanState), default=PlanState.DRAFT)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    outcome: Mapped[PlanOutcome | None] = mapped_column(text_enum(PlanOutcome))
    is_restricted: Mapped[bool] = mapped_column(default=False)
    """A support plan: there for its owner and its named reader alone, on no board, in no count."""
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("growth_plan.id", ondelete="SET NULL"), index=True)
    shared_kind: Mapped[SharedKind | None] = mapped_column(text_enum(SharedKind))
    shared_with: Mapped[str] = mapped_column(String(280), default="")
    shared_purpose: Mapped[str] = mapped_column(String(280), default="")
    shared_rhythm: Mapped[str] = mapped_column(String(280), default="")
    shared_products: Mapped[str] = mapped_column(String(280), default="")
    """What will be shared with colleagues."""
    mid_year_words: Mapped[str] = mapped_column(Text, default="")
    results_statement: Mapped[str] = mapped_column(Text, default="")
    """What changed, what did not, what is next; needed to close."""
    response: Mapped[str] = mapped_column(Text, default="")
    """What the owner says to the signed review; having read it is not the same as agreeing."""
    submitted_at: Mapped[datetime | None]
    """When it was last handed to its readers: to be approved, at mid-year, or at its end."""
    answer_by: Mapped[date | None]
    """The day until which its readers are to answer what was last handed in."""
    opened_at: Mapped[datetime | None]
    """When the first of its readers opened what was last handed in; from then on it cannot be recalled."""
    approved_at: Mapped[datetime | None]
    mid_year_at: Mapped[datetime | None]
    """When its owner handed the mid-year words in."""
    final_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    """When enough of its readers had signed its end."""
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    person: Mapped[Person] = relationship()
    template_version: Mapped[TemplateVersion | None] = relationship()
    activities: Mapped[list[Activity]] = relationship(back_populates="plan", order_by="Activity.id")
    goals: Mapped[list[Goal]] = relationship(back_populates="plan", order_by="Goal.id")
    following: Mapped[list[GrowthPlan]] = relationship(viewonly=True, order_by="GrowthPlan.id")
    """The plans that go on with what was open in this one."""
    readers: Mapped[list[PlanReviewer]] = relationship(back_populates="plan", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def rules(self) -> TemplateVersion:
        """Return the rules that the plan follows; one that began before there were templates follows the usual ones."""
        return self.template_version or standard_rules()

    def covers(self, day: date) -> bool:
        """Return whether a day is in its time; of a plan without dates that is its school year."""
        if self.starts_on is None or self.ends_on is None:
            return school_year_of(day) == self.school_year
        return self.starts_on <= day <= self.ends_on

    @property
    def middle_on(self) -> date | None:
        """Return the day in the middle of its period, around which its mid-year review is."""
        return self.starts_on + (self.ends_on - self.starts_on) / 2 if self.starts_on and self.ends_on else None

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def is_for_others(self) -> bool:
        """Whether its goals may be shown at all: it has not ended and is no support plan."""
        return not self.is_restricted and not self.is_ended

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def lets_words_change(self) -> bool:
        """Whether the owner may change words now: not while readers have them, and not once it has ended."""
        return self.state in WRITABLE

    @property
    def is_with_readers(self) -> bool:
        """Whether its readers see the words that were last handed in."""
        return self.state not in {PlanState.DRAFT, PlanState.WITHDRAWN}

    @property
    def is_at_mid_year(self) -> bool:
        """Whether the mid-year words were handed in and nobody has answered yet."""
        return self.state in AGREED_TO and self.mid_year_at is not None

    @property
    def waits_for_readers(self) -> bool:
        """Whether it is with its readers: to be approved, at mid-year, or to be signed."""
        is_unsigned = self.state is PlanState.FINAL_SUBMITTED and self.signed_at is None
        return self.state is PlanState.SUBMITTED or is_unsigned or self.is_at_mid_year

    @property
    def free_seats(self) -> int:
        """How many more colleagues its owner may ask to read it."""
        is_named = self.rules.needs_named_readers and not self.is_ended
        return max(0, self.rules.reviewers - len(self.readers)) if is_named else 0

    def state_for(self, person: Person) -> PlanState:
        """Return where the plan stands for somebody: whether an approved one is active only its owner is to know.

        A reader who sees no card and an active plan could tell that its owner is exempt from declaring.
        """
        is_others = self.state is PlanState.APPROVED and not self.is_owned_by(person)
        return PlanState.ACTIVE if is_others else self.state

    def is_sealed_for(self, person: Person) -> bool:
        """Return whether this reader has to open it first: until then its owner can take it back."""
        return not self.is_owned_by(person) and self.waits_for_readers and self.opened_at is None

    @property
    def lacks_shared_component(self) -> bool:
        """Whether nothing is said of learning together, where that is asked for or encouraged."""
        return self.shared_kind is None and self.rules.collaboration.value != "none"

    def is_owned_by(self, person: Person) -> bool:
        return self.person_id == person.id

    def can_be_changed_by(self, person: Person) -> bool:
        return self.is_owned_by(person) and self.lets_words_change

    def can_be_submitted_by(self, person: Person) -> bool:
        return self.is_owned_by(person) and self.state in {PlanState.DRAFT, PlanState.CHANGES_REQUESTED}

    def can_be_recalled_by(self, person: Person) -> bool:
        """Return whether this person may take it back: until the first reader has opened it."""
        return self.is_owned_by(person) and self.waits_for_readers and self.opened_at is None

    def can_be_withdrawn_by(self, person: Person) -> bool:
        """Return whether this person may give the plan up; a support plan is not for its owner alone to end."""
        return self.is_owned_by(person) and not self.is_ended and not self.is_restricted

    def can_be_taken_elsewhere_by(self, person: Person) -> bool:
        """Return whether this person may say that they go on with it in another district: once readers have seen it."""
        was_read = self.is_with_readers and not self.can_be_recalled_by(person)
        return self.can_be_withdrawn_by(person) and was_read

    def can_come_to_mid_year_by(self, person: Person) -> bool:
        is_due = self.state in AGREED_TO and self.rules.has_mid_year and self.mid_year_at is None
        return self.is_owned_by(person) and is_due

    @property
    def awaits_mid_year(self) -> bool:
        """Whether it cannot come to its end because the review in the middle that its rules ask for is not done."""
        return self.state in AGREED_TO and self.rules.has_mid_year

    def can_be_finished_by(self, person: Person) -> bool:
        goes_on = self.state in AGREED_TO or self.is_under_way
        return self.is_owned_by(person) and goes_on and not self.awaits_mid_year

    def can_be_acknowledged_by(self, person: Person) -> bool:
        is_signed = self.state is PlanState.FINAL_SUBMITTED and self.signed_at is not None
        return self.is_owned_by(person) and is_signed

    def can_be_carried_over_by(self, person: Person) -> bool:
        """Return whether this person may go on with what is open in it; a support plan ends with itself."""
        has_open = any(goal.is_open for goal in self.goals)
        return self.is_owned_by(person) and self.is_ended and has_open and not self.is_restricted
