"""Faults on demand: each kind, how often it strikes and where."""

from __future__ import annotations

import http.client
import threading

import pytest

from practice_lms.faults import Fault, Faults, Kind
from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import PD, Practice, make_practice
from tests.serving import serving

COURSES = "/api/v1/courses"


@pytest.fixture
def canvas() -> Practice:
    return make_practice(Flavour.CANVAS)


def strike(practice: Practice, kind: str, **settings: object) -> None:
    settings = {"path_prefix": "/api", "times": 1} | settings
    assert practice.client.post("/practice/faults", json={"kind": kind, **settings}).status_code == 201


def test_a_refusal_strikes_as_often_as_it_was_told(canvas):
    strike(canvas, "refuse", times=2)

    assert [canvas.rest("GET", COURSES).status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_strikes_only_below_its_path_and_never_its_own_control(canvas):
    strike(canvas, "refuse", path_prefix="/", times=None)
    assert canvas.client.get("/practice/faults").json == [
        {"kind": "refuse", "path_prefix": "/", "times": None, "seconds": 1.0}
    ]
    assert canvas.rest("GET", COURSES).status_code == 503

    assert canvas.client.delete("/practice/faults").status_code == 204
    strike(canvas, "refuse", path_prefix="/api/lti")

    assert canvas.rest("GET", COURSES).status_code == 200


@pytest.mark.parametrize("wanted", [{"kind": "earthquake"}, {}, {"kind": "refuse", "colour": "red"}])
def test_an_unknown_fault_is_refused_with_the_kinds_there_are(canvas, wanted):
    answer = canvas.client.post("/practice/faults", json=wanted)

    assert answer.status_code == 400
    assert answer.json["kinds"] == [each.value for each in Kind]


def test_a_delay_answers_rightly_but_late(canvas):
    strike(canvas, "delay", seconds=0.01)

    assert canvas.rest("GET", COURSES).status_code == 200


def test_a_time_out_ends_as_a_gateway_timeout(canvas):
    strike(canvas, "time_out", seconds=0.01)

    assert canvas.rest("GET", COURSES).status_code == 504


@pytest.mark.parametrize("status", [403, 429])
def test_throttling_speaks_the_dialect_of_the_instance(canvas, status):
    canvas.lms.throttled_status = status
    strike(canvas, "throttle")

    answer = canvas.rest("GET", COURSES)

    assert (answer.status_code, "Rate Limit Exceeded" in answer.text) == (status, True)


def test_garbage_says_200_and_json_and_is_neither(canvas):
    strike(canvas, "garbage")

    answer = canvas.rest("GET", COURSES)

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.text.count("<html>") == 1


@pytest.mark.parametrize(("kind", "status"), [("page", 200), ("redirect", 302)])
def test_maintenance_answers_with_a_page_or_leads_to_one(canvas, kind, status):
    strike(canvas, kind)

    answer = canvas.rest("GET", COURSES)

    assert (answer.status_code, "html" in answer.content_type) == (status, True)


def test_the_line_item_of_the_address_can_be_forgotten(canvas):
    strike(canvas, "forget_line_item", path_prefix="/api/lti")

    canvas.client.get(f"/api/lti/courses/{PD}/line_items/601/results")

    assert 601 not in canvas.lms.line_items


def test_rotated_keys_sign_with_a_new_kid_and_keep_the_old_one_published(canvas):
    before = list(canvas.lms.keys.pairs)
    strike(canvas, "rotate_keys")

    canvas.rest("GET", COURSES)

    after = list(canvas.lms.keys.pairs)
    assert after[:-1] == before
    assert after[-1] not in before


def test_moodle_has_faults_too():
    moodle = make_practice(Flavour.MOODLE)
    strike(moodle, "throttle", path_prefix="/webservice")

    answer = moodle.client.post("/webservice/rest/server.php", data={})

    assert answer.status_code == 403


def test_a_dropped_connection_ends_without_an_answer(canvas):
    strike(canvas, "drop")
    with serving(canvas.client.application) as url:
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
        connection.request("GET", COURSES)

        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            connection.getresponse()
        connection.close()


def test_a_fault_is_used_up_by_exactly_as_many_requests_when_many_come_at_once():
    faults = Faults()
    faults.add(Fault(Kind.REFUSE, times=50))
    struck: list[Fault] = []

    def take() -> None:
        struck.extend(each for each in (faults.take(COURSES) for _ in range(30)) if each)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(struck) == 50
    assert faults.active() == []
