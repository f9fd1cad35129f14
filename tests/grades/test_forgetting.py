"""Forgetting what was done long ago, and nothing that is proof or still asks somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.grades.tasks import forget_old_messages
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage

WEEK, YEAR = timedelta(days=8), timedelta(days=400)


@pytest.fixture
def put(database, sample):
    """Return `put(kind, state, age)`: a message that was tried once."""

    def put_in(kind: str, state: MessageState, age: timedelta) -> None:
        with database.transaction() as db:
            message = OutboxMessage(
                kind=kind, key=f"{kind}:{utc_now().timestamp()}", district_id=sample.district.id, state=state,
                created_at=utc_now() - age,
            )  # fmt: skip
            db.add(message)
            db.flush()
            db.add(DeliveryAttempt(message_id=message.id, outcome="delivered"))

    return put_in


def left(database) -> list[tuple[str, MessageState]]:
    with database.reading() as db:
        messages = db.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        tried = set(db.scalars(select(DeliveryAttempt.message_id)))
    assert tried == {each.id for each in messages}
    return [(each.kind, each.state) for each in messages]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("kind", ["completions.read", "scores.confirm", "reminder.send", "alert.send"])
@pytest.mark.parametrize("state", [MessageState.DELIVERED, MessageState.SUPERSEDED])
def test_questions_are_forgotten_with_their_tries_after_a_week(database, put, kind, state):
    put(kind, state, WEEK)
    put(kind, state, WEEK / 2)

    assert forget_old_messages() == 1

    assert left(database) == [(kind, state)]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("state", [MessageState.DUE, MessageState.WAITING, MessageState.STOPPED, MessageState.REJECTED])
def test_what_is_not_done_is_never_forgotten(database, put, state):
    put("completions.read", state, YEAR)
    put("score", state, YEAR)

    assert forget_old_messages() == 0


@pytest.mark.usefixtures("worker")
def test_of_what_asked_for_teams_the_last_stays_however_old(database, sample):
    with database.transaction() as db:
        for key, age in (("course", YEAR), ("course", YEAR), ("district", WEEK), ("district", WEEK / 2)):
            db.add(OutboxMessage(
                kind="teams.match", key=f"teams.match:{key}", district_id=sample.district.id,
                state=MessageState.DELIVERED, created_at=utc_now() - age,
            ))  # fmt: skip
            db.flush()
        last = {key: number for number, key in db.execute(select(OutboxMessage.id, OutboxMessage.key))}

    assert forget_old_messages() == 2

    with database.reading() as db:
        assert set(db.scalars(select(OutboxMessage.id))) == set(last.values())


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("kind", ["score", "goal.met", "team.kept", "group"])
def test_deliveries_are_kept_for_thirteen_months(kind, database, put):
    put(kind, MessageState.DELIVERED, YEAR)
    put(kind, MessageState.DELIVERED, timedelta(days=390))

    forget_old_messages()

    assert left(database) == [(kind, MessageState.DELIVERED)]
