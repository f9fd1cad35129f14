"""The transcript: what a person learned and when, in the parts that somebody else may be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from lti_tool.people.models import Person
from lti_tool.plans.canonical import content_hash
from lti_tool.plans.credit import CycleTotal, Total
from lti_tool.plans.models import IS_FINISHED, Activity, Brought, BroughtKind, Goal, GrowthPlan, LedgerEntry
from lti_tool.plans.queries.hours import Hours, hours_of
from lti_tool.plans.queries.plans import HIDDEN
from lti_tool.standards.models import Framework, Indicator

SCHEMA = "like-goals-transcript/1"
CITED = selectinload(Goal.indicators).joinedload(Indicator.framework)


@dataclass(frozen=True, slots=True)
class Learned:
    """One thing that was learned: what, when, how much, and on whose word."""

    title: str
    done_on: date
    entry: LedgerEntry | None

    @property
    def plain(self) -> dict[str, Any]:
        """The same as JSON values."""
        entry = self.entry
        if entry is None:
            return {"title": self.title, "date": self.done_on.isoformat()}
        return {
            "title": self.title,
            "date": self.done_on.isoformat(),
            "quantity": _number(entry.quantity),
            "unit": entry.credit_type.unit,
            "credit_type": entry.credit_type.name,
            "hours": _number(entry.hours),
            "source": entry.source.value,
        }


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is printed and given as a file; the hash is over the content alone, on whatever day it is issued."""

    person: Person
    places: list[dict[str, Any]]
    plans: list[GrowthPlan]
    learning: list[Learned]
    hours: Hours
    says_why: bool
    hash: str = ""

    @property
    def frameworks(self) -> list[Framework]:
        """What the goals' indicators are taken from, each once."""
        cited = (each.framework for plan in self.plans for goal in plan.goals for each in goal.indicators)
        return list(dict.fromkeys(cited))

    @property
    def content(self) -> dict[str, Any]:
        """What the hash is over, as JSON values."""
        return {
            "name": self.person.name,
            "district": self.person.district.name,
            "school": self.person.school.name if self.person.school else "",
            "earlier_places": self.places,
            "plans": [self._plan(each) for each in self.plans],
            "frameworks": [
                {name: getattr(each, name) for name in ("identifier", "title", "version", "licence", "attribution")}
                for each in self.frameworks
            ],
            "learning": [each.plain for each in self.learning],
            "totals": [_total(each) for each in self.hours.totals],
            "licence_cycles": [_cycle(each) for each in self.hours.cycles],
        }

    def _plan(self, plan: GrowthPlan) -> dict[str, Any]:
        return {"school_year": plan.school_year, "goals": [self._goal(each) for each in plan.goals]}

    def _goal(self, goal: Goal) -> dict[str, Any]:
        told = {
            "headline": goal.headline,
            "indicators": [
                {"code": each.code, "statement": each.statement, "framework": each.framework.identifier}
                for each in goal.indicators
            ],
            "state": goal.state.value,
            "met_on": goal.met_at.date().isoformat() if goal.met_at else "",
            "results": goal.results_statement,
        }
        return told | (
            {"why": list(filter(None, (goal.why_educator, goal.why_student, goal.why_system)))} if self.says_why else {}
        )


def transcript_of(db: Session, person: Person, *, says_why: bool) -> Transcript:
    """Return the transcript of a person; why a goal was chosen is in it only when its owner wants that.

    It is for others to read: support plans are not in it, nor what was never handed in or was given up.
    """
    plans = db.scalars(
        select(GrowthPlan)
        .where(GrowthPlan.person_id == person.id, ~GrowthPlan.is_restricted, GrowthPlan.state.not_in(HIDDEN))
        .options(selectinload(GrowthPlan.goals).options(CITED, selectinload(Goal.rationales)))
        .order_by(GrowthPlan.school_year.desc(), GrowthPlan.id.desc())
    )
    places = db.scalars(select(Brought.words).where(Brought.person_id == person.id, Brought.kind == BroughtKind.PLACES))
    hours = hours_of(db, person)
    made = Transcript(person, list(places), list(plans), _learning(db, hours), hours, says_why)
    return replace(made, hash=content_hash(made.content))


def document_of(transcript: Transcript, issued_on: date) -> dict[str, Any]:
    """Return the transcript as a file for machines."""
    return {
        "schema": SCHEMA,
        "issued_on": issued_on.isoformat(),
        "content_hash": transcript.hash,
        "transcript": transcript.content,
    }


def rows_of(transcript: Transcript, issued_on: date) -> list[list[str]]:
    """Return the transcript as rows of one table."""
    content = transcript.content
    head = {"row": "issued", "date": issued_on.isoformat(), "title": content["name"], "detail": transcript.hash}
    rows = [head, {"row": "place", "title": content["district"], "detail": content["school"]}]
    rows += [
        {
            "row": "goal", "period": _years(plan["school_year"]), "title": goal["headline"], "state": goal["state"],
            "date": goal["met_on"], "detail": goal["results"], "why": goal.get("why", ""),
        }
        for plan in content["plans"] for goal in plan["goals"]
    ]  # fmt: skip
    rows += [{"row": "learning", **each, "state": each.get("source", "")} for each in content["learning"]]
    rows += [
        {"row": "total", **each, "period": _years(each["school_year"]), "quantity": each["counted"]}
        for each in content["totals"]
    ]
    return [[str(each.get(name, "")) for name in COLUMNS] for each in rows]


COLUMNS = (
    "row", "period", "date", "title", "state", "quantity", "unit", "credit_type", "hours", "detail", "why",
)  # fmt: skip


def _learning(db: Session, hours: Hours) -> list[Learned]:
    """Return what is in the ledger, and what was finished without hours; the newest first."""
    entered = [Learned(each.title, each.earned_on, each) for each in hours.entries if each.withdrawn_at is None]
    known = {each.opportunity_id for each in hours.entries}
    finished = db.scalars(
        select(Activity)
        .join(Activity.plan)
        .where(GrowthPlan.person_id == hours.person.id, IS_FINISHED)
        .options(joinedload(Activity.opportunity))
        .order_by(Activity.completed_at, Activity.id)
    )
    others = {
        each.opportunity_id: Learned(each.opportunity.title, each.completed_at.date(), None)
        for each in finished
        if each.completed_at and each.opportunity_id not in known
    }
    return sorted([*entered, *others.values()], key=lambda each: each.done_on, reverse=True)


def _years(first: int) -> str:
    return f"{first}/{first + 1}"


def _total(total: Total) -> dict[str, Any]:
    return {
        "credit_type": total.credit_type.name,
        "unit": total.credit_type.unit,
        "school_year": total.school_year,
        "earned": _number(total.earned),
        "counted": _number(total.counted),
        "hours": _number(total.hours),
    }


def _cycle(licence: CycleTotal) -> dict[str, Any]:
    return {
        "credit_type": licence.cycle.credit_type.name,
        "starts_on": licence.cycle.starts_on.isoformat(),
        "ends_on": licence.cycle.ends_on.isoformat(),
        "needed": _number(licence.cycle.needed),
        "counted": _number(licence.counted),
    }


def _number(amount: Decimal) -> str:
    return f"{amount:.2f}"
