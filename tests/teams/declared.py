"""Declared goals for the tests of teams and grades."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Identity, Person
from lti_tool.plans.models import Activity, Audience, Declaration, Goal, GoalRationale, GrowthPlan, RationaleKind
from lti_tool.standards.models import Framework, Indicator, Level
from tests.conftest import SampleDistrict


def make_indicators(db: Session, sample: SampleDistrict, *paths: str) -> list[Indicator]:
    """Return indicators with these paths of one framework."""
    framework = Framework(district_id=sample.district.id, identifier="sample", title="Sample standards")
    db.add(framework)
    db.flush()
    made = [
        Indicator(
            framework=framework, framework_id=framework.id, identifier=path, level=Level.INDICATOR,
            code=path.rsplit("/", 1)[-1], path=path, statement=f"Statement of {path}", position=number,
        )
        for number, path in enumerate(paths)
    ]  # fmt: skip
    db.add_all(made)
    db.flush()
    return made


def make_goal(
    db: Session, sample: SampleDistrict, person: Person, *indicators: Indicator,
    audience: Audience | None = Audience.DISTRICT, headline: str = "Ask better questions", **words: str,
) -> Goal:  # fmt: skip
    """Return an open goal that counts the sample course, declared unless `audience` is None."""
    plan = db.scalar(select(GrowthPlan).where(GrowthPlan.person_id == person.id))
    plan = plan or GrowthPlan(district_id=person.district_id, person_id=person.id, school_year=2026)
    goal = Goal(plan=plan, headline=headline, indicators=list(indicators))
    goal.rationales = [GoalRationale(kind=RationaleKind.EDUCATOR, text="Secret rationale")]
    goal.activities = [Activity(plan=plan, opportunity_id=sample.course.id)]
    if audience is not None:
        goal.declaration = Declaration(**words)
        goal.declaration.show_to(audience, person)
    db.add(goal)
    db.flush()
    return goal


def make_identity(db: Session, sample: SampleDistrict, person: Person, lms_user_id: str = "") -> Identity:
    """Return who a person is to the sample LMS."""
    identity = Identity(
        person_id=person.id, registration_id=sample.registration.id, sub=lms_user_id or f"sub-{person.id}",
        lms_user_id=lms_user_id or str(person.id),
    )  # fmt: skip
    db.add(identity)
    return identity
