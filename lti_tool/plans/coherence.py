"""How the parts of a plan hang together, for its owner, in sentences: facts to act on, never a score.

Pure: it is told the plan's learning and goals, and says what stands apart, what scatters and what repeats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lti_tool.plans.models import Activity, Goal
from lti_tool.standards.models import Alignment, Indicator, Strength

MOST_STANDARDS = 3
"""Parts of the standards that the goals of most plans touch, at most."""
STEPS = list(Strength)


@dataclass(frozen=True, slots=True)
class FinishedCourse:
    """A course that the LMS reports the person finished."""

    opportunity_id: int
    title: str


@dataclass(frozen=True, slots=True)
class PlanParts:
    """What a plan is made of, as far as its coherence goes."""

    goals: Sequence[Goal] = ()
    activities: Sequence[Activity] = ()
    earlier: Sequence[Activity] = ()
    """The owner's activities in other plans."""
    finished: Sequence[FinishedCourse] = ()
    """What the LMS reports finished in the plan's time, whether it counts toward anything or not."""
    alignments: Mapping[int, Sequence[Alignment]] = field(default_factory=dict)
    """What each opportunity serves, by its id."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Learning of the plan that serves no goal; without an activity it is known from the LMS alone."""

    opportunity_id: int
    title: str
    activity: Activity | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Learning that was taken up and goes no further than something finished."""

    activity: Activity
    finished: Activity


@dataclass(frozen=True, slots=True)
class Coherence:
    """What is to be said of a plan; nothing where it hangs together."""

    apart: tuple[Apart, ...]
    learning: int
    """How many things the plan's owner learns with, those apart among them."""
    goals: tuple[Goal, ...]
    """The open ones."""
    domains: tuple[str, ...]
    """Codes of the unrelated parts of the standards that the goals touch, where they are many."""
    repeats: tuple[Repeat, ...]

    @property
    def says_nothing(self) -> bool:
        return not (self.apart or self.domains or self.repeats)


def coherence_of(parts: PlanParts) -> Coherence:
    """Return what is to be said of a plan."""
    goals = tuple(goal for goal in parts.goals if goal.is_open)
    domains = _domains(indicator for goal in goals for indicator in goal.indicators)
    apart = tuple(_apart(parts))
    serving = {each.opportunity_id for each in parts.activities if each.goal_id is not None}
    return Coherence(
        apart=apart,
        learning=len(serving) + len(apart),
        goals=goals,
        domains=domains if len(domains) > MOST_STANDARDS else (),
        repeats=tuple(_repeats(parts)),
    )


def _apart(parts: PlanParts) -> Iterator[Apart]:
    for each in parts.activities:
        if each.goal_id is None:
            yield Apart(each.opportunity_id, each.opportunity.title, each)
    known = {each.opportunity_id for each in (*parts.activities, *parts.earlier)}
    for course in parts.finished:
        if course.opportunity_id not in known:
            yield Apart(course.opportunity_id, course.title)


def _domains(indicators: Iterable[Indicator]) -> tuple[str, ...]:
    """Return the code of each part of each framework that is touched, in the order of the goals."""
    touched = {(each.framework_id, each.path.partition("/")[0]): None for each in indicators}
    return tuple(code for _, code in touched)


def _repeats(parts: PlanParts) -> Iterator[Repeat]:
    finished = [each for each in (*parts.activities, *parts.earlier) if each.completed_at]
    for activity in parts.activities:
        if activity.completed_at is None:
            known = next((each for each in finished if _covers(each, activity, parts.alignments)), None)
            if known is not None:
                yield Repeat(activity, known)


def _covers(finished: Activity, other: Activity, alignments: Mapping[int, Sequence[Alignment]]) -> bool:
    """Return whether finished learning went as far with all that the other serves; the same thing always did.

    Coaching after a course is no repetition: only what is of the same kind is compared.
    """
    if finished.opportunity_id == other.opportunity_id:
        return True
    if finished.opportunity.kind is not other.opportunity.kind:
        return False
    reached = {each.indicator_id: STEPS.index(each.strength) for each in alignments.get(finished.opportunity_id, ())}
    aims = alignments.get(other.opportunity_id, ())
    return bool(aims) and all(reached.get(each.indicator_id, -1) >= STEPS.index(each.strength) for each in aims)
