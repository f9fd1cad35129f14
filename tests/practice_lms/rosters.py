"""A tool asks for a roster, page by page."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import MediaType, Scope
from practice_lms.state import Enrolment, User
from tests.practice_lms.lti_world import URL, World


def ask(world: World, query: str = "", accept: str | None = MediaType.MEMBERS) -> TestResponse:
    headers = world.bearer(Scope.MEMBERSHIP_READ) | ({"Accept": accept} if accept else {})
    return world.client.get(world.memberships_path + query, headers=headers)


def members(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == f"{MediaType.MEMBERS}; charset=utf-8"
    found: list[dict[str, Any]] = answer.get_json(force=True)["members"]
    return found


def role_of(world: World, login: str, found: list[dict[str, Any]]) -> list[str]:
    user = world.person(login)
    return next(each["roles"] for each in found if each["user_id"] in (user.lti_id, str(user.id)))


def crowd(world: World, size: int) -> None:
    for _ in range(size):
        number = world.lms.new_id()
        user = User(number, f"crowd-{number}", f"c{number}", "C", str(number), "c@x.test", "", "North", "educator")
        world.lms.users[number] = user
        world.course.enrolments[number] = Enrolment.STUDENT


def next_of(answer: TestResponse) -> str | None:
    link = answer.headers.get("Link", "")
    return link.partition("<")[2].partition(">")[0].removeprefix(URL) if 'rel="next"' in link else None
