"""Plans never wait for somebody who is not there: free seats, small committees, and readers of support plans."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from lti_tool.people.models import AuditEvent
from lti_tool.people.operations import name_supervisor
from lti_tool.plans.models import GrowthPlan, PlanChange, PlanReviewer, PlanState
from tests.plans.life import Live, make_live


@pytest.fixture
def peers(database, visit, sample) -> Live:
    """A plan with three named colleagues, of whom two have to agree, handed in and opened."""
    live = make_live(database, visit, sample, "peers")
    live.submit()
    live.post(live.cast.peers[0], "open")
    return live


def drop_members(live: Live, *places: int) -> None:
    for place in places:
        path = f"/people/{live.cast.committee[place].id}/committee"
        assert live.as_(live.cast.administrator).post(path, data={"do": "end"}).status_code == 303


def named(live: Live) -> set[int]:
    with live.database.reading() as db:
        return set(db.scalars(select(PlanReviewer.person_id).filter_by(plan_id=live.plan_id)))


def test_a_plan_goes_back_once_those_who_are_left_cannot_agree_to_it_as_it_is(peers):
    first, second, _ = peers.cast.peers
    peers.post(first, "decide", do="changes", words="Name the classes.")
    waits = peers.state()

    assert peers.post(second, "decline") == 303

    assert waits is PlanState.SUBMITTED
    assert peers.state() is PlanState.CHANGES_REQUESTED
    with peers.database.reading() as db:
        last = db.scalars(select(PlanChange).order_by(PlanChange.id.desc())).first()
        assert last.actor_id == peers.cast.owner.id  # whoever declined leaves no trace


def test_a_plan_goes_back_when_a_reader_is_taken_out_as_well(peers):
    first, second, _ = peers.cast.peers
    peers.post(first, "decide", do="changes", words="Name the classes.")

    peers.post(peers.cast.owner, "readers", do="remove", person_id=str(second.id))

    assert peers.state() is PlanState.CHANGES_REQUESTED


def test_nobody_who_only_declines_sends_a_plan_back_and_its_owner_is_told_of_the_free_seat(peers):
    owner = peers.as_(peers.cast.owner)
    before = owner.get(f"/plans/{peers.plan_id}").text

    for each in peers.cast.peers[:2]:
        peers.post(each, "decline")

    assert peers.state() is PlanState.SUBMITTED
    assert "A seat among your readers is free" not in before
    for page in (f"/plans/{peers.plan_id}", "/plans/"):
        assert "A seat among your readers is free" in owner.get(page).text


def test_the_word_of_a_reader_who_was_taken_out_does_not_count(peers):
    first, second, third = peers.cast.peers
    peers.post(first, "decide", do="agree")

    peers.post(peers.cast.owner, "readers", do="remove", person_id=str(first.id))
    peers.post(second, "decide", do="agree")
    one_agrees = peers.state()
    peers.post(third, "decide", do="agree")

    assert one_agrees is PlanState.SUBMITTED
    assert peers.state() is PlanState.ACTIVE


def test_the_signature_of_a_reader_who_was_taken_out_does_not_count(peers):
    first, second, third = peers.cast.peers
    peers.approve()
    peers.hand_in_end()
    peers.post(first, "open")
    peers.post(first, "decide", do="sign", signed_name="Pia Peer")

    peers.post(peers.cast.owner, "readers", do="remove", person_id=str(first.id))
    peers.post(second, "decide", do="sign", signed_name="Pol Peer")

    assert peers.post(peers.cast.owner, "acknowledge", words="") == 409
    peers.post(third, "decide", do="sign", signed_name="Pam Peer")
    assert peers.post(peers.cast.owner, "acknowledge", words="") == 303


def test_a_plan_does_not_come_to_its_end_without_enough_who_sign_it(peers):
    peers.approve()
    for each in peers.cast.peers[:2]:
        peers.post(peers.cast.owner, "readers", do="remove", person_id=str(each.id))
    peers.show_evidence(3)
    data = {"results_statement": "More of them explain.", "outcome": "partly"}

    answer = peers.as_(peers.cast.owner).post(f"/plans/{peers.plan_id}/end", data=data)

    assert answer.status_code == 422
    assert "Name 3 colleagues who read it." in answer.text


def test_a_plan_for_a_committee_that_is_too_small_is_not_handed_in_and_administrators_are_told(database, visit, sample):
    live = make_live(database, visit, sample, "licence")
    administrator = live.as_(live.cast.administrator)
    before = administrator.get("/").text
    drop_members(live, 0, 1)

    refused = live.as_(live.cast.owner).post(f"/plans/{live.plan_id}/submit")

    assert refused.status_code == 422
    assert "The committee of your district has too few members" in refused.text
    assert "committee has too few members" not in before
    assert "committee has too few members" in administrator.get("/").text
    administrator.post(f"/people/{live.cast.committee[0].id}/committee", data={"do": "name"})
    assert "committee has too few members" not in administrator.get("/").text
    live.submit()


def test_the_owner_in_the_committee_does_not_count_as_one_who_agrees(database, visit, sample):
    live = make_live(database, visit, sample, "licence")
    live.as_(live.cast.administrator).post(f"/people/{live.cast.owner.id}/committee", data={"do": "name"})
    drop_members(live, 0, 1)

    assert live.post(live.cast.owner, "submit") == 422


def test_a_committee_that_gets_too_small_sends_back_what_was_to_be_changed_and_tells_who_waits(database, visit, sample):
    live = make_live(database, visit, sample, "licence")
    live.submit()
    live.post(live.cast.committee[0], "open")
    owner = live.as_(live.cast.owner)
    drop_members(live, 1, 2)
    waits = live.state(), owner.get(f"/plans/{live.plan_id}").text
    live.as_(live.cast.administrator).post(f"/people/{live.cast.committee[1].id}/committee", data={"do": "name"})
    live.as_(live.cast.administrator).post(f"/people/{live.cast.committee[2].id}/committee", data={"do": "name"})
    live.post(live.cast.committee[0], "decide", do="changes", words="Say how you will know.")
    still = live.state()

    drop_members(live, 1)

    assert waits[0] is still is PlanState.SUBMITTED
    assert "The committee of your district has too few members" in waits[1]
    assert live.state() is PlanState.CHANGES_REQUESTED


@pytest.fixture
def support(database, visit, sample) -> Live:
    """A support plan that its reader has opened: its owner can take it back no more."""
    live = make_live(database, visit, sample, "support")
    live.submit()
    live.post(live.cast.supervisor, "open")
    return live


def test_the_reader_of_a_support_plan_hands_it_over_to_whoever_leads_its_owner(support):
    cast = support.cast
    reader = support.as_(cast.supervisor)
    path = f"/plans/{support.plan_id}/hand-over"

    page = reader.get(path).text
    to_peer = reader.post(path, data={"person_id": str(cast.peers[0].id)}).status_code
    to_owner = reader.post(path, data={"person_id": str(cast.owner.id)}).status_code
    by_others = [
        support.as_(each).post(path, data={"person_id": str(cast.administrator.id)}).status_code
        for each in (cast.owner, cast.administrator, cast.peers[0])
    ]
    done = reader.post(path, data={"person_id": str(cast.administrator.id)}).status_code

    assert "Omar Said" in page
    assert "Pia Peer" not in page
    assert (to_peer, to_owner, by_others, done) == (404, 404, [404, 404, 404], 303)
    assert named(support) == {cast.administrator.id}
    assert reader.get(f"/plans/{support.plan_id}/review").status_code == 404
    assert support.post(cast.administrator, "decide", do="agree") == 303
    assert support.state() is PlanState.ACTIVE
    with support.database.reading() as db:
        row = db.scalars(select(AuditEvent).filter_by(action="plan_reader_replaced")).one()
        assert (row.actor_id, row.subject_id, row.detail) == (
            cast.supervisor.id, support.plan_id, {"person_id": cast.administrator.id},
        )  # fmt: skip


@pytest.mark.parametrize("is_gone", [True, False])
def test_an_administrator_says_who_reads_a_support_plan_whose_reader_left(support, is_gone):
    cast = support.cast
    with support.database.transaction() as db:
        name_supervisor(db, db.merge(cast.administrator), db.merge(cast.owner), db.merge(cast.other_supervisor))
        if is_gone:
            db.execute(delete(PlanReviewer))
    told = support.as_(cast.owner).get(f"/plans/{support.plan_id}").text
    administrator, path = support.as_(cast.administrator), f"/people/{cast.owner.id}/support-reader"

    to_peer = administrator.post(path, data={"person_id": str(cast.peers[0].id)}).status_code
    done = administrator.post(path, data={"person_id": str(cast.other_supervisor.id)}).status_code

    assert ("Nobody reads it at the moment" in told) is is_gone
    assert "An administrator of your district can name another reader" in told
    assert (to_peer, done) == (404, 303)
    assert named(support) == {cast.other_supervisor.id}
    assert support.post(cast.other_supervisor, "decide", do="agree") == 303
    assert support.as_(cast.designer).post(path, data={"person_id": str(cast.supervisor.id)}).status_code == 403
    with support.database.reading() as db:
        row = db.scalars(select(AuditEvent).filter_by(action="support_reader_named")).one()
        assert (row.subject, row.subject_id, row.detail["person_id"]) == (
            "person", cast.owner.id, cast.other_supervisor.id,
        )  # fmt: skip


def test_naming_who_reads_support_plans_tells_an_administrator_not_whether_there_is_one(database, visit, sample):
    live = make_live(database, visit, sample, "support")
    cast = live.cast
    with database.transaction() as db:
        name_supervisor(db, db.merge(cast.administrator), db.merge(cast.peers[0]), db.merge(cast.supervisor))
    administrator = live.as_(cast.administrator)

    answers = [
        administrator.post(f"/people/{each.id}/support-reader", data={"person_id": str(cast.supervisor.id)})
        for each in (cast.owner, cast.peers[0])
    ]

    assert [each.status_code for each in answers] == [303, 303]
    assert len({each.location.split("notice=")[1] for each in answers}) == 1


def test_a_support_plan_without_a_reader_says_who_can_help_before_it_is_handed_in(database, visit, sample):
    live = make_live(database, visit, sample, "support")
    with database.transaction() as db:
        db.execute(delete(PlanReviewer))

    page = live.as_(live.cast.owner).get(f"/plans/{live.plan_id}/submit").text

    assert "No supervisor is known for you yet" not in page
    assert "An administrator of your district can name another reader" in page


def test_whoever_is_erased_leaves_their_seats_as_if_they_had_declined(peers):
    first, second, _ = peers.cast.peers
    peers.post(first, "decide", do="changes", words="Name the classes.")

    assert peers.as_(second).post("/my-data/erase", data={"sure": "yes"}).status_code < 400

    assert peers.state() is PlanState.CHANGES_REQUESTED
    with peers.database.reading() as db:
        assert db.get_one(GrowthPlan, peers.plan_id).person_id == peers.cast.owner.id
