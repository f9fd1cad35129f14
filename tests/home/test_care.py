"""What a designer's home says is to be looked after, and the gaps that it gives to work off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.home.queries.care import needing_care
from lti_tool.people.models import Opportunity, OpportunityKind, Role
from lti_tool.plans.models import Activity, Goal, GrowthPlan
from lti_tool.standards.models import Alignment, Strength
from tests.conftest import make_person
from tests.full_district import make_full_district
from tests.teams.declared import make_indicators


@pytest.fixture
def designer(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)


@pytest.fixture
def learning(database, sample) -> dict[str, int]:
    """One opportunity for each sign, and one that needs nothing; ids by title."""
    now = utc_now()
    said = {
        "fine": {"refreshed_on": (now - timedelta(days=400)).date()},
        "old": {"refreshed_on": (now - timedelta(days=740)).date()},
        "retires": {"retired_on": (now + timedelta(days=20)).date()},
        "later": {"retired_on": (now + timedelta(days=60)).date()},
        "retired": {"retired_on": now.date(), "refreshed_on": (now - timedelta(days=900)).date()},
        "serves nothing": {},
        "unasked": {},
        "counted": {},
    }
    with database.transaction() as db:
        asked, other = make_indicators(db, sample, "1/1c/1c.2", "1/1c/1c.3")
        ana = make_person(db, sample, "Ana Ruiz")
        plan = GrowthPlan(district_id=sample.district.id, person_id=ana.id, school_year=2026)
        db.add(goal := Goal(plan=plan, headline="Ask open questions", indicators=[asked]))
        ids = {}
        for title, values in said.items():
            offered = Opportunity(district_id=sample.district.id, kind=OpportunityKind.STUDY, title=title, **values)
            db.add(offered)
            db.flush()
            ids[title] = offered.id
            if title != "serves nothing":
                served = other if title in {"unasked", "counted"} else asked
                db.add(Alignment(opportunity_id=offered.id, indicator_id=served.id, strength=Strength.DEVELOPS))
        goal.activities.append(Activity(plan=plan, opportunity_id=ids["counted"]))
        db.get_one(Opportunity, sample.course.id).retired_on = now.date()
    return ids


def test_s11_what_needs_care_is_named_with_its_reason_and_nothing_else(database, designer, learning):
    with database.reading() as db:
        found = {
            each.opportunity.title: (each.retires_soon, each.is_old, each.serves_nothing, each.asked_by_nobody)
            for each in needing_care(db, designer, None)
        }

    assert found == {
        "retires": (True, False, False, False),
        "serves nothing": (False, False, True, False),
        "old": (False, True, False, False),
        "unasked": (False, False, False, True),
    }
    assert list(found) == ["retires", "serves nothing", "old", "unasked"]


def test_the_home_of_a_designer_says_what_to_do_about_each(sample, designer, learning, visit):
    text = visit(sample, designer).get("/?as=designer").text.split('id="care-title"')[1]

    assert "Not brought up to date for over two years" in text
    assert "No goal asks for what it serves" in text
    assert f"/standards/opportunities/{learning['serves nothing']}/alignment" in text


def test_who_designs_one_course_is_told_of_that_one_alone(database, sample, learning):
    with database.transaction() as db:
        teacher = make_person(db, sample, "Cora Teach", learner=False)
        db.get_one(Opportunity, sample.course.id).retired_on = None

    with database.reading() as db:
        found = [each.opportunity.id for each in needing_care(db, teacher, sample.course)]

    assert found == [sample.course.id]


def test_gaps_that_goals_ask_for_come_with_what_can_be_done(database, visit):
    with database.transaction() as db:
        full = make_full_district(db)

    text = visit(full.sample, full.designer).get("/?as=designer").text
    gaps = text.split('id="gaps-title"')[1].split("</section>")[0]

    assert gaps.count("Attach a course") == gaps.count("Ask a colleague") == gaps.count("Plan a session") == 1
    assert "A.1.b" in gaps
