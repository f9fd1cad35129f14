"""What a session lets its pages do, and what a launch asks of the worker."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError
from lti_tool.launch import names
from lti_tool.launch.acting import Right, guard
from lti_tool.launch.addresses import is_launch_address, origin_of, with_query
from lti_tool.launch.models import LinkKind, Login, RestAccess
from lti_tool.launch.operations.completion_reads import READ_AGAIN_AFTER
from lti_tool.launch.operations.logins import begin_login, use_up_login
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Course, School
from tests.conftest import make_person
from tests.launch.signing_platform import INSTRUCTOR, LEARNER
from tests.lms_fixtures import EDUCATOR


@pytest.fixture
def trial(app: Flask, database, sample, visit):
    """Return `trial(view, method, **guard options)`: runs a view as a page of a session would run."""
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, person)

    def run(view, method="POST", **options):
        path = "/" if method == "GET" else "/course/mark"
        with app.test_request_context(f"{visitor.prefix}{path}", method=method):
            app.preprocess_request()
            return guard(Right.EDUCATOR, **options)(view)()

    return run


def schools(database):
    with database.reading() as db:
        return set(db.scalars(select(School.name)))


def add_school(db, acting, name):
    db.add(School(district_id=acting.person.district_id, name=name))


@pytest.mark.parametrize(("status", "is_kept"), [(200, True), (303, True), (422, False)])
def test_a_page_that_answers_an_error_changes_nothing(status, is_kept, trial, database):
    def view(acting):
        add_school(acting.db, acting, "New School")
        return "", status

    trial(view)

    assert ("New School" in schools(database)) is is_kept


def test_a_page_that_fails_changes_nothing(trial, database):
    def view(acting):
        add_school(acting.db, acting, "New School")
        acting.db.flush()
        raise ConflictError

    with pytest.raises(ConflictError):
        trial(view)

    assert "New School" not in schools(database)


def test_a_change_that_lost_a_race_is_a_conflict_and_leaves_no_word_in_an_error(trial, database):
    def view(acting):
        add_school(acting.db, acting, "Hill School")
        return ""

    with pytest.raises(ConflictError) as lost:
        trial(view)

    assert "Hill School" not in str(lost.value.__cause__).replace("=(", "").split("DETAIL")[0]
    assert "New School" not in schools(database)


def test_a_page_that_only_reads_keeps_nothing(trial, database):
    def view(acting):
        add_school(acting.db, acting, "New School")
        return ""

    trial(view, "GET")

    assert "New School" not in schools(database)


def test_a_page_that_waits_for_an_lms_holds_no_transaction_and_opens_its_own(trial, database):
    def view(acting):
        assert not acting.db.in_transaction()
        with database.transaction() as db:
            add_school(db, acting, "New School")
        return acting.person.name

    response = trial(view, holds_transaction=False)

    assert response.get_data(as_text=True) == "Ana Ruiz"
    assert "New School" in schools(database)


def completions_asked_for(database):
    with database.reading() as db:
        return db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "completions.read")).all()


def test_a_learners_launch_asks_who_completed_the_course_once_at_a_time(any_lms, database):
    link = any_lms.place_link(LinkKind.PLAN)
    any_lms.launch(EDUCATOR, link)
    assert completions_asked_for(database) == []  # nobody connected the LMS's REST side yet
    with database.transaction() as db:
        db.add(RestAccess(registration_id=any_lms.registration_id, base_url=any_lms.url, access_token=b"key"))
    for login in (EDUCATOR, "ben.okafor", EDUCATOR):
        any_lms.launch(login, link)

    (message,) = completions_asked_for(database)
    with database.reading() as db:
        course = db.scalars(select(Course)).one()
    assert message.payload == {"course_id": course.id}
    assert (message.key, message.lane) == (f"completions:{course.id}", f"rest:{any_lms.registration_id}")


def test_completions_that_were_just_asked_about_are_asked_for_again_after_a_while(
    platform, client, database, marked_course
):
    now = utc_now()
    with database.transaction() as db:
        db.get_one(Course, marked_course).completions_asked_at = now

    platform.launch(client, **{names.ROLES: [LEARNER]})

    (message,) = completions_asked_for(database)
    assert message.due_at == now + READ_AGAIN_AFTER


@pytest.mark.usefixtures("marked_course")
def test_a_designers_launch_asks_for_nothing(platform, client, database):
    platform.launch(client, **{names.ROLES: [INSTRUCTOR]})

    assert completions_asked_for(database) == []


def test_a_login_is_used_up_by_exactly_one_of_two_at_a_time(database, platform):
    with database.transaction() as db:
        begin_login(
            db, platform.registration, target_link_uri="http://localhost/lti/launch", deployment_id="",
            storage_target="",
        )  # fmt: skip
    with database.transaction() as db:
        login_id = db.scalars(select(Login.id)).one()
        use_up_login(db, login_id)

    with pytest.raises(Exception, match="used before"), database.transaction() as db:
        use_up_login(db, login_id)


def test_session_keys_and_invitations_do_not_reach_access_logs(app, caplog):
    with caplog.at_level(logging.INFO, logger="werkzeug"):
        logging.getLogger("werkzeug").info('"%s" %s', "GET /s/secret-key/plans/?a=b HTTP/1.1", 200)
        logging.getLogger("werkzeug").info('"%s" %s', "GET /lti/register?invitation=secret&x=1 HTTP/1.1", 200)

        for address in ("/reminders/secret", "/reminders/confirm/secret.of.three"):
            logging.getLogger("werkzeug").info('"%s" %s', f"GET {address} HTTP/1.1", 200)

    assert "secret" not in caplog.text
    assert "/reminders/confirm/… HTTP/1.1" in caplog.text
    assert "/s/…/plans/?a=b HTTP/1.1" in caplog.text


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://LMS.example.test:443/a?b#c", "https://lms.example.test"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443"),
        ("https://a.test; script-src *", ""),
        ("javascript:alert(1)", ""),
        ("//a.test/x", ""),
        ("https://", ""),
        ("https://a.test:port/", ""),
        ("", ""),
    ],
)
def test_the_origin_of_an_address(address, origin):
    assert origin_of(address) == origin


def test_a_launch_address_may_have_a_query_and_nothing_else():
    assert is_launch_address("https://tool.test/lti/launch?goal=42", "https://tool.test")
    assert is_launch_address("https://TOOL.test:443/lti/launch", "https://tool.test")
    assert not is_launch_address("https://tool.test/lti/launch/", "https://tool.test")
    assert not is_launch_address("http://tool.test/lti/launch", "https://tool.test")


def test_a_query_that_an_address_has_is_kept_as_it_is():
    assert with_query("https://a.test/auth?x=%2F&y", {"z": "1 2"}) == "https://a.test/auth?x=%2F&y&z=1+2"
