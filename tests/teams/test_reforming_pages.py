"""Teams that stand, when people join or leave: looked at first, then put to those whom it is about."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import AuditEvent, Person, Supervision
from lti_tool.plans.models import Goal
from lti_tool.teams.models import (
    HelpRequest,
    MemberState,
    ProposalRun,
    Team,
    TeamChange,
    TeamMember,
    TeamScope,
    TeamState,
)
from tests.conftest import make_person
from tests.query_counter import count_queries
from tests.teams.declared import make_goal
from tests.teams.test_who_may_join import keep_apart


def look_for(designer, kind: str, place: str = "course", reach: str = "district") -> None:
    """Press a button, and let the worker look, after what was due before."""
    designer.post("/teams/propose", data={"place": place, "kind": kind, "reach": reach})
    extensions = designer.client.application.extensions
    deliver_due(extensions["database"], extensions["settings"], limit=10)


def make_team(db, sample, name: str, people, goal_ids, **group: str) -> int:
    team = Team(
        district_id=sample.district.id, course_id=sample.course.id, name=name, state=TeamState.FORMED,
        formed_at=utc_now(), **group,
    )  # fmt: skip
    team.members = [
        TeamMember(person_id=person.id, goal_id=goal_id, state=MemberState.ACCEPTED)
        for person, goal_id in zip(people, goal_ids, strict=True)
    ]
    db.add(team)
    db.flush()
    return team.id


@pytest.fixture
def wren(database, sample, staff) -> int:
    """Return a formed team of the first three, with a room in use and a group; Dinesh, with a like goal, is in none."""
    with database.transaction() as db:
        team_id = make_team(
            db, sample, "Amber wren", staff.educators[:3], staff.goal_ids[:3], lms_group_id="7", lms_group_set_id="2"
        )
        db.add(HelpRequest(team_id=team_id, person_id=staff.educators[0].id, words="Who waits after a question?"))
        return team_id


def people_in(database, team_id: int) -> dict[str, MemberState]:
    with database.reading() as db:
        members = db.scalars(select(TeamMember).where(TeamMember.team_id == team_id))
        return {member.person.name: member.state for member in members}


def test_a_joiner_is_shown_with_the_reason_and_invited_into_the_team_that_stands(database, sample, visit, staff, wren):
    designer, dinesh = visit(sample, staff.designer), visit(sample, staff.educators[3])

    look_for(designer, "joiners")
    with count_queries(database) as asked_of_it:
        listed = designer.get("/teams/").text
    preview = designer.get("/teams/changes").text
    before = people_in(database, wren)
    sent = designer.post("/teams/changes/send", data={"place": "course"})
    invited = people_in(database, wren)
    asked = dinesh.get("/teams/?as=educator").text
    dinesh.post(f"/teams/{wren}/accept")
    room = dinesh.get(f"/teams/{wren}/room").text

    assert "1 person would join a team that stands." in listed
    assert len(asked_of_it) <= 16
    assert "Would join Amber wren" in preview
    assert "All four work on 1c.2." in preview
    assert "Dinesh Rao" not in before
    assert sent.status_code == 303
    assert invited["Dinesh Rao"] is MemberState.INVITED
    assert "Amber wren" in asked
    assert people_in(database, wren)["Dinesh Rao"] is MemberState.ACCEPTED
    with database.reading() as db:
        team = db.scalars(select(Team)).one()
        assert (team.id, team.name, team.lms_group_id, team.lms_group_set_id) == (wren, "Amber wren", "7", "2")
        assert team.state is TeamState.FORMED
    assert "Who waits after a question?" in room


def test_b3_whoever_says_no_to_a_team_that_stands_leaves_no_trace(database, sample, visit, staff, wren):
    designer, dinesh = visit(sample, staff.designer), staff.educators[3]
    look_for(designer, "joiners")
    designer.post("/teams/changes/send", data={"place": "course"})
    paths = ("/teams/", "/teams/changes", f"/teams/{wren}")
    before = {path: designer.get(path).text for path in paths}
    with database.reading() as db:
        audits = len(db.scalars(select(AuditEvent)).all())

    visit(sample, dinesh).post(f"/teams/{wren}/decline")

    assert {path: designer.get(path).text for path in paths} == before
    assert all(dinesh.name not in page for page in before.values())
    assert dinesh.name not in people_in(database, wren)
    with database.reading() as db:
        assert len(db.scalars(select(AuditEvent)).all()) == audits


@pytest.fixture
def mixed(database, sample, staff) -> tuple[int, int]:
    """Return two formed teams of three; one member of each would be nearer to the other."""
    with database.transaction() as db:
        feedback = db.get_one(Goal, staff.goal_ids[4]).indicators[0]
        more = [make_person(db, sample, name) for name in ("Farid Haddad", "Grace Lee")]
        goals = [make_goal(db, sample, each, feedback, headline="Give feedback sooner").id for each in more]
        dinesh_to_eva = make_goal(db, sample, db.merge(staff.educators[3]), feedback, headline="Give feedback sooner")
        ana, ben, chloe, _, eva = staff.educators
        first = make_team(db, sample, "Amber wren", [ana, ben, eva], [*staff.goal_ids[:2], staff.goal_ids[4]])
        second = make_team(db, sample, "Jade heron", [chloe, *more], [staff.goal_ids[2], *goals])
        db.delete(db.get_one(Goal, staff.goal_ids[3]))
        db.delete(dinesh_to_eva)
        return first, second


def test_improving_says_who_would_move_and_what_is_gained_and_moves_nobody_without_a_yes(
    database, sample, visit, staff, mixed
):
    amber, jade = mixed
    designer, chloe, eva = (visit(sample, each) for each in (staff.designer, staff.educators[2], staff.educators[4]))

    look_for(designer, "improve")
    preview = designer.get("/teams/changes").text
    designer.post("/teams/changes/send", data={"place": "course"})
    asked = chloe.get(f"/teams/{amber}").text
    chloe.post(f"/teams/{amber}/accept")
    eva.post(f"/teams/{jade}/decline")

    assert "2 people would move to another team." in preview
    assert "more like their teammates than without them" in preview
    assert "Would move from Jade heron to Amber wren" in preview
    assert "Then one would say there: " in preview
    assert "By joining you leave Jade heron." in asked
    assert set(people_in(database, amber)) == {"Ana Ruiz", "Ben Okafor", "Chloe Martin", "Eva Novak"}
    assert set(people_in(database, jade)) == {"Farid Haddad", "Grace Lee"}
    with database.reading() as db:
        assert {team.id: team.state for team in db.scalars(select(Team))} == dict.fromkeys(mixed, TeamState.FORMED)


def test_moves_that_only_keep_a_rule_are_said_to_and_are_no_gain(database, sample, visit, staff):
    with database.transaction() as db:
        feedback = db.get_one(Goal, staff.goal_ids[4]).indicators[0]
        more = [make_person(db, sample, name) for name in ("Farid Haddad", "Grace Lee", "Mia Lund")]
        goals = [make_goal(db, sample, each, feedback, headline="Give feedback sooner").id for each in more]
        make_team(db, sample, "Amber wren", staff.educators[:4], staff.goal_ids[:4])
        make_team(db, sample, "Jade heron", more, goals)
        ana, ben = staff.educators[:2]
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))
    designer = visit(sample, staff.designer)

    look_for(designer, "improve")
    preview = designer.get("/teams/changes").text

    assert "1 person would move to another team." in preview
    assert "they take apart people who must not be in one team" in preview
    assert "more like their teammates than without them" not in preview


def test_nobody_is_placed_with_whom_they_supervise_and_one_change_can_be_left_out(database, sample, visit, staff, wren):
    dinesh = staff.educators[3]
    with database.transaction() as db:
        mia = make_person(db, sample, "Mia Lund")
        make_goal(db, sample, mia, db.get_one(Goal, staff.goal_ids[0]).indicators[0])
        db.add(Supervision(person_id=staff.educators[0].id, supervisor_id=dinesh.id))
    designer = visit(sample, staff.designer)

    look_for(designer, "joiners")
    with database.reading() as db:
        changes = db.scalars(select(TeamChange)).all()
    designer.post(f"/teams/changes/{changes[0].id}/leave-out")

    assert [change.person_id for change in changes] == [mia.id]
    assert "Nothing to change" in designer.get("/teams/changes").text


SEND = "Send the invitations"


def test_changes_of_which_none_can_be_sent_say_why_and_offer_no_button(database, sample, visit, staff, wren):
    designer, (ana, _, _, dinesh, _) = visit(sample, staff.designer), staff.educators
    look_for(designer, "joiners")
    before = designer.get("/teams/changes").text
    keep_apart(database, sample, ana, dinesh)

    page = designer.get("/teams/changes").text

    assert SEND in before
    assert SEND not in page
    assert "Nobody can be asked now: what stands in the way is said with each." in page
    assert "Dinesh Rao and Ana Ruiz are kept apart." in page
    assert "Dinesh Rao" not in people_in(database, wren)


def test_changes_that_can_be_sent_are_however_many_pages_others_fill(database, sample, visit, staff, wren):
    designer, ana = visit(sample, staff.designer), staff.educators[0]
    with database.transaction() as db:
        indicator = db.get_one(Goal, staff.goal_ids[0]).indicators[0]
        comers = [make_person(db, sample, f"Comer {place:02}") for place in range(21)]
        run = ProposalRun(district_id=sample.district.id, scope=TeamScope.COURSE, course_id=sample.course.id)
        db.add_all(
            TeamChange(run=run, person_id=each.id, goal_id=make_goal(db, sample, each, indicator).id, team_id=wren)
            for each in comers
        )
    keep_apart(database, sample, ana, *comers[:20])

    pages = [designer.get("/teams/changes").text]
    pages.append(designer.get(re.findall(r"/teams/changes\?[^\"]*after=\d+", pages[0])[0].replace("&amp;", "&")).text)
    designer.post("/teams/changes/send", data={"place": "course"})

    assert [page.count("Would join") for page in pages] == [20, 1]
    assert [page.count("Cannot be sent yet") for page in pages] == [20, 0]
    assert all(SEND in page for page in pages)
    assert people_in(database, wren).keys() == {*(each.name for each in staff.educators[:3]), "Comer 20"}


def test_what_holds_no_more_is_neither_shown_nor_sent(database, sample, visit, staff, wren):
    designer = visit(sample, staff.designer)
    look_for(designer, "joiners")
    with database.transaction() as db:
        db.delete(db.get_one(Goal, staff.goal_ids[3]).declaration)

    preview = designer.get("/teams/changes").text
    designer.post("/teams/changes/send", data={"place": "course"})

    assert "Dinesh Rao" not in preview
    assert "Dinesh Rao" not in people_in(database, wren)


def test_teams_of_the_district_take_joiners_too(database, sample, visit, staff, wren):
    with database.transaction() as db:
        team = db.get_one(Team, wren)
        team.course_id, team.scope = None, "district"
    designer = visit(sample, staff.designer)

    look_for(designer, "joiners", "district")

    assert "Would join Amber wren" in designer.get("/teams/changes?place=district").text
    with database.reading() as db:
        assert db.scalars(select(ProposalRun)).one().course_id is None


@pytest.mark.parametrize("kind", ["joiners", "improve"])
def test_within_each_school_a_joiner_comes_to_a_team_of_the_own_school_alone(
    database, sample, visit, staff, wren, kind
):  # fmt: skip
    """Dinesh is of another school than two of the team that stands."""
    designer = visit(sample, staff.designer)

    look_for(designer, kind, reach="school")
    apart = designer.get("/teams/").text
    with database.transaction() as db:
        for person in staff.educators[:3]:
            db.get_one(Person, person.id).school_id = staff.educators[3].school_id
    look_for(designer, kind, reach="school")
    together = designer.get("/teams/changes").text

    assert "would join a team that stands" not in apart
    assert 'value="school" checked' in apart
    assert "Would join Amber wren" in together


def test_moves_within_each_school_leave_teams_of_several_schools_as_they_are(database, sample, visit, staff, mixed):
    designer = visit(sample, staff.designer)

    look_for(designer, "improve", reach="school")

    assert "would move to another team" not in designer.get("/teams/").text
