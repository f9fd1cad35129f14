"""A person who wants no team for now says so in one place, and nobody else can tell."""

from __future__ import annotations

from sqlalchemy import select

from lti_tool.people.models import AuditEvent, MatchingPause, Person, Role
from tests.conftest import make_person


def test_a_person_pauses_and_goes_on_with_one_button(database, sample, visit):
    with database.transaction() as db:
        ana = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, ana)
    assert "Do not propose me for teams for now" in visitor.get("/my-data").text

    answer = visitor.post("/my-data/pause", data={"paused": "yes"})
    paused = visitor.get("/my-data").text
    visitor.post("/my-data/pause", data={"paused": "yes"})
    visitor.post("/my-data/pause", data={"paused": "no"})

    assert answer.status_code == 303
    assert "Propose me for teams again" in paused
    assert "Nobody else sees this." in paused
    assert "Do not propose me for teams for now" in visitor.get("/my-data").text
    with database.reading() as db:
        assert db.scalars(select(MatchingPause)).all() == []


def test_what_is_noted_of_a_pause_says_nothing_of_it(database, sample, visit):
    with database.transaction() as db:
        ana = make_person(db, sample, "Ana Ruiz")

    visit(sample, ana).post("/my-data/pause", data={"paused": "yes"})

    with database.reading() as db:
        noted = db.scalars(select(AuditEvent).where(AuditEvent.actor_id == ana.id)).all()
    assert [(each.action, each.detail) for each in noted] == [("profile_changed", {})]


def test_an_administrator_sees_no_pause(database, sample, visit):
    with database.transaction() as db:
        ana = make_person(db, sample, "Ana Ruiz")
        admin = make_person(db, sample, "Kim Hale", Role.ADMINISTRATOR)
    before = visit(sample, admin).get(f"/people/{ana.id}").text
    with database.transaction() as db:
        db.add(MatchingPause(person_id=ana.id))

    after = visit(sample, admin).get(f"/people/{ana.id}").text

    assert "Ana Ruiz" in before
    assert after.count("\n") == before.count("\n")
    assert "pause" not in after.lower()


def test_a_pause_is_in_the_file_that_a_person_takes_along(database, sample, visit):
    with database.transaction() as db:
        ana = make_person(db, sample, "Ana Ruiz")
        db.add(MatchingPause(person_id=ana.id))
        since = db.get_one(Person, ana.id).pause.since.isoformat(timespec="microseconds")

    told = visit(sample, ana).get("/my-data/like-goals.json").get_json()

    assert told["record"]["team_pause"] == {"since": since}
