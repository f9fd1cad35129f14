"""Launches that arrive at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from lti_tool.launch.models import LaunchSession
from lti_tool.launch.operations.sessions import digest
from lti_tool.people.models import Person


def test_of_two_answers_at_the_same_moment_one_opens_a_session(platform, client, app, database):
    asked = platform.begin(client)
    token = platform.sign(platform.claims(asked["nonce"]))
    cookie = client.get_cookie(f"lg_login_{digest(asked['state'])[:16]}", path="/lti/launch")

    def answer(_number):
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value, path="/lti/launch")
        return platform.answer(browser, asked["state"], token).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(answer, range(4)))

    assert statuses == [303, 400, 400, 400]
    with database.reading() as db:
        assert db.scalar(select(func.count(LaunchSession.id))) == 1


def test_first_launches_of_many_people_at_once_leave_one_person_each(platform, app, database):
    def launch(number):
        return platform.launch(app.test_client(), sub=f"user-{number % 3}").status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = set(pool.map(launch, range(12)))

    assert statuses == {303}
    with database.reading() as db:
        assert db.scalar(select(func.count(Person.id))) == 3
