"""What a launch of the practice Canvas says, sentence by sentence (jwt_message.rb, resource_link_request.rb)."""

from __future__ import annotations

from typing import Any

import pytest

from practice_lms.lti.vocabulary import AGS_CLAIM, CLAIM, INSTITUTION, LIS, MEMBERSHIP, NRPS_CLAIM, SYSTEM, Scope
from practice_lms.state import Course, Enrolment, Flavour, Group, Lms
from tests.practice_lms.lti_world import URL, World

PNS_CLAIM = f"{CLAIM}platformnotificationservice"


@pytest.fixture
def world(canvas: World) -> World:
    canvas.sign_in("ana")
    return canvas


def navigation(world: World) -> dict[str, Any]:
    return world.launch(f"/launch/courses/{world.course.id}/tools/{world.tool.id}")


def test_id_token_has_azp_and_lives_an_hour(world: World) -> None:
    claims = world.launch()

    assert claims["aud"] == claims["azp"] == world.tool.client_id
    assert claims["exp"] == claims["iat"] + 3600
    assert claims["sub"] == "sub-ana"
    assert claims["locale"] == "en"


def test_client_id_is_a_global_id_and_the_deployment_names_tool_and_context(world: World) -> None:
    assert world.tool.client_id == str(10**13 + world.tool.id)
    number, _, context = world.launch()[f"{CLAIM}deployment_id"].partition(":")
    assert number == str(world.tool.id)
    assert len(context) == 40


def test_claim_objects_carry_serializer_noise(world: World) -> None:
    claims = world.launch()

    for name in (f"{CLAIM}context", f"{CLAIM}resource_link", f"{CLAIM}tool_platform", AGS_CLAIM, NRPS_CLAIM):
        assert claims[name]["errors"] == {"errors": {}}
        assert claims[name]["validation_context"] is None


def test_a_navigation_launch_has_the_id_of_its_context_as_resource_link(world: World) -> None:
    claims = navigation(world)

    assert claims[f"{CLAIM}resource_link"]["id"] == claims[f"{CLAIM}context"]["id"]
    assert claims[f"{CLAIM}resource_link"]["title"] == world.course.title
    assert claims["https://www.instructure.com/placement"] == "course_navigation"
    assert "lineitem" not in claims[AGS_CLAIM]


def test_an_assignment_has_a_resource_link_of_its_own_and_its_first_line_item(world: World) -> None:
    claims = world.launch()

    assert claims[f"{CLAIM}resource_link"]["id"] != claims[f"{CLAIM}context"]["id"]
    assert claims[AGS_CLAIM]["lineitem"] == f"{URL}{world.line_item_path()}"


def test_an_account_launch_has_no_services_and_leaves_course_variables_literal(world: World) -> None:
    world.sign_in("adam")
    world.tool.custom = {"course": "$Canvas.course.id", "user": "$Canvas.user.id"}

    claims = world.launch(f"/launch/account/tools/{world.tool.id}")

    assert claims[f"{CLAIM}context"]["type"] == ["Account"]
    assert AGS_CLAIM not in claims
    assert NRPS_CLAIM not in claims
    assert claims[f"{CLAIM}custom"] == {"course": "$Canvas.course.id", "user": world.person("adam").id}


def test_a_group_launch_has_the_line_items_of_its_course_and_the_roster_of_the_group(world: World) -> None:
    group = Group(world.lms.new_id(), world.course.id, "Quiet herons", member_ids=[world.person("ana").id])
    world.lms.groups[group.id] = group
    world.tool.custom = {"course": "$Canvas.course.id", "context": "$Context.id"}

    claims = world.launch(f"/launch/groups/{group.id}/tools/{world.tool.id}")

    context = claims[f"{CLAIM}context"]
    assert (context["title"], context["type"], "label" in context) == ("Quiet herons", ["Group"], False)
    assert context["id"] == claims[f"{CLAIM}resource_link"]["id"] != world.course.context_id
    assert claims[AGS_CLAIM]["lineitems"] == f"{URL}{world.line_items_path}"
    assert "lineitem" not in claims[AGS_CLAIM]
    assert claims[NRPS_CLAIM]["context_memberships_url"] == f"{URL}/api/lti/groups/{group.id}/names_and_roles"
    assert claims[f"{CLAIM}roles"] == sorted([f"{INSTITUTION}Student", f"{SYSTEM}User"])
    assert claims[f"{CLAIM}custom"] == {"course": "$Canvas.course.id", "context": context["id"]}


def test_a_group_launch_is_for_its_members_and_leads_back_to_the_groups(world: World) -> None:
    group = Group(world.lms.new_id(), world.course.id, "Quiet herons", member_ids=[world.person("ben").id])
    world.lms.groups[group.id] = group
    path = f"/launch/groups/{group.id}/tools/{world.tool.id}"

    assert world.client.get(path).status_code == 404
    world.sign_in("ben")
    back = world.launch(path)[f"{CLAIM}launch_presentation"]["return_url"]
    assert world.client.get(world.path_of(back)).headers["Location"] == f"/courses/{world.course.id}/groups"


def test_a_tool_without_the_placement_is_not_in_the_navigation(world: World) -> None:
    world.tool.messages = []

    assert world.client.get(f"/launch/courses/{world.course.id}/tools/{world.tool.id}").status_code == 404


def test_somebody_outside_of_the_course_cannot_launch_from_it(world: World) -> None:
    world.sign_in("olga")

    assert world.client.get(f"/launch/activities/{world.activity.id}").status_code == 403


ASSISTANT = [f"{MEMBERSHIP}Instructor", f"{LIS}membership/Instructor#TeachingAssistant"]


@pytest.mark.parametrize(
    ("login", "roles"),
    [
        ("ana", [f"{MEMBERSHIP}Learner", f"{INSTITUTION}Student", f"{SYSTEM}User"]),
        ("tess", [f"{MEMBERSHIP}Instructor", f"{INSTITUTION}Instructor", f"{SYSTEM}User"]),
        ("assi", [*ASSISTANT, f"{INSTITUTION}Instructor", f"{SYSTEM}User"]),
        ("dora", [f"{MEMBERSHIP}ContentDeveloper", f"{SYSTEM}User"]),
        ("adam", [f"{INSTITUTION}Administrator", f"{SYSTEM}User"]),
    ],
)
def test_launch_roles_are_the_sorted_union_of_three_kinds(world: World, login: str, roles: list[str]) -> None:
    world.sign_in(login)

    assert world.launch()[f"{CLAIM}roles"] == sorted(roles)


def test_a_learner_here_who_teaches_elsewhere_is_an_instructor_of_the_institution(world: World) -> None:
    other = Course(world.lms.new_id(), "other", "X", "Elsewhere")
    other.enrolments[world.person("ana").id] = Enrolment.TEACHER
    world.lms.courses[other.id] = other

    roles = world.launch()[f"{CLAIM}roles"]

    assert f"{INSTITUTION}Instructor" in roles
    assert f"{MEMBERSHIP}Instructor" not in roles


def test_the_test_student_is_a_learner_and_a_test_user(world: World) -> None:
    world.person("ana").test_student = True

    assert "http://purl.imsglobal.org/vocab/lti/system/person#TestUser" in world.launch()[f"{CLAIM}roles"]


def test_a_merged_user_keeps_the_old_sub_in_an_old_course(world: World) -> None:
    world.person("ana").past_lti_ids = {world.course.id: "old-sub"}

    assert world.launch()["sub"] == "old-sub"


@pytest.mark.parametrize(
    ("level", "names", "email", "picture"),
    [
        ("public", True, True, True),
        ("name_only", True, False, False),
        ("email_only", False, True, False),
        ("anonymous", False, False, False),
    ],
)
def test_privacy_level_decides_what_is_said_of_a_person(
    world: World, level: str, *, names: bool, email: bool, picture: bool
) -> None:
    world.tool.privacy_level = level

    claims = world.launch()

    assert ("name" in claims) is names
    assert (f"{CLAIM}lis" in claims) is names
    assert ("email" in claims) is email
    assert ("picture" in claims) is picture
    assert claims["sub"] == "sub-ana"


def test_a_person_without_sis_id_is_literal_in_lis(world: World) -> None:
    world.person("ana").sis_id = ""

    assert world.launch()[f"{CLAIM}lis"]["person_sourcedid"] == "$Person.sourcedId"


def test_variables_keep_their_type_and_unknown_ones_stay_literal(world: World) -> None:
    world.course.copied_from = ["newer", "older"]
    world.tool.custom = {
        "id": "$Canvas.user.id",
        "global": "$Canvas.user.globalId",
        "course": "$Canvas.course.id",
        "admin": "$Canvas.user.isRootAccountAdmin",
        "history": "$Context.id.history",
        "odd": "$Unknown.thing",
    }

    custom = world.launch()[f"{CLAIM}custom"]

    ana = world.person("ana").id
    assert custom == {
        "id": ana,
        "global": 10**13 + ana,
        "course": world.course.id,
        "admin": False,
        "history": "newer,older",
        "odd": "$Unknown.thing",
        "goal": "42",
    }


def test_deep_linked_custom_values_go_over_the_tools(world: World) -> None:
    world.tool.custom = {"goal": "7"}

    assert world.launch()[f"{CLAIM}custom"]["goal"] == "42"


def test_notices_are_claimed_with_their_scope(world: World) -> None:
    assert world.launch()[PNS_CLAIM]["platform_notification_service_url"] == (
        f"{URL}/api/lti/notice-handlers/{world.tool.id}"
    )
    world.tool.scopes.remove(Scope.NOTICE_HANDLERS)
    assert PNS_CLAIM not in world.launch()


def test_the_issuer_can_be_shared_by_several_canvases(world: World) -> None:
    world.lms.issuer = "https://canvas.instructure.com"

    assert world.start()["iss"] == "https://canvas.instructure.com"
    assert world.launch()["iss"] == "https://canvas.instructure.com"


def test_two_canvases_that_share_issuer_and_client_id_differ_by_deployment(world: World) -> None:
    one = Lms(Flavour.CANVAS, "http://one.test", world.lms.keys, issuer="https://canvas.instructure.com")
    two = Lms(Flavour.CANVAS, "http://two.test", world.lms.keys, issuer="https://canvas.instructure.com")

    assert one.issuer == two.issuer
    assert one.opaque_id("account", 1) != two.opaque_id("account", 1)


def test_the_key_set_may_be_cached_and_keeps_the_key_before_a_rotation(world: World) -> None:
    before = list(world.lms.keys.pairs)
    world.lms.keys.rotate()

    answer = world.client.get("/api/lti/security/jwks")

    assert answer.headers["Cache-Control"].startswith("max-age=")
    assert [key["kid"] for key in answer.get_json()["keys"]][:1] == before
    world.launch()


def test_the_return_address_leads_to_the_course(world: World) -> None:
    address = world.launch()[f"{CLAIM}launch_presentation"]["return_url"]

    assert world.client.get(world.path_of(address)).headers["Location"] == f"/courses/{world.course.id}"


def test_the_return_address_of_an_account_leads_to_its_tools(world: World) -> None:
    world.sign_in("adam")
    claims = world.launch(f"/launch/account/tools/{world.tool.id}")

    address = claims[f"{CLAIM}launch_presentation"]["return_url"]

    assert world.client.get(world.path_of(address)).headers["Location"] == "/tools"
