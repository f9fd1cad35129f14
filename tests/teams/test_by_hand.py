"""A designer puts whoever is in no team into a proposal, or begins one, by hand."""

from __future__ import annotations

import re

import pytest

from lti_tool.db import Database
from lti_tool.people.models import Person, Role
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.models import Team, TeamMember, TeamState
from tests.conftest import Visitor, make_person
from tests.teams.conftest import propose
from tests.teams.declared import make_goal


def places_of(database: Database, person: Person) -> list[TeamMember]:
    with database.reading() as db:
        return db.query(TeamMember).filter_by(person_id=person.id).all()


def place_of(database: Database, person: Person) -> TeamMember:
    (place,) = places_of(database, person)
    return place


def take_out(database: Database, designer: Visitor, person: Person) -> int:
    """Move somebody out of the proposal; return which it was."""
    place = place_of(database, person)
    designer.post(f"/teams/{place.team_id}/members/{place.id}/move", data={"target": "out"})
    return place.team_id


def test_whoever_was_moved_to_no_team_is_put_back(database, sample, visit, staff):
    designer, ana = visit(sample, staff.designer), staff.educators[0]
    propose(designer)
    before = take_out(database, designer, ana)
    assert f"/teams/people/{ana.id}/propose" in designer.get("/teams/").text

    shown = designer.post(f"/teams/people/{ana.id}/propose", follow_redirects=True)
    place = place_of(database, ana)
    designer.post(f"/teams/{place.team_id}/members/{place.id}/move", data={"target": str(before)})

    assert "Move Ana Ruiz" in shown.text
    assert f'value="{before}"' in shown.text
    assert place_of(database, ana).team_id == before
    with database.reading() as db:
        assert db.get(Team, place.team_id) is None


def test_a_new_proposal_is_begun_by_hand_with_people_who_are_in_none(database, sample, visit, staff):
    designer, (ana, ben) = visit(sample, staff.designer), staff.educators[:2]

    for person in (ana, ben):
        designer.post(f"/teams/people/{person.id}/propose")
    first, second = place_of(database, ana), place_of(database, ben)
    designer.post(f"/teams/{second.team_id}/members/{second.id}/move", data={"target": str(first.team_id)})

    with database.reading() as db:
        team = db.query(Team).one()
        assert (team.state, {each.person_id for each in team.members}) == (TeamState.PROPOSED, {ana.id, ben.id})
    assert designer.post(f"/teams/{first.team_id}/send").status_code == 303


def test_nobody_is_put_into_two_proposals(database, sample, visit, staff):
    designer, ana = visit(sample, staff.designer), staff.educators[0]
    designer.post(f"/teams/people/{ana.id}/propose")

    again = designer.post(f"/teams/people/{ana.id}/propose")

    assert again.status_code == 409
    assert "This person is not open to a proposal any more." in again.text
    assert len(places_of(database, ana)) == 1


@pytest.fixture
def later(database, sample, staff) -> int:
    """Return a second goal that Ana shared, after the first one."""
    with database.transaction() as db:
        feedback = db.get_one(Goal, staff.goal_ids[4]).indicators[0]
        return make_goal(db, sample, db.merge(staff.educators[0]), feedback, headline="Hear every voice").id


def goals_asked(page: str) -> list[tuple[str, bool, str]]:
    """Return of each goal of a page its id, whether it is chosen already, and how it is called."""
    field = r'name="goal_id" id="goal-\d+" value="(\d+)" required( checked)?.*?<label[^>]*>([^<]+)'
    found = re.findall(field, page, re.DOTALL)
    return [(number, bool(checked), words) for number, checked, words in found]


@pytest.mark.parametrize("which", ["the last one", "the first one"])
def test_whoever_shared_several_goals_is_put_into_a_proposal_with_the_one_that_was_chosen(
    database, sample, visit, staff, later, which
):  # fmt: skip
    designer, ana = visit(sample, staff.designer), staff.educators[0]

    asked = designer.post(f"/teams/people/{ana.id}/propose", follow_redirects=True)
    before = places_of(database, ana)
    chosen = later if which == "the last one" else staff.goal_ids[0]
    designer.post(f"/teams/people/{ana.id}/propose", data={"place": "course", "goal_id": chosen})

    assert goals_asked(asked.text) == [
        (str(later), True, "Hear every voice"), (str(staff.goal_ids[0]), False, "Ask better questions"),
    ]  # fmt: skip
    assert before == []
    assert place_of(database, ana).goal_id == chosen


def test_the_words_of_a_goal_for_another_school_are_not_told_to_the_designer(database, sample, visit, staff, later):
    with database.transaction() as db:
        goal = db.get_one(Goal, later)
        goal.declaration.show_to(Audience.SCHOOL, goal.owner)
        elsewhere = make_person(db, sample, "Lou Lake", Role.DESIGNER, school=1, learner=False)

    page = visit(sample, elsewhere).get(f"/teams/people/{staff.educators[0].id}/propose").text

    assert "A goal that is shared with its own school only" in page
    assert "Hear every voice" not in page


def test_nobody_is_proposed_by_the_goal_of_somebody_else(database, sample, visit, staff):
    designer, ana = visit(sample, staff.designer), staff.educators[0]

    answer = designer.post(f"/teams/people/{ana.id}/propose", data={"goal_id": staff.goal_ids[1]})

    assert answer.status_code == 409
    assert places_of(database, ana) == []


@pytest.mark.parametrize("place", ["school", "district"])
def test_the_designer_of_one_course_begins_no_proposal_elsewhere(database, sample, visit, staff, place):
    with database.transaction() as db:
        teacher = make_person(db, sample, "Tia Teacher")
    named = f"school:{sample.schools[0].id}" if place == "school" else place

    answer = visit(sample, teacher, is_course_designer=True).post(
        f"/teams/people/{staff.educators[0].id}/propose", data={"place": named}
    )

    assert answer.status_code == 403
    assert places_of(database, staff.educators[0]) == []


def test_whoever_shared_no_goal_is_put_into_no_proposal(database, sample, visit, staff):
    with database.transaction() as db:
        stranger = make_person(db, sample, "Sam Stranger")

    answer = visit(sample, staff.designer).post(f"/teams/people/{stranger.id}/propose")

    assert answer.status_code == 409
    assert places_of(database, stranger) == []
