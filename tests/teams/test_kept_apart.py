"""Whom one designer keeps apart no other designer's proposal brings together, and none learns why or by whom."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import CourseRole, Membership
from lti_tool.plans.models import Activity, Goal
from lti_tool.teams.models import Team, TeamMember, TeamState, TeamWish
from tests.conftest import make_course, make_person
from tests.teams.conftest import propose
from tests.teams.test_reforming_pages import look_for, make_team


@pytest.fixture
def teacher(database, sample, visit, staff):
    """Return who designs one course alone, and has kept Ana and Ben apart in the teams of it."""
    with database.transaction() as db:
        teacher = make_person(db, sample, "Tia Teacher", learner=False)
    visitor = visit(sample, teacher, is_course_designer=True)
    propose(visitor)
    with database.reading() as db:
        (team,) = db.scalars(select(Team)).all()
        both = [team.membership_of(each.id).id for each in staff.educators[:2]]
    assert visitor.post(f"/teams/{team.id}/members", data={"what": "apart", "member": both}).status_code == 303
    visitor.post(f"/teams/{team.id}/remove")
    return visitor


@pytest.fixture
def elsewhere(database, sample, staff):
    """Return another course, which everybody takes and counts toward their goals."""
    with database.transaction() as db:
        course = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Feedback")
        for goal in db.scalars(select(Goal)).all():
            goal.activities.append(Activity(plan=goal.plan, opportunity_id=course.id))
            db.add(Membership(course_id=course.id, person_id=goal.plan.person_id, role=CourseRole.LEARNER))
        return course


def proposed(database) -> list[set[str]]:
    with database.reading() as db:
        teams = db.scalars(select(Team).where(Team.state == TeamState.PROPOSED)).all()
        return [{member.person.name for member in team.members} for team in teams]


@pytest.mark.parametrize("place", ["another course", "the district"])
@pytest.mark.usefixtures("teacher")
def test_another_designers_proposals_keep_them_apart_too_and_the_page_does_not_say_why(
    database, sample, visit, staff, elsewhere, place
):  # fmt: skip
    designer = visit(sample, staff.designer, course_id=elsewhere.id)

    look_for(designer, "anew", "district" if place == "the district" else "course")
    page = designer.get("/teams/district" if place == "the district" else "/teams/?as=designer").text

    assert proposed(database)
    assert not any({"Ana Ruiz", "Ben Okafor"} <= team for team in proposed(database))
    assert "What is kept when teams are proposed" not in page
    assert "Tia Teacher" not in page


@pytest.mark.usefixtures("teacher")
def test_what_is_put_together_by_hand_elsewhere_is_refused_in_the_same_words_as_for_any_reason(
    database, sample, visit, staff, elsewhere
):  # fmt: skip
    designer, (ana, ben) = visit(sample, staff.designer, course_id=elsewhere.id), staff.educators[:2]
    for person in (ana, ben):
        designer.post(f"/teams/people/{person.id}/propose")
    with database.reading() as db:
        first, second = (db.scalars(select(TeamMember).filter_by(person_id=each.id)).one() for each in (ana, ben))
    address = f"/teams/{second.team_id}/members/{second.id}/move"

    shown, answer = designer.get(address).text, designer.post(address, data={"target": str(first.team_id)})

    assert "are kept apart." in shown
    assert answer.status_code == 409
    assert [len(team) for team in proposed(database)] == [1, 1]


@pytest.mark.usefixtures("teacher")
def test_a_joiner_is_not_placed_with_whom_another_designer_keeps_apart(database, sample, visit, staff, elsewhere):
    with database.transaction() as db:
        team = db.get_one(Team, make_team(db, sample, "Amber wren", staff.educators[1:4], staff.goal_ids[1:4]))
        team.course_id = elsewhere.id
    designer = visit(sample, staff.designer, course_id=elsewhere.id)

    look_for(designer, "joiners")

    assert "Ana Ruiz" not in designer.get("/teams/changes").text


@pytest.mark.parametrize("is_theirs", [True, False], ids=["in that course", "elsewhere"])
@pytest.mark.usefixtures("teacher")
def test_colleagues_who_choose_each_other_are_kept_apart_where_it_was_said_alone(
    database, sample, visit, staff, elsewhere, is_theirs
):  # fmt: skip
    if not is_theirs:
        with database.transaction() as db:
            for goal_id in staff.goal_ids:
                goal = db.get_one(Goal, goal_id)
                goal.activities = [each for each in goal.activities if each.opportunity_id == elsewhere.id]

    answer = visit(sample, staff.educators[0]).post(
        "/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]}
    )

    assert answer.status_code == (409 if is_theirs else 303)


def test_once_it_is_taken_back_they_are_proposed_together_again(database, sample, visit, staff, teacher, elsewhere):
    with database.reading() as db:
        wish = db.scalars(select(TeamWish)).one()
    teacher.post(f"/teams/wishes/{wish.id}/forget")

    look_for(visit(sample, staff.designer, course_id=elsewhere.id), "anew")

    assert any({"Ana Ruiz", "Ben Okafor"} <= team for team in proposed(database))
