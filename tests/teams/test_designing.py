"""The designer's work on the teams of a course, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.launch.models import Family, Registration
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import (
    Course,
    CourseRole,
    Identity,
    Membership,
    Opportunity,
    OpportunityKind,
    Person,
    Supervision,
)
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.like_teams import teams_of_like_goals
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.operations.proposing import keep_proposals
from lti_tool.teams.queries import free_candidates
from lti_tool.teams.scopes import Scope
from tests.conftest import make_person
from tests.teams.conftest import only_team, propose, propose_and_send


def test_a_designer_proposes_teams_that_only_designers_see(database, sample, visit, staff):
    designer, educator = visit(sample, staff.designer), visit(sample, staff.educators[0])

    propose(designer)
    page = designer.get("/teams/").text

    assert "All four work on 1c.2." in page
    assert "Two schools: Hill School and Lake School." in page
    assert "Eva Novak" in page.split("In no team yet")[1]
    team = only_team(database)
    assert team.name not in educator.get("/teams/").text
    assert educator.get(f"/teams/{team.id}").status_code == 404
    assert educator.post(f"/teams/{team.id}/accept").status_code == 404


def test_the_page_says_that_teams_are_being_proposed_until_the_worker_has_found_them(database, sample, visit, staff):
    designer = visit(sample, staff.designer)

    answer = designer.post("/teams/propose", data={"reach": "district"})
    waiting = designer.get("/teams/").text
    propose(designer)
    done = designer.get("/teams/").text

    assert answer.status_code == 303
    assert "Teams are being proposed" in waiting
    assert "data-reload" in waiting
    assert "Propose teams of like goals" not in waiting
    assert "Teams are being proposed" not in done
    assert len(only_team(database).members) == 4


def test_a_search_that_fails_ends_with_a_sentence_and_can_be_tried_again(app, database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    designer.post("/teams/propose", data={"reach": "school"})
    with database.transaction() as db:
        message = db.scalars(select(OutboxMessage)).one()
        message.payload = {**message.payload, "actor_id": "nobody"}  # what no search can deal with
    for _try in range(4):
        with database.transaction() as db:
            db.execute(update(OutboxMessage).values(due_at=utc_now() - timedelta(seconds=1)))
        deliver_due(database, app.extensions["settings"])

    page = designer.get("/teams/?as=designer").text
    with database.reading() as db:
        ended = db.scalars(select(OutboxMessage)).one()
    designer.post("/teams/propose", data={"reach": "school"})
    deliver_due(database, app.extensions["settings"])

    assert (ended.state, ended.attempts, ended.last_error_class) == (MessageState.REJECTED, 3, "gave_up")
    assert "Teams could not be proposed" in page
    assert "Teams are being proposed" not in page
    assert "Teams could not be proposed" not in designer.get("/teams/?as=designer").text


def test_a_goal_that_is_withdrawn_while_teams_are_searched_is_not_proposed(database, sample, staff):
    with database.reading() as db:
        course, actor = db.get_one(Course, sample.course.id), db.get_one(Person, staff.designer.id)
        found = teams_of_like_goals(free_candidates(db, Scope.of_course(course)))
    with database.transaction() as db:
        db.delete(db.get_one(Goal, staff.goal_ids[0]).declaration)

    with database.transaction() as db:
        course, actor = db.get_one(Course, sample.course.id), db.get_one(Person, staff.designer.id)
        (team,) = keep_proposals(db, actor, Scope.of_course(course), found)
        people = {member.person_id for member in team.members}

    assert people == {person.id for person in staff.educators[1:4]}


def test_b3_a_supervisor_and_whom_they_supervise_are_never_proposed_as_one_team(database, sample, visit, staff):
    ana, ben = staff.educators[:2]
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))

    propose(visit(sample, staff.designer))

    with database.reading() as db:
        teams = [{member.person_id for member in team.members} for team in db.scalars(select(Team))]
    assert teams
    assert not any({ana.id, ben.id} <= team for team in teams)


def test_proposing_again_replaces_what_was_not_sent(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    first = only_team(database).id

    propose(designer, "school")

    with database.reading() as db:
        teams = db.scalars(select(Team)).all()
        assert first not in [team.id for team in teams] or len(teams) == 2
        assert sorted(len(team.members) for team in teams) == [2, 2]


def test_a_member_is_moved_after_its_effect_was_shown(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer, "school")
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


@pytest.mark.parametrize("path", ["propose", "send", "1/send", "1/remove", "1/form", "1/group", "1/members/1/move"])
def test_an_educator_cannot_do_a_designers_work(sample, visit, staff, path):
    assert visit(sample, staff.educators[0]).post(f"/teams/{path}", data={"target": "out"}).status_code == 403


def test_the_designer_of_one_course_does_not_design_another(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)
    team = only_team(database)
    with database.transaction() as db:
        other = Course(
            opportunity=Opportunity(district_id=sample.district.id, kind=OpportunityKind.COURSE),
            district_id=sample.district.id, registration_id=sample.registration.id, deployment_id=sample.deployment.id,
            context_id="other", title="Other", professional_learning_at=sample.course.professional_learning_at,
        )  # fmt: skip
        db.add(other)
        teacher = make_person(db, sample, "Tia Teacher")
    visitor = visit(sample, teacher, course_id=other.id, is_course_designer=True)

    assert visitor.post(f"/teams/{team.id}/remove").status_code == 403
    assert visitor.get(f"/teams/{team.id}").status_code == 404


@pytest.mark.parametrize(
    ("family", "lines", "last"),
    [
        (
            Family.MOODLE,
            ["email,firstname,lastname,course1,group1", "ana@example.test,Ana,Ruiz,PD1,Amber heron"],
            "e-mail",
        ),
        (
            Family.CANVAS,
            ["canvas_user_id,user_id,login_id,group_name", "u-Ana Ruiz,,,Amber heron"],
            "not a student",
        ),
    ],
)
def test_files_for_the_lms_hold_only_whom_it_can_import_and_the_page_says_who_else(
    database, sample, visit, staff, family, lines, last
):
    form_team_of_four(database, sample, staff)
    with database.transaction() as db:
        db.get_one(Registration, sample.registration.id).family = family
        dinesh = db.get_one(Person, staff.educators[3].id)
        dinesh.email = ""
        (membership,) = db.scalars(select(Membership).where(Membership.person_id == dinesh.id))
        membership.role = CourseRole.DESIGNER
    designer = visit(sample, staff.designer)

    text = designer.get("/teams/groups.csv").text
    page = designer.get("/teams/?as=designer").text

    assert text.splitlines() == lines
    assert "Ben Okafor (Amber heron): not enrolled in this course." in page
    assert "Chloe Martin (Amber heron): has not opened the tool in this LMS yet" in page
    assert "Dinesh Rao (Amber heron): " in page
    assert last in page.split("Dinesh Rao (Amber heron): ")[1][:60]


def test_moodle_imports_the_groups_with_their_idnumbers_before_their_members(database, sample, visit, staff):
    team = form_team_of_four(database, sample, staff)

    lines = visit(sample, staff.designer).get("/teams/moodle-groups.csv").text.splitlines()

    assert lines == [
        "groupname,groupidnumber,groupingname",
        f'Amber heron,like-goals-team-{team.id},"Like Goals teams, cycle 1"',
    ]


def form_team_of_four(database, sample, staff) -> Team:
    """Return a formed team: Ben is enrolled no more, Chloe has not opened the tool from this LMS."""
    with database.transaction() as db:
        team = Team(
            district_id=sample.district.id, course_id=sample.course.id, name="Amber heron", state=TeamState.FORMED
        )
        four = staff.educators[:4]
        team.members = [TeamMember(person_id=each.id, state=MemberState.ACCEPTED) for each in four]
        db.add(team)
        for each in (four[0], four[1], four[3]):
            account = Identity(person_id=each.id, registration_id=sample.registration.id, sub=each.name)
            account.lms_user_id = f"u-{each.name}"
            db.add(account)
        db.execute(update(Membership).where(Membership.person_id == four[1].id).values(is_active=False))
        return team


def test_team_names_are_a_colour_and_a_bird(database, sample, visit, staff):
    propose_and_send(visit, sample, staff)

    team = only_team(database)

    assert len(team.name.split()) == 2
    assert all(member.state is MemberState.INVITED for member in team.members)


def test_a_goal_that_was_withdrawn_is_gone_from_an_unsent_proposal(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
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
        goal = db.get_one(Goal, staff.goal_ids[0])
        goal.declaration.show_to(Audience.SCHOOL, goal.owner)
    designer = visit(sample, staff.designer)
    propose(designer, "school")
    with database.reading() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        hers, theirs = (first, second) if first.membership_of(staff.educators[0].id) else (second, first)
        member = hers.membership_of(staff.educators[0].id)
    path = f"/teams/{hers.id}/members/{member.id}/move"

    shown = designer.get(path).text
    answer = designer.post(path, data={"target": str(theirs.id)})

    assert "shared with its own school only" in shown
    assert answer.status_code == 409
