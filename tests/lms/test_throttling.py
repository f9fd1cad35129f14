"""What an LMS says of its own count of requests, and that it is left alone before it has to refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.lms.http import Gateway
from lti_tool.lms.throttling import note_answer, watching
from practice_lms.canvas.throttle import Bucket
from tests.lms.conftest import HOSTS, answering


@pytest.mark.parametrize(
    ("remaining", "seconds"), [("598.2", 0), ("100.0", 0), ("40.0", 6), ("0.0", 10), ("-3", 10), ("many", 0)]
)
def test_the_less_is_left_the_longer_an_lms_is_left_alone(remaining, seconds):
    with watching() as allowance:
        note_answer(200, {"X-Rate-Limit-Remaining": remaining})

    assert allowance.rest == timedelta(seconds=seconds)


def test_an_lms_that_counts_nothing_is_never_left_alone_for_that():
    with answering({"/": (200, {}, b"{}")}) as (url, _asked), watching() as allowance:
        Gateway(HOSTS).get_json(f"{url}/")

    assert allowance.rest == timedelta()


def test_the_last_answer_is_the_true_one():
    with watching() as allowance:
        note_answer(200, {"X-Rate-Limit-Remaining": "0.0"})
        note_answer(200, {"X-Rate-Limit-Remaining": "500.0"})

    assert allowance.rest == timedelta()


def test_canvas_says_how_much_is_left_and_is_heard(canvas):
    item = canvas.place_link()
    canvas.results(item)
    buckets: dict[str, Bucket] = canvas.server.app.extensions["throttle"]
    buckets[canvas.tool.client_id].level = 540.0

    with watching() as allowance:
        canvas.results(item)

    assert timedelta(seconds=2) < allowance.rest < timedelta(seconds=6)
