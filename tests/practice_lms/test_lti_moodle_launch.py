"""Launches of the practice Moodle, sentence by sentence (mod/lti/auth.php, locallib.php)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from practice_lms.lti.vocabulary import AGS_CLAIM, CLAIM, INSTITUTION, MEMBERSHIP, NRPS_CLAIM, SYSTEM
from practice_lms.state import Group, LineItem
from tests.practice_lms.lti_world import URL, World, form


@pytest.fixture
def world(moodle: World) -> World:
    moodle.sign_in("ana")
    return moodle


def start(world: World) -> dict[str, str]:
    return world.login_form(f"/launch/activities/{world.activity.id}")[1]


def ask(world: World, **changed: str | None) -> Any:
    return world.authorize(world.authentication_request(start(world), **changed))


def test_login_initiation_is_a_posted_form_with_moodles_six_fields(world: World) -> None:
    action, fields = world.login_form(f"/launch/activities/{world.activity.id}")

    assert action == world.tool.initiate_login_uri
    assert list(fields) == [
        "iss",
        "target_link_uri",
        "login_hint",
        "lti_message_hint",
        "client_id",
        "lti_deployment_id",
    ]
    assert fields["login_hint"] == str(world.person("ana").id)
    hint = json.loads(fields["lti_message_hint"])
    assert hint["cmid"] == world.activity.id
    assert hint["launchid"].startswith(f"ltilaunch{world.activity.id}_")


def test_authorization_posts_an_id_token_and_the_state_to_the_redirect_uri(world: World) -> None:
    action, fields = form(ask(world))

    assert action == f"{world.stub.url}/launch"
    assert list(fields) == ["id_token", "state"]
    assert fields["state"] == "a-state"


def test_id_token_lives_sixty_seconds_and_names_its_key(world: World) -> None:
    claims = world.launch()

    assert claims["exp"] == claims["iat"] + 60
    assert claims["aud"] == world.tool.client_id
    assert "azp" not in claims
    assert claims["nonce"] == "a-nonce"


def test_prompt_may_be_absent(world: World) -> None:
    assert "id_token" in form(ask(world, prompt=None))[1]


def test_state_may_be_absent_and_comes_back_empty(world: World) -> None:
    assert form(ask(world, state=None))[1]["state"] == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:1/launch"},
        {"nonce": None},
        {"scope": "openid profile"},
        {"lti_message_hint": None},
        {"lti_message_hint": '{"cmid":3}'},
        {"response_type": "code"},
    ],
    ids=["other redirect_uri", "no nonce", "more scope", "no hint", "hint without launchid", "other response_type"],
)
def test_a_request_that_cannot_be_trusted_ends_at_moodles_own_404_page(
    world: World, changed: dict[str, str | None]
) -> None:
    answer = ask(world, **changed)

    assert answer.status_code == 404
    assert "Invalid request" in answer.text
    assert "<title>Error | " in answer.text


def test_redirect_uri_must_be_registered_exactly(world: World) -> None:
    assert ask(world, redirect_uri=f"{world.stub.url}/launch?more=1").status_code == 404


@pytest.mark.parametrize("mode", [None, "query"])
def test_a_missing_or_other_response_mode_is_posted_to_the_tool(world: World, mode: str | None) -> None:
    assert form(ask(world, response_mode=mode))[1] == {
        "error": "invalid_request",
        "error_description": "Invalid response_mode",
        "state": "a-state",
    }


def test_another_prompt_is_posted_to_the_tool(world: World) -> None:
    assert form(ask(world, prompt="login"))[1]["error_description"] == "Invalid prompt"


def test_another_login_hint_is_access_denied(world: World) -> None:
    assert form(ask(world, login_hint="999"))[1] == {"error": "access_denied", "state": "a-state"}


def test_another_client_id_is_an_unauthorized_client(world: World) -> None:
    assert form(ask(world, client_id="nope"))[1] == {"error": "unauthorized_client", "state": "a-state"}


def test_the_same_authentication_request_a_second_time_is_a_404(world: World) -> None:
    asked = world.authentication_request(start(world))

    assert world.authorize(asked).status_code == 200
    assert world.authorize(asked).status_code == 404


def test_somebody_elses_launch_is_a_404(world: World) -> None:
    asked = world.authentication_request(start(world))
    world.sign_in("ben")

    assert world.authorize(asked).status_code == 404


def test_somebody_who_is_not_enrolled_is_sent_to_the_enrolment_page(world: World) -> None:
    world.sign_in("olga")

    answer = ask(world)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/enrol/index.php?id={world.course.id}"
    assert world.client.get(answer.headers["Location"]).status_code == 200


def test_a_pending_tool_cannot_be_launched(world: World) -> None:
    world.tool.active = False

    assert world.client.get(f"/launch/activities/{world.activity.id}").status_code == 404


def test_lti_ids_are_rest_ids_and_the_context_type_is_a_short_word(world: World) -> None:
    claims = world.launch()

    assert claims["sub"] == str(world.person("ana").id)
    assert claims[f"{CLAIM}context"] == {
        "id": str(world.course.id),
        "label": "PD101",
        "title": "Formative assessment",
        "type": ["CourseSection"],
    }
    assert claims[f"{CLAIM}resource_link"]["id"] != str(world.activity.id)
    assert not {"locale", "picture", f"{CLAIM}lti1p1"} & claims.keys()


@pytest.mark.parametrize(
    ("login", "roles"),
    [
        ("ana", [f"{MEMBERSHIP}Learner"]),
        ("tess", [f"{MEMBERSHIP}Instructor"]),
        ("assi", [f"{MEMBERSHIP}Instructor"]),
        ("adam", [f"{INSTITUTION}Administrator", f"{MEMBERSHIP}Instructor", f"{SYSTEM}Administrator"]),
    ],
)
def test_launch_roles_make_a_non_editing_teacher_an_instructor(world: World, login: str, roles: list[str]) -> None:
    world.sign_in(login)

    assert world.launch()[f"{CLAIM}roles"] == roles


def test_an_empty_id_number_gives_an_empty_person_sourcedid(world: World) -> None:
    world.person("ana").sis_id = ""

    assert world.launch()[f"{CLAIM}lis"]["person_sourcedid"] == ""


def test_names_and_email_follow_what_the_tool_asked_for(world: World) -> None:
    world.tool.claims = ["sub", "iss"]
    world.tool.custom = {"full": "$Person.name.full", "login": "$User.username"}

    claims = world.launch()

    assert not {"name", "given_name", "family_name", "email"} & claims.keys()
    assert claims[f"{CLAIM}ext"] == {"lms": "moodle-2"}
    assert claims[f"{CLAIM}custom"]["full"] is None
    assert claims[f"{CLAIM}custom"]["login"] == "ana"


def test_line_item_is_there_for_one_coupled_column(world: World) -> None:
    endpoint = world.launch()[AGS_CLAIM]

    assert endpoint["lineitem"] == f"{URL}{world.line_item_path()}"
    assert endpoint["lineitems"] == f"{URL}{world.line_items_path}"


def test_line_item_is_absent_when_the_activity_takes_no_grades(world: World) -> None:
    world.lms.line_items.clear()

    assert "lineitem" not in world.launch()[AGS_CLAIM]


def test_line_item_is_absent_when_a_second_column_is_linked(world: World) -> None:
    link = world.launch()[f"{CLAIM}resource_link"]["id"]
    second = LineItem(world.lms.new_id(), world.course.id, "More", 1.0, world.tool.id, resource_link_id=link)
    world.lms.line_items[second.id] = second

    assert "lineitem" not in world.launch()[AGS_CLAIM]


def test_line_item_is_empty_after_the_coupled_column_was_deleted(world: World) -> None:
    world.client.delete(world.line_item_path(), headers=world.bearer())

    assert world.launch()[AGS_CLAIM]["lineitem"] == ""


def test_services_without_their_scope_are_not_claimed(world: World) -> None:
    world.tool.scopes = []

    claims = world.launch()

    assert AGS_CLAIM not in claims
    assert NRPS_CLAIM not in claims


def test_custom_keys_with_capitals_or_dots_appear_twice(world: World) -> None:
    world.tool.custom = {"Context_id": "$Context.id", "plain": "x", "A.b": "y"}

    assert world.launch()[f"{CLAIM}custom"] == {
        "goal": "42",
        "Context_id": str(world.course.id),
        "context_id": str(world.course.id),
        "plain": "x",
        "a_b": "y",
        "A.b": "y",
        "context_memberships_url": f"{URL}{world.memberships_path}",
    }


def test_the_tools_own_custom_values_override_the_activitys(world: World) -> None:
    world.tool.custom = {"goal": "7"}

    assert world.launch()[f"{CLAIM}custom"]["goal"] == "7"


def test_an_unknown_variable_passes_through_and_a_message_name_gives_null(world: World) -> None:
    world.tool.custom = {"odd": "$Canvas.user.id", "name": "$basic-lti-launch-request"}

    custom = world.launch()[f"{CLAIM}custom"]

    assert custom["odd"] == "$Canvas.user.id"
    assert custom["name"] is None


def test_variables_of_course_link_and_groups_are_expanded(world: World) -> None:
    ana = world.person("ana").id
    for _ in range(2):
        group = Group(world.lms.new_id(), world.course.id, "Goals", member_ids=[ana])
        world.lms.groups[group.id] = group
    world.tool.custom = {
        "begin": "$Context.timeFrame.begin",
        "section": "$CourseSection.timeFrame.begin",
        "role": "$Membership.role",
        "groups": "$Moodle.Person.userGroupIds",
        "link": "$ResourceLink.id",
        "items": "$LineItems.url",
    }

    claims = world.launch()
    custom = claims[f"{CLAIM}custom"]

    assert custom["begin"].isdigit()
    assert custom["section"].startswith("2026-11-14T")
    assert custom["role"] == "Learner"
    assert custom["groups"] == ",".join(str(number) for number in world.lms.groups)
    assert custom["link"] == claims[f"{CLAIM}resource_link"]["id"]
    assert custom["items"] == claims[AGS_CLAIM]["lineitems"]


def test_a_new_window_is_said_in_the_presentation(world: World) -> None:
    world.activity.new_window = True

    presentation = world.launch()[f"{CLAIM}launch_presentation"]

    assert presentation["document_target"] == "window"
    assert "launch_container=4" in presentation["return_url"]


def test_platform_storage_is_never_offered(world: World) -> None:
    assert "lti_storage_target" not in start(world)


def test_a_rotated_key_signs_at_once_and_the_old_one_stays_published(world: World) -> None:
    before = list(world.lms.keys.pairs)
    world.lms.keys.rotate()

    world.launch()
    published = world.client.get("/mod/lti/certs.php").get_json()["keys"]

    assert [key["kid"] for key in published] == [*before, list(world.lms.keys.pairs)[-1]]
    assert all(key["alg"] == "RS256" and key["use"] == "sig" for key in published)


def test_the_return_address_leads_to_the_course(world: World) -> None:
    address = world.launch()[f"{CLAIM}launch_presentation"]["return_url"]

    answer = world.client.get(f"{world.path_of(address)}&lti_msg=Done")

    assert answer.headers["Location"] == f"/courses/{world.course.id}"
