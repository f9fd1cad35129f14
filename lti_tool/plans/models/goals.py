"""Tables of goals. The words in them belong to their owner; nobody else may change one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course, Person
from lti_tool.plans.models.declarations import Audience, Declaration
from lti_tool.plans.models.plans import GrowthPlan
from lti_tool.plans.models.rationales import GoalRationale, RationaleKind
from lti_tool.plans.models.shared_goals import SharedGoal
from lti_tool.standards.models import Indicator

if TYPE_CHECKING:
    from lti_tool.plans.models.activities import Activity, TryIt
    from lti_tool.plans.models.evidence import Evidence
    from lti_tool.plans.models.revisions import GoalRevision
    from lti_tool.plans.models.templates import TemplateVersion


class GoalState(StrEnum):
    """Where a goal stands; a course that was finished does not by itself make one met."""

    OPEN = "open"
    MET = "met"
    CARRIED_OVER = "carried_over"
    """Its owner goes on with it in a later plan; here it stays as it was."""


class GoalKind(StrEnum):
    """What a goal is about first of all."""

    PRACTICE = "practice"
    STUDENT_LEARNING = "student_learning"
    SCHOOL = "school"
    DISTRICT = "district"
    PERSONAL = "personal"


class Company(StrEnum):
    """What an owner chose when told of colleagues with a like goal; none of the choices is better than another."""

    JOINED = "joined"
    ADAPTED = "adapted"
    ALONE = "alone"
    UNDECIDED = "undecided"


WORTH_SAYING = ("practice_change", "student_result", "measure", "due_on", "with_whom")
"""What one can tell a goal by, beside its headline."""


class Goal(Base):
    """One goal of a plan: why, what will change, for whom, and how one will know."""

    __tablename__ = "goal"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("growth_plan.id", ondelete="CASCADE"), index=True)
    headline: Mapped[str] = mapped_column(String(140))
    kind: Mapped[GoalKind | None] = mapped_column(text_enum(GoalKind))
    practice_change: Mapped[str] = mapped_column(Text, default="")
    student_result: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None]
    with_whom: Mapped[str] = mapped_column(Text, default="")
    company: Mapped[Company] = mapped_column(text_enum(Company), default=Company.UNDECIDED)
    joined_goal_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    """The colleague's goal that the owner works on as well."""
    state: Mapped[GoalState] = mapped_column(text_enum(GoalState), default=GoalState.OPEN)
    met_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    """When it was last announced that the goal is met; reopening it takes nothing back."""
    results_statement: Mapped[str] = mapped_column(Text, default="")
    """What changed, what did not, what is next; needed to close."""
    shared_goal_id: Mapped[int | None] = mapped_column(ForeignKey("shared_goal.id", ondelete="SET NULL"), index=True)
    """The shared goal of the school or the district that it is a part of."""
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("goal.id", ondelete="SET NULL"), index=True)
    """The goal of an earlier plan that this one goes on with."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts saves: two tabs cannot overwrite each other unseen."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    plan: Mapped[GrowthPlan] = relationship(back_populates="goals")
    rationales: Mapped[list[GoalRationale]] = relationship(
        back_populates="goal", cascade="all, delete-orphan", order_by="GoalRationale.id"
    )
    indicators: Mapped[list[Indicator]] = relationship(secondary="goal_indicator", order_by="Indicator.position")
    activities: Mapped[list[Activity]] = relationship(back_populates="goal", cascade="all, delete-orphan")
    tries: Mapped[list[TryIt]] = relationship(back_populates="goal", cascade="all, delete-orphan", order_by="TryIt.id")
    evidence: Mapped[list[Evidence]] = relationship(
        back_populates="goal", cascade="all, delete-orphan", order_by="Evidence.dated_on, Evidence.id"
    )
    declaration: Mapped[Declaration | None] = relationship(back_populates="goal", cascade="all, delete-orphan")

    shared_goal: Mapped[SharedGoal | None] = relationship()
    revisions: Mapped[list[GoalRevision]] = relationship(
        viewonly=True, order_by="GoalRevision.version", back_populates="goal"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def owner(self) -> Person:
        return self.plan.person

    @property
    def is_open(self) -> bool:
        return self.state is GoalState.OPEN

    @property
    def is_live(self) -> bool:
        """Whether its owner goes on with it here: it is open, and its plan has not ended."""
        return self.is_open and not self.plan.is_ended

    @property
    def is_declared(self) -> bool:
        """Whether its card can be seen by anybody but its owner: none of a support plan, or of one that has ended."""
        card = self.declaration
        return card is not None and card.audience is not Audience.PRIVATE and self.plan.is_for_others

    @property
    def needs_try(self) -> bool:
        """Whether learning counts toward it, or did and was finished, and nothing was tried and reflected on yet."""
        is_asked, was_learned = self.plan.rules.try_it_required, bool(self.activities or self.tries)
        return is_asked and was_learned and not any(each.done_at for each in self.tries)

    @property
    def has_news(self) -> bool:
        """Whether being met now says something that was not announced: the first time, or learning linked since."""
        return self.announced_at is None or any(each.announced_at is None for each in self.activities)

    def announce(self, at: datetime) -> None:
        """Keep that it was announced as met, and with what learning."""
        self.announced_at = at
        for each in self.activities:
            each.announced_at = at

    def is_owned_by(self, person: Person) -> bool:
        return self.plan.person_id == person.id

    def can_be_edited_by(self, person: Person) -> bool:
        """Return whether this person may change the goal's words: its owner, while it is open and with nobody else."""
        return self.is_owned_by(person) and self.is_open and self.plan.lets_words_change

    def missing_parts(self, rules: TemplateVersion) -> tuple[str, ...]:
        """Return the fields that have to be filled before the plan can be handed in under these rules."""
        why = (f"why_{slot}" for slot in rules.rationale_slots)
        needed = ("headline", *why, "indicators", "practice_change", "student_result", "measure", "due_on")
        return tuple(name for name in needed if not getattr(self, name))

    @property
    def why_educator(self) -> str:
        return self._why(RationaleKind.EDUCATOR)

    @property
    def why_student(self) -> str:
        return self._why(RationaleKind.STUDENT)

    @property
    def why_system(self) -> str:
        return self._why(RationaleKind.SYSTEM)

    def _why(self, kind: RationaleKind) -> str:
        """Return what was said from one place: the priority as it read then, and the owner's own words."""
        said = self.rationale(kind)
        return "\n".join(each for each in (said.priority_text, said.text) if each) if said else ""

    def rationale(self, kind: RationaleKind) -> GoalRationale | None:
        """Return what was said of why, from one of the three places."""
        return next((each for each in self.rationales if each.kind is kind), None)

    def missing_rationales(self, needed: Iterable[RationaleKind] = RationaleKind) -> list[RationaleKind]:
        """Return which of the needed places nothing is said of yet."""
        filled = {each.kind for each in self.rationales if each.is_filled}
        return [kind for kind in needed if kind not in filled]

    @property
    def gaps(self) -> list[str]:
        """Return the names of the fields that would make it clearer and are empty; none of them is needed."""
        return [name for name in WORTH_SAYING if not getattr(self, name)]

    @property
    def courses(self) -> list[Activity]:
        """Return the activities that are courses of an LMS, which reports when they are finished."""
        return [each for each in self.activities if each.course is not None]

    @property
    def unfinished_courses(self) -> list[Course]:
        return [each.course for each in self.activities if each.course is not None and each.completed_at is None]

    @property
    def unfinished(self) -> list[Activity]:
        """Return the activities that are not finished and that only the owner can say to be."""
        return [each for each in self.activities if each.completed_at is None and not each.is_reported]

    def counted(self, opportunity_id: int) -> Activity | None:
        """Return the activity by which an opportunity counts toward this goal."""
        return next((each for each in self.activities if each.opportunity_id == opportunity_id), None)


class GoalIndicator(Base):
    """That a goal works on an indicator."""

    __tablename__ = "goal_indicator"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(
        ForeignKey("indicator.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    kept_at: Mapped[datetime | None]
    """When the owner chose to stay with an indicator that was replaced by another one."""
