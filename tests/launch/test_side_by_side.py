"""Two launches of one browser, pages in other tabs, the way back, and what other sites and people try with them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lti_tool.launch import names
from lti_tool.people.models import Course
from tests.launch.signing_platform import INSTRUCTOR, LEARNER

DESIGNERS_ALONE = "course/unmark"


@pytest.fixture
def platform(new_platform):
    return new_platform(staff_only=True)


def launch(platform, client, course="course-1", role=INSTRUCTOR, sub="user-1"):
    """Return the address of a session in this course."""
    claims = {names.CONTEXT: {"id": course, "title": f"About {course}"}, names.ROLES: [role], "sub": sub}
    response = platform.launch(client, **claims)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def session_of(address):
    """Return the address of the session that a page belongs to, with a slash at its end."""
    (found,) = re.findall(r"^/s/[^/]+/", address)
    return found


def page_of(client, address):
    """Return the page that somebody sees at last."""
    return client.get(address, follow_redirects=True)


def is_marked(database, context_id):
    with database.reading() as db:
        return db.scalars(select(Course).where(Course.context_id == context_id)).one().is_professional_learning


def test_two_courses_in_two_roles_keep_their_own_session(platform, client, database):
    as_designer = session_of(launch(platform, client, "course-1", INSTRUCTOR))
    as_learner = session_of(launch(platform, client, "course-2", LEARNER))

    assert client.post(as_learner + DESIGNERS_ALONE).status_code == 403
    assert client.post(as_designer + DESIGNERS_ALONE).status_code == 303
    assert (is_marked(database, "course-1"), is_marked(database, "course-2")) == (False, True)


def test_two_people_at_one_browser_keep_their_own_session(platform, client):
    addresses = [launch(platform, client, sub=sub) for sub in ("user-1", "user-2")]

    pages = [page_of(client, address) for address in (*addresses, *reversed(addresses))]

    assert [page.status_code for page in pages] == [200] * 4
    assert len({session_of(address) for address in addresses}) == 2


def test_links_of_a_page_stay_in_its_session_and_open_in_another_tab(platform, client):
    first, second = launch(platform, client, "course-1"), launch(platform, client, "course-2")

    for address in (first, second):
        page = page_of(client, address).text
        links = set(re.findall(r'(?:href|action)="(/s/[^"#]+)', page))
        assert {session_of(link) for link in links} == {session_of(address)}
        opened = {link: client.get(link, follow_redirects=True).status_code for link in links if "as=" not in link}
        assert set(opened.values()) <= {200, 405}, opened


def fetched(site, mode="navigate", dest="document"):
    """Return what a browser says of a request that it makes (Fetch Metadata)."""
    return {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}


def test_a_link_opened_in_a_tab_that_has_no_cookie_yet_keeps_its_session(platform, client, app):
    address = session_of(launch(platform, client))
    tab = app.test_client()

    opened = tab.get(address + "plans/", headers=fetched("same-origin"))
    changed = tab.post(address + DESIGNERS_ALONE)

    assert (opened.status_code, changed.status_code) == (200, 303)


@pytest.mark.parametrize(
    "headers",
    [{}, fetched("none"), fetched("cross-site"), fetched("same-site"), fetched("same-origin", "cors", "empty")],
)
def test_an_address_that_was_pasted_or_follows_from_elsewhere_opens_nothing(headers, platform, client, app, database):
    address = session_of(launch(platform, client))
    stranger = app.test_client()

    assert stranger.get(address + "plans/", headers=headers).status_code == 401
    assert stranger.post(address + DESIGNERS_ALONE, headers=fetched("same-origin")).status_code == 401
    assert is_marked(database, "course-1")


def test_the_way_back_leads_to_the_earlier_page_in_its_session(platform, client):
    first = launch(platform, client, "course-1")
    before = page_of(client, first)
    page_of(client, launch(platform, client, "course-2", LEARNER))

    again = page_of(client, first)

    assert again.status_code == 200
    assert again.request.path == before.request.path


def test_the_way_back_to_the_launch_itself_says_what_to_do(platform, client):
    asked = platform.begin(client)
    token = platform.sign(platform.claims(asked["nonce"]))
    platform.answer(client, asked["state"], token)

    sent_again = platform.answer(client, asked["state"], token)

    assert sent_again.status_code == 400
    assert "Go back to your course and open the link again." in sent_again.text


def test_a_planted_session_key_or_cookie_does_not_become_the_session(platform, client):
    client.set_cookie("lg_planted", "value", path="/s/planted")

    address = launch(platform, client)

    assert "/s/planted" not in address


def test_each_launch_has_a_new_session_key_and_the_earlier_one_keeps_its_person(platform, client):
    first, again = launch(platform, client), launch(platform, client)

    assert session_of(first) != session_of(again)


def test_a_session_that_somebody_sends_along_opens_for_nobody_else(platform, client, app, database):
    address = session_of(launch(platform, client))
    page_of(client, address)
    victim = app.test_client()
    launch(platform, victim, sub="user-2")

    assert page_of(victim, address).status_code == 401
    assert victim.post(address + DESIGNERS_ALONE).status_code == 401
    assert is_marked(database, "course-1")


def test_a_login_that_somebody_began_for_another_is_not_finished_in_the_others_browser(platform, client, app):
    asked = platform.begin(client)
    token = platform.sign(platform.claims(asked["nonce"]))

    response = platform.answer(app.test_client(), asked["state"], token)

    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers


def test_another_site_can_send_a_form_with_the_cookies_but_without_the_key_and_changes_nothing(
    platform, client, database
):
    page_of(client, launch(platform, client))
    from_elsewhere = {"Origin": "https://evil.example.test", "Sec-Fetch-Site": "cross-site"}

    for guess in ("", "guessed", "%2e%2e", "0" * 43):
        sent = client.post(f"/s/{guess}/{DESIGNERS_ALONE}", headers=from_elsewhere)
        assert sent.status_code in {401, 404, 405, 308}

    assert is_marked(database, "course-1")


def test_a_page_does_not_give_its_key_away(platform, client):
    page = page_of(client, launch(platform, client))

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    assert "*" not in page.headers["Content-Security-Policy"]


def test_a_page_that_only_reads_changes_nothing_by_get(platform, client, database):
    address = session_of(launch(platform, client))

    assert client.get(address + DESIGNERS_ALONE).status_code == 405
    assert is_marked(database, "course-1")
