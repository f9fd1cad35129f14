"""Tests of the page for everything that went wrong."""

from __future__ import annotations

import logging
import re

from tests.conftest import make_person


def reference_of(text: str) -> str:
    found = re.search(r'class="reference">([0-9A-F]{8})<', text)
    assert found
    return found.group(1)


def test_an_error_says_what_to_do_and_its_reference_is_in_the_log_without_the_session(app, caplog):
    with caplog.at_level(logging.WARNING):
        response = app.test_client().get("/s/some-secret-key/")

    assert response.status_code == 401
    assert "Go to your course in the LMS and open Like Goals from there." in response.text
    assert reference_of(response.text) in caplog.text
    assert "some-secret-key" not in caplog.text


def test_an_unknown_address_gets_the_same_page(app):
    response = app.test_client().get("/nowhere")

    assert response.status_code == 404
    assert "<h1>This page is not here</h1>" in response.text
    assert "Like Goals opens inside your LMS" in response.text


def test_an_unknown_address_within_a_session_stays_in_the_frame_of_its_lms(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")

    response = visit(sample, person).get("/nowhere")
    not_to_be_opened = visit(sample, person).get("/teams/propose")

    assert (response.status_code, not_to_be_opened.status_code) == (404, 405)
    assert "Go back to the page you came from." in response.text
    assert "<h1>This page is not here</h1>" in not_to_be_opened.text
    assert "frame-ancestors http://127.0.0.1:1" in response.headers["Content-Security-Policy"]


def test_words_that_come_after_the_session_ended_are_given_back_to_copy(app):
    typed = {"headline": "Ask <better> questions", "version": "3", "indicator_ids": ["7"]}

    response = app.test_client().post("/s/ended/plans/goals/new", data=typed)

    assert response.status_code == 401
    assert "What you typed, to copy" in response.text
    assert ">Ask &lt;better&gt; questions</blockquote>" in response.text
    assert ">3</blockquote>" not in response.text


def test_a_refused_change_keeps_the_frame_and_the_bar(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")

    response = visit(sample, person).post(f"/people/{person.id}/roles", data={"role": "administrator"})

    assert response.status_code == 403
    assert "<h1>This is for another role</h1>" in response.text
    assert 'class="tabs"' in response.text
    assert "frame-ancestors http://127.0.0.1:1" in response.headers["Content-Security-Policy"]


def test_a_page_that_broke_is_logged_without_the_key_of_its_session(app, database, sample, visit, caplog):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, person)

    with caplog.at_level(logging.ERROR), app.test_request_context(visitor.prefix + "/plans/"):
        app.log_exception((ValueError, ValueError("broken"), None))

    assert "Exception on /s/…/plans/ [GET]" in caplog.text
    assert visitor.prefix not in caplog.text


def test_an_unknown_session_gets_a_page_that_says_what_to_do(app):
    response = app.test_client().get("/s/unknown/")

    assert response.status_code == 401
    assert "Open the tool again" in response.text
