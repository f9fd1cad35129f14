"""Groups and groupings through Moodle's web services, as recorded from Moodle 4.5.6."""

from __future__ import annotations

from typing import Any

import pytest

from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import ADA, PD, STRANGER, TEACHER, Practice, make_practice


@pytest.fixture
def moodle() -> Practice:
    return make_practice(Flavour.MOODLE)


def test_a_created_group_comes_back_with_everything_moodle_says_about_it(moodle):
    created = moodle.call(
        "core_group_create_groups",
        groups__0__courseid=PD,
        groups__0__name="Goal: literacy",
        groups__0__description="Team",
        groups__0__descriptionformat=1,
        groups__0__idnumber="team-1",
    )

    assert created[0] | {"id": 0} == {
        "id": 0,
        "courseid": PD,
        "name": "Goal: literacy",
        "description": "Team",
        "descriptionformat": 1,
        "enrolmentkey": "",
        "idnumber": "team-1",
        "visibility": 0,
        "participation": True,
    }


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "Goal: literacy", "description": ""}, "invalidparameter"),
        ({"name": "Another", "description": "", "idnumber": "team-1"}, "idnumbertaken"),
        ({"name": "No description"}, "invalidparameter"),
        ({"name": "n" * 300, "description": ""}, "dmlwriteexception"),
        ({"name": "Elsewhere", "description": "", "courseid": 999}, "errorcoursecontextnotvalid"),
        ({"name": "Numbered", "description": "", "idnumber": "i" * 101}, "dmlwriteexception"),
    ],
)
def test_a_group_is_refused_with_a_code_for_each_reason(moodle, fields, code):
    moodle.create_group("Goal: literacy", "team-1")

    wanted = {f"groups__0__{name}": value for name, value in ({"courseid": PD} | fields).items()}

    assert moodle.call("core_group_create_groups", **wanted)["errorcode"] == code


def test_a_batch_of_groups_is_all_or_nothing(moodle):
    moodle.create_group("Goal: literacy")
    fields: dict[str, Any] = {}
    for number, name in enumerate(("Goal: maths", "Goal: literacy")):
        fields |= {
            f"groups__{number}__courseid": PD,
            f"groups__{number}__name": name,
            f"groups__{number}__description": "",
        }

    answer = moodle.call("core_group_create_groups", **fields)

    assert answer["errorcode"] == "invalidparameter"
    assert [each["name"] for each in moodle.call("core_group_get_course_groups", courseid=PD)] == ["Goal: literacy"]


def test_adding_members_is_void_and_twice_is_no_error(moodle):
    group = moodle.create_group("Goal: literacy")

    answers = [
        moodle.call("core_group_add_group_members", members__0__groupid=group, members__0__userid=ADA) for _ in range(2)
    ]

    assert answers == [None, None]
    assert moodle.call("core_group_get_group_members", groupids__0=group) == [{"groupid": group, "userids": [ADA]}]


def test_somebody_who_is_not_enrolled_takes_the_whole_batch_of_members_back(moodle):
    group = moodle.create_group("Goal: literacy")

    answer = moodle.call(
        "core_group_add_group_members",
        members__0__groupid=group,
        members__0__userid=ADA,
        members__1__groupid=group,
        members__1__userid=STRANGER,
    )

    assert answer["errorcode"] == "invalidparameter"
    assert moodle.call("core_group_get_group_members", groupids__0=group) == [{"groupid": group, "userids": []}]


def test_an_unknown_group_is_invalidrecord(moodle):
    answer = moodle.call("core_group_add_group_members", members__0__groupid=9999, members__0__userid=ADA)

    assert answer["errorcode"] == "invalidrecord"


def test_groups_are_renamed_emptied_and_deleted_without_an_answer(moodle):
    group = moodle.create_group("Goal: literacy", "team-1")
    moodle.call("core_group_add_group_members", members__0__groupid=group, members__0__userid=ADA)

    answers = [
        moodle.call("core_group_update_groups", groups__0__id=group, groups__0__name="Goal: reading"),
        moodle.call("core_group_delete_group_members", members__0__groupid=group, members__0__userid=ADA),
    ]

    listed = moodle.call("core_group_get_course_groups", courseid=PD)[0]
    assert answers == [None, None]
    assert (listed["name"], listed["idnumber"], listed["enrolmentkey"]) == ("Goal: reading", "team-1", None)
    assert moodle.call("core_group_get_group_members", groupids__0=group)[0]["userids"] == []
    assert moodle.call("core_group_delete_groups", groupids__0=group) is None
    assert moodle.call("core_group_get_course_groups", courseid=PD) == []


def test_a_group_cannot_take_the_name_of_another(moodle):
    moodle.create_group("Goal: literacy")
    group = moodle.create_group("Goal: maths")

    answer = moodle.call("core_group_update_groups", groups__0__id=group, groups__0__name="Goal: literacy")

    assert answer["errorcode"] == "invalidparameter"


def test_a_person_can_be_in_several_groups_of_a_grouping(moodle):
    first, second = moodle.create_group("A"), moodle.create_group("B")
    fields = {"groupings__0__courseid": PD, "groupings__0__name": "Teams", "groupings__0__description": ""}
    grouping = moodle.call("core_group_create_groupings", **fields)[0]["id"]
    for group in (first, second, second):
        assign = {"assignments__0__groupingid": grouping, "assignments__0__groupid": group}
        assert moodle.call("core_group_assign_grouping", **assign) is None
        moodle.call("core_group_add_group_members", members__0__groupid=group, members__0__userid=ADA)

    mine = moodle.call("core_group_get_course_user_groups", courseid=PD, userid=ADA, groupingid=grouping)

    assert [each["id"] for each in mine["groups"]] == [first, second]
    assert moodle.call("core_group_create_groupings", **fields)["errorcode"] == "invalidparameter"
    assert [each["name"] for each in moodle.call("core_group_get_course_groupings", courseid=PD)] == ["Teams"]


def test_a_teacher_manages_the_groups_of_the_own_course_and_a_learner_none(moodle):
    fields = {"groups__0__courseid": PD, "groups__0__name": "Mine", "groups__0__description": ""}

    assert moodle.call("core_group_create_groups", ADA, **fields)["errorcode"] == "nopermissions"
    assert moodle.call("core_group_create_groups", STRANGER, **fields)["errorcode"] == "errorcoursecontextnotvalid"
    assert moodle.call("core_group_create_groups", TEACHER, **fields)[0]["name"] == "Mine"
