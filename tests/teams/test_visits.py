"""S18: open doors and problems of practice are created, joined, completed and linked to a goal; reviewers stay out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.home.operations import erase_me
from lti_tool.people.models import Opportunity, OpportunityKind, Person, Supervision
from lti_tool.plans.models import Activity
from lti_tool.teams.models import Visit
from tests.teams.conftest import Staff

FORMS = {
    OpportunityKind.OPEN_DOOR: {"title": "Who speaks after a question"},
    OpportunityKind.SOLVE_TOGETHER: {
        "title": "How do I get the quiet ones to speak?", "description": "I waited for ten seconds.", "place": "Room 4",
    },
}  # fmt: skip


def offer(database, visitor, kind: OpportunityKind) -> int:
    """Let an educator, who designs nothing, offer it as the page does; return its id."""
    form = {"kind": kind.value, "starts_at": (utc_now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), **FORMS[kind]}
    assert visitor.post("/standards/opportunities/new", data=form).status_code == 303
    with database.reading() as db:
        return int(db.query(Opportunity).filter_by(kind=kind).one().id)


def begin(database, opportunity_id: int) -> None:
    with database.transaction() as db:
        db.get_one(Opportunity, opportunity_id).starts_at = utc_now() - timedelta(hours=1)


@pytest.mark.parametrize("kind", list(FORMS))
def test_s18_each_kind_is_created_joined_completed_and_linked_to_a_goal(
    database, sample, staff: Staff, visit, kind
):  # fmt: skip
    host, guest = (visit(sample, person) for person in staff.educators[:2])
    door = offer(database, host, kind)

    joined = guest.post(f"/teams/visits/{door}/join", data={"goal_id": staff.goal_ids[1]})
    early = guest.post(f"/teams/visits/{door}/note", data={"words": "Before it was"})
    begin(database, door)
    noted = guest.post(f"/teams/visits/{door}/note", data={"words": "They waited for each other."})
    with database.reading() as db:
        activity = db.query(Activity).filter_by(opportunity_id=door).one()
    finished = guest.post(f"/plans/activities/{activity.id}/finish", data={"finished_on": utc_now().date().isoformat()})

    assert [each.status_code for each in (joined, early, noted, finished)] == [303, 409, 303, 303]
    assert activity.goal_id == staff.goal_ids[1]
    page = host.get(f"/teams/visits/{door}").text
    assert "Ben Okafor" in page
    assert "They waited for each other." in page
    assert "Ask better questions" not in page


def test_s18_a_note_is_written_once_and_from_then_on_the_hosts_alone(database, sample, staff: Staff, visit):
    host, guest, other = (visit(sample, person) for person in staff.educators[:3])
    door = offer(database, host, OpportunityKind.OPEN_DOOR)
    for each in (guest, other):
        each.post(f"/teams/visits/{door}/join")
    begin(database, door)
    guest.post(f"/teams/visits/{door}/note", data={"words": "Words for the host"})

    again = guest.post(f"/teams/visits/{door}/note", data={"words": "Other words"})

    assert again.status_code == 409
    assert not any("Words for the host" in each.get(f"/teams/visits/{door}").text for each in (guest, other))
    with database.reading() as db:
        visit_id = db.query(Visit).filter_by(person_id=staff.educators[1].id).one().id
    assert guest.post(f"/teams/visits/{door}/notes/{visit_id}/delete").status_code == 404
    host.post(f"/teams/visits/{door}/notes/{visit_id}/delete")
    assert "Words for the host" not in host.get(f"/teams/visits/{door}").text


def test_s18_whoever_reviews_the_host_can_neither_come_nor_read_what_was_noted(
    database, sample, staff: Staff, visit
):  # fmt: skip
    host, guest, reviewer = (visit(sample, person) for person in staff.educators[:3])
    door = offer(database, host, OpportunityKind.OPEN_DOOR)
    reviewer.post(f"/teams/visits/{door}/join")
    guest.post(f"/teams/visits/{door}/join")
    begin(database, door)
    reviewer.post(f"/teams/visits/{door}/note", data={"words": "Written before"})

    with database.transaction() as db:
        db.add(Supervision(person_id=staff.educators[0].id, supervisor_id=staff.educators[2].id))

    answers = [reviewer.get(f"/teams/visits/{door}")]
    answers += [
        reviewer.post(f"/teams/visits/{door}/{act}", data={"words": "Now"}) for act in ("join", "note", "leave")
    ]
    assert [each.status_code for each in answers] == [403] * 4
    assert guest.get(f"/teams/visits/{door}").status_code == 200


def test_s18_what_the_presenter_does_next_is_said_by_the_presenter(database, sample, staff: Staff, visit):
    host, guest = (visit(sample, person) for person in staff.educators[:2])
    question = offer(database, host, OpportunityKind.SOLVE_TOGETHER)

    refused = guest.post(f"/teams/visits/{question}/next-step", data={"words": "Mine"})
    host.post(f"/teams/visits/{question}/next-step", data={"words": "Pairs speak first."})

    assert refused.status_code == 403
    assert "Pairs speak first." in guest.get(f"/teams/visits/{question}").text


def test_notes_go_with_their_host_and_stay_without_a_name_when_a_visitor_is_erased(
    database, sample, staff: Staff, visit
):  # fmt: skip
    host, guest = (visit(sample, person) for person in staff.educators[:2])
    door = offer(database, host, OpportunityKind.OPEN_DOOR)
    guest.post(f"/teams/visits/{door}/join")
    begin(database, door)
    guest.post(f"/teams/visits/{door}/note", data={"words": "They waited."})

    with database.transaction() as db:
        erase_me(db, db.get_one(Person, guest.person.id))
    page = host.get(f"/teams/visits/{door}").text
    assert "Somebody who left" in page
    assert "They waited." in page

    with database.transaction() as db:
        erase_me(db, db.get_one(Person, host.person.id))
    with database.reading() as db:
        assert db.query(Visit).count() == 0
        assert db.get_one(Opportunity, door).retired_on is not None
