"""Every page opens for those who may see it, for nobody else, and keeps the rules of good HTML."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from practice_lms.app import create_app
from practice_lms.district import course_by_label, user_by_login
from practice_lms.state import Flavour, Lms
from tests.practice_lms.page_district import district_in_use
from tests.practice_lms.page_rules import broken_rules

LEARNER, DESIGNER, ADMINISTRATOR, STRANGER = "hana.kim", "yuki.tanaka", "zola.dlamini", "xavier.hill"
COURSE_PAGES = ("", "/people", "/groups", "/gradebook", "/activities/{page}", "/activities/{link}")
ADMINISTRATOR_PAGES = ("/tools", "/tools/add?url=https://tool.example.test/register", "/connections")
PUBLIC_PAGES = ("/", "/courses", "/faults")


@pytest.fixture(params=Flavour)
def lms(request: pytest.FixtureRequest) -> Lms:
    return district_in_use(request.param)


@pytest.fixture
def client(lms: Lms) -> FlaskClient:
    return create_app(lms).test_client()


def become(client: FlaskClient, lms: Lms, login: str) -> None:
    assert client.post(f"/people/{user_by_login(lms, login).id}/sign-in").status_code == 302


def course_pages(lms: Lms) -> list[str]:
    course = course_by_label(lms, "PD102")
    page, *_, link = [each.id for each in lms.activities_of(course.id)]
    return [f"/courses/{course.id}" + path.format(page=page, link=link) for path in COURSE_PAGES]


@pytest.mark.parametrize("login", [LEARNER, DESIGNER, ADMINISTRATOR])
def test_course_pages_open_for_everybody_in_the_course_and_for_administrators(client, lms, login):
    become(client, lms, login)

    for path in (*PUBLIC_PAGES, *course_pages(lms)):
        answer = client.get(path)
        assert (path, answer.status_code, broken_rules(answer.text)) == (path, 200, [])


def test_pages_of_the_administrator_open_for_the_administrator(client, lms):
    become(client, lms, ADMINISTRATOR)

    for path in ADMINISTRATOR_PAGES:
        answer = client.get(path)
        assert (path, answer.status_code, broken_rules(answer.text)) == (path, 200, [])


def test_the_page_to_add_an_activity_opens_for_the_designer_alone(client, lms):
    path = f"/courses/{course_by_label(lms, 'PD102').id}/add/{next(iter(lms.tools))}"

    become(client, lms, DESIGNER)
    answer = client.get(path)
    become(client, lms, LEARNER)

    assert (answer.status_code, broken_rules(answer.text)) == (200, [])
    assert client.get(path).status_code == 403


def test_a_stranger_is_kept_out_of_a_course_with_a_page_that_says_why(client, lms):
    become(client, lms, STRANGER)

    for path in course_pages(lms):
        answer = client.get(path)
        assert (path, answer.status_code, broken_rules(answer.text)) == (path, 403, [])
        assert "Xavier Hill is not in this course" in answer.text


@pytest.mark.parametrize("login", [LEARNER, DESIGNER])
def test_only_the_administrator_sees_tools_and_connections(client, lms, login):
    become(client, lms, login)

    for path in ADMINISTRATOR_PAGES:
        answer = client.get(path)
        assert (path, answer.status_code, broken_rules(answer.text)) == (path, 403, [])


def test_without_anybody_signed_in_only_the_choice_of_person_opens(client, lms):
    assert broken_rules(client.get("/").text) == []
    for path in ("/courses", *course_pages(lms), *ADMINISTRATOR_PAGES):
        answer = client.get(path)
        assert (path, answer.status_code, broken_rules(answer.text)) == (path, 403, [])


def test_what_does_not_exist_is_said_kindly(client, lms):
    become(client, lms, ADMINISTRATOR)

    for path in ("/courses/999", f"/courses/{course_by_label(lms, 'PD101').id}/activities/999", "/tools/999/account"):
        answer = client.get(path)
        assert (answer.status_code, broken_rules(answer.text)) == (404, [])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/bootstrap/static/css/bootstrap.min.css", "text/css"),
        ("/static/practice.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/static/registration.js", "text/javascript"),
        ("/static/tool_frame.js", "text/javascript"),
        ("/static/storage_frame.js", "text/javascript"),
        ("/static/platform_storage.js", "text/javascript"),
    ],
)
def test_everything_a_page_loads_is_there(client, path, kind):
    with client.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (200, kind)


def test_pages_may_be_framed_by_this_lms_only(client):
    assert client.get("/").headers["X-Frame-Options"] == "sameorigin"
