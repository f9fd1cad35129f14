"""Where a team's link opens: the own team's room where there is one, else the list of teams."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.db import Database, utc_now
from lti_tool.launch import names
from lti_tool.launch.models import LinkKind
from lti_tool.people.models import Course, Person, Role, RoleGrant, Supervision
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_course
from tests.launch.signing_platform import INSTRUCTOR, LEARNER, SigningPlatform
from tests.query_counter import count_queries

pytestmark = pytest.mark.usefixtures("marked_course")


@pytest.fixture
def open_link(platform: SigningPlatform, client: FlaskClient) -> Callable[..., TestResponse]:
    """Return `open_link(kind)`: Ana opens a link of this kind in the course, or where its claims say."""

    def launch(kind: LinkKind = LinkKind.TEAM, role: str = LEARNER, **claims: object) -> TestResponse:
        return platform.launch(client, **{names.ROLES: [role], names.CUSTOM: {"kind": kind.value}, **claims})

    return launch


@pytest.fixture
def ana(open_link: Callable[..., TestResponse], database: Database) -> Person:
    open_link(LinkKind.PLAN)
    with database.reading() as db:
        return db.scalars(select(Person)).one()


def put_into_team(
    database: Database, ana: Person, course_id: int | None, *, state: TeamState = TeamState.FORMED,
    member: MemberState = MemberState.ACCEPTED,
) -> int:  # fmt: skip
    """Put Ana and a colleague into a team; return its id."""
    with database.transaction() as db:
        colleague = Person(district_id=ana.district_id, name="Ben Okafor")
        db.add(colleague)
        db.flush()
        team = Team(
            district_id=ana.district_id, course_id=course_id, name=f"Amber Heron {colleague.id}", state=state,
            formed_at=utc_now(),
            members=[
                TeamMember(person_id=ana.id, state=member),
                TeamMember(person_id=colleague.id, state=MemberState.ACCEPTED),
            ],
        )  # fmt: skip
        db.add(team)
        db.flush()
        return team.id


def another_course(database: Database, course_id: int) -> int:
    with database.transaction() as db:
        first = db.get_one(Course, course_id)
        return make_course(db, first.district_id, first.registration_id, first.deployment_id, "Another").id


def lands_in(response: TestResponse) -> str:
    """Return the page that a launch opened, without the key of its session."""
    assert response.status_code == 303
    return response.headers["Location"].split("/", 3)[3]


@pytest.mark.parametrize("kind", [LinkKind.TEAM, LinkKind.TEAM_CYCLE])
def test_a_member_of_one_team_lands_in_its_room_at_once(kind, ana, open_link, client, database, marked_course):
    team_id = put_into_team(database, ana, marked_course)

    opened = open_link(kind)

    assert lands_in(opened) == f"teams/{team_id}/room"
    room = client.get(opened.headers["Location"])
    assert (room.status_code, "The room of Amber Heron" in room.text) == (200, True)


def test_a_team_without_a_course_is_found_from_any_course(ana, open_link, database):
    team_id = put_into_team(database, ana, None)

    assert lands_in(open_link()) == f"teams/{team_id}/room"


def test_of_several_teams_the_one_of_the_links_course_is_meant(ana, open_link, database, marked_course):
    put_into_team(database, ana, another_course(database, marked_course))
    here = put_into_team(database, ana, marked_course)

    assert lands_in(open_link()) == f"teams/{here}/room"


def test_with_no_team_or_several_the_list_opens(ana, open_link, database):
    without = lands_in(open_link())
    put_into_team(database, ana, None)
    put_into_team(database, ana, None)

    assert (without, lands_in(open_link())) == ("teams/", "teams/")


def test_a_team_of_another_course_is_meant_only_where_the_link_names_no_course(ana, open_link, database, marked_course):
    elsewhere = put_into_team(database, ana, another_course(database, marked_course))
    of_no_course = {names.CONTEXT: {"id": "department", "type": ["Account"]}}

    assert lands_in(open_link()) == "teams/"
    assert lands_in(open_link(**of_no_course)) == f"teams/{elsewhere}/room"


@pytest.mark.parametrize("is_in_course", [True, False])
def test_an_invitation_that_waits_here_comes_before_the_room(
    is_in_course, ana, open_link, client, database, marked_course
):
    put_into_team(database, ana, marked_course)
    asked_in = marked_course if is_in_course else None
    put_into_team(database, ana, asked_in, state=TeamState.INVITING, member=MemberState.INVITED)

    opened = open_link()

    assert lands_in(opened) == "teams/"
    assert "An invitation" in client.get(opened.headers["Location"]).text


def test_an_invitation_of_another_course_waits_there(ana, open_link, database, marked_course):
    team_id = put_into_team(database, ana, marked_course)
    elsewhere = another_course(database, marked_course)
    put_into_team(database, ana, elsewhere, state=TeamState.INVITING, member=MemberState.INVITED)

    assert lands_in(open_link()) == f"teams/{team_id}/room"


def test_whoever_designs_the_course_lands_on_the_designers_page_though_in_a_team(
    ana, open_link, client, database, marked_course
):
    put_into_team(database, ana, marked_course)

    opened = open_link(role=INSTRUCTOR)

    assert lands_in(opened) == "teams/"
    assert "Propose teams of like goals" in client.get(opened.headers["Location"]).text


def test_a_districts_designer_lands_on_the_designers_page_as_well(ana, open_link, database, marked_course):
    put_into_team(database, ana, marked_course)
    with database.transaction() as db:
        db.add(RoleGrant(person_id=ana.id, role=Role.DESIGNER))

    assert lands_in(open_link()) == "teams/"


@pytest.mark.parametrize(
    ("state", "member"),
    [
        (TeamState.INVITING, MemberState.ACCEPTED),
        (TeamState.FORMED, MemberState.INVITED),
        (TeamState.DISSOLVED, MemberState.ACCEPTED),
    ],
)
def test_a_team_that_has_no_room_for_somebody_opens_none(state, member, ana, open_link, database, marked_course):
    put_into_team(database, ana, marked_course, state=state, member=member)

    assert lands_in(open_link()) == "teams/"


def test_whoever_reviews_a_teammate_lands_on_the_list_where_it_says_how_to_leave(
    ana, open_link, database, marked_course
):
    team_id = put_into_team(database, ana, marked_course)
    with database.transaction() as db:
        mates = select(TeamMember.person_id).where(TeamMember.team_id == team_id, TeamMember.person_id != ana.id)
        db.add(Supervision(supervisor_id=ana.id, person_id=db.scalars(mates).one()))

    assert lands_in(open_link()) == "teams/"


def test_finding_the_room_asks_the_database_once_more_and_only_for_a_teams_link(
    ana, open_link, database, marked_course
):
    put_into_team(database, ana, marked_course)
    open_link()  # what a first launch writes is there

    counts = {}
    for kind in (LinkKind.PLAN, LinkKind.TEAM):
        with count_queries(database) as sent:
            open_link(kind)
        counts[kind] = len(sent)

    assert counts[LinkKind.TEAM] == counts[LinkKind.PLAN] + 1
