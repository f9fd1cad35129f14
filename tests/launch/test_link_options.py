"""How and when placed links open, as the designer says, and what the LMS is told beside them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.launch import names
from lti_tool.people.models import Course
from practice_lms.state import Flavour
from tests.launch.signing_platform import MISSING
from tests.launch.test_deep_linking import SETTINGS, answer_of, open_choice

BOTH = SETTINGS | {"accept_presentation_document_targets": ["iframe", "window", "embed"]}
DENVER = {names.CUSTOM: {"time_zone": "America/Denver"}}
GOALS = {"kind": "course_goals", "mark": "1"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("", {}),
        ("iframe", {"iframe": {"width": 800, "height": 800}}),
        ("window", {"window": {"targetName": "_blank"}}),
    ],
)
def test_the_designer_chooses_where_a_link_opens(target, expected, platform, client):
    address = open_choice(platform, client, BOTH)

    claims = answer_of(client.post(address, data={"kind": "plan", "mark": "1", "target": target}), client)

    (item,) = claims[names.CONTENT_ITEMS]
    assert {name: item[name] for name in ("iframe", "window") if name in item} == expected


def test_only_what_the_lms_can_open_a_link_in_is_offered_and_sent(platform, client):
    address = open_choice(platform, client, SETTINGS | {"accept_presentation_document_targets": ["iframe"]})

    page = client.get(address).text
    claims = answer_of(client.post(address, data={"kind": "plan", "mark": "1", "target": "window"}), client)

    assert "Inside the course" in page
    assert "In a new window" not in page
    assert "window" not in claims[names.CONTENT_ITEMS][0]


@pytest.mark.parametrize("targets", [MISSING, None, "iframe", [5, None]])
def test_an_lms_that_names_no_target_is_offered_none(targets, platform, client):
    settings = SETTINGS | ({} if targets is MISSING else {"accept_presentation_document_targets": targets})

    assert 'name="target"' not in client.get(open_choice(platform, client, settings)).text


def test_dates_are_those_of_the_launchs_time_zone_and_go_with_what_has_a_line_item(platform, client):
    address = open_choice(platform, client, **DENVER)
    dates = {"available_from": "2026-11-05T08:00", "due": "2026-12-01T17:00", "available_until": "2026-12-05T23:59"}

    page = client.get(address).text
    response = client.post(address, data={"kind": ["course_goals", "plan"], "mark": "1", **dates})

    assert "Moodle ignores them" in page
    assert "America/Denver" in page
    goals, plan = answer_of(response, client)[names.CONTENT_ITEMS]
    assert goals["available"] == {
        "startDateTime": "2026-11-05T15:00:00.000Z", "endDateTime": "2026-12-06T06:59:00.000Z",
    }  # fmt: skip
    assert goals["submission"] == {"endDateTime": "2026-12-02T00:00:00.000Z"}
    assert not {"available", "submission"} & plan.keys()


def test_one_date_alone_is_sent_alone(platform, client):
    address = open_choice(platform, client)

    claims = answer_of(client.post(address, data={**GOALS, "due": "2026-12-01T17:00"}), client)

    (item,) = claims[names.CONTENT_ITEMS]
    assert item["submission"] == {"endDateTime": "2026-12-01T17:00:00.000Z"}
    assert "available" not in item


def test_dates_are_not_offered_where_no_line_item_is_accepted(platform, client):
    address = open_choice(platform, client, SETTINGS | {"accept_lineitem": False})

    page = client.get(address).text
    claims = answer_of(client.post(address, data={**GOALS, "due": "2026-12-01T17:00"}), client)

    assert 'name="due"' not in page
    assert "submission" not in claims[names.CONTENT_ITEMS][0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"due": "tomorrow"}, "Enter a day and a time."),
        ({"available_from": "2026-12-01T08:00", "available_until": "2026-11-01T08:00"}, "later than the first day"),
        ({"available_from": "2026-12-01T08:00", "due": "2026-12-01T08:00"}, "later than the first day"),
    ],
)
def test_dates_that_make_no_sense_are_said_and_nothing_is_changed(wrong, said, platform, client, database):
    address = open_choice(platform, client)

    response = client.post(address, data={**GOALS, **wrong})

    assert response.status_code == 422
    assert said in response.text
    assert all(f'value="{value}"' in response.text for value in wrong.values())
    assert '<details class="mb-3" open>' in response.text
    with database.reading() as db:
        assert db.scalars(select(Course)).all() == []


@pytest.mark.parametrize(
    ("fields", "said"), [(GOALS, "Placed: This course's goals."), ({"cancel": "1"}, "Nothing was placed.")]
)
def test_the_lms_is_told_what_was_placed_and_a_choice_of_nothing_is_no_error(fields, said, platform, client):
    address = open_choice(platform, client)

    claims = answer_of(client.post(address, data=fields), client)

    assert claims[names.DEEP_LINKING_MESSAGE] == said
    assert not {names.DEEP_LINKING_ERROR, names.DEEP_LINKING_ERROR_LOG} & claims.keys()


def test_a_request_from_no_course_is_returned_with_the_reason_and_a_code(platform, client):
    administrator = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
    address = open_choice(platform, client, **{names.CONTEXT: MISSING, names.ROLES: [administrator]})

    page = client.get(address)
    claims = answer_of(client.post(address, data=GOALS), client)

    assert "Links are placed in courses" in page.text
    assert claims[names.CONTENT_ITEMS] == []
    assert claims[names.DEEP_LINKING_ERROR].startswith("Links are placed in courses.")
    assert claims[names.DEEP_LINKING_ERROR_LOG] == "no_course"


def test_canvas_opens_a_link_in_the_window_that_the_designer_chose(run_lms):
    lms = run_lms(Flavour.CANVAS)
    lms.register()
    arrived = lms.select_content()

    arrived.browser.post(arrived.page.url, {"kind": "plan", "mark": "1", "target": "window"})

    assert list(lms.lms.activities.values())[-1].new_window
