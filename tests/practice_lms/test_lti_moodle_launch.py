"""What a launch of the practice Moodle says, sentence by sentence (mod/lti/locallib.php)."""

from __future__ import annotations

import pytest

from practice_lms.lti.vocabulary import AGS_CLAIM, CLAIM, INSTITUTION, MEMBERSHIP, NRPS_CLAIM, SYSTEM
from practice_lms.state import Group, LineItem
from tests.practice_lms.lti_world import URL, World


@pytest.fixture
def world(moodle: World) -> World:
    moodle.sign_in("ana")
    return moodle


def test_id_token_lives_sixty_seconds_and_names_its_key(world: World) -> None:
    claims = world.launch()

    assert claims["exp"] == claims["iat"] + 60
    assert claims["aud"] == world.tool.client_id
    assert "azp" not in claims
    assert claims["nonce"] == "a-nonce"


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
    assert "lti_storage_target" not in world.start()


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
