"""Moodle's web services as a protocol, as recorded from Moodle 4.5.6."""

from __future__ import annotations

import pytest

from practice_lms.moodle.webservice_tokens import create_web_service_token
from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import ADMINISTRATOR, PD, Practice, make_practice


@pytest.fixture
def moodle() -> Practice:
    return make_practice(Flavour.MOODLE)


SERVER = "/webservice/rest/server.php"


def test_the_site_tells_every_function_that_there_is(moodle):
    site = moodle.call("core_webservice_get_site_info")

    assert (site["userid"], site["siteurl"], site["version"]) == (ADMINISTRATOR, "http://lms.example", "2024100706")
    assert {each["name"] for each in site["functions"]} == {
        "core_webservice_get_site_info",
        "core_enrol_get_users_courses",
        "core_enrol_get_enrolled_users",
        "core_completion_get_course_completion_status",
        "core_completion_get_activities_completion_status",
        "core_completion_override_activity_completion_status",
        "core_group_create_groups",
        "core_group_update_groups",
        "core_group_delete_groups",
        "core_group_add_group_members",
        "core_group_delete_group_members",
        "core_group_get_course_groups",
        "core_group_get_group_members",
        "core_group_get_course_user_groups",
        "core_group_create_groupings",
        "core_group_get_course_groupings",
        "core_group_assign_grouping",
        "core_course_get_courses",
        "core_course_get_courses_by_field",
        "core_course_get_course_module_by_instance",
        "core_course_get_contents",
        "core_user_get_users_by_field",
    }


def test_a_wrong_token_is_answered_with_http_200_and_an_exception(moodle):
    form = {"wstoken": "wrong", "wsfunction": "core_course_get_courses", "moodlewsrestformat": "json"}

    answer = moodle.client.post(SERVER, data=form)

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == {
        "exception": "core\\exception\\moodle_exception",
        "errorcode": "invalidtoken",
        "message": "Invalid token - token not found",
    }


def test_web_services_that_are_switched_off_answer_403_without_a_body(moodle):
    moodle.lms.connections.web_services_enabled = False

    answer = moodle.client.post(SERVER, data={"wstoken": "x"})

    assert (answer.status_code, answer.data) == (403, b"")


def test_without_a_format_the_answer_is_xml(moodle):
    form = {"wstoken": moodle.web_service_token(ADMINISTRATOR), "wsfunction": "core_group_get_course_groups"}

    refused = moodle.client.post(SERVER, data=form | {"courseid": 999})
    answered = moodle.client.post(SERVER, data=form | {"courseid": PD})

    assert (refused.status_code, refused.content_type) == (200, "application/xml; charset=utf-8")
    assert (
        '<EXCEPTION class="core\\exception\\moodle_exception">\n<ERRORCODE>errorcoursecontextnotvalid' in refused.text
    )
    assert (
        answered.text == '<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n<MULTIPLE>\n</MULTIPLE>\n</RESPONSE>\n'
    )


def test_a_get_request_works_too(moodle):
    query = {"wstoken": moodle.web_service_token(ADMINISTRATOR), "wsfunction": "core_group_get_course_groupings"}

    assert moodle.client.get(SERVER, query_string=query | {"moodlewsrestformat": "json", "courseid": PD}).json == []


def test_a_function_outside_the_service_and_one_that_does_not_exist_are_refused_differently(moodle):
    assert moodle.call("core_user_create_users")["errorcode"] == "accessexception"
    assert moodle.call("no_such_fn")["errorcode"] == "invalidrecord"


def test_a_token_reaches_only_the_functions_of_its_service(moodle):
    user = moodle.user(ADMINISTRATOR)
    moodle.tokens[ADMINISTRATOR] = create_web_service_token(moodle.lms, user, ["core_webservice_get_site_info"])

    site = moodle.call("core_webservice_get_site_info")

    assert [each["name"] for each in site["functions"]] == ["core_webservice_get_site_info"]
    assert moodle.call("core_course_get_courses")["errorcode"] == "accessexception"


@pytest.mark.parametrize("fields", [{}, {"courseid": "abc"}, {"courseid": PD, "zzz": 1}, {"courseid__0": PD}])
def test_missing_wrong_and_extra_parameters_are_all_invalidparameter(moodle, fields):
    assert moodle.call("core_group_get_course_groups", **fields)["errorcode"] == "invalidparameter"
