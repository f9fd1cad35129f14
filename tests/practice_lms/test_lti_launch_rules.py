"""What holds for launches and services of both flavours alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from practice_lms.lti.vocabulary import MediaType, Scope
from tests.practice_lms.lti_world import World


@pytest.fixture(params=["moodle", "canvas"])
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue(request.param)
    found.sign_in("ana")
    return found


def test_a_learner_cannot_launch_what_is_not_published(world: World) -> None:
    world.activity.published = False
    path = f"/launch/activities/{world.activity.id}"

    assert world.client.get(path).status_code == 403
    world.sign_in("tess")
    assert world.client.get(path).status_code == 200


def test_nobody_launches_without_being_signed_in(world: World) -> None:
    with world.client.session_transaction() as session:
        session.clear()

    assert world.client.get(f"/launch/activities/{world.activity.id}").status_code == 403


def test_no_launch_names_a_groups_service(world: World) -> None:
    assert not [claim for claim in world.launch() if "groups" in claim.lower()]


def test_moodle_has_no_notices(moodle: World) -> None:
    moodle.sign_in("ana")

    claims = moodle.launch()
    configuration = moodle.client.get("/mod/lti/openid-configuration.php").text

    assert not [claim for claim in claims if "notification" in claim]
    assert Scope.NOTICE_HANDLERS not in configuration
    assert moodle.client.put(f"/api/lti/notice-handlers/{moodle.tool.id}").status_code == 404


def test_a_page_of_the_lms_is_no_launch(world: World) -> None:
    world.activity.tool_id = None

    assert world.client.get(f"/launch/activities/{world.activity.id}").status_code == 404


def test_a_registration_needs_the_tools_address(world: World) -> None:
    world.sign_in("adam")

    assert world.client.get("/launch/register").status_code == 400
    assert world.client.get("/launch/register?url=javascript:alert(1)").status_code == 400


def test_requests_at_the_same_time_do_not_disturb_each_other(world: World) -> None:
    headers = world.bearer()
    body = {"label": "Goal", "scoreMaximum": 1}

    def create_and_list(_: int) -> tuple[int, int]:
        client = world.app.test_client()
        made = client.post(world.line_items_path, json=body, headers=headers, content_type=MediaType.LINE_ITEM)
        listed = client.get(world.line_items_path, headers=headers | {"Accept": MediaType.LINE_ITEMS})
        return made.status_code, listed.status_code

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(create_and_list, range(24)))

    assert found == {(201, 200)}
    assert len(world.lms.line_items) == 25
