"""Completions and access over the REST side of each LMS."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.db import utc_now
from lti_tool.errors import (
    LMSAccessError,
    LMSStrangeError,
    LMSThrottledError,
    LMSUnavailableError,
    LMSWaitingError,
)
from lti_tool.lms.canvas_oauth import SCOPES, authorize_url, exchange_code
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.rest import CourseQuestion, rest_side
from practice_lms.canvas import api_keys
from practice_lms.faults import Kind
from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.progress import finish_course
from practice_lms.state import Enrolment, Requirement
from tests.lms.conftest import ANA, BEN, HOSTS, OUTSIDER, connect_rest, read_course
from tests.lms_fixtures import CALLBACK


def test_the_check_says_as_whom_the_tool_is_let_in(world):
    assert "Zola Dlamini" in world.rest.check()


def test_a_platform_without_access_has_no_rest_side(world):
    assert rest_side(replace(world.platform, rest=None)) is None
    assert rest_side(replace(world.platform, family="other")) is None


def test_completions_are_read_with_their_time(world):
    finish_course(world.lms, world.course, world.user(ANA))

    read = world.reads(ANA, BEN)

    assert read.is_trackable
    assert {each.user_id: each.is_completed for each in read.people} == dict(
        zip(world.ids(ANA, BEN), [True, False], strict=True)
    )
    completed_at = read.people[0].completed_at
    assert completed_at
    assert abs(completed_at - utc_now()) < timedelta(seconds=5)
    assert read.people[1].completed_at is None


def test_a_course_that_cannot_be_followed_is_not_trackable_and_nobody_is_called_incomplete(world):
    world.course.completion_enabled = False

    read = world.reads(ANA, BEN)

    assert read.why_not_trackable
    assert (read.people, set(read.untold)) == ((), set(world.ids(ANA, BEN)))


def test_a_course_without_conditions_is_not_trackable(world):
    for activity in world.lms.activities_of(world.course.id):
        activity.requirement = Requirement.NONE

    read = world.reads(ANA)

    assert not read.is_trackable
    assert read.people == ()


def test_somebody_who_left_the_course_is_not_called_incomplete(world):
    del world.course.enrolments[world.user(BEN).id]

    read = world.reads(ANA, BEN)

    assert [each.user_id for each in read.people] == world.ids(ANA)


def test_nobody_is_asked_about_when_there_is_nobody(world):
    assert read_course(world.rest, str(world.course.id), []).people == ()


def test_s7c_a_course_that_the_lms_no_longer_has_is_told_apart_from_one_that_cannot_be_followed(world):
    ids = world.ids(ANA, BEN)

    reads = world.rest.read_completions([CourseQuestion("999999", tuple(ids), frozenset(ids))])

    assert (reads.gone, reads.courses, reads.trouble) == (frozenset({"999999"}), {}, None)


def test_moodles_service_account_that_sees_nobody_is_told_so(moodle):
    token = create_web_service_token(moodle.lms, moodle.user(OUTSIDER))
    moodle.platform = replace(moodle.platform, rest=RestCredentials(moodle.lms.url, token))

    read = moodle.reads(ANA)

    assert "may see its participants" in read.why_not_trackable
    assert read.people == ()


def test_canvas_is_read_one_by_one_where_not_all_grades_may_be_seen(canvas):
    finish_course(canvas.lms, canvas.course, canvas.user(ANA))
    canvas.platform = connect_rest(canvas.lms, canvas.platform, ANA)

    read = canvas.reads(ANA)

    assert [each.is_completed for each in read.people] == [True]


def test_canvas_reads_all_pages(canvas):
    template = canvas.user(ANA)
    for number in range(9000, 9120):
        canvas.lms.users[number] = replace(template, id=number, lti_id=f"u{number}", login=f"x{number}")
        canvas.course.enrolments[number] = Enrolment.STUDENT

    read = read_course(canvas.rest, str(canvas.course.id), [str(number) for number in range(9000, 9120)])

    assert len(read.people) == 120


@pytest.mark.parametrize(
    ("kind", "error"),
    [(Kind.REFUSE, LMSUnavailableError), (Kind.DROP, LMSUnavailableError), (Kind.GARBAGE, LMSStrangeError)],
)
def test_a_bad_day_of_the_rest_side_has_the_right_class(world, kind, error):
    world.fault(kind, "/api/v1" if world.is_canvas else "/webservice")

    with pytest.raises(error):
        world.reads(ANA)


@pytest.mark.parametrize("status", [403, 429])
def test_canvas_throttling_is_no_refusal(canvas, status):
    canvas.lms.throttled_status = status
    canvas.fault(Kind.THROTTLE, "/api/v1")

    with pytest.raises(LMSThrottledError):
        canvas.reads(ANA)


def test_moodles_token_that_ended_is_lost_access(moodle):
    moodle.lms.connections.web_service_tokens.clear()

    with pytest.raises(LMSAccessError):
        moodle.reads(ANA)


def test_moodles_service_that_lacks_functions_is_named(moodle):
    token = create_web_service_token(moodle.lms, moodle.user("zola.dlamini"), ["core_webservice_get_site_info"])
    moodle.platform = replace(moodle.platform, rest=RestCredentials(moodle.lms.url, token))

    with pytest.raises(LMSAccessError, match="core_group_create_groups"):
        moodle.rest.check()


def test_moodles_web_services_that_are_switched_off_are_lost_access(moodle):
    moodle.lms.connections.web_services_enabled = False

    with pytest.raises(LMSAccessError, match="switched off"):
        moodle.rest.check()


def test_canvas_consent_becomes_credentials_that_work(canvas):
    key = api_keys.create_api_key(canvas.lms, "Like Goals", CALLBACK, SCOPES)
    url = authorize_url(canvas.lms.url, client_id=key.client_id, redirect_uri=CALLBACK, state="s")
    asked = parse_qs(urlsplit(url).query)
    code = api_keys.grant_code(canvas.lms, key, canvas.user("zola.dlamini"), asked["scope"][0].split())

    credentials = exchange_code(
        canvas.lms.url, client_id=key.client_id, client_secret=key.secret, code=code, redirect_uri=CALLBACK,
        private_hosts=HOSTS,
    )  # fmt: skip

    assert credentials.refresh_token
    assert credentials.expires_at
    assert credentials.expires_at > utc_now() + timedelta(minutes=50)
    canvas.platform = replace(canvas.platform, rest=credentials)
    finish_course(canvas.lms, canvas.course, canvas.user(ANA))
    assert canvas.rest.check() == "Zola Dlamini"
    assert canvas.reads(ANA).people[0].is_completed
    read = canvas.rest.sync_group(str(canvas.course.id), canvas.spec(ANA, BEN))
    read = canvas.rest.sync_group(
        str(canvas.course.id), canvas.spec(ANA, previous_members=read.members, group_id=read.group_id)
    )
    assert read.members == tuple(canvas.ids(ANA))
    with pytest.raises(LMSAccessError):
        exchange_code(
            canvas.lms.url, client_id=key.client_id, client_secret=key.secret, code=code, redirect_uri=CALLBACK,
            private_hosts=HOSTS,
        )  # fmt: skip


def enforce(canvas, scopes, *, allow_includes: bool) -> None:
    """Connect with an API key that enforces these scopes."""
    key = api_keys.create_api_key(canvas.lms, "Like Goals", CALLBACK, tuple(scopes), allow_includes=allow_includes)
    code = api_keys.grant_code(canvas.lms, key, canvas.user("zola.dlamini"), list(scopes))
    credentials = exchange_code(
        canvas.lms.url, client_id=key.client_id, client_secret=key.secret, code=code, redirect_uri=CALLBACK,
        private_hosts=HOSTS,
    )  # fmt: skip
    canvas.platform = replace(canvas.platform, rest=credentials)


def test_what_a_consent_does_not_cover_says_so_and_is_no_lost_access(canvas):
    enforce(canvas, [scope for scope in SCOPES if not scope.endswith("/modules")], allow_includes=True)

    with pytest.raises(LMSWaitingError, match="Allow what Connections lists"):
        canvas.rest.required_activities(str(canvas.course.id), canvas.ids(ANA))


@pytest.mark.parametrize("allowed", [True, False])
def test_without_include_parameters_nothing_is_known_of_what_a_course_requires(canvas, allowed):
    enforce(canvas, SCOPES, allow_includes=allowed)

    required = canvas.rest.required_activities(str(canvas.course.id), canvas.ids(ANA))

    assert (required is not None) is allowed


def test_a_canvas_consent_that_was_taken_back_is_lost_access(canvas):
    canvas.lms.connections.api_tokens.clear()
    canvas.lms.connections.refresh_tokens.clear()

    with pytest.raises(LMSAccessError, match="Connect Canvas again"):
        canvas.rest.check()
