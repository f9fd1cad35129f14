"""What keeps somebody out of a team is asked when it is formed and joined, not only when people are invited."""

from __future__ import annotations

import pytest

from lti_tool.people.models import Person, Supervision
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamScope, TeamState, TeamWish, WishedPerson, WishKind
from tests.conftest import make_person
from tests.teams.conftest import only_team, propose_and_send
from tests.teams.declared import make_goal


@pytest.fixture
def sent(database, sample, visit, staff) -> Team:
    """Return a team of the first four that waits for their answers."""
    propose_and_send(visit, sample, staff)
    return only_team(database)


def make_inviting(db, sample, joined, invited) -> int:
    """Return a team, made by the first who joined it, that waits for those invited: each a person with a goal's id."""
    team = Team(district_id=sample.district.id, course_id=sample.course.id, name="Teal finch", state=TeamState.INVITING)
    team.created_by_id = joined[0][0].id
    team.members = [
        TeamMember(person_id=person.id, goal_id=goal_id, state=state)
        for people, state in ((joined, MemberState.ACCEPTED), (invited, MemberState.INVITED))
        for person, goal_id in people
    ]
    db.add(team)
    db.flush()
    return team.id


def keep_apart(database, sample, *people: Person, scope: TeamScope = TeamScope.COURSE) -> None:
    with database.transaction() as db:
        course_id = sample.course.id if scope is TeamScope.COURSE else None
        wish = TeamWish(district_id=sample.district.id, scope=scope, course_id=course_id, kind=WishKind.APART)
        wish.people = [WishedPerson(person_id=person.id) for person in people]
        db.add(wish)


def test_a_team_is_not_formed_with_two_of_whom_one_has_come_to_review_the_other(
    database, sample, visit, staff, sent
):  # fmt: skip
    ana, ben, chloe = (visit(sample, each) for each in staff.educators[:3])
    designer = visit(sample, staff.designer)
    for visitor in (ana, ben):
        visitor.post(f"/teams/{sent.id}/accept")
    with database.transaction() as db:
        db.add(Supervision(person_id=staff.educators[0].id, supervisor_id=staff.educators[1].id))

    joined = chloe.post(f"/teams/{sent.id}/accept")
    formed = designer.post(f"/teams/{sent.id}/form")

    assert (joined.status_code, formed.status_code) == (303, 409)
    assert only_team(database).state is TeamState.INVITING
    for path in (f"/teams/{sent.id}", "/teams/"):
        page = designer.get(path).text
        assert "Ana Ruiz and Ben Okafor must not be in one team any more" in page
        assert "Form the team of those who joined" not in page

    ben.post(f"/teams/{sent.id}/leave")
    dinesh = visit(sample, staff.educators[3])
    dinesh.post(f"/teams/{sent.id}/accept")

    assert only_team(database).state is TeamState.FORMED


def test_nobody_stays_alone_in_a_team_when_the_last_who_was_asked_says_no(database, sample, visit, staff):
    ana, ben, chloe = (visit(sample, each) for each in staff.educators[:3])
    ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team_id = only_team(database).id
    ben.post(f"/teams/{team_id}/accept")
    ana.post(f"/teams/{team_id}/ask", data={"goal_id": staff.goal_ids[2]})
    ben.post(f"/teams/{team_id}/leave")

    chloe.post(f"/teams/{team_id}/decline")

    assert only_team(database).state is TeamState.DISSOLVED
    assert "Teams that I am in" not in ana.get("/teams/?as=educator").text


def test_a_team_that_all_who_joined_have_left_waits_for_nobody(database, sample, visit, staff):
    ana, ben = (visit(sample, each) for each in staff.educators[:2])
    ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team_id = only_team(database).id
    ben.post(f"/teams/{team_id}/accept")
    for place in (2, 3):
        ana.post(f"/teams/{team_id}/ask", data={"goal_id": staff.goal_ids[place]})

    ben.post(f"/teams/{team_id}/leave")
    ana.post(f"/teams/{team_id}/leave")

    assert only_team(database).state is TeamState.DISSOLVED


@pytest.mark.parametrize("how", ["starts", "asks", "accepts"])
def test_whom_a_designer_keeps_apart_no_educator_brings_together_nor_reads_why(
    database, sample, visit, staff, how
):  # fmt: skip
    ana, ben, chloe, _ = staff.educators[:4]
    goals = dict(zip(("ana", "ben", "chloe"), zip((ana, ben, chloe), staff.goal_ids, strict=False), strict=True))
    with database.transaction() as db:
        if how != "starts":
            asked = [goals["ben"]] if how == "accepts" else []
            team_id = make_inviting(db, sample, [goals["ana"], goals["chloe"]], asked)
    keep_apart(database, sample, ana, ben)

    if how == "starts":
        fields = {"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]}
        answer = visit(sample, ana).post("/teams/start", data=fields)
        said = "You two cannot be in one team."
    elif how == "asks":
        assert "Ben Okafor" not in visit(sample, chloe).get(f"/teams/{team_id}/ask").text
        answer = visit(sample, chloe).post(f"/teams/{team_id}/ask", data={"goal_id": staff.goal_ids[1]})
        said = "This colleague cannot be asked any more."
    else:
        answer = visit(sample, ben).post(f"/teams/{team_id}/accept")
        said = "You and somebody in this team cannot be in one."

    assert answer.status_code == 409
    assert said in answer.text
    assert not [word for word in ("designer", "kept apart", "answers for") if word in answer.text.split("<main")[1]]


def test_a_team_grows_to_eight_and_not_further_by_yeses(database, sample, visit, staff):
    with database.transaction() as db:
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        people = [make_person(db, sample, f"Person {number}") for number in range(10)]
        goals = [(person, make_goal(db, sample, person, indicator).id) for person in people]
        team_id = make_inviting(db, sample, goals[:7], goals[7:])

    answers = [visit(sample, person).post(f"/teams/{team_id}/accept") for person in people[7:]]

    assert [each.status_code for each in answers] == [303, 409, 409]
    assert "This team is full by now" in answers[-1].text
    assert len(only_team(database).accepted) == 8


def withdraw(database, goal_id: int, how: str) -> None:
    with database.transaction() as db:
        goal = db.get_one(Goal, goal_id)
        if how == "withdrawn":
            goal.declaration.audience = Audience.PRIVATE
        else:
            goal.plan.is_restricted = True


@pytest.mark.parametrize("how", ["withdrawn", "in a support plan"])
def test_b2_whoever_withdrew_the_goal_is_gone_from_a_team_that_was_sent(database, sample, visit, staff, sent, how):
    ben, chloe = (visit(sample, each) for each in staff.educators[1:3])
    chloe.post(f"/teams/{sent.id}/accept")
    pages = (f"/teams/{sent.id}", "/teams/?as=educator")
    before = [
        visitor.get(path).text.split("Colleagues with like goals")[0] for visitor in (ben, chloe) for path in pages
    ]

    withdraw(database, staff.goal_ids[0], how)

    after = [
        visitor.get(path).text.split("Colleagues with like goals")[0] for visitor in (ben, chloe) for path in pages
    ]
    assert all("Ana Ruiz" in page for page in before)
    assert not any("Ana Ruiz" in page for page in after)
    assert "All three work on 1c.2." in after[0]


@pytest.mark.parametrize("how", ["withdrawn", "in a support plan"])
def test_b2_nobody_joins_by_a_goal_that_is_not_shared_any_more_until_it_is_again(
    database, sample, visit, staff, sent, how
):  # fmt: skip
    ana = visit(sample, staff.educators[0])
    withdraw(database, staff.goal_ids[0], how)

    page = ana.get(f"/teams/{sent.id}").text
    answer = ana.post(f"/teams/{sent.id}/accept")

    assert "Share it again first" in page
    assert answer.status_code == 409
    assert "Share your goal again first" in answer.text
    with database.transaction() as db:
        goal = db.get_one(Goal, staff.goal_ids[0])
        goal.declaration.audience, goal.plan.is_restricted = Audience.TEAM, False
    assert ana.post(f"/teams/{sent.id}/accept").status_code == 303
