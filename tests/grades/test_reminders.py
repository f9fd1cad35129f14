"""Reminders: asked for by their owner alone, with a number and no word of a goal, and stopped with one press.

They go to the address that the LMS gave; one that somebody typed is asked first.
"""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_string, policy

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select

import lti_tool.grades.tasks  # noqa: F401 - registers what sends reminders
from lti_tool.db import utc_now
from lti_tool.grades.models import Reminder
from lti_tool.grades.operations.reminders import raise_reminders
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import OutboxMessage
from tests.grades.test_alerts import mail_server, mail_settings

__all__ = ["mail_server", "mail_settings"]


@pytest.fixture
def ask_for(visit, sample, learner):
    """Return `ask_for(email)`: somebody asks to be reminded there; returns the page that follows."""
    visitor = visit(sample, learner)

    def ask(email: str, **more: str) -> str:
        answer = visitor.post("/sync/reminders", data={"frequency": "weekly", "emails": email, **more})
        assert answer.status_code == 303, answer.text
        return str(visitor.get(answer.location.removeprefix(visitor.prefix)).text)

    return ask


@pytest.fixture
def links(database, mail_settings, mail_server):
    """Return `links()`: the links in the letters that have left by now, as paths."""

    def in_letters() -> list[str]:
        deliver_due(database, mail_settings)
        letters = [message_from_string(each, policy=policy.default).get_content() for each in mail_server.received]
        return [found[0] for each in letters if (found := re.search(r"/reminders/confirm/\S+", each))]

    return in_letters


@pytest.fixture
def remind(database, sample, visit, learner, goal):
    """Return `remind(days)`: somebody asked for weekly reminders, and so many days passed."""
    learner.email = "Ana@example.org"
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


def test_an_address_that_somebody_typed_gets_one_link_and_no_reminder_before_it_is_followed(
    app, database, goal, ask_for, links, mail_server
):
    page = ask_for("ana@home.example")
    (link,) = links()

    assert "Not confirmed yet" in page
    assert "You are reminded." not in page
    assert "Ana Ruiz" not in mail_server.received[0]
    with database.transaction() as db:
        assert raise_reminders(db, utc_now() + timedelta(days=8)) == 0

    client = app.test_client()
    assert "Shall reminders come here?" in client.get(link).text
    assert kept(database).confirmed_at is None, "looking at the link is no yes"
    assert "Reminders come here" in client.post(link).text
    with database.transaction() as db:
        assert raise_reminders(db, utc_now() + timedelta(days=16)) == 1
    assert links() == [link]
    assert "To: ana@home.example" in mail_server.received[1]
    assert "You have 1 goal under way." in mail_server.received[1]


def test_a_link_works_once(app, database, ask_for, links):
    ask_for("ana@home.example")
    (link,) = links()
    client = app.test_client()
    client.post(link)
    confirmed_at = kept(database).confirmed_at

    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 404
        assert "This link is used up" in answer.text
    assert kept(database).confirmed_at == confirmed_at


def test_a_link_that_was_changed_or_is_too_old_confirms_nothing(app, database, ask_for, links):
    ask_for("ana@home.example")
    (link,) = links()
    body, stamp, signature = link.rsplit(".", 2)
    client = app.test_client()

    assert client.post(f"{body}.{stamp}.{signature[::-1]}").status_code == 404
    assert client.post("/reminders/confirm/x").status_code == 404
    assert client.post(_sent_days_ago(app, database, 4)).status_code == 404
    assert kept(database).confirmed_at is None
    assert client.post(_sent_days_ago(app, database, 2)).status_code == 200


def _sent_days_ago(app, database, days):
    """Return the link as a letter of that day holds it."""

    class Signer(TimestampSigner):
        def get_timestamp(self):
            return super().get_timestamp() - days * 86400

    signer = URLSafeTimedSerializer(app.extensions["settings"].secret_key, salt="address of reminders", signer=Signer)
    reminder = kept(database)
    return f"/reminders/confirm/{signer.dumps([reminder.person_id, reminder.confirm_nonce])}"


def test_a_link_that_was_sent_again_takes_the_place_of_the_one_before(
    app, database, visit, sample, learner, ask_for, links
):
    ask_for("ana@home.example")
    links()

    answer = visit(sample, learner).post("/sync/reminders/link")
    first, second = links()

    assert answer.status_code == 303
    assert app.test_client().post(first).status_code == 404
    assert app.test_client().post(second).status_code == 200
    assert visit(sample, learner).post("/sync/reminders/link").status_code == 404, "nothing waits for it any more"


def test_another_address_is_asked_anew_and_the_same_one_is_not(app, database, ask_for, links):
    ask_for("ana@home.example")
    (first,) = links()
    ask_for("ana@other.example")
    _first, second = links()
    assert app.test_client().post(first).status_code == 404
    assert app.test_client().post(second).status_code == 200

    ask_for("ANA@other.example", frequency="monthly")

    assert kept(database).confirmed_at is not None
    assert len(links()) == 2


def test_the_address_that_the_lms_gave_needs_no_link(database, remind, links):
    assert links() == []
    assert kept(database).confirmed_at is not None


def test_without_a_mail_server_nobody_is_told_that_they_are_reminded(sample, visit, learner, remind):
    page = visit(sample, learner).get("/sync/reminders").text

    assert "You are reminded." not in page
    assert "Asked for, and not sent yet" in page


def test_a_web_hook_is_reminded_while_the_address_waits(database, goal, ask_for, links):
    page = ask_for("ana@home.example", hook_url="https://chat.example/hook")
    links()

    assert "You are reminded." in page
    assert "Not confirmed yet" in page
    with database.transaction() as db:
        assert raise_reminders(db, utc_now() + timedelta(days=8)) == 1
    with database.reading() as db:
        sent = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "reminder.send")).all()
    assert [message.payload["channel"] for message in sent] == ["hook"]


def test_nobody_can_flood_the_mailbox_of_somebody_else(database, visit, sample, learner, ask_for, links):
    ask_for("ana@home.example")
    visitor = visit(sample, learner)
    answers = [visitor.post("/sync/reminders/link").status_code for _press in range(4)]
    refused = visitor.post("/sync/reminders/link")

    assert answers == [303] * 4
    assert refused.status_code == 409
    assert "Five links were sent since yesterday" in refused.text
    visitor.post("/sync/reminders/stop")
    again = visitor.post("/sync/reminders", data={"frequency": "weekly", "emails": "ben@home.example"})
    assert again.status_code == 409
    assert links() == [], "what was wanted no more before it left stays here"
