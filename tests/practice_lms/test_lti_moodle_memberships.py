"""Rosters of the practice Moodle, sentence by sentence (mod/lti/service/memberships)."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from practice_lms.lti.vocabulary import CLAIM, MEMBERSHIP, Scope
from practice_lms.state import Enrolment
from tests.practice_lms.lti_world import World
from tests.practice_lms.rosters import ask, crowd, members, next_of, role_of


def test_moodle_lists_a_member_with_short_roles_and_rest_ids(moodle: World) -> None:
    answer = ask(moodle)

    ana = moodle.person("ana")
    assert answer.get_json(force=True)["context"] == {
        "id": str(moodle.course.id),
        "label": "PD101",
        "title": "Formative assessment",
    }
    assert members(answer)[0] == {
        "status": "Active",
        "roles": ["Learner"],
        "user_id": str(ana.id),
        "lis_person_sourcedid": "SIS-ana",
        "name": "Ana Anason",
        "given_name": "Ana",
        "family_name": "Anason",
        "email": "ana@example.test",
        "ext_user_username": "ana",
    }


def test_moodle_has_a_non_editing_teacher_as_a_learner_here(moodle: World) -> None:
    found = members(ask(moodle))

    assert role_of(moodle, "assi", found) == ["Learner"]
    assert role_of(moodle, "tess", found) == ["Instructor"]


def test_moodle_marks_an_enrolled_administrator(moodle: World) -> None:
    moodle.course.enrolments[moodle.person("adam").id] = Enrolment.TEACHER

    assert role_of(moodle, "adam", members(ask(moodle))) == [
        "Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator",
    ]


def test_moodle_leaves_out_who_is_suspended_or_not_enrolled(moodle: World) -> None:
    moodle.course.suspended.add(moodle.person("ana").id)

    found = {each["ext_user_username"] for each in members(ask(moodle))}

    assert found == {"ben", "tess", "assi", "dora"}


def test_moodle_gives_all_on_one_page_without_a_limit(moodle: World) -> None:
    crowd(moodle, 120)

    answer = ask(moodle)

    assert len(members(answer)) == 125
    assert "Link" not in answer.headers


def test_moodle_pages_by_limit_and_the_next_page_forgets_the_role(moodle: World) -> None:
    first = ask(moodle, "?limit=1&role=Learner")
    path = next_of(first)

    assert path == f"{moodle.memberships_path}?limit=1&from=1"
    second = moodle.client.get(path, headers=moodle.bearer(Scope.MEMBERSHIP_READ))
    assert len(members(second)) == 1


@pytest.mark.parametrize("role", ["Instructor", f"{MEMBERSHIP}Instructor"])
def test_moodle_filters_by_short_and_long_roles(moodle: World, role: str) -> None:
    found = members(ask(moodle, f"?role={quote(role)}"))

    assert {each["ext_user_username"] for each in found} == {"tess", "dora"}


def test_moodle_gives_the_bare_message_type_for_a_resource_link(moodle: World) -> None:
    moodle.sign_in("ana")
    link = moodle.launch()[f"{CLAIM}resource_link"]["id"]

    found = members(ask(moodle, f"?rlid={link}"))

    assert found[0]["message"] == [{f"{CLAIM}message_type": "LtiResourceLinkRequest"}]


def test_moodle_does_not_know_another_resource_link(moodle: World) -> None:
    assert ask(moodle, "?rlid=999").status == "404 Not Found: LTI link 999 doesn't exist"


@pytest.mark.parametrize(("accept", "status"), [(None, 200), ("application/json", 400)])
def test_moodle_needs_no_media_type_but_refuses_another_one(moodle: World, accept: str | None, status: int) -> None:
    assert ask(moodle, accept=accept).status_code == status


def test_moodle_refuses_a_token_without_the_scope_and_another_tools_address(moodle: World) -> None:
    wrong_scope = moodle.client.get(moodle.memberships_path, headers=moodle.bearer(Scope.SCORE))
    path = f"/mod/lti/services.php/CourseSection/{moodle.course.id}/bindings/9999/memberships"
    wrong_tool = moodle.client.get(path, headers=moodle.bearer(Scope.MEMBERSHIP_READ))

    assert wrong_scope.status == wrong_tool.status == "401 Unauthorized"


def test_moodle_reads_any_courses_roster_and_misses_only_what_is_not_there(moodle: World) -> None:
    moodle.lms.courses[777] = type(moodle.course)(777, "777", "X", "Another course")
    path = f"/mod/lti/services.php/CourseSection/%s/bindings/{moodle.tool.id}/memberships"
    headers = moodle.bearer(Scope.MEMBERSHIP_READ)

    assert moodle.client.get(path % 777, headers=headers).status_code == 200
    assert moodle.client.get(path % 999, headers=headers).status == "404 Not Found: Course 999 doesn't exist"
