"""A support plan is there for its owner and its named reader, and for nobody else, on any list, in any count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from lti_tool.people.models import Course, Person, Role
from lti_tool.people.operations import name_supervisor
from lti_tool.plans.models import Activity, Audience, Declaration, Goal, GrowthPlan, PlanState, SharedKind
from lti_tool.plans.operations import begin_support_plan, name_committee_member
from lti_tool.plans.queries import declared_goals, demand_of, shared_fact, templates_of
from lti_tool.standards.models import Indicator
from lti_tool.teams.queries import like_goals, matched_goals
from lti_tool.teams.scopes import Scope
from tests.conftest import make_district, make_person
from tests.full_district import FullDistrict, make_full_district
from tests.house.walking import addresses
from tests.plans.conftest import indicator
from tests.plans.life import make_live
from tests.plans.writing import Writer, write_in_steps

SECRET = "Keep calm when the class is loud"
OTHERS = ["teammate", "other supervisor", "everything"]
LIKE_OTHERS = ["colleague", "committee member", "designer", "administrator", "stranger"]
"""Who sees no more than one of the others: left to the long tests."""
CHANGES_WITH_EACH_LOOK = re.compile(
    r"/s/[\w-]+|nonce-[\w+/=-]+"
    r'|(?<=name="sheet" value=")[0-9a-f]{24}'  # a page on which a goal is written names itself anew
    r'|(?<="exported_at":")[^"]+'
)


@pytest.fixture
def full(database) -> FullDistrict:
    with database.transaction() as db:
        return make_full_district(db)


@pytest.fixture
def people(database, full) -> dict[str, Any]:
    """Everybody else: another supervisor of the owner among them, who is not named on the plan."""
    sample = full.sample
    with database.transaction() as db:
        far = make_district(db, "Elsewhere")
        found = {
            "teammate": (sample, full.educator), "designer": (sample, full.designer),
            "administrator": (sample, full.administrator), "named": (sample, make_person(db, sample, "Rosa Named")),
            "colleague": (sample, make_person(db, sample, "Sia Near", school=1)),
            "other supervisor": (sample, make_person(db, sample, "Quinn Moss", Role.SUPERVISOR)),
            "committee member": (sample, make_person(db, sample, "Cy Board")),
            "everything": (sample, make_person(db, sample, "Eve Ry", *Role, school=1)),
            "stranger": (far, make_person(db, far, "Fay Far", *Role)),
        }  # fmt: skip
    with database.transaction() as db:
        now = {who: db.get_one(Person, person.id) for who, (_, person) in found.items()}
        owner = db.get_one(Person, full.ids["person_id"])
        for who in ("named", "other supervisor"):
            name_supervisor(db, now["administrator"], owner, now[who])
        name_committee_member(db, now["administrator"], now["committee member"])
    return {**found, "owner": (sample, owner)}


def add_support_plan(db, full, people) -> GrowthPlan:
    """Begin a support plan, under way and with a goal that is as exposed as could be: declared, and with a course."""
    owner, named = (db.get_one(Person, people[who][1].id) for who in ("owner", "named"))
    version = next(each.current for each in templates_of(db, full.administrator) if each.key == "support")
    assert version is not None
    plan = begin_support_plan(db, named, owner, version)
    plan.state, plan.shared_kind = PlanState.ACTIVE, SharedKind.MENTOR
    goal = Goal(plan_id=plan.id, headline=SECRET, indicators=[db.get_one(Indicator, full.ids["indicator_id"])])
    goal.declaration = Declaration(audience=Audience.DISTRICT, next_step=SECRET, offer=SECRET, wish=SECRET)
    goal.activities.append(Activity(plan_id=plan.id, opportunity_id=full.sample.course.id))
    db.add(goal)
    db.flush()
    return plan


def ways_of(app, ids: dict[str, int]) -> list[str]:
    """Return the path of every page that is about these, and of each home."""
    ways = [each.path for each in addresses(app, ids) if each.method == "GET"]
    return [*ways, *(f"/?as={role}" for role in ("educator", "designer", "supervisor", "administrator"))]


def pages_of(visitor, paths: Iterable[str]) -> dict[str, str]:
    found = {}
    for path in paths:
        answer = visitor.get(path)
        if answer.status_code == 200:
            found[path] = CHANGES_WITH_EACH_LOOK.sub("", answer.text)
    return found


@pytest.mark.parametrize("who", [*OTHERS, *(pytest.param(who, marks=pytest.mark.long) for who in LIKE_OTHERS)])
def test_no_page_of_anybody_else_tells_that_there_is_one(app, database, full, people, visit, who):
    visitor = visit(*people[who], is_course_designer=who in {"designer", "everything"})
    ways = ways_of(app, full.ids)
    before = pages_of(visitor, ways)

    with database.transaction() as db:
        plan = add_support_plan(db, full, people)
        own_ways = ways_of(app, {**full.ids, "plan_id": plan.id, "goal_id": plan.goals[0].id})
    after = pages_of(visitor, ways)

    assert len(before) > 10
    assert {path for path in before if before[path] != after.get(path)} == set()
    assert set(own_ways) > set(own_ways) - set(ways) > set()
    own_pages = pages_of(visitor, sorted(set(own_ways) - set(ways)))
    assert not [path for path, text in own_pages.items() if SECRET in text]


def test_its_owner_and_its_named_reader_see_it(app, database, full, people, visit):
    with database.transaction() as db:
        plan = add_support_plan(db, full, people)
        goal_id = plan.goals[0].id
    owner, named = visit(*people["owner"]), visit(*people["named"])

    assert SECRET in owner.get("/plans/").text
    assert owner.get(f"/plans/goals/{goal_id}").status_code == 200
    assert named.get(f"/plans/{plan.id}/review").status_code == 200
    assert "Colleagues with a like goal" not in owner.get(f"/plans/goals/{goal_id}").text


def test_it_is_in_no_count_and_matched_with_nothing(database, full, people):
    with database.transaction() as db:
        district_id = full.sample.district.id

        def counted() -> list[object]:
            declared = [goal.id for goal in db.scalars(declared_goals(district_id))]
            scope = Scope.of_course(db.get_one(Course, full.sample.course.id))
            matched = [goal.id for goal in db.scalars(matched_goals(scope))]
            mate = db.get_one(Person, people["teammate"][1].id)
            like = [each.theirs.id for each in like_goals(db, mate, [])]
            return [declared, matched, like, dict(demand_of(db, district_id)), shared_fact(db, mate)]

        before = counted()
        add_support_plan(db, full, people)

        assert counted() == before


def test_its_goals_can_be_declared_by_nobody(database, full, people, visit):
    with database.transaction() as db:
        goal = add_support_plan(db, full, people).goals[0]
        db.delete(goal.declaration)
        goal_id = goal.id
    answers = {
        who: visit(*people[who]).post(f"/plans/goals/{goal_id}/declare", data={"audience": "district"}).status_code
        for who in ("owner", "named", "teammate", "administrator")
    }

    assert answers == {"owner": 403, "named": 403, "teammate": 404, "administrator": 404}
    with database.reading() as db:
        assert db.get_one(Goal, goal_id).declaration is None


def test_only_who_supervises_or_administers_begins_one(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    cast, path = live.cast, f"/plans/support/{live.cast.owner.id}"
    with database.reading() as db:
        support = str(next(each.id for each in templates_of(db, cast.administrator) if each.key == "support"))

    codes = {
        who.name: live.as_(who).post(path, data={"template": support}).status_code
        for who in (cast.supervisor, cast.administrator, cast.other_supervisor, cast.designer, cast.peers[0])
    }
    chosen = live.as_(cast.owner).post("/plans/new", data={"template": support})

    assert codes == {
        "Petra Lang": 303, "Omar Said": 303, "Quinn Moss": 404, "Nora Field": 404, "Pia Peer": 404,
    }  # fmt: skip
    assert chosen.status_code == 422
    assert "Support plan" not in live.as_(cast.owner).get("/plans/new").text


def test_a_first_goal_never_goes_into_a_support_plan(database, sample, visit):
    live = make_live(database, visit, sample, "support")
    visitor = live.as_(live.cast.owner)
    with database.reading() as db:
        chosen = indicator(db, "T2.2a").id

    write_in_steps(Writer(visitor), chosen, do="goal", headline="A goal of mine")

    with database.reading() as db:
        goal = db.query(Goal).filter_by(headline="A goal of mine").one()
        assert goal.plan_id != live.plan_id
        assert not goal.plan.is_restricted
