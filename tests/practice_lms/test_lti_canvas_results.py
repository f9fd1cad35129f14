"""Results of the practice Canvas, sentence by sentence (results_controller.rb, lti/result.rb)."""

from __future__ import annotations

from typing import Any

import pytest

from practice_lms.lti.vocabulary import MediaType, Scope
from tests.practice_lms.lti_world import URL, World


@pytest.fixture
def world(canvas: World) -> World:
    canvas.sign_in("ana")
    return canvas


def results(world: World, query: str = "") -> list[dict[str, Any]]:
    path = world.line_item_path(tail="/results") + query
    answer = world.client.get(path, headers=world.bearer(Scope.RESULT_READ))
    assert answer.content_type.startswith(MediaType.RESULTS)
    found: list[dict[str, Any]] = answer.get_json(force=True)
    return found


# Results


def test_a_result_is_on_the_tools_own_scale(world: World) -> None:
    world.send_score(comment="Done")

    ana = world.person("ana").id
    assert results(world) == [
        {
            "id": f"{URL}{world.line_item_path(tail=f'/results/{ana}')}",
            "userId": "sub-ana",
            "resultScore": 1,
            "resultMaximum": 1,
            "comment": "Done",
            "scoreOf": f"{URL}{world.line_item_path()}",
        }
    ]


def test_a_cleared_grade_has_a_result_without_a_score(world: World) -> None:
    world.send_score()
    world.send_score(scoreGiven=None, scoreMaximum=None)

    assert "resultScore" not in results(world)[0]


def test_a_regrade_is_rescaled_to_the_tools_scale(world: World) -> None:
    world.send_score()
    grade = world.lms.grade(world.column.id, world.person("ana").id)
    grade.score, grade.overridden = 50.0, True

    assert results(world)[0]["resultScore"] == 0.5


def test_results_of_somebody_who_is_no_student_are_empty(world: World) -> None:
    world.send_score()

    assert results(world, "?user_id=sub-tess") == []
    assert len(results(world, "?user_id=sub-ana")) == 1


def test_a_result_url_can_be_read(world: World) -> None:
    address = world.send_score().get_json(force=True)["resultUrl"]

    answer = world.client.get(world.path_of(address), headers=world.bearer())

    assert answer.get_json(force=True)["resultScore"] == 1
