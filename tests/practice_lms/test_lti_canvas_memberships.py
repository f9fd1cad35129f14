"""Rosters of the practice Canvas, sentence by sentence (names_and_roles_controller.rb)."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from practice_lms.lti.vocabulary import CLAIM, LIS, MEMBERSHIP, Scope
from practice_lms.state import Group
from tests.practice_lms.lti_world import URL, World
from tests.practice_lms.rosters import ask, crowd, members, next_of, role_of


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
