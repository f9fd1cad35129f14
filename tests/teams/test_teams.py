from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lti_tool.db import Database
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import AuditEvent, Course, Person, Role
from lti_tool.plans.models import Audience, Goal
from lti_tool.standards.models import Indicator
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_district, make_person
from tests.query_counter import count_queries
from tests.teams.declared import make_goal, make_indicators


@dataclass(frozen=True)
class Staff:
    designer: Person
    educators: list[Person]
    goal_ids: list[int]


@pytest.fixture
def staff(database, sample) -> Staff:
    with database.transaction() as db:
        questions, feedback = make_indicators(db, sample, "1/1c/1c.2", "3/3d/3d.1")
        names = ("Ana Ruiz", "Ben Okafor", "Chloe Martin", "Dinesh Rao", "Eva Novak")
        educators = [make_person(db, sample, name, school=number % 2) for number, name in enumerate(names)]
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
        goals = [make_goal(db, sample, person, questions, next_step="Try wait time") for person in educators[:4]]
        goals.append(make_goal(db, sample, educators[4], feedback))
        return Staff(designer, educators, [goal.id for goal in goals])


def only_team(database: Database) -> Team:
    with database.reading() as db:
        return db.scalars(select(Team).options(selectinload(Team.members))).one()


def propose_and_send(visit, sample, staff) -> None:
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "district"})
    designer.post("/teams/send")


def test_a_designer_proposes_teams_that_only_designers_see(database, sample, visit, staff):
    designer, educator = visit(sample, staff.designer), visit(sample, staff.educators[0])

    answer = designer.post("/teams/propose", data={"reach": "district"})
    page = designer.get("/teams/").text

    assert answer.status_code == 303
    assert "All four work on 1c.2." in page
    assert "Two schools: Hill School and Lake School." in page
    assert "Eva Novak" in page.split("In no team yet")[1]
    team = only_team(database)
    assert team.name not in educator.get("/teams/").text
    assert educator.get(f"/teams/{team.id}").status_code == 404
    assert educator.post(f"/teams/{team.id}/accept").status_code == 404


def test_proposing_again_replaces_what_was_not_sent(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "district"})
    first = only_team(database).id

    designer.post("/teams/propose", data={"reach": "school"})

    with database.reading() as db:
        teams = db.scalars(select(Team)).all()
        assert first not in [team.id for team in teams] or len(teams) == 2
        assert sorted(len(team.members) for team in teams) == [2, 2]


def test_three_who_accept_form_the_team_and_its_group_is_queued(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)

    for person in staff.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    formed = only_team(database)
    assert formed.state is TeamState.FORMED
    with database.reading() as db:
        message = db.scalars(select(OutboxMessage)).one()
    assert (message.kind, message.key, message.payload) == ("group", f"group:{team.id}", {"team_id": team.id})
    assert message.lane == f"groups:{sample.registration.id}"


def test_declining_leaves_no_row_no_audit_and_no_count(database, sample, visit, staff):
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
        assert not db.scalars(select(OutboxMessage)).all()
    page = visit(sample, staff.designer).get(f"/teams/{team.id}").text
    assert "All three work on 1c.2." in page
    assert decliner.name not in page
    assert "eclin" not in page


def test_the_last_answer_forms_a_team_of_those_who_are_left(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    for person in staff.educators[:2]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    for person in staff.educators[2:4]:
        visit(sample, person).post(f"/teams/{team.id}/decline")

    assert only_team(database).state is TeamState.FORMED


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


def test_nobody_is_in_two_teams_of_one_course(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    first = only_team(database)
    ana = visit(sample, staff.educators[0])
    ana.post(f"/teams/{first.id}/accept")

    answer = ana.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})

    assert answer.status_code == 409


def test_a_member_is_moved_after_its_effect_was_shown(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "school"})
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        member_id = first.members[0].id
    path = f"/teams/{first.id}/members/{member_id}/move"

    shown = designer.get(path).text
    designer.post(path, data={"target": str(second.id)})

    assert "Then 3 people. All three work on 1c.2." in shown
    with database.reading() as db:
        sizes = {team.id: len(team.members) for team in db.scalars(select(Team))}
    assert sizes == {first.id: 1, second.id: 3}
    assert "All three work on 1c.2." in designer.get("/teams/").text


def test_a_sent_proposal_can_no_longer_be_edited(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)

    answer = visit(sample, staff.designer).post(
        f"/teams/{team.id}/members/{team.members[0].id}/move", data={"target": "out"}
    )

    assert answer.status_code == 409


def test_a_goal_that_was_withdrawn_shows_no_words_to_the_team(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    with database.transaction() as db:
        goal = make_goal(db, sample, db.merge(staff.educators[0]), audience=None, headline="A goal kept to myself")
        db.scalars(select(TeamMember).where(TeamMember.person_id == staff.educators[0].id)).one().goal_id = goal.id

    page = visit(sample, staff.educators[1]).get(f"/teams/{team.id}").text

    assert "kept to myself" not in page
    assert "not shared with you" in page
    assert "Secret rationale" not in page


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


@pytest.mark.parametrize("path", ["propose", "send", "1/send", "1/remove", "1/form", "1/group", "1/members/1/move"])
def test_an_educator_cannot_do_a_designers_work(sample, visit, staff, path):
    assert visit(sample, staff.educators[0]).post(f"/teams/{path}", data={"target": "out"}).status_code == 403


def test_the_designer_of_one_course_does_not_design_another(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    with database.transaction() as db:
        other = Course(
            district_id=sample.district.id, registration_id=sample.registration.id, deployment_id=sample.deployment.id,
            context_id="other", title="Other", professional_learning_at=sample.course.professional_learning_at,
        )  # fmt: skip
        db.add(other)
        teacher = make_person(db, sample, "Tia Teacher")
    visitor = visit(sample, teacher, course_id=other.id, is_course_designer=True)

    assert visitor.post(f"/teams/{team.id}/remove").status_code == 403
    assert visitor.get(f"/teams/{team.id}").status_code == 404


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
    visit(sample, staff.designer).post("/teams/propose", data={"reach": "district"})

    with count_queries(database) as many:
        visitor.get("/teams/", query_string={"as": role})

    assert len(many) <= len(few) + 2


def test_formed_teams_are_downloaded_in_the_form_of_the_lms(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    for person in staff.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    text = visit(sample, staff.designer).get("/teams/groups.csv").text

    lines = text.splitlines()
    assert lines[0] == "email,firstname,lastname,course1,group1"
    assert lines[1] == f"ana@example.test,Ana,Ruiz,{sample.course.label},{team.name}"
    assert len(lines) == 4


def test_team_names_are_a_colour_and_a_bird(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)

    team = only_team(database)

    assert len(team.name.split()) == 2
    assert all(member.state is MemberState.INVITED for member in team.members)


def test_a_goal_that_was_withdrawn_is_gone_from_an_unsent_proposal(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "district"})
    team = only_team(database)
    with database.transaction() as db:
        db.delete(db.get_one(Goal, staff.goal_ids[0]).declaration)

    page = designer.get("/teams/").text
    designer.post(f"/teams/{team.id}/send")

    assert "Ana Ruiz" not in page
    assert "All three work on 1c.2." in page
    assert {member.person_id for member in only_team(database).members} == {
        person.id for person in staff.educators[1:4]
    }


def test_nobody_is_moved_to_where_a_goal_would_be_shown_too_widely(database, sample, visit, staff):
    with database.transaction() as db:
        db.get_one(Goal, staff.goal_ids[0]).declaration.audience = Audience.SCHOOL
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "school"})
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        hers, theirs = (first, second) if first.membership_of(staff.educators[0].id) else (second, first)
        member = hers.membership_of(staff.educators[0].id)
    path = f"/teams/{hers.id}/members/{member.id}/move"

    shown = designer.get(path).text
    answer = designer.post(path, data={"target": str(theirs.id)})

    assert "declared to its own school only" in shown
    assert answer.status_code == 409
