"""The demo district from declared goals to groups of the LMS, against teams that were worked out by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.launch.models import Deployment, Registration
from lti_tool.people.models import Course, Identity, Person, School, Supervision
from lti_tool.plans.models import Activity, Audience, Declaration, Goal, GrowthPlan
from lti_tool.standards.models import Framework, Indicator, Level
from lti_tool.teams.models import Team, TeamState
from practice_lms.cedar_valley import EVALUATOR_AND_EDUCATOR, LIKE_GOALS
from practice_lms.state import Flavour
from tests.conftest import SampleDistrict
from tests.lms_fixtures import DESIGNER, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "platform_keys", "run_lms", "tool_server"]

PEOPLE = json.loads((Path(__file__).parent / "matching" / "cedar_valley.json").read_text())["people"]
BY_HAND = {"PD101": [5], "PD102": [3, 3], "PD103": [3, 3], "PD104": [5]}
"""How large the teams of each course's like goals are."""


@dataclass(frozen=True)
class Valley:
    """The district with everybody's goal declared, and its LMS."""

    pd101: District101
    sample: SampleDistrict
    people: dict[str, Person]

    def course(self, label: str) -> Course:
        with self.pd101.database.reading() as db:
            wanted = str(self.pd101.practice.course(label).id)
            return db.scalars(select(Course).where(Course.lms_course_id == wanted)).one()


@pytest.fixture
def valley(app, database, any_lms) -> Valley:
    pd101 = open_district(app, database, any_lms)
    for label in list(BY_HAND)[1:]:
        any_lms.place_link(label=label)
    pd101.connect()
    with database.transaction() as db:
        registration = db.scalars(select(Registration)).one()
        deployment = db.scalars(select(Deployment)).one()
        designer = pd101.person(db, DESIGNER)
        people = {each["id"]: _educator(db, any_lms.user(each["id"]), designer, registration, each) for each in PEOPLE}
        evaluator, educator = (people[login] for login in EVALUATOR_AND_EDUCATOR)
        db.add(Supervision(person_id=educator.id, supervisor_id=evaluator.id))
        for label, logins in LIKE_GOALS.items():
            lms_id = str(any_lms.course(label).id)
            course_id = db.scalars(select(Course.id).where(Course.lms_course_id == lms_id)).one()
            owners = [people[login].id for login in logins]
            for goal in db.scalars(select(Goal).join(Goal.plan).where(GrowthPlan.person_id.in_(owners))).all():
                db.add(Activity(plan_id=goal.plan_id, goal_id=goal.id, opportunity_id=course_id))
        one, other, *_ = db.scalars(select(School).order_by(School.id))
        sample = SampleDistrict(designer.district, registration, deployment, pd101.course(db), (one, other))
    return Valley(pd101, sample, people | {DESIGNER: designer})


def _educator(db: Session, user, designer: Person, registration: Registration, told: dict[str, Any]) -> Person:
    """Return somebody of the district, known to the LMS, with the goal of the file declared to the district."""
    of_district = {"district_id": designer.district_id}
    school = db.scalar(select(School).where(School.name == told["school"])) or School(
        name=told["school"], **of_district
    )
    person = Person(
        name=user.name, discipline=told["discipline"], school=school,
        grade_bands=[told["grade_band"]] if told["grade_band"] else [], **of_district,
    )  # fmt: skip
    db.add(person)
    db.flush()
    db.add(Identity(person_id=person.id, registration_id=registration.id, sub=user.lti_id, lms_user_id=str(user.id)))
    (path,) = told["indicators"]
    goal = Goal(
        plan=GrowthPlan(person_id=person.id, school_year=2026, **of_district), headline=told["text"],
        indicators=[_indicator(db, designer.district_id, path)], declaration=Declaration(audience=Audience.DISTRICT),
    )  # fmt: skip
    db.add(goal)
    db.flush()
    return person


def _indicator(db: Session, district_id: int, path: str) -> Indicator:
    known = db.scalar(select(Indicator).where(Indicator.path == path))
    if known is not None:
        return known
    found = db.scalar(select(Framework).where(Framework.identifier == "valley"))
    framework = found or Framework(district_id=district_id, identifier="valley", title="Standards of the valley")
    code = path.rsplit("/", 1)[-1]
    return Indicator(
        framework=framework, identifier=path, level=Level.INDICATOR, code=code, path=path, statement=path, position=1
    )


@pytest.mark.parametrize("any_lms", [Flavour.MOODLE], indirect=True)
def test_b3_the_demo_district_is_teamed_as_by_hand_and_its_teams_become_groups(valley, visit):
    designer = visit(valley.sample, valley.people[DESIGNER], course_id=None)

    designer.post("/teams/propose", data={"place": "district"})
    valley.pd101.work()
    teams, again = _teams(valley), designer.post("/teams/propose", data={"place": "district"})
    valley.pd101.work()
    assert again.status_code == 303
    assert [each.logins for _, each in _teams(valley)] == [each.logins for _, each in teams]
    page, teams = designer.get("/teams/district").text, _teams(valley)
    cards = page.split('<article class="team-card"')[1:]
    alone = page.split("In no team yet")[1]
    nurse, farmer = (valley.people[login] for login in ("wanda.kowalski", "xavier.hill"))
    told = {each.name: visit(valley.sample, each).get("/teams/?as=educator").text for each in (nurse, farmer)}
    for label, members in teams:
        designer.post(f"/teams/{members.team_id}/send", data={"course": valley.course(label).id})
        for login in members.logins:
            answer = visit(valley.sample, valley.people[login]).post(f"/teams/{members.team_id}/accept")
            assert answer.status_code == 303
    valley.pd101.work()

    assert len(cards) == len(teams)
    assert all("work on " in card.split('class="team-reasons"')[1].split("</ul>")[0] for card in cards)
    found = {label: sorted(len(members.logins) for each, members in teams if each == label) for label in BY_HAND}
    assert found == BY_HAND
    assert not any(set(EVALUATOR_AND_EDUCATOR) <= members.logins for _, members in teams)
    assert all(name in alone for name in told)
    assert "Nearest in the district: " in alone
    assert all("Your goal is rare here" in mine and "Ask to team up" in mine for mine in told.values())
    groups = {frozenset(group.member_ids) for group in valley.pd101.groups()}
    assert groups == {frozenset(valley.pd101.ids(*members.logins)) for _, members in teams}
    with valley.pd101.database.reading() as db:
        assert {team.state for team in db.scalars(select(Team))} == {TeamState.FORMED}
        assert all(team.lms_confirmed_at for team in db.scalars(select(Team)))


@dataclass(frozen=True)
class Members:
    """A team by the logins of its people."""

    team_id: int
    logins: frozenset[str]


def _teams(valley: Valley) -> list[tuple[str, Members]]:
    """Return each proposal with the course whose like goals all of it share."""
    logins = {person.id: login for login, person in valley.people.items()}
    with valley.pd101.database.reading() as db:
        teams = db.scalars(select(Team).order_by(Team.id)).all()
        found = [Members(team.id, frozenset(logins[each.person_id] for each in team.members)) for team in teams]
    return [(next(label for label, own in LIKE_GOALS.items() if each.logins <= set(own)), each) for each in found]
