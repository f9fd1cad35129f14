"""One share for each cycle: what counts as passed on in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.people.models import Opportunity, OpportunityKind
from lti_tool.plans.models import PracticeCard
from lti_tool.teams.models import Team
from tests.teams.test_commitments import say
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

RETIRED = {"created_at": utc_now(), "retired_on": utc_now().date()}
OWES = "Our team owes one share"
CARD = {"title": "Wait", "did": "We count to five.", "audience": "district"}


def test_b4_a_share_of_the_day_on_which_the_next_cycle_begins_pays_the_one_before_alone(four, members):  # noqa: F811
    members[1].post("/plans/practices/new", data=CARD)
    for place, visitor in enumerate(members):
        say(visitor, four, "carried", f"Step {place}")

    members[0].post(f"{four.room}/cycle")

    page = members[0].get(four.room).text
    assert OWES in page
    assert "The cycle before ended without one." not in page


@pytest.mark.parametrize("why", ["retired", "written before joining"])
def test_b4_no_share_is_a_card_that_is(why, database, four, members):  # noqa: F811
    members[1].post("/plans/practices/new", data=CARD)
    assert OWES not in members[0].get(four.room).text

    with database.transaction() as db:
        if why == "retired":
            db.query(PracticeCard).one().retired_at = utc_now()
        else:
            member = db.get_one(Team, four.team_id).membership_of(four.people[1].id)
            member.accepted_at = utc_now() + timedelta(minutes=1)

    assert OWES in members[0].get(four.room).text


def door_of_ben(database, four, **when) -> None:  # noqa: F811
    """Let Ben, who joined a team of ten days an hour ago, have an open door."""
    with database.transaction() as db:
        team = db.get_one(Team, four.team_id)
        team.formed_at = utc_now() - timedelta(days=10)
        ben = team.membership_of(four.people[1].id)
        ben.accepted_at = utc_now() - timedelta(hours=1)
        door = Opportunity(district_id=team.district_id, kind=OpportunityKind.OPEN_DOOR, title="Come and see")
        door.host_id, door.created_at = ben.person_id, utc_now() - timedelta(days=9)
        for name, value in when.items():
            setattr(door, name, value)
        db.add(door)


@pytest.mark.parametrize(
    ("when", "counts"),
    [
        ({}, False),
        ({"starts_at": utc_now() - timedelta(days=2)}, False),
        ({"starts_at": utc_now() + timedelta(days=2)}, False),
        ({"starts_at": utc_now() - timedelta(minutes=5)}, True),
        ({"created_at": utc_now()}, True),
        ({"created_at": utc_now(), "retired_on": utc_now().date()}, False),
        (RETIRED | {"starts_at": utc_now() - timedelta(days=2)}, False),
        (RETIRED | {"starts_at": utc_now() + timedelta(minutes=30)}, False),
        ({"starts_at": utc_now() - timedelta(minutes=5), "retired_on": utc_now().date() + timedelta(days=1)}, True),
    ],
    ids=[
        "offered before",
        "held before",
        "still to come",
        "held since",
        "offered since",
        "taken back",
        "taken back, of a time before it was offered",
        "taken back on its day before its time",
        "held since, then over",
    ],
)
def test_b4_an_open_door_is_a_share_of_the_team_that_its_host_was_in_then(
    database, four, members, when, counts  # noqa: F811
):  # fmt: skip
    door_of_ben(database, four, **when)

    assert (OWES not in members[0].get(four.room).text) is counts


def test_b4_what_a_member_passed_on_stays_the_teams_when_that_member_leaves(four, members):  # noqa: F811
    members[1].post("/plans/practices/new", data=CARD)

    members[1].post(f"/teams/{four.team_id}/leave")

    assert OWES not in members[0].get(four.room).text
