"""One share for each cycle: what counts as passed on in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.plans.models import PracticeCard
from lti_tool.teams.models import Team
from tests.teams.test_commitments import say
from tests.teams.test_room import four, members  # noqa: F401 - fixtures

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
