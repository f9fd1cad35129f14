"""Canvas's REST API for people, courses and progress, edge by edge."""

from __future__ import annotations

import jwt
import pytest
from requests.utils import parse_header_links

from practice_lms import progress
from practice_lms.state import Enrolment, Flavour
from tests.practice_lms.rest_fixtures import (
    ADA,
    ADMINISTRATOR,
    BEN,
    CAY,
    PD,
    PLAIN,
    QUIZ,
    READ,
    STRANGER,
    TEACHER,
    Practice,
    enrol_many,
    make_practice,
)


@pytest.fixture
def canvas() -> Practice:
    return make_practice(Flavour.CANVAS)


def links(answer) -> dict[str, str]:
    return {
        each["rel"]: each["url"].removeprefix("http://lms.example")
        for each in parse_header_links(answer.headers["Link"])
    }


# Who may


def test_no_token_is_401_with_a_challenge(canvas):
    answer = canvas.client.get("/api/v1/users/self")

    assert (answer.status_code, answer.json) == (
        401,
        {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]},
    )
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_401_with_a_challenge(canvas):
    canvas.api_token(TEACHER)
    canvas.clock.forward(hours=1)

    answer = canvas.rest("GET", "/api/v1/users/self")

    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


def test_an_lti_access_token_opens_nothing_here(canvas):
    lti_token = jwt.encode({"sub": "10000000000001"}, "k" * 32)

    answer = canvas.client.get("/api/v1/courses", headers={"Authorization": f"Bearer {lti_token}"})

    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_permission_is_401_or_403_by_version_and_never_has_a_challenge(canvas, status):
    canvas.lms.forbidden_status = status

    answer = canvas.rest("GET", f"/api/v1/courses/{PD}/bulk_user_progress", ADA)

    assert (answer.status_code, answer.json["status"]) == (status, "unauthorized")
    assert "WWW-Authenticate" not in answer.headers


def test_an_unknown_record_is_404_with_errors(canvas):
    answer = canvas.rest("GET", "/api/v1/courses/999")

    assert (answer.status_code, answer.json) == (
        404,
        {"errors": [{"message": "The specified resource does not exist."}]},
    )


# Paging


def test_pages_have_ten_records_unless_asked_and_a_hundred_at_most(canvas):
    enrol_many(canvas, 120)

    sizes = [len(canvas.rest("GET", f"/api/v1/courses/{PD}/users{query}").json) for query in ("", "?per_page=500")]

    assert sizes == [10, 100]


def test_the_link_header_leads_through_all_pages_and_names_no_last(canvas):
    enrol_many(canvas, 20)
    address: str | None = f"/api/v1/courses/{PD}/users?enrollment_type[]=student&include[]=enrollments"
    seen: list[int] = []
    while address:
        answer = canvas.rest("GET", address)
        assert "last" not in links(answer)
        assert all("enrollments" in each for each in answer.json)
        seen += [each["id"] for each in answer.json]
        address = links(answer).get("next")

    assert seen == [ADA, BEN, CAY, *range(2000, 2020)]


def test_a_page_token_in_lower_case_is_lost(canvas):
    enrol_many(canvas, 20)
    following = links(canvas.rest("GET", f"/api/v1/courses/{PD}/users"))["next"]

    assert canvas.rest("GET", following.lower()).status_code == 404


def test_the_link_header_never_repeats_an_access_token_of_the_query(canvas):
    answer = canvas.client.get(f"/api/v1/courses/{PD}/users?access_token={canvas.api_token(TEACHER)}")

    assert answer.status_code == 200
    assert "access_token" not in answer.headers["Link"]


# People and courses


def test_the_token_acts_as_its_person(canvas):
    assert canvas.rest("GET", "/api/v1/users/self", ADA).json["name"] == "Ada Example"
    assert canvas.rest("GET", f"/api/v1/users/{BEN}", ADA).status_code == 403
    assert canvas.rest("GET", "/api/v1/users/sis_user_id:SIS-Ben", ADMINISTRATOR).json["id"] == BEN


def test_an_administrator_who_is_in_no_course_lists_none_but_may_open_any(canvas):
    assert canvas.rest("GET", "/api/v1/courses", ADMINISTRATOR).json == []
    assert canvas.rest("GET", "/api/v1/courses/sis_course_id:SIS-PD101", ADMINISTRATOR).json["id"] == PD


def test_a_course_is_closed_to_people_who_are_not_in_it(canvas):
    assert canvas.rest("GET", f"/api/v1/courses/{PD}", STRANGER).status_code == 403


def test_course_members_are_narrowed_down_by_kind_state_and_id(canvas):
    canvas.lms.courses[PD].suspended.add(CAY)
    address = f"/api/v1/courses/{PD}/users"

    def ids(query: str) -> list[int]:
        return [each["id"] for each in canvas.rest("GET", address + query).json]

    assert ids("?enrollment_type[]=student") == [ADA, BEN]
    assert ids("?enrollment_state[]=inactive") == [CAY]
    assert ids(f"?user_ids[]={BEN}&user_ids[]={TEACHER}") == [TEACHER, BEN]


def test_a_persons_courses_come_with_progress_when_asked(canvas):
    progress.view_activity(canvas.lms, canvas.lms.activities[READ], canvas.user(ADA))
    address = f"/api/v1/users/{ADA}/courses?include[]=course_progress"

    pd, plain = canvas.rest("GET", address, ADMINISTRATOR).json

    assert pd["course_progress"]["requirement_completed_count"] == 1
    assert "not module based" in plain["course_progress"]["error"]["message"]
    assert canvas.rest("GET", address, TEACHER).status_code == 403


# Progress


def test_progress_counts_requirements_and_names_the_next(canvas):
    progress.view_activity(canvas.lms, canvas.lms.activities[READ], canvas.user(ADA))

    answer = canvas.rest("GET", f"/api/v1/courses/{PD}/users/{ADA}/progress")

    assert answer.json == {
        "requirement_count": 2,
        "requirement_completed_count": 1,
        "next_requirement_url": f"http://lms.example/courses/{PD}/modules/items/{QUIZ}",
        "completed_at": None,
    }


def test_progress_of_a_finished_course_has_its_time_in_whole_seconds(canvas):
    progress.finish_course(canvas.lms, canvas.lms.courses[PD], canvas.user(ADA))

    answer = canvas.rest("GET", f"/api/v1/courses/{PD}/users/self/progress", ADA)

    assert (answer.json["next_requirement_url"], answer.json["completed_at"]) == (None, "2026-09-01T12:00:00Z")


@pytest.mark.parametrize(("course", "user"), [(PLAIN, ADA), (PD, TEACHER)])
def test_progress_without_requirements_or_without_a_student_is_400_with_an_error_object(canvas, course, user):
    answer = canvas.rest("GET", f"/api/v1/courses/{course}/users/{user}/progress")

    assert answer.status_code == 400
    assert answer.json["error"]["message"].startswith(
        "no progress available because this course is not module based (has"
    )


def test_progress_of_somebody_who_is_not_in_the_course_is_404(canvas):
    assert canvas.rest("GET", f"/api/v1/courses/{PD}/users/{STRANGER}/progress").status_code == 404


def test_progress_of_a_classmate_is_not_for_learners(canvas):
    assert canvas.rest("GET", f"/api/v1/courses/{PD}/users/{BEN}/progress", ADA).status_code == 403


def test_bulk_progress_lists_students_only_page_by_page(canvas):
    enrol_many(canvas, 20)
    progress.finish_course(canvas.lms, canvas.lms.courses[PD], canvas.user(ADA))

    answer = canvas.rest("GET", f"/api/v1/courses/{PD}/bulk_user_progress")

    assert len(answer.json) == 10
    assert answer.json[0]["id"] == ADA
    assert answer.json[0]["display_name"] == "Ada Example"
    assert answer.json[0]["progress"]["completed_at"] == "2026-09-01T12:00:00Z"
    assert "next" in links(answer)


def test_bulk_progress_of_a_course_without_requirements_is_400_with_other_words(canvas):
    answer = canvas.rest("GET", f"/api/v1/courses/{PLAIN}/bulk_user_progress")

    assert answer.status_code == 400
    assert answer.json["error"]["message"].startswith(
        "No progress available because this course is not module based (mean"
    )


def test_bulk_progress_needs_the_right_to_see_all_grades(canvas):
    canvas.lms.courses[PD].enrolments[TEACHER] = Enrolment.DESIGNER

    assert canvas.rest("GET", f"/api/v1/courses/{PD}/bulk_user_progress").status_code == 403


def test_modules_tell_each_items_requirement_and_whether_a_student_met_it(canvas):
    progress.view_activity(canvas.lms, canvas.lms.activities[READ], canvas.user(ADA))

    (module,) = canvas.rest("GET", f"/api/v1/courses/{PD}/modules?include[]=items&student_id={ADA}").json
    (bare,) = canvas.rest("GET", f"/api/v1/courses/{PD}/modules").json

    assert (module["state"], module["completed_at"]) == ("started", None)
    assert [each["completion_requirement"] for each in module["items"]] == [
        {"type": "must_view", "completed": True},
        {"type": "min_score", "min_score": 70, "completed": False},
    ]
    assert "items" not in bare
    assert "state" not in bare
