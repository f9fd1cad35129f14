"""What one member does in the room while a teammate's page is older: nothing is undone or confirmed unseen."""

from __future__ import annotations

from lti_tool.teams.models import Team
from tests.teams.test_commitments import say
from tests.teams.test_room import agree, begun, four, ledger, meet, members  # noqa: F401 - fixtures


def test_b1_attendance_that_a_teammate_noted_meanwhile_stays(database, four, members):  # noqa: F811
    agree(members[0], four)
    meet(members[0], four)
    address = f"{four.room}/sessions/{begun(database)}/attendance"
    first, second, third = (person.id for person in four.people[:3])

    members[0].post(address, data={"present": [first, second]})
    members[2].post(address, data={"present": [third]})  # the page showed nobody
    assert set(ledger(database)) == {first, second, third}
    assert members[0].get(four.room).text.count('name="shown"') == 3

    members[0].post(address, data={"present": [first], "shown": [first, second]})
    assert set(ledger(database)) == {first, third}
    members[1].post(address, data={"present": [first, second], "shown": [first, second]})  # never said anew
    assert set(ledger(database)) == {first, third}


def test_b5_a_step_that_was_not_on_the_page_is_not_confirmed(database, four, members):  # noqa: F811
    def shown() -> dict[str, str]:
        return {"stated_at": members[1].get(four.room).text.split('name="stated_at" value="')[1].split('"')[0]}

    say(members[0], four, "carried", "Two more classes until March")
    before = shown()
    say(members[0], four, "released", "I let it go")
    with database.reading() as db:
        member = db.get_one(Team, four.team_id).membership_of(four.people[0].id)
    address = f"{four.room}/members/{member.id}/confirm"

    answer = members[1].post(address, data=before)

    assert answer.status_code == 409
    assert "changed this step in the meantime" in answer.text
    assert members[1].post(address, data=shown()).status_code == 303
