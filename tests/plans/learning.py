"""Things to learn from, for the tests of finding and of taking them up."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lti_tool.people.models import Course, Opportunity, OpportunityKind
from lti_tool.standards.models import Alignment, Strength
from tests.conftest import SampleDistrict, make_course
from tests.plans.conftest import indicator

FACETS = ("grade_bands", "disciplines", "roles", "contexts")
FOR_ALL: dict[str, Any] = {name: ["all"] for name in FACETS}


def offer(
    db: Session, sample: SampleDistrict, kind: OpportunityKind, title: str, code: str | None = "T2.2a", **said: Any
) -> Opportunity:
    """Return something new on offer that serves an indicator, for nobody in particular unless facets are given."""
    facets = {name: said.pop(name) for name in FACETS if name in said}
    strength = said.pop("strength", Strength.DEVELOPS)
    made = Opportunity(district_id=sample.district.id, kind=kind, title=title, **said)
    db.add(made)
    db.flush()
    if code:
        align(db, made, code, strength, **facets)
    return made


def offer_course(
    db: Session, sample: SampleDistrict, title: str, code: str = "T2.2a", *, launch_url: str = "", **said: Any
) -> Course:
    """Return a new course of the LMS that serves an indicator."""
    course = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, title)
    course.launch_url = launch_url
    align(db, course.opportunity, code, said.pop("strength", Strength.DEVELOPS), **said)
    return course


def align(db: Session, opportunity: Opportunity, code: str, strength: Strength, **facets: list[str]) -> None:
    """Say that something serves an indicator, and for whom."""
    serves = indicator(db, code).id
    db.add(Alignment(opportunity_id=opportunity.id, indicator_id=serves, strength=strength, **facets))
    db.flush()
