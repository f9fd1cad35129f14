"""Line items, scores and results of the practice Moodle, sentence by sentence (gradebookservices)."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from practice_lms.lti.vocabulary import AGS_CLAIM, MediaType, Scope
from practice_lms.progress import State, activity_state
from practice_lms.state import LineItem, Requirement
from tests.practice_lms.lti_world import URL, World


@pytest.fixture
def world(moodle: World) -> World:
    moodle.sign_in("ana")
    return moodle


def listed(world: World, query: str = "", accept: str | None = MediaType.LINE_ITEMS) -> TestResponse:
    headers = world.bearer(Scope.LINE_ITEM_READ) | ({"Accept": accept} if accept else {})
    return world.client.get(world.line_items_path + query, headers=headers)


def create(world: World, content_type: str = MediaType.LINE_ITEM, **body: Any) -> TestResponse:
    asked = {"label": "Goal 42", "scoreMaximum": 10} | body
    sent = {name: value for name, value in asked.items() if value is not None}
    return world.client.post(world.line_items_path, json=sent, headers=world.bearer(), content_type=content_type)


def results(world: World, query: str = "") -> TestResponse:
    path = world.line_item_path(tail="/results") + query
    return world.client.get(path, headers=world.bearer(Scope.RESULT_READ) | {"Accept": MediaType.RESULTS})


def state_of(world: World, login: str = "ana") -> State:
    return activity_state(world.lms, world.activity, world.person(login).id)


# Line items


def test_the_list_shows_the_tools_columns_with_both_link_ids(world: World) -> None:
    answer = listed(world)

    link = world.activity.resource_link_id
    assert answer.content_type == f"{MediaType.LINE_ITEMS}; charset=utf-8"
    assert answer.get_json(force=True) == [
        {
            "id": f"{URL}{world.line_item_path()}",
            "label": "Growth plan",
            "scoreMaximum": 100,
            "resourceId": "",
            "tag": "",
            "resourceLinkId": link,
            "ltiLinkId": link,
        }
    ]


@pytest.mark.parametrize("accept", [None, "*/*"])
def test_a_list_without_its_media_type_is_a_400(world: World, accept: str | None) -> None:
    answer = listed(world, accept=accept)

    assert answer.status == "400 No context or unsupported content type"
    assert answer.get_json()["reason"] == "No context or unsupported content type"


def test_a_list_as_plain_json_has_no_handler(world: World) -> None:
    answer = listed(world, accept="application/json")

    assert answer.status_code == 400
    assert answer.get_json()["reason"].startswith("No handler found for /")
    assert answer.get_json()["request"]["accept"] == "application/json"


def test_a_limit_is_honoured_but_its_link_header_cannot_be_read(world: World) -> None:
    for number in range(4):
        create(world, label=str(number))

    answer = listed(world, "&limit=2")

    link = answer.headers["Link"].encode("latin-1").decode()
    assert len(answer.get_json(force=True)) == 2
    assert "rel=\u201cnext\u201d" in link
    assert "&amp;limit=2&amp;from=2>" in link
    assert 'rel="next"' not in link


def test_without_a_limit_everything_comes_at_once(world: World) -> None:
    for number in range(30):
        create(world, label=str(number))

    answer = listed(world)

    assert len(answer.get_json(force=True)) == 31
    assert "Link" not in answer.headers


def test_the_type_id_may_be_left_out(world: World) -> None:
    headers = world.bearer() | {"Accept": MediaType.LINE_ITEMS}

    assert world.client.get(world.line_items_path.partition("?")[0], headers=headers).status_code == 200


def test_lists_filter_by_tag_resource_and_link(world: World) -> None:
    listed(world)
    link = world.activity.resource_link_id
    create(world, tag="a", resourceId="r")
    create(world, tag="b", resourceLinkId=link)

    assert [item["tag"] for item in listed(world, "&tag=a").get_json(force=True)] == ["a"]
    assert [item["tag"] for item in listed(world, "&resource_id=r").get_json(force=True)] == ["a"]
    assert [item["tag"] for item in listed(world, f"&resource_link_id={link}").get_json(force=True)] == ["", "b"]


def test_a_new_column_echoes_dates_that_are_not_stored(world: World) -> None:
    answer = create(world, startDateTime="2026-11-01T00:00:00Z", resourceId="goal-42", tag="pgp")

    said = answer.get_json(force=True)
    assert answer.status == "201 Created"
    assert said["startDateTime"] == "2026-11-01T00:00:00Z"
    assert "startDateTime" not in world.client.get(world.path_of(said["id"]), headers=world.bearer()).text


def test_nothing_keeps_a_column_unique(world: World) -> None:
    first, second = create(world, tag="t", resourceId="r"), create(world, tag="t", resourceId="r")

    assert first.get_json(force=True)["id"] != second.get_json(force=True)["id"]


def test_a_column_without_a_link_stands_alone(world: World) -> None:
    create(world)

    assert "resourceLinkId" not in listed(world).get_json(force=True)[1]


def test_a_maximum_of_zero_is_taken(world: World) -> None:
    assert create(world, scoreMaximum=0).status_code == 201


@pytest.mark.parametrize("name", ["label", "scoreMaximum"])
def test_a_column_needs_a_label_and_a_maximum(world: World, name: str) -> None:
    without: dict[str, Any] = {name: None}
    assert create(world, **without).status == "400 No label or Score Maximum"


def test_a_column_as_plain_json_has_no_handler(world: World) -> None:
    answer = create(world, content_type="application/json")

    assert answer.status_code == 400
    assert answer.get_json()["request"]["contentType"] == "application/json"


def test_a_charset_after_the_media_type_is_no_matter(world: World) -> None:
    assert create(world, content_type=f"{MediaType.LINE_ITEM}; charset=utf-8").status_code == 201


def test_a_link_that_is_not_the_tools_is_forbidden(world: World) -> None:
    assert create(world, resourceLinkId="999").status == "403 Forbidden"


def test_an_unknown_course_or_column_is_a_404_with_its_reason(world: World) -> None:
    headers = world.bearer() | {"Accept": MediaType.LINE_ITEMS}
    path = f"/mod/lti/services.php/{world.course.id}/lineitems/9999/lineitem"

    course = world.client.get("/mod/lti/services.php/9999/lineitems", headers=headers)
    column = world.client.get(path, headers=world.bearer())

    assert course.status == "404 Not Found: Course 9999 doesn't exist"
    assert column.status == "404 Not Found: Grade item 9999 doesn't exist"


def test_a_bad_token_a_missing_token_and_a_missing_scope_look_alike(world: World) -> None:
    accept = {"Accept": MediaType.LINE_ITEMS}
    for headers in ({}, {"Authorization": "Bearer x"}, world.bearer(Scope.SCORE)):
        answer = world.client.get(world.line_items_path, headers=accept | headers)
        assert answer.status == "401 Unauthorized"
        assert answer.get_json()["reason"] == "Unauthorized"


def test_a_token_reads_line_items_of_every_course(world: World) -> None:
    world.lms.courses[777] = type(world.course)(777, "777", "X", "Another course")
    headers = world.bearer() | {"Accept": MediaType.LINE_ITEMS}

    answer = world.client.get("/mod/lti/services.php/777/lineitems", headers=headers)

    assert (answer.status_code, answer.get_json(force=True)) == (200, [])


def test_a_put_renames_and_rescales_grades(world: World) -> None:
    world.send_score(scoreGiven=80, scoreMaximum=100)

    answer = world.client.put(
        world.line_item_path(),
        json={"label": "New", "scoreMaximum": 10, "tag": "t"},
        headers=world.bearer(),
        content_type=MediaType.LINE_ITEM,
    )

    assert answer.status_code == 200
    assert answer.get_json(force=True)["id"] == f"{URL}{world.line_item_path()}"
    assert (world.column.label, world.column.tag) == ("New", "t")
    assert world.grade_of() == 8


def test_a_delete_takes_even_the_activitys_own_column_and_its_completion(world: World) -> None:
    world.send_score()
    assert state_of(world) is State.COMPLETE

    answer = world.client.delete(world.line_item_path(), headers=world.bearer())

    assert answer.status_code == 204
    assert world.lms.line_items == {}
    assert world.lms.grades == {}
    assert state_of(world) is State.INCOMPLETE
    assert world.launch()[AGS_CLAIM]["lineitem"] == ""


# Scores


def test_a_full_grade_is_written_answered_empty_and_completes_at_once(world: World) -> None:
    answer = world.send_score()

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_type == f"{MediaType.SCORE}; charset=utf-8"
    assert world.grade_of() == 100
    assert state_of(world) is State.COMPLETE


def test_activity_progress_has_no_effect(world: World) -> None:
    world.send_score(activityProgress="Initialized")

    assert world.grade_of() == 100


def test_zero_is_a_grade(world: World) -> None:
    world.send_score(scoreGiven=0)

    assert world.grade_of() == 0
    assert state_of(world) is State.COMPLETE


@pytest.mark.parametrize("grading", ["NotReady", "Pending", "PendingManual", "Failed", "Bogus"])
@pytest.mark.parametrize("given", [None, 0.9])
def test_anything_but_fully_graded_erases_the_grade_and_the_completion(
    world: World, grading: str, given: float | None
) -> None:
    world.send_score()

    answer = world.send_score(gradingProgress=grading, scoreGiven=given)

    assert answer.status_code == 200
    assert world.grade_of() is None
    assert state_of(world) is State.INCOMPLETE


def test_completed_without_a_number_does_nothing_but_erase(world: World) -> None:
    world.send_score()

    assert world.send_score(scoreGiven=None, scoreMaximum=None).status_code == 200
    assert world.grade_of() is None


def test_erasing_does_not_take_a_completed_course_back(world: World) -> None:
    world.send_score()
    ana = world.person("ana").id
    assert (world.course.id, ana) in world.lms.course_completions

    world.send_score(gradingProgress="Pending")

    assert (world.course.id, ana) in world.lms.course_completions


def test_a_passing_grade_completes_and_a_failing_one_does_not(world: World) -> None:
    world.activity.requirement, world.activity.pass_grade = Requirement.PASS, 70.0

    found = []
    for given in (60, 75, 10):
        world.send_score(scoreGiven=given, scoreMaximum=100)
        found.append(state_of(world))

    assert found == [State.FAILED, State.PASSED, State.FAILED]


def test_a_further_column_of_the_same_link_completes_nothing(world: World) -> None:
    listed(world)
    made = create(world, resourceLinkId=world.activity.resource_link_id).get_json(force=True)
    extra = max(world.lms.line_items.values(), key=lambda item: item.id)
    assert world.path_of(made["id"]) == world.line_item_path(extra)

    assert world.post_score(world.score(), extra).status_code == 200
    assert state_of(world) is State.INCOMPLETE


@pytest.mark.parametrize(
    "changed",
    [
        {"scoreMaximum": None},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"activityProgress": None},
        {"gradingProgress": None},
        {"userId": None},
        {"userId": "99999"},
        {"userId": "ana"},
    ],
    ids=str,
)
def test_an_incorrect_score_is_a_400_with_an_empty_list(world: World, changed: dict[str, Any]) -> None:
    answer = world.send_score(**changed)

    assert answer.status.startswith("400 Incorrect score received{")
    assert answer.get_json(force=True) == []
    assert answer.content_type == f"{MediaType.SCORE}; charset=utf-8"


@pytest.mark.parametrize("login", ["tess", "olga"])
def test_only_somebody_with_a_gradebook_role_can_be_scored(world: World, login: str) -> None:
    assert world.send_score(login).status_code == 400


def test_a_suspended_student_can_be_scored(world: World) -> None:
    world.course.suspended.add(world.person("ana").id)

    assert world.send_score().status_code == 200
    assert world.grade_of() == 100


def test_the_user_may_be_a_number(world: World) -> None:
    assert world.send_score(userId=world.person("ana").id).status_code == 200


@pytest.mark.parametrize(
    ("given", "maximum", "final"), [(150, 100, 100), (-5, 100, 0), (1, 2, 50)], ids=["above", "below", "rescaled"]
)
def test_a_score_is_rescaled_and_clipped(world: World, given: float, maximum: float, final: float) -> None:
    assert world.send_score(scoreGiven=given, scoreMaximum=maximum).status_code == 200
    assert world.grade_of() == final


def test_the_same_second_again_is_a_conflict(world: World) -> None:
    world.send_score(timestamp="2026-11-23T06:47:44.100+00:00")

    answer = world.send_score(timestamp="2026-11-23T06:47:44.999+00:00", scoreGiven=0)

    ana = world.person("ana").id
    reason = f"Refusing score with an earlier timestamp for item {world.column.id} and user {ana}"
    assert answer.status == f"409 {reason}"
    assert answer.get_json(force=True) == []
    assert world.grade_of() == 100


def test_an_older_time_is_a_conflict_and_a_later_second_is_not(world: World) -> None:
    world.send_score(timestamp="2026-11-23T06:47:44Z")

    assert world.send_score(timestamp="2026-11-23T06:47:43Z").status_code == 409
    assert world.send_score(timestamp="2026-11-23T06:47:45Z").status_code == 200


def test_a_time_in_the_future_blocks_until_then(world: World) -> None:
    world.send_score(timestamp="2026-11-23T13:00:00Z")

    assert world.send_score().status_code == 409
    world.clock.forward(hours=1)
    assert world.send_score().status_code == 200


@pytest.mark.parametrize("text", ["2026-11-23T11:00:00Z", "2026-11-23T11:00:00.576813+00:00", "2026-11-23T11:00:00"])
def test_times_may_have_a_zone_a_fraction_or_neither(world: World, text: str) -> None:
    assert world.send_score(timestamp=text).status_code == 200
    assert results(world).get_json(force=True)[0]["timestamp"] == "2026-11-23T11:00:00+00:00"


def test_erasing_a_coupled_column_forgets_its_time(world: World) -> None:
    world.send_score(timestamp="2026-11-23T11:00:00Z")
    world.send_score(timestamp="2026-11-23T11:00:01Z", gradingProgress="Pending")

    assert world.send_score(timestamp="2026-11-23T10:00:00Z").status_code == 200


def test_erasing_a_standalone_column_stamps_the_servers_clock(world: World) -> None:
    create(world)
    alone = max(world.lms.line_items.values(), key=lambda item: item.id)
    world.post_score(world.score(timestamp="2026-11-23T11:00:00Z"), alone)
    world.post_score(world.score(timestamp="2026-11-23T11:00:01Z", gradingProgress="Pending"), alone)

    assert world.post_score(world.score(timestamp="2026-11-23T11:00:02Z"), alone).status_code == 409


def test_a_comment_is_feedback_until_a_score_without_one(world: World) -> None:
    world.send_score(comment="Well <b>done</b>")
    assert results(world).get_json(force=True)[0]["comment"] == "Well <b>done</b>"

    world.send_score()
    assert "comment" not in results(world).get_json(force=True)[0]


def test_a_teachers_own_grade_stays_final(world: World) -> None:
    grade = world.lms.grade(world.column.id, world.person("ana").id)
    grade.score, grade.overridden, grade.updated_at = 33.0, True, world.clock()

    answer = world.send_score(scoreGiven=95, scoreMaximum=100)

    assert answer.status_code == 200
    assert world.grade_of() == 33
    assert results(world).get_json(force=True)[0]["resultScore"] == 33


def test_a_locked_column_is_a_500(world: World) -> None:
    world.column.locked = True

    assert world.send_score().status_code == 500
    assert world.grade_of() is None


def test_a_score_as_plain_json_has_no_handler(world: World) -> None:
    path = world.line_item_path(tail="/scores")

    answer = world.client.post(path, json=world.score(), headers=world.bearer())

    assert answer.status_code == 400
    assert answer.get_json()["reason"].startswith("No handler found for /")


def test_scores_appended_behind_the_query_are_a_400(world: World) -> None:
    path = f"{world.line_item_path()}/scores"

    answer = world.client.post(path, json=world.score(), headers=world.bearer(), content_type=MediaType.SCORE)

    assert answer.status_code == 400
    assert answer.get_json()["reason"].startswith("No handler found for /")


def test_a_score_needs_its_scope(world: World) -> None:
    path = world.line_item_path(tail="/scores")
    headers = world.bearer(Scope.LINE_ITEM, Scope.RESULT_READ)

    assert world.client.post(path, json={}, headers=headers, content_type=MediaType.SCORE).status_code == 401


def test_another_tools_column_is_forbidden(world: World) -> None:
    other = LineItem(world.lms.new_id(), world.course.id, "Other", 1.0, None)
    world.lms.line_items[other.id] = other

    assert world.client.get(world.line_item_path(other), headers=world.bearer()).status_code == 403


# Results


def test_a_result_has_the_final_grade_and_whole_seconds(world: World) -> None:
    world.send_score(scoreGiven=1, scoreMaximum=2)

    ana = world.person("ana").id
    base = f"{URL}{world.line_item_path(tail='/results')}"
    assert results(world).get_json(force=True) == [
        {
            "id": f"{base}&user_id={ana}",
            "userId": str(ana),
            "resultScore": 50,
            "resultMaximum": 100,
            "scoreOf": f"{URL}{world.line_item_path()}",
            "timestamp": "2026-11-23T12:00:02+00:00",
        }
    ]


def test_an_erased_grade_of_an_activity_is_no_result_at_all(world: World) -> None:
    world.send_score()
    world.send_score(gradingProgress="Pending")

    assert results(world).get_json(force=True) == []


def test_a_number_in_quotes_is_a_number(world: World) -> None:
    assert world.send_score(scoreGiven="1").status_code == 200
    assert world.send_score(scoreGiven="one").status_code == 400


def test_results_of_one_user_without_a_grade_are_empty(world: World) -> None:
    world.send_score()

    assert results(world, f"&user_id={world.person('ben').id}").get_json(force=True) == []


def test_results_with_a_limit_break_into_a_404_page(world: World) -> None:
    answer = results(world, "&limit=1")

    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"


def test_results_need_no_media_type(world: World) -> None:
    path = world.line_item_path(tail="/results")

    assert world.client.get(path, headers=world.bearer()).status_code == 200
