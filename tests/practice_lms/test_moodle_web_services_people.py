"""Courses and people through Moodle's web services, as recorded from Moodle 4.5.6."""

from __future__ import annotations

import pytest

from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import ADA, ADMINISTRATOR, BEN, PD, QUIZ, READ, TEACHER, Practice, make_practice


@pytest.fixture
def moodle() -> Practice:
    return make_practice(Flavour.MOODLE)


def test_the_participants_list_tells_true_roles_and_is_cut_by_options(moodle):
    everyone = moodle.call("core_enrol_get_enrolled_users", courseid=PD)
    options = {"options__0__name": "limitfrom", "options__0__value": 1}
    options |= {"options__1__name": "limitnumber", "options__1__value": 1}
    options |= {"options__2__name": "userfields", "options__2__value": "id, email"}

    page = moodle.call("core_enrol_get_enrolled_users", courseid=PD, **options)

    assert [each["roles"][0]["shortname"] for each in everyone][:2] == ["editingteacher", "student"]
    assert page == [{"id": ADA, "fullname": "Ada Example", "email": "ada@district.example"}]


def test_the_participants_of_one_group_can_be_asked_for(moodle):
    group = moodle.create_group("Goal: literacy")
    moodle.call("core_group_add_group_members", members__0__groupid=group, members__0__userid=BEN)

    people = moodle.call(
        "core_enrol_get_enrolled_users", courseid=PD, options__0__name="groupid", options__0__value=group
    )

    assert [each["id"] for each in people] == [BEN]


def test_a_course_is_found_by_idnumber_and_listed_by_ids(moodle):
    by_field = moodle.call("core_course_get_courses_by_field", field="idnumber", value="SIS-PD101")
    by_ids = moodle.call("core_course_get_courses", options__ids__0=PD, options__ids__1=12345)

    assert [each["id"] for each in by_field["courses"]] == [each["id"] for each in by_ids] == [PD]
    assert moodle.call("core_course_get_courses_by_field", field="colour", value="x")["errorcode"] == "invalidparameter"


def test_a_resource_link_leads_to_its_course_module_which_has_another_number(moodle):
    moodle.lms.activities[QUIZ].tool_id = 1
    moodle.lms.activities[QUIZ].resource_link_id = "77"

    found = moodle.call("core_course_get_course_module_by_instance", module="lti", instance=77)["cm"]
    unknown = moodle.call("core_course_get_course_module_by_instance", module="lti", instance=78)

    assert (found["id"], found["course"], found["instance"]) == (QUIZ, PD, 77)
    assert unknown["errorcode"] == "invalidrecordunknown"


def test_the_contents_of_a_course_are_sections_of_modules(moodle):
    (section,) = moodle.call("core_course_get_contents", courseid=PD)

    assert [(each["id"], each["modname"], each["completion"]) for each in section["modules"]] == [
        (READ, "page", 2),
        (QUIZ, "page", 2),
    ]


def test_people_are_found_by_id_and_email_but_by_idnumber_only_for_administrators(moodle):
    def search(field: str, value: object, caller: int) -> list[int]:
        return [
            each["id"] for each in moodle.call("core_user_get_users_by_field", caller, field=field, values__0=value)
        ]

    assert search("id", ADA, TEACHER) == search("email", "ada@district.example", TEACHER) == [ADA]
    assert search("idnumber", "SIS-Ada", TEACHER) == search("username", "ada", TEACHER) == []
    assert search("idnumber", "SIS-Ada", ADMINISTRATOR) == [ADA]
