"""B3: saying no changes nothing that a designer or a supervisor reads, whoever had asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.people.models import Person, Role, Supervision
from lti_tool.plans.models import Goal
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from lti_tool.teams.operations.holding import note_asked
from lti_tool.teams.tasks import begin_due
from tests.conftest import Visitor, make_person
from tests.full_district import FullDistrict, make_full_district
from tests.grades.conftest import worker  # noqa: F401 - a fixture
from tests.house.walking import addresses
from tests.teams.conftest import let_two_weeks_pass, only_team, propose, propose_and_send
from tests.teams.declared import make_goal
from tests.teams.test_reforming_pages import look_for, make_team, people_in

pytestmark = pytest.mark.usefixtures("worker")
VOLATILE = re.compile(r'nonce-?=?\S+|"exported_at":"[^"]*"|name="sheet" value="[^"]*"')
"""What is another one each time that a page or a file is asked for."""
PAGES = ("/teams/", "/teams/changes", "/?as=designer")


def invited(database, sample, person: Person) -> int:
    """Have a colleague with a like goal ask somebody to team up with them in this course."""
    with database.transaction() as db:
        goal = db.scalars(select(Goal).where(Goal.plan.has(person_id=person.id))).one()
        colleague = make_person(db, sample, "Mia Lund")
        team = Team(
            district_id=sample.district.id, course_id=sample.course.id, name="Teal finch", state=TeamState.INVITING
        )
        team.created_by_id = colleague.id
        own = make_goal(db, sample, colleague, goal.indicators[0])
        team.members = [
            TeamMember(person_id=colleague.id, goal_id=own.id, state=MemberState.ACCEPTED),
            TeamMember(person_id=person.id, goal_id=goal.id),
        ]
        db.add(team)
        db.flush()
        return team.id


def card(page: str) -> str:
    """Return the first proposal of a designer's page."""
    return page.split("<article")[1].split("</article>", maxsplit=1)[0]


@pytest.fixture
def invitations(database) -> tuple[FullDistrict, dict[int, list[Person]]]:
    """Return a district with everything in it, and whom designers asked to a team that stands and to one that does not.

    In each team of these two are asked, by its id.
    """
    with database.transaction() as db:
        full = make_full_district(db)
        standing, waiting = (
            db.scalars(select(Team).filter_by(name=name)).one() for name in ("Amber Heron", "Blue Wren")
        )
        newcomers = [make_person(db, full.sample, name) for name in ("Hana Sato", "Ivo Dahl")]
        standing.members += [TeamMember(person_id=each.id, state=MemberState.INVITED) for each in newcomers]
        asked = {standing.id: newcomers, waiting.id: [member.person for member in waiting.members]}
        for team in (standing, waiting):
            note_asked(db, team, [person.id for person in asked[team.id]])
        return full, asked


def everything(
    app: Flask, visitor: Visitor, ids: Mapping[str, int], teams: Mapping[int, list[Person]]
) -> dict[str, str]:
    """Return all pages and files that somebody can open, by address, without what changes with each request."""
    paths = {
        path
        for team_id, (person, _) in teams.items()
        for path in _paths(app, {**ids, "team_id": team_id, "person_id": person.id})
    }
    views = {f"{path}?as={view}" for path in ("/", "/teams/") for view in ("designer", "supervisor", "administrator")}
    answers = {path: visitor.get(path) for path in sorted(paths | views)}
    return {path: VOLATILE.sub("", each.text) for path, each in answers.items() if each.status_code == 200}


def _paths(app: Flask, ids: dict[str, int]) -> Iterator[str]:
    return (each.path for each in addresses(app, ids) if each.method == "GET")


def test_b3_a_no_leaves_no_trace_on_any_page_or_in_any_file_of_whoever_leads(app, database, visit, invitations):
    full, asked = invitations
    decliners = {team_id: person for team_id, (person, _) in asked.items()}
    with database.transaction() as db:
        leader = make_person(db, full.sample, "Sol Vega", *Role, learner=False)
        db.add_all(Supervision(person_id=each.id, supervisor_id=leader.id) for each in decliners.values())
    visitor = visit(full.sample, leader, is_course_designer=True)
    before = everything(app, visitor, full.ids, asked)

    for team_id, person in decliners.items():
        assert visit(full.sample, person).post(f"/teams/{team_id}/decline").status_code == 303
    after = everything(app, visitor, full.ids, asked)

    assert {path: text for path, text in after.items() if before.get(path) != text} == {}
    assert after.keys() == before.keys()
    assert sum(path.endswith(".csv") for path in after) > 3
    with database.reading() as db:
        assert not {each.person_id for each in db.scalars(select(TeamMember))} & {
            each.id for each in decliners.values()
        }


def test_a_proposal_is_the_same_while_somebody_of_it_is_asked_elsewhere_and_after_the_no(
    database, sample, visit, staff
):
    ana, designer = staff.educators[0], visit(sample, staff.designer)
    propose(designer)
    before = card(designer.get("/teams/").text)

    elsewhere = invited(database, sample, ana)
    asked = card(designer.get("/teams/").text)
    visit(sample, ana).post(f"/teams/{elsewhere}/decline")

    assert "Ana Ruiz" in before
    assert asked == before
    assert card(designer.get("/teams/").text) == before


def test_whoever_is_asked_elsewhere_is_asked_by_the_designer_too_and_joins_one_of_both(database, sample, visit, staff):
    ana, designer = visit(sample, staff.educators[0]), visit(sample, staff.designer)
    propose(designer)
    team_id = only_team(database).id
    elsewhere = invited(database, sample, staff.educators[0])

    designer.post(f"/teams/{team_id}/send")
    joined = ana.post(f"/teams/{team_id}/accept")
    second = ana.post(f"/teams/{elsewhere}/accept")

    assert (joined.status_code, second.status_code) == (303, 409)
    assert "You are in a team of this course already." in second.text


def test_whoever_is_in_no_team_is_listed_as_that_before_and_after_a_no(database, sample, visit, staff):
    eva, designer = staff.educators[4], visit(sample, staff.designer)
    propose(designer)

    elsewhere = invited(database, sample, eva)
    asked = designer.get("/teams/").text.split("In no team yet")[1]
    visit(sample, eva).post(f"/teams/{elsewhere}/decline")

    assert "Eva Novak" in asked
    assert "Eva Novak" in designer.get("/teams/").text.split("In no team yet")[1]


@pytest.fixture
def wren(database, sample, staff) -> int:
    """Return a formed team of the first three; Dinesh, with a like goal, would join it."""
    with database.transaction() as db:
        return make_team(db, sample, "Amber wren", staff.educators[:3], staff.goal_ids[:3])


@pytest.mark.parametrize("where", ["another team", "the same team"])
def test_a_change_is_the_same_while_its_person_is_asked_already_and_after_the_no(
    database, sample, visit, staff, wren, where
):
    dinesh, designer = staff.educators[3], visit(sample, staff.designer)
    look_for(designer, "joiners")
    before = designer.get("/teams/changes").text
    assert "Dinesh Rao" in before

    if where == "another team":
        asked_to = invited(database, sample, dinesh)
    else:
        visit(sample, staff.educators[0]).post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]})
        asked_to = wren
    asked = designer.get("/teams/changes").text
    visit(sample, dinesh).post(f"/teams/{asked_to}/decline")

    assert asked == before
    assert designer.get("/teams/changes").text == before


def test_a_change_that_a_teammate_was_quicker_to_make_is_sent_once(database, sample, visit, staff, wren):
    designer = visit(sample, staff.designer)
    look_for(designer, "joiners")
    visit(sample, staff.educators[0]).post(f"/teams/{wren}/ask", data={"goal_id": staff.goal_ids[3]})

    answer = designer.post("/teams/changes/send", data={"place": "course"})

    assert answer.status_code == 303
    assert people_in(database, wren)["Dinesh Rao"] is MemberState.INVITED


@pytest.fixture
def pair(database, sample, visit, staff) -> Team:
    """Return a team of Ana and Chloe that was sent to them, each school for itself."""
    designer = visit(sample, staff.designer)
    propose(designer, "school")
    designer.post("/teams/send")
    with database.reading() as db:
        member = db.scalars(select(TeamMember).where(TeamMember.person_id == staff.educators[0].id)).one()
        sent: Team = db.get_one(Team, member.team_id)
        return sent


@pytest.mark.parametrize("has_joined", [True, False], ids=["after the other had joined", "before any answer"])
def test_a_team_of_two_stays_on_the_list_as_it_is_when_one_says_no(
    database, sample, visit, staff, pair, has_joined
):  # fmt: skip
    ana, _, chloe = (visit(sample, each) for each in staff.educators[:3])
    designer = visit(sample, staff.designer)
    if has_joined:
        chloe.post(f"/teams/{pair.id}/accept")
    pages = (*PAGES, f"/teams/{pair.id}")
    before = {path: designer.get(path).text for path in pages}

    ana.post(f"/teams/{pair.id}/decline")

    assert {path: designer.get(path).text for path in pages} == before
    assert pair.name in before["/teams/"]
    if has_joined:
        assert "You are alone here for now" in chloe.get(f"/teams/{pair.id}").text
        assert "Nobody else is asked now" in chloe.get("/").text
        assert "Nobody else is asked now" in chloe.get("/teams/?as=educator").text
    else:
        assert pair.name not in chloe.get("/teams/?as=educator").text


@pytest.mark.parametrize("first", ["the yeses", "the noes"])
def test_a_team_of_two_who_joined_is_the_same_whether_the_others_said_no_or_nothing(
    database, sample, visit, staff, first
):
    propose_and_send(visit, sample, staff)
    team_id, designer = only_team(database).id, visit(sample, staff.designer)
    ana, ben, chloe, dinesh = (visit(sample, each) for each in staff.educators[:4])
    pages = (*PAGES, f"/teams/{team_id}", f"/teams/{team_id}/people", "/teams/groups.csv")
    noes = [chloe, dinesh]
    if first == "the noes":
        noes.pop().post(f"/teams/{team_id}/decline")
    ana.post(f"/teams/{team_id}/accept")
    ben.post(f"/teams/{team_id}/accept")
    before = {path: designer.get(path).text for path in pages}

    for each in noes:
        each.post(f"/teams/{team_id}/decline")

    assert {path: designer.get(path).text for path in pages} == before
    assert only_team(database).state is TeamState.INVITING
    let_two_weeks_pass(database)
    begin_due()
    assert only_team(database).state is TeamState.FORMED


@pytest.mark.parametrize("answer", ["decline", None])
def test_whoever_waits_in_such_a_team_is_placed_anew_when_teams_are_proposed_after_two_weeks(
    database, sample, visit, staff, pair, answer
):  # fmt: skip
    visit(sample, staff.educators[2]).post(f"/teams/{pair.id}/accept")
    if answer:
        visit(sample, staff.educators[0]).post(f"/teams/{pair.id}/{answer}")
    designer = visit(sample, staff.designer)

    propose(designer, "school")
    with database.reading() as db:
        assert db.scalars(select(Team).where(Team.state == TeamState.PROPOSED)).all() == []
    let_two_weeks_pass(database)
    propose(designer, "school")

    with database.reading() as db:
        proposed = db.scalars(select(Team).where(Team.state == TeamState.PROPOSED)).all()
        assert {"Ana Ruiz", "Chloe Martin"} in [{each.person.name for each in team.members} for team in proposed]
        assert {team.state for team in db.scalars(select(Team))} == {TeamState.PROPOSED}
