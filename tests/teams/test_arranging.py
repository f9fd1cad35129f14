"""What a designer holds fast outlives proposing again: who is locked, kept together, kept apart."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import Supervision
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.asking import Bonds
from lti_tool.teams.like_teams import teams_of_like_goals
from lti_tool.teams.models import Team, TeamMember, TeamState, TeamWish, WishedPerson
from tests.conftest import make_person
from tests.query_counter import count_queries
from tests.teams.conftest import only_team, propose
from tests.teams.declared import make_goal
from tests.teams.test_like_teams import cluster, people_of


@pytest.fixture
def more(database, sample, staff):
    """Return eight people with like goals, the staff's four among them."""
    with database.transaction() as db:
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        people = [make_person(db, sample, f"Mia {letter}", school=number % 2) for number, letter in enumerate("ABCD")]
        for person in people:
            make_goal(db, sample, person, indicator)
    return [*staff.educators[:4], *people]


def teams(database) -> list[set[int]]:
    with database.reading() as db:
        return [{member.person_id for member in team.members} for team in db.scalars(select(Team).order_by(Team.id))]


def arrange(database, designer, people, what: str) -> int:
    """Tick these people on the card of the proposal that holds the first of them."""
    with database.reading() as db:
        wanted = select(TeamMember).where(TeamMember.person_id == people[0].id)
        team = db.scalars(wanted).one().team
        ids = [member.id for member in team.members if member.person_id in {person.id for person in people}]
    assert len(ids) == len(people)
    return int(designer.post(f"/teams/{team.id}/members", data={"what": what, "member": ids}).status_code)


def test_whoever_is_locked_stays_in_the_proposal_when_teams_are_proposed_again(database, sample, visit, staff, more):
    designer = visit(sample, staff.designer)
    propose(designer)
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        moved = first.members[0]
        person_id = moved.person_id
    designer.post(f"/teams/{first.id}/members/{moved.id}/move", data={"target": str(second.id)})
    with database.reading() as db:
        member = db.scalars(select(TeamMember).where(TeamMember.person_id == person_id)).one()

    answer = designer.post(f"/teams/{second.id}/members", data={"what": "lock", "member": [member.id]})
    shown = designer.get("/teams/").text
    propose(designer)

    assert answer.status_code == 303
    assert "Locked here" in shown
    with database.reading() as db:
        kept = db.scalars(select(TeamMember).where(TeamMember.person_id == person_id)).one()
        assert (kept.id, kept.team_id, kept.is_locked) == (member.id, second.id, True)
        assert len(kept.team.members) > 1
    assert sum(map(len, teams(database))) == 8


def test_whoever_is_let_go_is_placed_anew(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    ana = staff.educators[0]
    arrange(database, designer, [ana], "lock")

    arrange(database, designer, [ana], "free")
    propose(designer, "school")

    assert sorted(map(len, teams(database))) == [2, 2]


def test_people_who_are_kept_apart_are_in_two_teams_from_the_next_proposals_on(database, sample, visit, staff, more):
    designer = visit(sample, staff.designer)
    propose(designer)
    one, other = sorted(teams(database)[0])[:2]
    people = [person for person in more if person.id in {one, other}]

    assert arrange(database, designer, people, "apart") == 303
    page = designer.get("/teams/").text
    propose(designer)

    names = sorted(person.name for person in people)
    assert f"Kept apart: {names[0]}, {names[1]}" in page
    assert f"{names[0]} and {names[1]} are kept apart." in page
    assert not any({one, other} <= team for team in teams(database))
    assert sum(map(len, teams(database))) == 8


def test_people_who_are_kept_together_are_in_one_team_also_when_each_school_is_for_itself(
    database, sample, visit, staff, more
):
    designer = visit(sample, staff.designer)
    propose(designer)
    pair = sorted(teams(database)[0])[:2]
    people = [person for person in more if person.id in pair]

    arrange(database, designer, people, "together")
    propose(designer)

    assert any(set(pair) <= team for team in teams(database))
    assert "Kept together:" in designer.get("/teams/").text


def test_a_wish_is_taken_back(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    arrange(database, designer, staff.educators[:2], "apart")
    with database.reading() as db:
        wish = db.scalars(select(TeamWish)).one()

    designer.post(f"/teams/wishes/{wish.id}/forget")

    with database.reading() as db:
        assert db.scalars(select(TeamWish)).all() == []
    assert "are kept apart" not in designer.get("/teams/").text


@pytest.mark.parametrize(
    ("first", "then"), [("together", "apart"), ("apart", "together"), ("lock", "apart"), ("apart", "lock")]
)
def test_what_cannot_both_be_kept_is_refused_at_once(database, sample, visit, staff, first, then):
    designer = visit(sample, staff.designer)
    propose(designer)
    pair = staff.educators[:2]
    assert arrange(database, designer, pair, first) == 303
    before = designer.get("/teams/").text

    assert arrange(database, designer, pair, then) == 409
    assert designer.get("/teams/").text == before


def test_a_supervisor_is_not_kept_together_with_whom_they_supervise(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    ana, ben = staff.educators[:2]
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))

    assert arrange(database, designer, [ana, ben], "together") == 409


def test_nobody_ticked_is_said(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)

    answer = designer.post(f"/teams/{only_team(database).id}/members", data={"what": "lock"})

    assert answer.status_code == 422
    assert "Tick somebody first." in answer.text
    assert "Lock, keep together or apart" in answer.text


def test_a_lock_that_no_teams_can_satisfy_is_left_as_it_is(database):
    people = cluster(1, 3, "1:1/1c/1c.2")
    bonds = Bonds(locked={1: (7, 101), 2: (8, 102)})

    found = people_of(teams_of_like_goals(people, bonds=bonds))

    assert not any({1, 2} <= team for team in found)


def test_wishes_that_cannot_be_kept_do_not_keep_the_others_from_a_team():
    people = cluster(1, 8, "1:1/1c/1c.2")
    bonds = Bonds(together=(frozenset(range(1, 8)),))

    found = people_of(teams_of_like_goals(people, bonds=bonds))

    assert sum(map(len, found)) == 8


def test_one_chain_of_wishes_that_cannot_be_kept_lets_no_other_go():
    people = [*cluster(1, 4, "1:1/1c/1c.2"), *cluster(11, 4, "1:3/3d/3d.1")]
    bonds = Bonds(together=(frozenset({1, 2}), frozenset({2, 3}), frozenset({4, 11})))

    found = people_of(teams_of_like_goals(people, apart={frozenset({1, 3})}, bonds=bonds))

    assert any({4, 11} <= team for team in found)
    assert not any({1, 3} <= team for team in found)


def test_a_wish_that_a_review_keeps_from_being_kept_is_said(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    ana, ben, chloe = staff.educators[:3]
    arrange(database, designer, [ana, ben], "together")
    arrange(database, designer, [ben, chloe], "together")
    before = designer.get("/teams/").text
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=chloe.id))

    assert "Cannot be kept" not in before
    assert designer.get("/teams/").text.count("Cannot be kept") == 2


@pytest.fixture
def alone(database, sample, visit, staff):
    """Return a designer who locked Ana, to whom nobody could come when teams were proposed again."""
    designer = visit(sample, staff.designer)
    propose(designer)
    arrange(database, designer, [staff.educators[0]], "lock")
    with database.transaction() as db:
        for each in staff.educators[1:4]:
            db.add(Supervision(person_id=each.id, supervisor_id=staff.educators[0].id))
    propose(designer)
    return designer


def test_a_designer_is_told_before_sending_who_is_locked_and_alone_and_what_can_be_done(database, staff, alone):
    page = alone.get("/teams/").text
    with database.reading() as db:
        ana = db.scalars(select(TeamMember).where(TeamMember.person_id == staff.educators[0].id)).one()

    told = page.split("Locked, and alone")[1].split("<article")[0]
    assert "It stays behind when the others are sent" in told
    assert "Ana Ruiz" in told
    assert f"/teams/{ana.team_id}/members/{ana.id}/move" in told
    assert "Whoever is locked here is alone: nobody was found who could come." in page
    alone.post(f"/teams/{ana.team_id}/members", data={"what": "free", "member": [ana.id]})
    assert "Locked, and alone" not in alone.get("/teams/").text


def test_the_page_before_sending_says_it_too(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"place": "district", "reach": "district"})
    extensions = designer.client.application.extensions
    deliver_due(extensions["database"], extensions["settings"], limit=1)
    with database.transaction() as db:
        team = db.scalars(select(Team)).one()
        other = Team(district_id=team.district_id, scope=team.scope, name="Teal finch")
        other.members = [TeamMember(person=team.members[0].person, goal=team.members[0].goal, is_locked=True)]
        team.members.pop(0)
        db.add(other)

    page = designer.get("/teams/send?place=district").text

    assert "Locked, and alone" in page
    assert "Teal finch" in page


def test_where_no_proposal_can_be_sent_no_button_says_so(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    before = designer.get("/teams/").text
    with database.transaction() as db:
        team = db.scalars(select(Team)).one()
        team.members = team.members[:1]

    page = designer.get("/teams/").text

    assert "Send this proposal" in before
    assert "Send this proposal" not in page
    assert "A team needs at least two people." in page


def test_removing_says_first_what_becomes_of_its_people(sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)

    card = designer.get("/teams/").text.split("Remove this proposal")[1].split("</details>")[0]

    assert "Ana Ruiz, Ben Okafor, Chloe Martin, Dinesh Rao are then in no team" in card
    assert "When you propose teams again, they are placed anew." in card


def test_ending_a_team_says_first_what_becomes_of_its_room_and_its_group(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    designer.post("/teams/send")
    team = only_team(database)

    before = designer.get(f"/teams/{team.id}").text
    with database.transaction() as db:
        db.get_one(Team, team.id).state = TeamState.FORMED
    formed = designer.get(f"/teams/{team.id}").text

    assert "Its invitations are gone, also for whoever has joined." in before
    assert "Its room closes for everybody in it" in formed
    assert "Whom the tool put into its group in the LMS is taken out of it" in formed


def test_a_wish_about_goals_for_two_schools_alone_is_said_and_let_go_alone(database, sample, visit, staff, more):
    designer, (ana, ben, chloe, dinesh, *_) = visit(sample, staff.designer), more
    propose(designer)
    with database.transaction() as db:
        wishes = [
            TeamWish(district_id=sample.district.id, scope="course", course_id=sample.course.id, kind="together")
            for _ in range(2)
        ]
        for wish, pair in zip(wishes, ((ana, ben), (chloe, dinesh)), strict=True):
            wish.people = [WishedPerson(person_id=each.id) for each in pair]
        db.add_all(wishes)
    before = designer.get("/teams/").text
    with database.transaction() as db:
        goal = db.get_one(Goal, staff.goal_ids[0])
        goal.declaration.show_to(Audience.SCHOOL, goal.owner)

    with count_queries(database) as asked:
        page = designer.get("/teams/").text
    propose(designer)

    assert "Cannot be kept" not in before
    assert page.count("Cannot be kept") == 1
    assert "are in different schools, and a goal of one is shared" in page
    assert len(asked) <= 24
    assert any({chloe.id, dinesh.id} <= team for team in teams(database))
    assert not any({ana.id, ben.id} <= team for team in teams(database))


def test_a_wish_is_not_said_to_fail_by_one_goal_where_another_of_that_person_reaches_all(
    database, sample, visit, staff, more
):
    designer, (ana, ben, *_) = visit(sample, staff.designer), more
    propose(designer)
    with database.transaction() as db:
        wish = TeamWish(district_id=sample.district.id, scope="course", course_id=sample.course.id, kind="together")
        wish.people = [WishedPerson(person_id=each.id) for each in (ana, ben)]
        db.add(wish)
        goal = db.get_one(Goal, staff.goal_ids[0])
        make_goal(db, sample, goal.owner, goal.indicators[0], headline="Wait before anybody answers")
        goal.declaration.show_to(Audience.SCHOOL, goal.owner)

    page = designer.get("/teams/").text
    propose(designer)

    assert "Cannot be kept" not in page
    assert any({ana.id, ben.id} <= team for team in teams(database))


def test_the_button_that_sends_says_how_many_it_can_send(database, sample, visit, staff, more):
    designer = visit(sample, staff.designer)
    propose(designer)
    before = designer.get("/teams/").text
    one, other = sorted(teams(database)[0])[:2]
    arrange(database, designer, [person for person in more if person.id in {one, other}], "apart")

    page = designer.get("/teams/").text

    assert "Send all 2 proposals" in before
    assert "Send the one that can be sent" in page
    assert "Send all 2 proposals" not in page
