"""Joining and leaving teams, and what each member sees of the others."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import AuditEvent, Role
from lti_tool.plans.models import Audience, Goal
from lti_tool.standards.models import Indicator
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_district, make_person
from tests.house.pages import broken_rules
from tests.query_counter import count_queries
from tests.teams.conftest import let_two_weeks_pass, only_team, propose, propose_and_send
from tests.teams.declared import make_goal


def test_three_who_accept_form_the_team_and_its_group_is_queued(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)

    for person in staff.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    formed = only_team(database)
    assert formed.state is TeamState.FORMED
    with database.reading() as db:
        message = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group")).one()
    assert (message.kind, message.key, message.payload) == ("group", f"group:{team.id}", {"team_id": team.id})
    assert message.lane == f"groups:{sample.registration.id}"


def test_b3_declining_leaves_no_row_no_audit_and_no_count(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    decliner = staff.educators[3]
    with database.reading() as db:
        audits = len(db.scalars(select(AuditEvent)).all())

    answer = visit(sample, decliner).post(f"/teams/{team.id}/decline")

    assert answer.status_code == 303
    with database.reading() as db:
        assert not db.scalars(select(TeamMember).where(TeamMember.person_id == decliner.id)).all()
        assert len(db.scalars(select(AuditEvent)).all()) == audits
        assert not db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group")).all()
    page = visit(sample, staff.educators[0]).get(f"/teams/{team.id}").text
    assert "All three work on 1c.2." in page


def test_a_designer_sees_the_same_whether_somebody_said_no_or_has_not_answered(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    visit(sample, staff.educators[0]).post(f"/teams/{team.id}/accept")
    designer = visit(sample, staff.designer)
    paths = ("/", "/?as=designer", "/teams/", f"/teams/{team.id}", "/teams/groups.csv")
    before = {path: designer.get(path).text for path in paths}

    visit(sample, staff.educators[3]).post(f"/teams/{team.id}/decline")

    assert {path: designer.get(path).text for path in paths} == before
    assert "1 person has joined" in before["/teams/"]
    assert "Ana Ruiz" in before[f"/teams/{team.id}"]
    assert staff.educators[3].name not in before["/teams/"] + before[f"/teams/{team.id}"]


def test_whoever_said_no_is_proposed_anew_only_when_teams_are_and_some_time_has_passed(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    decliner = staff.educators[3]
    visit(sample, decliner).post(f"/teams/{only_team(database).id}/decline")
    designer = visit(sample, staff.designer)
    before = designer.get("/teams/").text

    propose(designer)
    soon = designer.get("/teams/").text
    let_two_weeks_pass(database)
    propose(designer)

    assert decliner.name not in before + soon
    assert decliner.name in designer.get("/teams/").text


def test_a_designer_may_form_a_team_of_two_before_all_have_answered(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    visit(sample, staff.educators[0]).post(f"/teams/{team.id}/accept")
    designer = visit(sample, staff.designer)
    assert designer.post(f"/teams/{team.id}/form").status_code == 409
    visit(sample, staff.educators[1]).post(f"/teams/{team.id}/accept")

    designer.post(f"/teams/{team.id}/form")

    assert only_team(database).state is TeamState.FORMED


def test_any_educator_asks_a_colleague_and_a_pair_is_formed(database, sample, visit, staff):
    ana, ben = staff.educators[:2]
    visitor = visit(sample, ana)
    assert "Ask to team up" in visitor.get("/teams/").text

    visitor.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    team = only_team(database)
    visit(sample, ben).post(f"/teams/{team.id}/accept")

    formed = only_team(database)
    assert formed.state is TeamState.FORMED
    assert {member.person_id for member in formed.members} == {ana.id, ben.id}


def test_whoever_shared_several_like_goals_chooses_the_one_to_ask_with(database, sample, visit, staff):
    with database.transaction() as db:
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        other = make_goal(db, sample, db.merge(staff.educators[0]), indicator, headline="Wait before anybody answers")
    visitor = visit(sample, staff.educators[0])

    page = visitor.get("/teams/?as=educator")
    visitor.post("/teams/start", data={"goal_id": other.id, "colleague_goal_id": staff.goal_ids[1]})

    choice = re.findall(rf'id="with-{staff.goal_ids[1]}".*?</select>', page.text, re.DOTALL)[0]
    found = re.findall(r'<option value="(\d+)"( selected)?>([^<]+)', choice)
    own = {str(staff.goal_ids[0]): "Ask better questions", str(other.id): "Wait before anybody answers"}
    assert {number: words for number, _, words in found} == own
    assert [number for number, selected, _ in found if selected] == [str(staff.goal_ids[0])]
    assert {each.goal_id for each in only_team(database).members} == {other.id, staff.goal_ids[1]}
    assert 'id="with-' not in visit(sample, staff.educators[1]).get("/teams/?as=educator").text
    assert broken_rules(page.text, re.findall(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[0]) == []


@pytest.mark.parametrize("audience", [None, Audience.PRIVATE, Audience.TEAM, Audience.SCHOOL])
def test_nobody_asks_for_a_goal_that_is_not_shown_to_them(database, sample, visit, staff, audience):
    with database.transaction() as db:
        hidden = make_goal(db, sample, db.merge(staff.educators[1]), audience=audience)

    answer = visit(sample, staff.educators[0]).post(
        "/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": hidden.id}
    )

    assert answer.status_code == 404


def test_leaving_a_team_sends_the_group_to_the_lms_again(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    for person in staff.educators[:4]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    visit(sample, staff.educators[0]).post(f"/teams/{team.id}/leave")

    assert staff.educators[0].id not in {member.person_id for member in only_team(database).members}
    with database.reading() as db:
        assert len(db.scalars(select(OutboxMessage).where(OutboxMessage.state == "due")).all()) == 1


def test_b3_nobody_is_in_two_teams_of_one_course(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    first = only_team(database)
    ana = visit(sample, staff.educators[0])
    ana.post(f"/teams/{first.id}/accept")

    answer = ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})

    assert answer.status_code == 409


def test_a_goal_that_was_withdrawn_shows_no_words_to_the_team(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    with database.transaction() as db:
        goal = make_goal(db, sample, db.merge(staff.educators[0]), audience=None, headline="A goal kept to myself")
        db.scalars(select(TeamMember).where(TeamMember.person_id == staff.educators[0].id)).one().goal_id = goal.id

    asked = visit(sample, staff.educators[1]).get(f"/teams/{team.id}").text
    with database.transaction() as db:
        db.scalars(select(TeamMember).where(TeamMember.goal_id == goal.id)).one().state = MemberState.ACCEPTED
    page = visit(sample, staff.educators[1]).get(f"/teams/{team.id}").text

    assert "kept to myself" not in asked + page
    assert "not shared with you" in page
    assert "Secret rationale" not in page


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.TEAM, Audience.SCHOOL])
def test_a_goal_that_not_all_of_the_team_may_see_gives_no_reason(database, sample, visit, staff, audience):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    before = visit(sample, staff.educators[1]).get(f"/teams/{team.id}").text

    with database.transaction() as db:
        for goal_id in staff.goal_ids:
            goal = db.get_one(Goal, goal_id)
            goal.declaration.show_to(audience, goal.owner)
    page = visit(sample, staff.educators[1]).get(f"/teams/{team.id}").text

    assert "work on 1c.2" in before
    assert "work on 1c.2" not in page


def test_an_unformed_team_shows_goals_declared_to_the_team_only_after_joining(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    with database.transaction() as db:
        goal = make_goal(db, sample, db.merge(staff.educators[0]), audience=Audience.TEAM, headline="For my team only")
        db.scalars(select(TeamMember).where(TeamMember.person_id == staff.educators[0].id)).one().goal_id = goal.id
    ana, ben = visit(sample, staff.educators[0]), visit(sample, staff.educators[1])
    ana.post(f"/teams/{team.id}/accept")

    before = ben.get(f"/teams/{team.id}").text
    ben.post(f"/teams/{team.id}/accept")
    after = ben.get(f"/teams/{team.id}").text

    assert "For my team only" not in before
    assert "For my team only" in after
    assert "For my team only" not in visit(sample, staff.designer).get(f"/teams/{team.id}").text


ROUTES = [
    ("get", "/teams/{team}"), ("post", "/teams/{team}/accept"), ("post", "/teams/{team}/decline"),
    ("post", "/teams/{team}/leave"), ("post", "/teams/{team}/remove"), ("post", "/teams/{team}/send"),
    ("post", "/teams/{team}/form"), ("post", "/teams/{team}/group"), ("get", "/teams/{team}/members/{member}/move"),
    ("post", "/teams/{team}/members/{member}/move"), ("post", "/teams/start"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", [None, Role.DESIGNER, Role.ADMINISTRATOR])
def test_a_stranger_of_another_district_gets_nowhere(database, sample, visit, staff, method, path, role):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    with database.transaction() as db:
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Sam Stranger", *([role] if role else []))
    goals = {"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1], "target": "out"}

    visitor = visit(elsewhere, stranger)
    address = path.format(team=team.id, member=team.members[0].id)
    answer = visitor.get(address) if method == "get" else visitor.post(address, data=goals)

    assert answer.status_code in {403, 404}
    assert len(only_team(database).members) == 4


@pytest.mark.parametrize("role", ["educator", "designer"])
def test_the_pages_of_teams_need_as_many_queries_for_many_as_for_few(database, sample, visit, staff, role):
    propose_and_send(visit, sample, staff)
    visitor = visit(sample, staff.designer if role == "designer" else staff.educators[0])
    with count_queries(database) as few:
        assert visitor.get("/teams/", query_string={"as": role}).status_code == 200
    with database.transaction() as db:
        indicator = db.scalars(select(Indicator).where(Indicator.path == "1/1c/1c.2")).one()
        people = [make_person(db, sample, f"Person {number}", school=number % 2) for number in range(12)]
        for person in people:
            make_goal(db, sample, person, indicator)
    propose(visit(sample, staff.designer))

    with count_queries(database) as many:
        visitor.get("/teams/", query_string={"as": role})

    assert len(many) <= len(few) + 2


def test_a_team_that_everybody_asked_has_declined_is_gone_and_another_can_be_asked(database, sample, staff, visit):
    ana, ben = staff.educators[:2]
    visitor = visit(sample, ana)
    goals = {"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]}
    visitor.post("/teams/start", data=goals)
    with database.reading() as db:
        team_id = db.scalars(select(Team)).one().id

    visit(sample, ben).post(f"/teams/{team_id}/decline")

    with database.reading() as db:
        assert db.scalars(select(Team)).all() == []
    assert visitor.post("/teams/start", data=goals | {"colleague_goal_id": staff.goal_ids[2]}).status_code == 303
