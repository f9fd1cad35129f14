"""The outbox: what is put in arrives once, in order within its key, whatever fails on the way."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import database_now, utc_now
from lti_tool.errors import (
    ConflictError,
    LMSAccessError,
    LMSRejectedError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
    NotFoundError,
)
from lti_tool.outbox import handlers
from lti_tool.outbox.claiming import supersede_overtaken
from lti_tool.outbox.metrics import MESSAGES, OLDEST, measure
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage
from lti_tool.outbox.operations import enqueue, send_again
from lti_tool.outbox.queries import message_of


def test_a_message_is_delivered_once_and_stays_as_proof(outbox):
    message_id = outbox.put(score=1)

    assert outbox.deliver() == 1
    assert outbox.deliver() == 0

    message = outbox.message(message_id)
    assert message.state == "delivered"
    assert message.delivered_at <= utc_now()
    assert outbox.seen == [{"id": message_id, "score": 1}]


def test_a_message_that_was_rolled_back_is_never_sent(outbox):
    def change_and_fail() -> None:
        with outbox.database.transaction() as db:
            enqueue(db, kind="test", key="a", district_id=outbox.district_id, payload={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()

    assert outbox.deliver() == 0


def test_a_message_waits_for_its_time(outbox):
    outbox.put(due_in=60)

    assert outbox.deliver() == 0


def test_a_newer_message_takes_the_place_of_older_ones_of_its_key(outbox):
    outbox.put("a", turn=1)
    outbox.put("b", turn=1)
    outbox.put("a", turn=2)

    outbox.deliver()

    assert outbox.states() == ["superseded", "delivered", "delivered"]
    assert [each["turn"] for each in outbox.seen] == [1, 2]


def test_a_newer_message_waits_until_the_one_under_way_is_done(outbox):
    first = outbox.put(turn=1)
    (mine,) = outbox.claim()
    second = outbox.put(turn=2)

    assert outbox.deliver() == 0
    assert outbox.settle(mine)
    assert outbox.deliver() == 1

    assert [outbox.message(each).state for each in (first, second)] == ["delivered", "delivered"]


def test_an_older_message_that_fails_under_way_gives_way_to_the_newer_one(outbox):
    outbox.put(turn=1)
    (mine,) = outbox.claim()
    outbox.put(turn=2)

    outbox.settle(mine, LMSUnavailableError())
    outbox.pass_time()
    outbox.deliver()

    assert outbox.states() == ["superseded", "delivered"]


def test_messages_left_behind_a_newer_one_are_closed_by_the_sweep(outbox):
    with outbox.database.transaction() as db:
        for _turn in range(2):  # as two transactions at the same time would
            db.add(OutboxMessage(kind="test", key="a", district_id=outbox.district_id))
    assert outbox.deliver() == 1

    with outbox.database.transaction() as db:
        supersede_overtaken(db)

    assert outbox.states() == ["superseded", "delivered"]


def test_what_a_dead_worker_held_returns_when_its_lease_ends(outbox):
    message_id = outbox.put()
    outbox.claim(seconds=0.5)
    assert outbox.deliver() == 0

    time.sleep(0.5)

    assert outbox.deliver() == 1
    assert outbox.message(message_id).attempts == 2


def test_a_long_delivery_keeps_its_lease(outbox):
    message_id = outbox.put()
    others = []

    def behave(_delivery):
        time.sleep(0.4)
        others.append(outbox.claim())

    outbox.behaviour = behave
    outbox.deliver(lease=timedelta(seconds=0.2))

    assert others == [[]]
    assert outbox.message(message_id).state == "delivered"


def test_a_worker_whose_lease_was_taken_over_cannot_settle(outbox):
    message_id = outbox.put()
    (slow,) = outbox.claim(seconds=0)
    time.sleep(0.01)
    outbox.deliver()

    assert not outbox.settle(slow, LMSRejectedError())

    assert outbox.message(message_id).state == "delivered"


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (LMSUnavailableError(http_status=503), "due", "unavailable"),
        (LMSThrottledError(http_status=429), "due", "throttled"),
        (LMSAccessError(http_status=401), "stopped", "access_lost"),
        (LMSWaitingError(http_status=422), "waiting", "waiting"),
        (LMSRejectedError(http_status=400), "rejected", "rejected"),
        (KeyError("secret"), "due", "fault"),
    ],
)
def test_the_class_of_an_error_decides_what_becomes_of_a_message(outbox, error, state, code):
    message_id = outbox.put()
    outbox.fail_with(error)

    outbox.deliver()

    message = outbox.message(message_id)
    assert (message.state, message.last_error_class) == (state, code)
    assert "secret" not in message.last_error
    with outbox.database.transaction() as db:
        attempt = db.scalars(select(DeliveryAttempt)).one()
    assert (attempt.outcome, attempt.http_status) == (code, getattr(error, "http_status", None))
    assert outbox.deliver() == 0


@pytest.mark.parametrize("error", [LMSUnavailableError(), LMSAccessError(), LMSWaitingError(), KeyError()])
def test_what_can_be_mended_is_sent_by_itself_later(outbox, error):
    message_id = outbox.put(lane="platform:1")
    outbox.fail_with(error)
    outbox.deliver()

    outbox.fail_with(None)
    outbox.pass_time()
    outbox.deliver()

    message = outbox.message(message_id)
    assert (message.state, message.attempts, message.last_error) == ("delivered", 2, "")


@pytest.mark.parametrize(("age", "pause"), [(29, 1), (31, 7)])
def test_what_nobody_has_mended_for_a_month_is_tried_once_a_week(outbox, age, pause):
    message_id = outbox.put(lane="platform:1")
    with outbox.database.transaction() as db:
        db.get_one(OutboxMessage, message_id).created_at = utc_now() - timedelta(days=age)
    outbox.fail_with(LMSWaitingError())

    outbox.deliver()

    wait = outbox.message(message_id).due_at - utc_now()
    assert timedelta(days=pause - 0.1) < wait <= timedelta(days=pause)


def test_what_was_rejected_is_sent_again_only_by_a_person(outbox):
    message_id = outbox.put()
    outbox.fail_with(LMSRejectedError())
    outbox.deliver()
    outbox.fail_with(None)
    outbox.pass_time()
    assert outbox.deliver() == 0

    with outbox.database.transaction() as db:
        send_again(db, message_id)
    outbox.deliver()

    assert outbox.message(message_id).state == "delivered"


def test_what_is_sent_again_while_it_is_under_way_waits_its_turn_after_a_failure(outbox):
    message_id = outbox.put()
    (claimed,) = outbox.claim()
    with outbox.database.transaction() as db:
        send_again(db, message_id)

    assert outbox.settle(claimed, LMSUnavailableError())

    assert outbox.message(message_id).state == "due"


def test_a_delivered_message_cannot_be_sent_again(outbox):
    message_id = outbox.put()
    outbox.deliver()

    with pytest.raises(ConflictError), outbox.database.transaction() as db:
        send_again(db, message_id)
    with pytest.raises(NotFoundError), outbox.database.transaction() as db:
        send_again(db, message_id + 99)


def test_a_message_of_an_unknown_kind_is_kept_and_tried_again(outbox, caplog):
    with outbox.database.transaction() as db:
        db.add(OutboxMessage(kind="nobody", key="a", district_id=outbox.district_id))

    assert outbox.deliver() == 1

    assert outbox.states() == ["due"]
    assert "met a fault" in caplog.text


def test_a_message_that_names_no_time_is_due_at_once_by_the_clock_of_the_database(outbox):
    for _try in range(20):
        with outbox.database.transaction() as db:
            db.add(OutboxMessage(kind="test", key="a", district_id=outbox.district_id))
            db.flush()
            assert not db.scalars(select(OutboxMessage.id).where(OutboxMessage.due_at > database_now())).all()


def test_many_workers_deliver_each_message_exactly_once_and_each_key_in_order(outbox):
    running: dict[str, bool] = {}
    overlaps, order, lock = [], [], threading.Lock()

    def behave(delivery):
        key = delivery.message.key
        with lock:
            if running.get(key):
                overlaps.append(key)
            running[key] = True
            order.append((key, delivery.message.payload["turn"]))
        time.sleep(0.002)
        with lock:
            running[key] = False

    outbox.behaviour = behave
    for number in range(12):
        outbox.put(f"key{number % 4}", turn=number)
    workers = [threading.Thread(target=outbox.deliver) for _ in range(6)]
    for worker in workers:
        worker.start()
    for number in range(12, 36):
        outbox.put(f"key{number % 4}", turn=number)
    for worker in workers:
        worker.join()
    while outbox.deliver():
        pass

    assert overlaps == []
    assert len({each["id"] for each in outbox.seen}) == len(outbox.seen)
    for key in {key for key, _ in order}:
        turns = [turn for each, turn in order if each == key]
        assert turns == sorted(turns)
    assert set(outbox.states()) <= {"delivered", "superseded"}
    assert sorted(max(turn for each, turn in order if each == f"key{n}") for n in range(4)) == [32, 33, 34, 35]


def test_the_review_reads_only_its_district(outbox):
    first, second = outbox.put("a"), outbox.put("b")
    outbox.fail_with(LMSWaitingError("Publish it."))
    outbox.deliver(limit=1)

    with outbox.database.reading() as db:
        messages = [message_of(db, outbox.district_id, each) for each in (first, second)]
        assert [each.state for each in messages] == [MessageState.WAITING, MessageState.DUE]
        assert db.scalars(select(DeliveryAttempt.detail)).all() == ["Publish it."]
        with pytest.raises(NotFoundError):
            message_of(db, outbox.district_id + 1, first)


def test_the_gauges_say_how_much_is_open_and_since_when(outbox):
    outbox.put()
    time.sleep(0.01)

    with outbox.database.reading() as db:
        measure(db)

    assert MESSAGES.labels("due")._value.get() == 1
    assert 0 < OLDEST._value.get() < 60


def test_several_workers_of_many_threads_keep_to_what_an_lms_bears_and_deliver_each_once(outbox):
    at_the_lms, most, lock = [0], [0], threading.Lock()

    def behave(_delivery):
        with lock:
            at_the_lms[0] += 1
            most[0] = max(most[0], at_the_lms[0])
        time.sleep(0.01)
        with lock:
            at_the_lms[0] -= 1

    outbox.behaviour = behave
    ids = [outbox.put(f"key{number}", lane="platform:1") for number in range(90)]
    workers = [threading.Thread(target=outbox.deliver, kwargs={"threads": 8, "limit": 1000}) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(each["id"] for each in outbox.seen) == ids
    assert set(outbox.states()) == {"delivered"}
    assert 1 < most[0] <= outbox.settings.lms_at_once


def test_one_of_a_batch_that_cannot_be_begun_does_not_hold_up_the_others(outbox, caplog):
    class Picky:
        """Fails at beginning or finishing what is named so."""

        def begin(self, _db, messages):
            if any(message.payload.get("fails") == "begin" for message in messages):
                raise KeyError
            return {message.id: "work" for message in messages}

        def carry_out(self, _message, work):
            return work

        def finish(self, _db, outcomes):
            if any(outcome.message.payload.get("fails") == "finish" for outcome in outcomes):
                raise KeyError

    handlers.handles_batches("test")(lambda _database, _settings: Picky())
    for fails in ("", "begin", "", "finish", ""):
        outbox.put(f"key{utc_now()}", lane="platform:1", fails=fails)

    outbox.deliver(threads=8)

    assert outbox.states() == ["delivered", "due", "delivered", "due", "delivered"]
    assert caplog.text.count("message ") == 2
