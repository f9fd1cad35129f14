"""Alerts: who is told, how often, and what is said, by a real mail server and a real web hook."""

from __future__ import annotations

import json
import socketserver
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

import lti_tool.grades.tasks  # noqa: F401 - registers what sends alerts
from config import Config, ConfigError
from lti_tool.db import utc_now
from lti_tool.grades.models import AlertSettings, Score, ScoreState
from lti_tool.grades.operations import alerts
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage
from lti_tool.people.models import Role
from tests.conftest import make_person
from tests.lms.conftest import answering


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it takes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.received: list[str] = []
        self.refused: set[str] = set()


class Conversation(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as taking a message needs (RFC 5321), and refuses whom it is told to."""

    server: MailServer

    def handle(self):
        self.say("220 mail.test")
        while line := self.rfile.readline().decode().strip():
            match line.split(":")[0].upper().split()[0]:
                case "EHLO" | "HELO" | "MAIL" | "RSET":
                    self.say("250 mail.test")
                case "RCPT":
                    refused = any(address in line for address in self.server.refused)
                    self.say("550 no such person" if refused else "250 yes")
                case "DATA":
                    self.say("354 go on")
                    self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                    self.say("250 taken")
                case "QUIT":
                    self.say("221 bye")
                    return

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mail_server():
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def mail_settings(app, mail_server) -> Config:
    address = f"smtp://127.0.0.1:{mail_server.server_address[1]}"
    settings: Config = app.extensions["settings"]
    return replace(settings, smtp_url=address, alerts_from="tool@example.org")


@pytest.fixture
def told(database, sample, administrator):
    """Return `told(emails, hook_url)`: the district has these told."""

    def save(emails=("pat@example.org",), hook_url="") -> None:
        with database.transaction() as db:
            alerts.save_alerts(db, db.merge(administrator), emails, hook_url, "en")

    return save


@pytest.fixture
def mailing(told, mail_settings, mail_server):
    return told, mail_settings, mail_server


def put(database, sample, state, **more):
    with database.transaction() as db:
        message = OutboxMessage(
            kind="score", key=f"score:{utc_now().timestamp()}", lane="platform:1", district_id=sample.district.id,
            payload={"score_id": 1}, state=state, due_at=utc_now() + timedelta(days=1), **more,
        )  # fmt: skip
        db.add(message)
        db.flush()
        db.add(DeliveryAttempt(message_id=message.id, outcome="rejected"))


def look(database, days=0) -> int:
    with database.transaction() as db:
        return alerts.raise_alerts(db, utc_now() + timedelta(days=days))


def sent(database) -> list[OutboxMessage]:
    with database.reading() as db:
        return list(db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "alert.send")))


@pytest.mark.parametrize(
    ("state", "words", "tomorrow"),
    [
        (MessageState.STOPPED, "does not let the tool in", 1),
        (MessageState.WAITING, "wait for somebody", 1),
        (MessageState.REJECTED, "were refused", 0),
        (MessageState.DUE, "are late", 1),
    ],
)
def test_what_fails_or_waits_too_long_is_told_by_mail_once_a_day(database, sample, mailing, state, words, tomorrow):
    told, mail_settings, mail_server = mailing
    told()
    for _number in range(3):
        put(database, sample, state, attempts=3, created_at=utc_now() - timedelta(hours=3))

    assert look(database) == 1
    assert look(database) == 0
    deliver_due(database, mail_settings)

    (mail,) = mail_server.received
    assert words in mail
    assert "3 deliveries" in mail
    assert "To: pat@example.org" in mail
    assert "From: tool@example.org" in mail
    assert look(database, days=1) == tomorrow


def test_nobody_is_told_of_what_goes_well_or_has_just_begun(database, sample, told):
    told()
    put(database, sample, MessageState.DELIVERED)
    put(database, sample, MessageState.DUE)

    assert look(database) == 0


def test_scores_without_a_place_in_the_gradebook_are_told_after_three_days(database, sample, learner, mailing):
    told, mail_settings, mail_server = mailing
    told()
    with database.transaction() as db:
        db.add(Score(
            district_id=sample.district.id, course_id=sample.course.id, person_id=learner.id, achieved_at=utc_now(),
            state=ScoreState.NEEDS_ATTENTION, cause="no_line_item",
        ))  # fmt: skip

    assert look(database, days=2) == 0
    assert look(database, days=4) == 1
    deliver_due(database, mail_settings)

    (mail,) = mail_server.received
    assert "1 score has waited for more than three days for a place in the gradebook." in mail


def test_a_district_that_named_nobody_gets_no_alert(database, sample):
    put(database, sample, MessageState.STOPPED)

    assert look(database) == 0


def test_a_web_hook_is_sent_numbers_and_no_names(database, sample, told, mail_settings, learner):
    with answering({"/hook": (204, {}, b"")}) as (url, asked):
        told((), f"{url}/hook")
        put(database, sample, MessageState.REJECTED)
        look(database)
        deliver_due(database, mail_settings)

    ((method, _path, body, headers),) = asked
    said = json.loads(body)
    assert (method, headers["Content-Type"]) == ("POST", "application/json")
    assert (said["cause"], said["count"]) == ("rejected", 1)
    assert learner.name not in body.decode()


def test_an_address_that_the_mail_server_refuses_is_said_in_the_review(
    database, sample, told, mail_settings, mail_server, visit, administrator
):
    mail_server.refused.add("pat@example.org")
    told()
    put(database, sample, MessageState.STOPPED)
    look(database)

    deliver_due(database, mail_settings)

    (message,) = sent(database)
    assert (message.state, mail_server.received) == (MessageState.REJECTED, [])
    assert "The mail server refused the alert" in visit(sample, administrator).get("/sync/").text


def test_a_mail_server_that_is_away_gets_the_alert_later(database, sample, told, app):
    told()
    put(database, sample, MessageState.STOPPED)
    look(database)

    deliver_due(database, replace(app.extensions["settings"], smtp_url="smtp://127.0.0.1:1", alerts_from="a@b.org"))

    (message,) = sent(database)
    assert (message.state, message.last_error_class) == (MessageState.DUE, "unavailable")


@pytest.mark.parametrize("status", [401, 403])
def test_a_web_hook_that_refuses_is_named_as_that_and_as_no_lms(
    database, sample, told, mail_settings, visit, administrator, status
):
    with answering({"/hook": (status, {}, b"")}) as (url, _asked):
        told((), f"{url}/hook")
        put(database, sample, MessageState.STOPPED)
        look(database)
        deliver_due(database, mail_settings)

    page = visit(sample, administrator).get("/sync/").text
    assert [message.state for message in sent(database)] == [MessageState.REJECTED]
    assert "The web hook does not let the alert in." in page
    assert page.count("does not let the tool in") == 1  # the LMS of the delivery, which the alert is about


def test_alerts_that_cannot_leave_are_one_need_however_many_they_are(database, sample, told, app, visit, administrator):
    told()
    for day in range(3):
        put(database, sample, MessageState.STOPPED)
        look(database, days=day)
        deliver_due(database, app.extensions["settings"])

    page = visit(sample, administrator).get("/sync/").text
    assert len(sent(database)) == 3
    assert page.count("SMTP_URL is not set") == 1


def test_an_administrator_sets_who_is_told_and_tries_it(
    database, sample, visit, administrator, mail_settings, mail_server
):
    visitor = visit(sample, administrator)

    saved = visitor.post("/sync/alerts", data={"emails": " pat@example.org, sam@example.org\n", "hook_url": ""})
    page = visitor.get("/sync/alerts").text
    tried = visitor.post("/sync/alerts/test")
    deliver_due(database, mail_settings)

    assert (saved.status_code, tried.status_code) == (303, 303)
    assert "pat@example.org" in page
    assert "Send a test" in page
    assert "This is how an alert looks" in mail_server.received[0]
    assert "To: pat@example.org, sam@example.org" in mail_server.received[0]


@pytest.mark.parametrize("given", [{"emails": "nobody"}, {"emails": "a@b.org\r\nBcc: x"}, {"hook_url": "ftp://x"}])
def test_what_is_no_address_is_not_saved(database, sample, visit, administrator, given):
    answer = visit(sample, administrator).post("/sync/alerts", data=given)

    assert answer.status_code == 422
    assert "Write a" in answer.text
    with database.reading() as db:
        assert db.get(AlertSettings, sample.district.id) is None


def test_a_test_without_anybody_to_tell_sends_nothing(sample, visit, administrator):
    assert visit(sample, administrator).post("/sync/alerts/test").status_code == 409


def test_nobody_but_an_administrator_sees_or_sets_who_is_told(database, sample, visit, learner):
    with database.transaction() as db:
        designer = make_person(db, sample, "Yuki Tanaka", Role.DESIGNER)
    for person in (learner, designer):
        visitor = visit(sample, person)
        assert visitor.get("/sync/alerts").status_code == 403
        assert visitor.post("/sync/alerts", data={"emails": "x@example.org"}).status_code == 403
        assert visitor.post("/sync/alerts/test").status_code == 403


@pytest.mark.parametrize("env", [{"SMTP_URL": "mail"}, {"SMTP_URL": "smtp://mail.test"}, {"LMS_AT_ONCE": "0"}])
def test_settings_that_cannot_work_stop_the_start(tmp_path, env):
    with pytest.raises(ConfigError):
        Config.from_env({"INSTANCE_DIR": str(tmp_path), **env})
