"""Canvas's REST API for groups, memberships and the CSV import, edge by edge."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import (
    ADA,
    ADMINISTRATOR,
    BEN,
    CAY,
    PD,
    STRANGER,
    Practice,
    enrol_many,
    make_practice,
)


@pytest.fixture
def canvas() -> Practice:
    return make_practice(Flavour.CANVAS)


@pytest.fixture
def category(canvas: Practice) -> int:
    return canvas.make_category()


# Categories and groups


def test_a_category_name_is_taken_only_once_in_a_course(canvas, category):
    again = canvas.rest("POST", f"/api/v1/courses/{PD}/group_categories", json={"name": "Like goals"})
    unnamed = canvas.rest("POST", f"/api/v1/courses/{PD}/group_categories", data={})

    assert (again.status_code, again.json["errors"]["name"][0]["type"]) == (400, "taken")
    assert (unnamed.status_code, unnamed.json["errors"]["name"][0]["type"]) == (400, "blank")
    assert [each["id"] for each in canvas.rest("GET", f"/api/v1/courses/{PD}/group_categories").json] == [category]


def test_group_names_may_repeat(canvas, category):
    first, second = canvas.make_group(category), canvas.make_group(category)

    listed = canvas.rest("GET", f"/api/v1/group_categories/{category}/groups").json

    assert [(each["id"], each["name"], each["group_category_id"]) for each in listed] == [
        (first, "Literacy", category),
        (second, "Literacy", category),
    ]


def test_sis_ids_of_groups_are_for_administrators(canvas, category):
    address, wanted = f"/api/v1/group_categories/{category}/groups", {"name": "Literacy", "sis_group_id": "team-1"}

    refused = canvas.rest("POST", address, data=wanted)
    made = canvas.rest("POST", address, ADMINISTRATOR, data=wanted)

    message = "You must have manage_sis permission to set sis attributes"
    assert (refused.status_code, refused.json) == (401, {"message": message})
    assert made.json["sis_group_id"] == "team-1"


def test_learners_manage_no_groups(canvas, category):
    assert canvas.rest("POST", f"/api/v1/courses/{PD}/group_categories", ADA, data={"name": "Mine"}).status_code == 403
    assert (
        canvas.rest("POST", f"/api/v1/group_categories/{category}/groups", ADA, data={"name": "M"}).status_code == 403
    )


def test_a_concluded_course_takes_no_new_groups_from_teachers(canvas, category):
    canvas.lms.courses[PD].concluded = True

    answer = canvas.rest("POST", f"/api/v1/group_categories/{category}/groups", data={"name": "Late"})

    assert answer.status_code == 403


def test_a_deleted_group_is_gone(canvas, category):
    group = canvas.make_group(category)

    assert canvas.rest("DELETE", f"/api/v1/groups/{group}").json["id"] == group

    assert canvas.rest("GET", f"/api/v1/groups/{group}").status_code == 404
    assert canvas.rest("GET", f"/api/v1/group_categories/{category}/groups").json == []
    assert canvas.rest("GET", f"/api/v1/courses/{PD}/groups").json == []


# Members


def test_members_replaces_all_and_passes_over_strangers_in_silence(canvas, category):
    group = canvas.make_group(category)
    canvas.put_members(group, ADA, BEN)

    answer = canvas.put_members(group, BEN, CAY, STRANGER)

    assert (answer.status_code, answer.json["members_count"]) == (200, 2)
    assert canvas.members_of(group) == [BEN, CAY]


def test_an_empty_member_empties_the_group_and_none_leaves_it_alone(canvas, category):
    group = canvas.make_group(category)
    canvas.put_members(group, ADA)

    canvas.rest("PUT", f"/api/v1/groups/{group}", data={"name": "Renamed"})
    assert canvas.members_of(group) == [ADA]

    canvas.put_members(group, "")
    assert canvas.members_of(group) == []


def test_members_may_come_as_json(canvas, category):
    group = canvas.make_group(category)

    canvas.rest("PUT", f"/api/v1/groups/{group}", json={"members": [ADA, BEN]})

    assert canvas.members_of(group) == [ADA, BEN]


def test_the_groups_of_a_course_are_listed_with_who_is_in_them_when_that_is_asked_for(canvas, category):
    group = canvas.make_group(category)
    canvas.put_members(group, ADA, BEN)

    (plain,) = canvas.rest("GET", f"/api/v1/courses/{PD}/groups").json
    (full,) = canvas.rest("GET", f"/api/v1/courses/{PD}/groups?include[]=users").json

    assert "users" not in plain
    assert [each["id"] for each in full["users"]] == [ADA, BEN]


def test_joining_a_second_group_of_a_category_silently_ends_the_first_membership(canvas, category):
    first, second = canvas.make_group(category, "A"), canvas.make_group(category, "B")
    canvas.put_members(first, ADA, BEN)

    canvas.rest("POST", f"/api/v1/groups/{second}/memberships", data={"user_id": ADA})

    assert canvas.members_of(first) == [BEN]
    assert canvas.members_of(second) == [ADA]


def test_groups_of_different_categories_share_people(canvas, category):
    other = canvas.rest("POST", f"/api/v1/courses/{PD}/group_categories", data={"name": "Others"}).json["id"]
    first, second = canvas.make_group(category), canvas.make_group(other)

    canvas.put_members(first, ADA)
    canvas.put_members(second, ADA)

    assert canvas.members_of(first) == canvas.members_of(second) == [ADA]


def test_a_membership_that_exists_is_returned_as_it_is(canvas, category):
    address = f"/api/v1/groups/{canvas.make_group(category)}/memberships"

    first, again = (canvas.rest("POST", address, data={"user_id": ADA}).json for _ in range(2))

    assert (first["workflow_state"], first["just_created"], again["just_created"]) == ("accepted", True, False)
    assert first["id"] == again["id"] == canvas.rest("GET", address).json[0]["id"]


def test_somebody_who_is_not_in_the_course_cannot_be_put_into_a_group(canvas, category):
    address = f"/api/v1/groups/{canvas.make_group(category)}/memberships"

    assert canvas.rest("POST", address, data={"user_id": STRANGER}).status_code == 403
    assert canvas.rest("POST", address, data={"user_id": 123456}).status_code == 404


def test_a_full_group_takes_nobody_more(canvas):
    wanted = {"name": "Small ones", "self_signup": "enabled", "group_limit": 1}
    category = canvas.rest("POST", f"/api/v1/courses/{PD}/group_categories", data=wanted).json["id"]
    group = canvas.make_group(category)
    canvas.put_members(group, ADA)

    answer = canvas.rest("POST", f"/api/v1/groups/{group}/memberships", data={"user_id": BEN})

    assert (answer.status_code, answer.json["errors"]["group_id"][0]["message"]) == (400, "The group is full.")


def test_memberships_end_by_their_own_id_or_by_the_persons(canvas, category):
    group = canvas.make_group(category)
    canvas.put_members(group, ADA, BEN)
    membership = canvas.rest("GET", f"/api/v1/groups/{group}/memberships").json[0]["id"]

    answers = [
        canvas.rest("DELETE", f"/api/v1/groups/{group}/memberships/{membership}"),
        canvas.rest("DELETE", f"/api/v1/groups/{group}/users/{BEN}"),
        canvas.rest("DELETE", f"/api/v1/groups/{group}/users/{BEN}"),
    ]

    assert [each.status_code for each in answers] == [200, 200, 404]
    assert answers[0].json == {"ok": True}
    assert canvas.members_of(group) == []


def test_people_who_join_at_once_all_get_in_and_into_one_group_of_the_category_only(canvas, category):
    enrol_many(canvas, 20)
    groups = [canvas.make_group(category, name) for name in "AB"]

    def join(user_id: int) -> int:
        asker = replace(canvas, client=canvas.client.application.test_client())
        for group in (*groups, *groups):
            answer = asker.rest("POST", f"/api/v1/groups/{group}/memberships", data={"user_id": user_id})
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(join, range(2000, 2020)))

    assert statuses == {200}
    first, second = (canvas.lms.groups[each].member_ids for each in groups)
    assert first == []
    assert sorted(second) == list(range(2000, 2020))


def test_who_leaves_the_course_leaves_its_groups(canvas, category):
    group = canvas.make_group(category)
    canvas.put_members(group, ADA, BEN)

    del canvas.lms.courses[PD].enrolments[ADA]

    assert canvas.members_of(group) == [BEN]
    assert canvas.rest("GET", f"/api/v1/groups/{group}").json["members_count"] == 1
