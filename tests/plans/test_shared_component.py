"""S17: what of a plan is learned with others; asked for, suggested, possible for whoever is alone, and counted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience, Collaboration, Goal, GrowthPlan, PlanState, ReviewComment, SharedKind
from lti_tool.plans.operations import declare_goal, describe_shared, publish_template, save_next_version
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_person
from tests.plans.conftest import write_goal
from tests.plans.life import SHARED, begun_plan, make_cast, make_live, template, whole_goal

FORM = {
    "shared_with": "Lea Far of Lake School", "shared_purpose": "To see how she asks questions",
    "shared_rhythm": "Once a month", "shared_products": "What we saw, in five sentences",
}  # fmt: skip


@pytest.fixture
def requiring(database, sample):
    """A district whose usual plan asks for learning with others, an owner with a plan, and a like goal elsewhere."""
    with database.transaction() as db:
        cast = make_cast(db, sample)
        annual = template(db, cast, "annual")
        save_next_version(db, cast.designer, annual, {"collaboration": Collaboration.REQUIRED, "fewest_goals": 1})
        publish_template(db, cast.designer, annual)
        plan = begun_plan(db, cast, "annual")
        whole_goal(db, plan, "Ask questions that make everybody think")
        far = make_person(db, sample, "Lea Far", school=1)
        write_goal(db, far, "Let everybody answer", audience=Audience.DISTRICT)
        quiet = make_person(db, sample, "Kim Quiet", school=1)
        write_goal(db, quiet, "Not told to anybody")
        return cast, plan.id


def test_s17_where_it_is_required_a_plan_without_it_is_refused_with_suggestions(database, sample, requiring, visit):
    cast, plan_id = requiring

    answer = visit(sample, cast.owner).post(f"/plans/{plan_id}/submit")

    assert answer.status_code == 422
    assert "Say what of it you learn with others" in answer.text
    assert "Lea Far" in answer.text
    assert "Lake School" in answer.text
    assert "Kim Quiet" not in answer.text


@pytest.mark.parametrize("kind", [SharedKind.CROSS_SCHOOL, SharedKind.MENTOR, SharedKind.OPEN_DOOR])
def test_s17_somebody_who_is_alone_at_a_school_can_do_it_across_schools(database, sample, requiring, visit, kind):
    cast, plan_id = requiring
    visitor = visit(sample, cast.owner)

    saved = visitor.post(f"/plans/{plan_id}/shared", data={**FORM, "shared_kind": kind.value})
    answer = visitor.post(f"/plans/{plan_id}/submit")

    assert (saved.status_code, answer.status_code) == (303, 303)
    with database.reading() as db:
        assert db.get_one(GrowthPlan, plan_id).state is PlanState.SUBMITTED


@pytest.mark.parametrize("missing", ["shared_kind", *FORM])
def test_s17_half_of_it_is_not_kept_and_what_was_typed_comes_back(database, sample, requiring, visit, missing):
    cast, plan_id = requiring
    form = {**FORM, "shared_kind": "mentor", missing: ""}

    answer = visit(sample, cast.owner).post(f"/plans/{plan_id}/shared", data=form)

    assert answer.status_code == 422
    assert answer.text.count('class="field-error') == 1
    assert all(f'value="{words}"' in answer.text for name, words in FORM.items() if name != missing)
    with database.reading() as db:
        assert db.get_one(GrowthPlan, plan_id).shared_kind is None


def test_s17_where_it_is_encouraged_a_plan_without_it_is_handed_in_and_flagged(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.submit()

    assert "Nothing is learned with others yet" in live.as_(live.cast.supervisor).get("/plans/queue").text


def test_s17_a_supervisor_asks_for_it_in_one_click_with_colleagues_to_think_of(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    with database.transaction() as db:
        write_goal(db, make_person(db, sample, "Lea Far", school=1), "Let everybody answer", audience=Audience.DISTRICT)
        near = make_person(db, sample, "Ned Near", school=1)
        write_goal(db, near, "Seen at Lake School alone", audience=Audience.SCHOOL)
    live.bring_to(PlanState.SUBMITTED)

    assert live.post(live.cast.supervisor, "ask-shared") == 303

    with database.reading() as db:
        comment = db.scalars(select(ReviewComment)).one()
        assert (comment.kind, comment.field, comment.author_id) == ("change", "shared_kind", live.cast.supervisor.id)
        assert "Lea Far" in comment.words
        assert "Ned Near" not in comment.words
    page = live.as_(live.cast.owner).get(f"/plans/{live.plan_id}/review").text
    assert "Lea Far" in page.split('id="plan-shared_kind"')[1].split("read-field")[0]


def make_team(db, sample, name: str, *members) -> None:
    """Make a formed team of these goals, given with their owners."""
    team = Team(district_id=sample.district.id, course_id=sample.course.id, name=name)
    team.state, team.formed_at = TeamState.FORMED, utc_now()
    team.members = [
        TeamMember(person_id=goal.owner.id, state=MemberState.ACCEPTED, goal_id=goal.id) for goal in members
    ]
    db.add(team)


def test_s17_teams_of_like_goals_that_have_a_seat_are_named_too(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    with database.transaction() as db:

        def goal_of(name: str) -> Goal:
            return write_goal(db, make_person(db, sample, name), "Let everybody answer", audience=Audience.DISTRICT)

        make_team(db, sample, "Amber Wren", *(goal_of(f"Lea {number}") for number in range(3)))
        make_team(db, sample, "Full Finch", *(goal_of(f"Max {number}") for number in range(6)))
        led = write_goal(db, db.merge(live.cast.supervisor), "Let them ask", audience=Audience.DISTRICT)
        make_team(db, sample, "Led Lark", led, goal_of("Ned Near"), goal_of("Nia Near"))
        far = write_goal(db, make_person(db, sample, "Far Away"), "Far", "T4.1a", audience=Audience.DISTRICT)
        make_team(db, sample, "Other Owl", far)
    live.bring_to(PlanState.SUBMITTED)
    assert "Amber Wren" in live.as_(live.cast.owner).get(f"/plans/{live.plan_id}/shared").text

    assert live.post(live.cast.supervisor, "ask-shared") == 303

    with database.reading() as db:
        words = db.scalars(select(ReviewComment)).one().words
    assert [name for name in ("Amber Wren", "Full Finch", "Led Lark", "Other Owl") if name in words] == ["Amber Wren"]


def make_active(db, cast, count: int, sharing: int) -> None:
    for number in range(count):
        person = make_person(db, cast.sample, f"Person {number}")
        plan = begun_plan(db, cast, "annual")
        plan.person_id, plan.person = person.id, person
        if number < sharing:
            describe_shared(db, person, plan, SHARED)
        plan.state = PlanState.ACTIVE
        db.flush()


def test_s17_the_district_sees_how_many_share_a_part_of_their_plan(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        make_active(db, cast, 13, 6)
        begun_plan(db, cast, "annual")

    text = visit(sample, cast.administrator).get("/plans/facts").text

    assert "6 of 13 educators with a plan under way" in text
    assert "46 %" in text
    assert visit(sample, cast.owner).get("/plans/facts").status_code == 403


@pytest.mark.parametrize(("count", "sharing"), [(4, 2), (12, 4), (12, 0), (12, 8), (0, 0)])
def test_s17_groups_and_rests_that_are_too_small_are_not_told(database, sample, visit, count, sharing):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        make_active(db, cast, count, sharing)

    text = visit(sample, cast.administrator).get("/plans/facts").text

    assert "fewer than 5" in text
    assert "educators with a plan under way" not in text


def test_s17_who_withdrew_a_card_is_never_suggested(database, sample, requiring, visit):
    cast, plan_id = requiring
    with database.transaction() as db:
        goal = write_goal(db, make_person(db, sample, "Wim Withdrew"), "Let them answer", audience=Audience.DISTRICT)
        declare_goal(db, goal.owner, goal, CardWords(Audience.PRIVATE))

    page = visit(sample, cast.owner).get(f"/plans/{plan_id}/shared").text

    assert "Lea Far" in page
    assert "Wim Withdrew" not in page
