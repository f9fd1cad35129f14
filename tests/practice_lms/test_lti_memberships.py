"""Rosters in both flavours, sentence by sentence (mod/lti/service/memberships; names_and_roles_controller.rb)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import CLAIM, LIS, MEMBERSHIP, MediaType, Scope
from practice_lms.state import Enrolment, Group, User
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


# Moodle


def test_moodle_lists_a_member_with_short_roles_and_rest_ids(moodle: World) -> None:
    answer = ask(moodle)

    ana = moodle.person("ana")
    assert answer.get_json(force=True)["context"] == {
        "id": str(moodle.course.id),
        "label": "PD101",
        "title": "Formative assessment",
    }
    assert members(answer)[0] == {
        "status": "Active",
        "roles": ["Learner"],
        "user_id": str(ana.id),
        "lis_person_sourcedid": "SIS-ana",
        "name": "Ana Anason",
        "given_name": "Ana",
        "family_name": "Anason",
        "email": "ana@example.test",
        "ext_user_username": "ana",
    }


def test_moodle_has_a_non_editing_teacher_as_a_learner_here(moodle: World) -> None:
    found = members(ask(moodle))

    assert role_of(moodle, "assi", found) == ["Learner"]
    assert role_of(moodle, "tess", found) == ["Instructor"]


def test_moodle_marks_an_enrolled_administrator(moodle: World) -> None:
    moodle.course.enrolments[moodle.person("adam").id] = Enrolment.TEACHER

    assert role_of(moodle, "adam", members(ask(moodle))) == [
        "Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator",
    ]


def test_moodle_leaves_out_who_is_suspended_or_not_enrolled(moodle: World) -> None:
    moodle.course.suspended.add(moodle.person("ana").id)

    found = {each["ext_user_username"] for each in members(ask(moodle))}

    assert found == {"ben", "tess", "assi", "dora"}


def test_moodle_gives_all_on_one_page_without_a_limit(moodle: World) -> None:
    crowd(moodle, 120)

    answer = ask(moodle)

    assert len(members(answer)) == 125
    assert "Link" not in answer.headers


def test_moodle_pages_by_limit_and_the_next_page_forgets_the_role(moodle: World) -> None:
    first = ask(moodle, "?limit=1&role=Learner")
    path = next_of(first)

    assert path == f"{moodle.memberships_path}?limit=1&from=1"
    second = moodle.client.get(path, headers=moodle.bearer(Scope.MEMBERSHIP_READ))
    assert len(members(second)) == 1


@pytest.mark.parametrize("role", ["Instructor", f"{MEMBERSHIP}Instructor"])
def test_moodle_filters_by_short_and_long_roles(moodle: World, role: str) -> None:
    found = members(ask(moodle, f"?role={quote(role)}"))

    assert {each["ext_user_username"] for each in found} == {"tess", "dora"}


def test_moodle_gives_the_bare_message_type_for_a_resource_link(moodle: World) -> None:
    moodle.sign_in("ana")
    link = moodle.launch()[f"{CLAIM}resource_link"]["id"]

    found = members(ask(moodle, f"?rlid={link}"))

    assert found[0]["message"] == [{f"{CLAIM}message_type": "LtiResourceLinkRequest"}]


def test_moodle_does_not_know_another_resource_link(moodle: World) -> None:
    assert ask(moodle, "?rlid=999").status == "404 Not Found: LTI link 999 doesn't exist"


@pytest.mark.parametrize(("accept", "status"), [(None, 200), ("application/json", 400)])
def test_moodle_needs_no_media_type_but_refuses_another_one(moodle: World, accept: str | None, status: int) -> None:
    assert ask(moodle, accept=accept).status_code == status


def test_moodle_refuses_a_token_without_the_scope_and_another_tools_address(moodle: World) -> None:
    wrong_scope = moodle.client.get(moodle.memberships_path, headers=moodle.bearer(Scope.SCORE))
    path = f"/mod/lti/services.php/CourseSection/{moodle.course.id}/bindings/9999/memberships"
    wrong_tool = moodle.client.get(path, headers=moodle.bearer(Scope.MEMBERSHIP_READ))

    assert wrong_scope.status == wrong_tool.status == "401 Unauthorized"


def test_moodle_reads_any_courses_roster_and_misses_only_what_is_not_there(moodle: World) -> None:
    moodle.lms.courses[777] = type(moodle.course)(777, "777", "X", "Another course")
    path = f"/mod/lti/services.php/CourseSection/%s/bindings/{moodle.tool.id}/memberships"
    headers = moodle.bearer(Scope.MEMBERSHIP_READ)

    assert moodle.client.get(path % 777, headers=headers).status_code == 200
    assert moodle.client.get(path % 999, headers=headers).status == "404 Not Found: Course 999 doesn't exist"


# Canvas


def test_canvas_lists_a_member_with_full_roles_and_the_sub(canvas: World) -> None:
    answer = ask(canvas)

    assert answer.get_json(force=True)["id"] == f"{URL}{canvas.memberships_path}"
    ana = members(answer)[0]
    assert ana["user_id"] == "sub-ana"
    assert ana["status"] == "Active"
    assert ana["roles"] == [f"{MEMBERSHIP}Learner"]
    assert len(ana["lti11_legacy_user_id"]) == 40
    assert "message" not in ana


def test_canvas_gives_context_roles_only_and_two_for_an_assistant(canvas: World) -> None:
    found = members(ask(canvas))

    assert role_of(canvas, "tess", found) == [f"{MEMBERSHIP}Instructor"]
    assert role_of(canvas, "assi", found) == [
        f"{LIS}membership/Instructor#TeachingAssistant",
        f"{MEMBERSHIP}Instructor",
    ]
    assert role_of(canvas, "dora", found) == [f"{MEMBERSHIP}ContentDeveloper"]


def test_canvas_has_fifty_to_a_page_at_most(canvas: World) -> None:
    crowd(canvas, 60)

    first = ask(canvas, "?limit=100")
    path = next_of(first)

    assert len(members(first)) == 50
    assert path is not None
    assert "per_page=50" in path
    assert "limit" not in path
    second = canvas.client.get(path, headers=canvas.bearer(Scope.MEMBERSHIP_READ))
    assert len(members(second)) == 15
    assert next_of(second) is None


def test_canvas_page_tokens_tell_upper_from_lower_case(canvas: World) -> None:
    path = next_of(ask(canvas, "?limit=2"))

    assert path is not None
    assert "page=bookmark:" in path
    assert path != path.lower()
    assert canvas.client.get(path.lower(), headers=canvas.bearer(Scope.MEMBERSHIP_READ)).status_code == 404


def test_canvas_page_may_be_short_although_there_is_a_next_one(canvas: World) -> None:
    canvas.course.suspended.update({canvas.person("ana").id, canvas.person("ben").id})

    first = ask(canvas, "?limit=2")
    path = next_of(first)

    assert members(first) == []
    assert path is not None
    assert len(members(canvas.client.get(path, headers=canvas.bearer(Scope.MEMBERSHIP_READ)))) == 2


def test_canvas_walks_everybody_once(canvas: World) -> None:
    crowd(canvas, 7)
    path: str | None = f"{canvas.memberships_path}?limit=3"
    found: list[str] = []
    while path:
        answer = canvas.client.get(path, headers=canvas.bearer(Scope.MEMBERSHIP_READ))
        found += [each["user_id"] for each in members(answer)]
        path = next_of(answer)

    assert len(found) == len(set(found)) == 12


def test_canvas_keeps_the_role_filter_on_the_next_page(canvas: World) -> None:
    path = next_of(ask(canvas, f"?limit=1&role={quote(f'{MEMBERSHIP}Learner', safe='')}"))

    assert path is not None
    found = members(canvas.client.get(path, headers=canvas.bearer(Scope.MEMBERSHIP_READ)))
    assert [each["user_id"] for each in found] == ["sub-ben"]


def test_canvas_finds_nobody_for_an_unknown_role(canvas: World) -> None:
    assert members(ask(canvas, "?role=Learner")) == []


def test_canvas_drops_who_left(canvas: World) -> None:
    del canvas.course.enrolments[canvas.person("ana").id]

    assert "sub-ana" not in [each["user_id"] for each in members(ask(canvas))]


def test_canvas_shows_a_merged_user_under_the_old_sub(canvas: World) -> None:
    canvas.person("ana").past_lti_ids = {canvas.course.id: "old-sub"}

    assert members(ask(canvas))[0]["user_id"] == "old-sub"


def test_canvas_expands_custom_values_per_member_for_the_context_id(canvas: World) -> None:
    canvas.tool.custom = {"user": "$Canvas.user.id", "course": "$Canvas.course.id", "login": "$User.username"}

    found = members(ask(canvas, f"?rlid={canvas.course.context_id}"))

    ana = canvas.person("ana")
    (message,) = found[0]["message"]
    assert message[f"{CLAIM}custom"] == {"user": ana.id, "course": "$Canvas.course.id", "login": "ana"}
    assert message["https://www.instructure.com/canvas_user_id"] == ana.id


@pytest.mark.parametrize(
    ("rlid", "said"),
    [
        ("", "Invalid 'rlid' parameter"),
        ("nothing", "Tool does not have access to rlid or rlid does not exist"),
    ],
)
def test_canvas_refuses_a_bad_resource_link(canvas: World, rlid: str, said: str) -> None:
    answer = ask(canvas, f"?rlid={rlid}")

    assert answer.status_code == 400
    assert answer.get_json()["errors"]["message"] == said


def test_canvas_gives_no_students_for_an_unpublished_assignment(canvas: World) -> None:
    canvas.sign_in("ana")
    link = canvas.launch()[f"{CLAIM}resource_link"]["id"]
    canvas.activity.published = False

    found = members(ask(canvas, f"?rlid={link}"))

    assert not [each for each in found if f"{MEMBERSHIP}Learner" in each["roles"]]


@pytest.mark.parametrize(
    ("level", "there"),
    [
        ("public", {"name", "email", "picture", "lis_person_sourcedid"}),
        ("name_only", {"name", "lis_person_sourcedid"}),
        ("email_only", {"email"}),
        ("anonymous", set()),
    ],
)
def test_canvas_privacy_level_holds_for_the_roster(canvas: World, level: str, there: set[str]) -> None:
    canvas.tool.privacy_level = level

    said = {"name", "email", "picture", "lis_person_sourcedid"} & members(ask(canvas))[0].keys()

    assert said == there


def test_canvas_lists_a_group_as_members_without_a_label(canvas: World) -> None:
    group = Group(canvas.lms.new_id(), canvas.course.id, "Goals", member_ids=[canvas.person("ana").id])
    canvas.lms.groups[group.id] = group

    answer = canvas.client.get(
        f"/api/lti/groups/{group.id}/names_and_roles", headers=canvas.bearer(Scope.MEMBERSHIP_READ)
    )

    assert "label" not in answer.get_json(force=True)["context"]
    assert [each["roles"] for each in members(answer)] == [[f"{MEMBERSHIP}Member"]]


def test_canvas_refuses_a_token_without_the_scope(canvas: World) -> None:
    answer = canvas.client.get(canvas.memberships_path, headers=canvas.bearer(Scope.SCORE))

    assert answer.status_code == 401
    assert answer.get_json()["errors"]["message"] == "Insufficient permissions"


def test_canvas_shows_the_roster_of_a_concluded_course(canvas: World) -> None:
    canvas.course.concluded = True

    assert members(ask(canvas))
