"""Credit in numbers: the starter set of kinds, school years, and what counts of what was earned under a yearly cap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lti_tool.plans.models import CreditType, GrowthPlan, LedgerEntry, LicenceCycle, TemplateVersion
from lti_tool.plans.models.plans import school_year_of

NOTHING = Decimal("0.00")
CENT = Decimal("0.01")


def starter_types(district_id: int) -> list[CreditType]:
    """Return the kinds of credit that a district has until it says otherwise; none of them is stored yet."""
    return [
        CreditType(
            district_id=district_id, name=name, unit=unit, hours_per_unit=Decimal(hours), is_default=name == FIRST
        )
        for name, unit, hours in STARTERS
    ]


FIRST = "Clock hours"
STARTERS = ((FIRST, "clock hours", 1), ("CEU", "CEU", 10), ("Semester hours", "semester hours", 30))


@dataclass(frozen=True, slots=True)
class Total:
    """What was earned of one kind of credit in one school year, and how much of it counts."""

    credit_type: CreditType
    school_year: int
    earned: Decimal
    counted: Decimal
    hours: Decimal

    @property
    def is_capped(self) -> bool:
        return self.counted < self.earned


@dataclass(frozen=True, slots=True)
class CycleTotal:
    """How much of what a licence needs was earned within its dates, as far as it counts."""

    cycle: LicenceCycle
    counted: Decimal
    is_capped: bool

    @property
    def missing(self) -> Decimal:
        return max(self.cycle.needed - self.counted, NOTHING)


@dataclass(frozen=True, slots=True)
class PlanHours:
    """How far a plan is with the hours that it aims for."""

    plan: GrowthPlan
    counted: Decimal
    earned: Decimal

    @property
    def is_capped(self) -> bool:
        return self.counted < self.earned


def totals_of(entries: Iterable[LedgerEntry]) -> list[Total]:
    """Return the totals by school year, the newest first, and kind; what was withdrawn is in none."""
    sums: dict[tuple[int, int], list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.withdrawn_at is None:
            sums[school_year_of(entry.earned_on), entry.credit_type_id].append(entry)
    totals = [_total(year, found) for (year, _), found in sums.items()]
    return sorted(totals, key=lambda each: (-each.school_year, each.credit_type.name))


def cycle_total(cycle: LicenceCycle, entries: Iterable[LedgerEntry]) -> CycleTotal:
    """Return what counts toward a licence: within its dates, of its kind, each school year under its own cap."""
    within = totals_of(
        each
        for each in entries
        if each.credit_type_id == cycle.credit_type_id and cycle.starts_on <= each.earned_on <= cycle.ends_on
    )
    return CycleTotal(cycle, sum((each.counted for each in within), NOTHING), any(each.is_capped for each in within))


def plan_hours(plan: GrowthPlan, entries: Iterable[LedgerEntry]) -> PlanHours:
    """Return what was earned in the time of a plan: each school year of it under the cap of its rules."""
    years: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    for entry in entries:
        if entry.withdrawn_at is None and plan.covers(entry.earned_on):
            years[school_year_of(entry.earned_on)] += entry.hours
    counted = sum((_under(plan.rules, hours) for hours in years.values()), NOTHING)
    return PlanHours(plan, counted, sum(years.values(), NOTHING))


def award_of(rules: TemplateVersion, earned: Decimal) -> Decimal:
    """Return what closing a plan adds to the hours that were earned in the same school year."""
    return max(_under(rules, earned + (rules.hours_award or NOTHING)) - earned, NOTHING)


def _under(rules: TemplateVersion, hours: Decimal) -> Decimal:
    return hours if rules.hours_yearly_cap is None else min(hours, rules.hours_yearly_cap)


def _total(year: int, entries: list[LedgerEntry]) -> Total:
    credit_type = entries[0].credit_type
    earned = sum((each.quantity for each in entries), NOTHING)
    cap = credit_type.yearly_cap
    return Total(
        credit_type=credit_type,
        school_year=year,
        earned=earned,
        counted=earned if cap is None else min(earned, cap),
        hours=sum((each.hours for each in entries), NOTHING),
    )
