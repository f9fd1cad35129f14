from __future__ import annotations

from tests.conftest import make_person


def test_a_person_with_a_session_sees_home(database, sample, visit):
    with database.transaction() as db:
        person = make_person(db, sample, "Ana Ruiz")
    visitor = visit(sample, person)

    response = visitor.get("/")

    assert response.status_code == 200
    assert "<h1" in response.text


def test_an_unknown_session_gets_a_page_that_says_what_to_do(app):
    response = app.test_client().get("/s/unknown/")

    assert response.status_code == 401
    assert "Open the tool again" in response.text
