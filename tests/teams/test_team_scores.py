"""A kept cycle in the gradebook: for all members at once, never before, and nobody's own score waits for it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import lti_tool.grades.tasks  # noqa: F401 - registers what makes scores
from lti_tool.db import Database, utc_now
from lti_tool.grades.models import Score, ScoreKind
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Role, Supervision
from lti_tool.plans.models import Goal, GoalState
from lti_tool.teams.models import MemberState, TeamMember
from tests.conftest import make_person
from tests.teams.declared import make_identity
from tests.teams.test_commitments import confirm, say
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

COLUMNS = {
    LinkKind.CHECKPOINT: "http://127.0.0.1:1/items/own",
    LinkKind.TEAM_CYCLE: "http://127.0.0.1:1/items/team",
}


@pytest.fixture
def columns(database, sample, four):  # noqa: F811
    """Have both columns in the course's gradebook, and everybody known to its LMS, which is down."""
    with database.transaction() as db:
        for kind, url in COLUMNS.items():
            db.add(ResourceLink(course_id=sample.course.id, resource_link_id=kind, kind=kind, line_item_url=url))
        for person in four.people:
            make_identity(db, sample, person)


def deliver(app, database) -> None:
    deliver_due(database, app.extensions["settings"], limit=50)


def whose(database: Database, kind: ScoreKind) -> list[int]:
    with database.reading() as db:
        return list(db.scalars(select(Score.person_id).where(Score.kind == kind).order_by(Score.person_id)))


def meet_counting(database, goal_id) -> None:
    """Have a goal met that counts the course, and announced as it is then."""
    with database.transaction() as db:
        goal = db.get_one(Goal, goal_id)
        goal.state, goal.met_at = GoalState.MET, utc_now()
        enqueue(db, kind="goal.met", key=f"goal:{goal_id}", district_id=goal.plan.district_id,
                payload={"goal_id": goal_id})  # fmt: skip


def agree_on_three(database, visitors, team, staff) -> None:
    """Let three meet their goals, confirmed by a teammate, and the last one say a next step that nobody confirmed."""
    for place in range(3):
        meet_counting(database, staff.goal_ids[place])
        say(visitors[place], team, "met")
        confirm(database, visitors[(place + 1) % 4], team, team.people[place])
    say(visitors[3], team, "carried", "One more class until March")


@pytest.mark.usefixtures("columns")
def test_b5_own_scores_go_first_and_all_get_the_teams_at_once_when_the_cycle_is_kept(
    app, database, four, members, staff  # noqa: F811
):  # fmt: skip
    agree_on_three(database, members, four, staff)
    deliver(app, database)
    own = whose(database, ScoreKind.GOAL)
    confirm(database, members[3], four, four.people[3])
    deliver(app, database)
    early = whose(database, ScoreKind.TEAM)

    confirm(database, members[0], four, four.people[3])
    deliver(app, database)

    assert own == sorted(person.id for person in four.people[:3])
    assert early == []
    assert whose(database, ScoreKind.TEAM) == sorted(person.id for person in four.people)
    assert whose(database, ScoreKind.GOAL) == own
    with database.reading() as db:
        made = db.scalars(select(Score).where(Score.kind == ScoreKind.TEAM)).all()
        assert {each.line_item_url for each in made} == {COLUMNS[LinkKind.TEAM_CYCLE]}
        keys = {f"score:{each.id}" for each in made}
        assert set(db.scalars(select(OutboxMessage.key).where(OutboxMessage.key.in_(keys)))) == keys


@pytest.mark.usefixtures("columns")
def test_b5_who_joins_after_a_kept_cycle_gets_the_entry_with_the_next_one(app, database, sample, four, members, staff):  # noqa: F811
    agree_on_three(database, members, four, staff)
    confirm(database, members[0], four, four.people[3])
    members[0].post(f"{four.room}/cycle")
    with database.transaction() as db:
        newcomer = make_person(db, sample, "Nia Late")
        db.add(TeamMember(team_id=four.team_id, person_id=newcomer.id, state=MemberState.ACCEPTED))
    deliver(app, database)

    assert newcomer.id not in whose(database, ScoreKind.TEAM)


def test_b5_a_course_without_that_link_gets_nothing_of_teams(app, database, four, members, staff):  # noqa: F811
    agree_on_three(database, members, four, staff)
    confirm(database, members[0], four, four.people[3])
    deliver(app, database)

    assert whose(database, ScoreKind.TEAM) == []
    assert "entry in the gradebook" not in members[0].get(four.room).text


def test_b5_a_supervisor_sees_kept_or_in_progress_and_nobodys_name(
    database, sample, four, members, staff, visit  # noqa: F811
):  # fmt: skip
    with database.transaction() as db:
        supervisor = make_person(db, sample, "Sol Vega", Role.SUPERVISOR, learner=False)
        db.add(Supervision(person_id=four.people[0].id, supervisor_id=supervisor.id))
        other = make_person(db, sample, "Una Other", Role.SUPERVISOR, learner=False)
    agree_on_three(database, members, four, staff)

    before = visit(sample, supervisor).get("/teams/supervised").text
    confirm(database, members[0], four, four.people[3])
    after = visit(sample, supervisor).get("/teams/supervised").text

    assert "Amber Heron" in before
    assert "This cycle is in progress" in before
    assert "This cycle is kept" in after
    assert not [person.name for person in four.people if person.name in before + after]
    assert "Amber Heron" not in visit(sample, other).get("/teams/supervised").text
