"""Reminders: asked for by their owner alone, with a number and no word of a goal, and stopped with one press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

import lti_tool.grades.tasks  # noqa: F401 - registers what sends reminders
from lti_tool.db import utc_now
from lti_tool.grades.models import Reminder
from lti_tool.grades.operations.reminders import raise_reminders
from lti_tool.outbox.delivery import deliver_due
from tests.grades.test_alerts import mail_server, mail_settings

__all__ = ["mail_server", "mail_settings"]


@pytest.fixture
def remind(database, sample, visit, learner, goal):
    """Return `remind(days)`: somebody asked for weekly reminders, and so many days passed."""
    visitor = visit(sample, learner, locale="es")
    answer = visitor.post("/sync/reminders", data={"frequency": "weekly", "emails": "ana@example.org"})
    assert answer.status_code == 303

    def after(days: float) -> int:
        with database.transaction() as db:
            return raise_reminders(db, utc_now() + timedelta(days=days))

    return after


def kept(database):
    with database.reading() as db:
        return db.scalars(select(Reminder)).one_or_none()


def test_whoever_asked_is_reminded_once_a_week_without_a_word_of_a_goal(database, remind, mail_settings, mail_server):
    assert [remind(days) for days in (6.9, 7.1, 7.2)] == [0, 1, 0]
    deliver_due(database, mail_settings)

    (mail,) = mail_server.received
    assert "You have 1 goal under way." in mail
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail
    assert "Ask better questions" not in mail
    assert "Ana Ruiz" not in mail
    assert kept(database).locale == "es"


def test_the_link_in_a_reminder_stops_it_only_when_pressed(app, database, remind, mail_settings, mail_server):
    address = f"/reminders/{kept(database).token}"
    client = app.test_client()

    assert "No more reminders?" in client.get(address).text
    assert kept(database) is not None
    assert "You get no more reminders" in client.post(address).text

    assert kept(database) is None
    assert client.post(address).status_code == 404
    assert remind(8) == 0


def test_nobody_is_reminded_who_has_nothing_under_way_or_asked_for_no_more(
    database, sample, visit, learner, goal, remind
):
    with database.transaction() as db:
        db.delete(db.merge(goal))
    assert remind(8) == 0

    visitor = visit(sample, learner)
    visitor.post("/sync/reminders/stop")

    assert kept(database) is None
    assert "Remind me no more" not in visitor.get("/sync/reminders").text


def test_a_reminder_without_an_address_is_not_saved(database, sample, visit, learner):
    answer = visit(sample, learner).post("/sync/reminders", data={"frequency": "weekly"})

    assert answer.status_code == 422
    assert "Name an e-mail address or a web hook." in answer.text
    assert kept(database) is None
