"""A planned session is changed by any member until somebody is noted as there; hours are given by it once."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from lti_tool.db import Database, utc_now
from lti_tool.teams.models import TeamSession
from tests.teams.test_room import NEXT_WEEK, agree, begun, four, ledger, meet, members  # noqa: F401 - fixtures

LATER = (utc_now() + timedelta(days=9)).strftime("%Y-%m-%dT16:00")
AS_PLANNED = {"starts_at": NEXT_WEEK, "hours": "1.5", "topic": "Exit notes"}


@pytest.fixture
def planned(database, four, members):  # noqa: F811
    """Plan a session; return the address at which it is changed."""
    agree(members[0], four)
    meet(members[0], four)
    with database.reading() as db:
        return f"{four.room}/sessions/{db.query(TeamSession).one().id}"


def change(visitor, planned, **said):
    return visitor.post(f"{planned}/change", data={**AS_PLANNED, **said})


def only_session(database: Database) -> TeamSession:
    with database.reading() as db:
        return db.query(TeamSession).one()


def shown_in(page: str, planned: str) -> str:
    """Return what the form of a session says that it showed."""
    form = page.split(f'{planned}/change"', 1)[1].split("</form>", 1)[0]
    found = re.search(r'name="shown" value="([^"]*)"', form)
    assert found is not None
    return html.unescape(found[1])


def test_b1_any_member_changes_when_how_long_and_about_what_a_team_meets(database, four, members, planned):  # noqa: F811
    before = only_session(database)

    answer = change(members[1], planned, starts_at=LATER, hours="2", topic="Rubrics")

    after = only_session(database)
    assert answer.status_code == 303
    assert (after.starts_at.strftime("%Y-%m-%dT%H:%M"), after.hours, after.topic) == (LATER, Decimal(2), "Rubrics")
    assert (after.id, after.facilitator_id) == (before.id, before.facilitator_id)
    assert "Rubrics" in members[0].get(four.room).text


def test_b1_the_form_holds_what_was_planned(four, members, planned):  # noqa: F811
    page = members[1].get(four.room).text.split(f'{planned}/change"', 1)[1].split("</form>", 1)[0]

    assert all(f'value="{value}"' in page for value in AS_PLANNED.values())


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("starts_at", "2015-01-01T08:00", "Choose a day in the last year or in the next two."),
        ("starts_at", (utc_now() - timedelta(days=3)).strftime("%Y-%m-%dT08:00"), "after the team was formed"),
        ("starts_at", "", "Say on which day and when."),
        ("hours", "13", "Write hours between 0.25 and 12."),
    ],
)
def test_b1_a_change_keeps_the_rules_of_a_new_session(field, value, sentence, database, members, planned):  # noqa: F811
    before = only_session(database)

    answer = change(members[0], planned, **{field: value})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert only_session(database).starts_at == before.starts_at


def test_b1_once_somebody_was_noted_as_there_it_stays_and_the_page_says_what_to_do(
    database, four, members, planned  # noqa: F811
):  # fmt: skip
    begun(database)
    members[0].post(f"{planned}/attendance", data={"present": [four.people[0].id]})

    answer = change(members[1], planned, hours="3")

    assert answer.status_code == 409
    assert "Somebody was at this session and has its hours" in answer.text
    assert "take those who are noted out again" in answer.text
    assert f"{planned}/change" not in members[1].get(four.room).text
    assert ledger(database) == {four.people[0].id: [Decimal("1.50")]}


def test_b1_a_session_of_somebody_who_left_stays_and_nobody_is_sent_to_take_them_out(
    database, four, members, planned  # noqa: F811
):  # fmt: skip
    begun(database)
    gone = four.people[3].id
    members[0].post(f"{planned}/attendance", data={"present": [gone]})
    members[3].post(f"/teams/{four.team_id}/leave")

    room, answer = members[0].get(four.room).text, change(members[1], planned, hours="3")

    assert "Somebody who has left our team was there too and keeps the hours" in room
    assert answer.status_code == 409
    assert "Somebody who has left the team was at this session and keeps its hours" in answer.text
    assert "out again" not in answer.text
    assert ledger(database) == {gone: [Decimal("1.50")]}


def test_b1_a_change_promises_no_more_than_the_room_shows(members, planned):  # noqa: F811
    """Home names the next session of each team alone, which the changed one need not be."""
    said = members[1].get(change(members[1], planned, topic="Rubrics").headers["Location"]).text

    assert "The session is changed." in said
    assert "Home says" not in said


def test_b1_hours_are_those_of_the_session_as_it_is_when_people_are_noted(
    database, four, members, planned  # noqa: F811
):  # fmt: skip
    begun(database)
    ana = four.people[0].id
    members[0].post(f"{planned}/attendance", data={"present": [ana]})
    members[0].post(f"{planned}/attendance", data={"shown": [ana]})

    taken_back = ledger(database)
    change(members[1], planned, starts_at=NEXT_WEEK, hours="2")
    begun(database)
    for _ in range(2):
        members[0].post(f"{planned}/attendance", data={"present": [ana]})

    assert (taken_back, ledger(database)) == ({}, {ana: [Decimal("2.00")]})


def test_b1_what_a_teammate_changed_meanwhile_is_not_replaced_unseen(database, four, members, planned):  # noqa: F811
    shown = shown_in(members[0].get(four.room).text, planned)
    change(members[1], planned, hours="2", topic="Rubrics")

    kept = change(members[0], planned, starts_at=LATER, shown=shown)
    refused = change(members[0], planned, starts_at=LATER, topic="Work samples", shown=shown)

    after = only_session(database)
    assert (kept.status_code, after.topic, after.hours) == (303, "Rubrics", Decimal(2))
    assert refused.status_code == 409
    assert "Saved elsewhere since: Rubrics" in refused.text
    assert "Work samples" in refused.text


def test_b1_nobody_else_changes_it(four, sample, staff, visit, planned):  # noqa: F811
    outside = (staff.educators[4], staff.designer)

    assert [change(visit(sample, each), planned).status_code for each in outside] == [404, 404]
