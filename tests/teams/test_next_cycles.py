"""From one cycle to the next: a goal counts once, another one is brought, and nobody's silence holds the team."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import Role, Supervision
from lti_tool.plans.models import Audience, Goal
from lti_tool.teams.models import Commitment, StepKind, TeamCycle
from tests.conftest import make_person
from tests.teams.declared import make_goal
from tests.teams.test_carried_goals import carry_over
from tests.teams.test_commitments import confirm, is_kept, meet, say
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("four")


def keep_first_cycle(database, visitors, team, staff) -> None:
    """Let everybody meet the own goal, confirmed by a teammate, and begin the next cycle."""
    for place, visitor in enumerate(visitors):
        meet(database, team.people[place], staff.goal_ids[place])
        say(visitor, team, "met")
        confirm(database, visitors[(place + 1) % 4], team, team.people[place])
    visitors[0].post(f"{team.room}/cycle")


def another_goal(database, sample, person, audience=Audience.TEAM, headline="Wait after a question") -> int:
    with database.transaction() as db:
        return make_goal(db, sample, db.merge(person), audience=audience, headline=headline).id


def bring(visitor, team, goal_id: int):
    return visitor.post(f"{team.room}/goal", data={"goal_id": str(goal_id)})


def test_b5_a_goal_that_was_met_keeps_one_cycle_and_not_the_next(database, four, members, staff):  # noqa: F811
    keep_first_cycle(database, members, four, staff)

    answer = say(members[0], four, "met")

    assert is_kept(database)
    assert answer.status_code == 409
    assert "Your goal was met in an earlier cycle" in answer.text


def test_b5_the_next_cycle_is_kept_by_the_goals_that_are_brought_to_it(database, sample, four, members, staff):  # noqa: F811
    keep_first_cycle(database, members, four, staff)
    goals = [another_goal(database, sample, person, headline=f"Goal of {person.name}") for person in four.people]

    offered = members[0].get(four.room).text
    brought = [bring(visitor, four, goal) for visitor, goal in zip(members, goals, strict=True)]
    shown = members[1].get(four.room).text
    for place, visitor in enumerate(members):
        meet(database, four.people[place], goals[place])
        say(visitor, four, "met")
        confirm(database, members[(place + 1) % 4], four, four.people[place])

    assert "The goal that brought you here is met or has ended." in offered
    assert "Goal of Ana Ruiz" in offered
    assert [answer.status_code for answer in brought] == [303] * 4
    assert "Goal of Ana Ruiz" in shown.split("What each of us does next")[1]
    assert is_kept(database, 2)


@pytest.mark.parametrize("whose", ["a teammate's", "a private one", "of a support plan"])
def test_only_an_own_goal_that_is_shared_with_the_team_is_brought(database, sample, four, members, whose):  # noqa: F811
    owner = four.people[1] if whose == "a teammate's" else four.people[0]
    goal_id = another_goal(database, sample, owner, Audience.PRIVATE if whose == "a private one" else Audience.TEAM)
    if whose == "of a support plan":
        with database.transaction() as db:
            db.get_one(Goal, goal_id).plan.is_restricted = True

    answer = bring(members[0], four, goal_id)

    assert answer.status_code == 409
    assert "shared with your team at least" in answer.text
    assert f'value="{goal_id}"' not in members[0].get(four.room).text


def test_a_goal_that_is_brought_shows_to_teammates_as_far_as_it_is_shared(database, sample, four, members):  # noqa: F811
    goal_id = another_goal(database, sample, four.people[0], Audience.SCHOOL)

    bring(members[0], four, goal_id)

    pages = [visitor.get(four.room).text for visitor in members[1:3]]
    assert ["Wait after a question" in page for page in pages] == [False, True]  # Ben is of another school


def test_b5_a_met_goal_stands_in_its_cycle_when_another_is_brought_and_a_next_step_is_agreed_anew(
    database, sample, four, members, staff  # noqa: F811
):  # fmt: skip
    meet(database, four.people[0], staff.goal_ids[0])
    say(members[0], four, "met")
    say(members[1], four, "carried", "One more class")
    for place in range(2):
        confirm(database, members[2], four, four.people[place])
        bring(members[place], four, another_goal(database, sample, four.people[place]))

    with database.reading() as db:
        cycle = db.scalars(select(TeamCycle)).one()
        assert [cycle.commitment_of(person.id).counts for person in four.people[:2]] == [True, False]


def test_b5_a_goal_that_goes_on_in_a_later_plan_is_met_there(database, four, members, staff):  # noqa: F811
    going_on = carry_over(database, members[0], staff.goal_ids[0])
    meet(database, four.people[0], going_on)

    assert say(members[0], four, "met").status_code == 303


def test_b5_a_cycle_is_carried_over_though_somebody_says_nothing_and_only_the_team_knows(
    database, sample, four, members, staff, visit  # noqa: F811
):  # fmt: skip
    with database.transaction() as db:
        supervisor = make_person(db, sample, "Sol Vega", Role.SUPERVISOR, learner=False)
        db.add(Supervision(person_id=four.people[3].id, supervisor_id=supervisor.id))
    for visitor in members[:3]:
        say(visitor, four, "carried", "One more class")

    before = members[0].get(four.room).text
    refused = members[0].post(f"{four.room}/cycle")
    begun = members[0].post(f"{four.room}/cycle", data={"all_the_same": "yes"})
    after = members[0].get(four.room).text

    assert "Nothing is said yet by Dinesh Rao." in before
    assert (refused.status_code, begun.status_code) == (409, 303)
    assert "The cycle before went on without a word." in after
    with database.reading() as db:
        said = db.execute(select(Commitment.person_id, Commitment.step).where(Commitment.step == StepKind.UNSAID)).all()
        assert said == [(four.people[3].id, StepKind.UNSAID)]
    outside = [visit(sample, supervisor).get("/teams/supervised").text]
    outside += [
        visit(sample, staff.designer).get(path).text for path in ("/teams/?as=designer", f"/teams/{four.team_id}")
    ]
    assert "This cycle is in progress" in outside[0]
    assert not [page for page in outside if "without a word" in page or "late" in page.split("<main")[1].split()]

    say(members[3], four, "carried", "Back again")

    assert "The cycle before went on without a word." not in members[0].get(four.room).text


def test_nobody_goes_on_without_a_word_of_their_own(four, members):  # noqa: F811
    say(members[0], four, "carried", "One more class")

    answer = members[1].post(f"{four.room}/cycle", data={"all_the_same": "yes"})

    assert answer.status_code == 409
    assert "Say first what becomes of your own goal" in answer.text
    assert "Begin it all the same" not in members[1].get(four.room).text


def test_a_step_that_is_no_answer_cannot_be_said(four, members):  # noqa: F811
    assert say(members[0], four, "unsaid", "Nothing").status_code == 422
