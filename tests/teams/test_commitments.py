"""Answering for each other: a cycle is kept by all members together, and nobody's own completion waits for it."""

from __future__ import annotations

import pytest

from lti_tool.db import Database
from lti_tool.grades.models import Score
from lti_tool.outbox.models import OutboxMessage
from lti_tool.plans.models import Goal, GoalState
from lti_tool.plans.operations import meet_goal
from lti_tool.teams.models import Team, TeamCycle
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("four")


def meet(database, person, goal_id) -> None:
    with database.transaction() as db:
        goal = db.get_one(Goal, goal_id)
        goal.activities.clear()
        meet_goal(db, db.merge(person), goal, "More students explain their thinking.")


def say(visitor, team, step, words=""):
    return visitor.post(f"{team.room}/step", data={"step": step, "words": words})


def confirm(database, visitor, team, person):
    with database.reading() as db:
        member = db.get_one(Team, team.team_id).membership_of(person.id)
    return visitor.post(f"{team.room}/members/{member.id}/confirm")


def is_kept(database: Database, number: int = 1) -> bool:
    with database.reading() as db:
        return bool(db.query(TeamCycle).filter_by(number=number).one().is_kept)


def test_b5_a_cycle_is_kept_when_each_members_step_is_confirmed(database, four, members, staff):  # noqa: F811
    """Three met, one with nothing agreed: not kept. A next step, confirmed by a teammate: kept, by all at once."""
    for place in range(3):
        meet(database, four.people[place], staff.goal_ids[place])
        say(members[place], four, "met")
        confirm(database, members[(place + 1) % 4], four, four.people[place])
    assert not is_kept(database)

    say(members[3], four, "carried", "One more class until March")
    assert not is_kept(database)
    confirm(database, members[0], four, four.people[3])

    assert is_kept(database)


def test_b5_a_cycle_is_kept_when_the_one_who_had_not_said_anything_leaves(database, four, members):  # noqa: F811
    for place in range(3):
        say(members[place], four, "carried", "One more class")
        confirm(database, members[(place + 1) % 3], four, four.people[place])
    assert not is_kept(database)

    members[3].post(f"/teams/{four.team_id}/leave")

    assert is_kept(database)


def test_b5_a_goal_that_goes_on_in_a_later_plan_is_not_met(database, four, members, staff):  # noqa: F811
    with database.transaction() as db:
        db.get_one(Goal, staff.goal_ids[0]).state = GoalState.CARRIED_OVER

    assert say(members[0], four, "met").status_code == 409


def test_b5_nobody_confirms_the_own_step(database, four, members):  # noqa: F811
    say(members[0], four, "carried", "One more class")

    assert confirm(database, members[0], four, four.people[0]).status_code == 403
    assert confirm(database, members[1], four, four.people[0]).status_code == 303


def test_b5_a_goal_that_is_not_met_cannot_be_said_to_be(four, members):  # noqa: F811
    answer = say(members[0], four, "met")

    assert answer.status_code == 409
    assert "Your goal is not met yet" in answer.text


def test_b5_the_own_completion_never_waits_for_the_team(database, four, members, staff):  # noqa: F811
    meet(database, four.people[0], staff.goal_ids[0])

    with database.reading() as db:
        assert db.get_one(Goal, staff.goal_ids[0]).state is GoalState.MET
        assert db.query(OutboxMessage).filter_by(kind="goal.met").count() == 1
        assert db.query(TeamCycle).count() == 0
        assert db.query(Score).count() == 0


def test_b5_a_step_that_changes_is_to_be_confirmed_again(database, four, members):  # noqa: F811
    say(members[0], four, "carried", "One more class")
    confirm(database, members[1], four, four.people[0])

    say(members[0], four, "revised", "Two classes, exit notes only")

    with database.reading() as db:
        cycle = db.query(TeamCycle).one()
        assert not cycle.commitment_of(four.people[0].id).is_confirmed


def test_a_next_step_needs_words(four, members):  # noqa: F811
    answer = say(members[0], four, "carried")

    assert answer.status_code == 422
    assert "Say the next step that you agreed on." in answer.text


def test_the_next_cycle_begins_with_nothing_said(database, four, members):  # noqa: F811
    for place, visitor in enumerate(members):
        say(visitor, four, "carried", f"Step {place}")

    begun = members[0].post(f"{four.room}/cycle")

    assert begun.status_code == 303
    with database.reading() as db:
        cycles = db.query(TeamCycle).order_by(TeamCycle.number).all()
        assert [(each.number, each.closed_at is None, len(each.commitments)) for each in cycles] == [
            (1, False, 4),
            (2, True, 0),
        ]


def test_b4_the_team_owes_a_share_until_one_of_it_passes_something_on(database, four, members):  # noqa: F811
    assert "Our team owes one share" in members[0].get(four.room).text

    members[1].post("/plans/practices/new", data={"title": "Wait", "did": "We count to five.", "audience": "district"})

    assert "Our team owes one share" not in members[0].get(four.room).text


def test_a_cycle_with_somebody_who_said_nothing_does_not_end(four, members):  # noqa: F811
    say(members[0], four, "carried", "One more class")

    assert members[0].post(f"{four.room}/cycle").status_code == 409


def test_b4_a_cycle_that_ends_without_a_share_prompts_the_team_and_names_nobody(database, four, members):  # noqa: F811
    for place, visitor in enumerate(members):
        say(visitor, four, "carried", f"Step {place}")

    begun = members[0].post(f"{four.room}/cycle", follow_redirects=True).text

    assert "Your team passed nothing on from the one before" in begun
    assert "The cycle before ended without one." in members[1].get(four.room).text
    assert "Our team owes one share" in members[1].get(f"/teams/{four.team_id}").text
    door = {"kind": "open_door", "title": "Who speaks", "starts_at": "2027-03-01T10:00"}
    members[2].post("/standards/opportunities/new", data=door)
    assert "Our team owes one share" not in members[1].get(four.room).text
