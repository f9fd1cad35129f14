"""Cedar Valley holds what the tour and the tests count on."""

from __future__ import annotations

import re
import uuid

import pytest

from practice_lms.cedar_valley import (
    DISTRICT_OFFICE,
    EVALUATOR_AND_EDUCATOR,
    LIKE_GOALS,
    PEOPLE,
    PINE_RIDGE,
    PUPIL,
    SCHOOLS,
    STAND_ALONE,
)
from practice_lms.district import build_district, course_by_label, user_by_login
from practice_lms.keys import PlatformKeys
from practice_lms.state import Enrolment, Flavour, Lms, Requirement

KEYS = PlatformKeys()
PD_COURSES = ("PD101", "PD102", "PD103", "PD104", "PD105", "PD106")


@pytest.fixture(params=Flavour)
def lms(request: pytest.FixtureRequest) -> Lms:
    return build_district(request.param, "http://lms.test", KEYS)


def staff(lms: Lms):
    return [user for user in lms.users.values() if user.role != PUPIL]


def logins(lms: Lms, label: str, enrolment: Enrolment) -> set[str]:
    enrolments = course_by_label(lms, label).enrolments
    return {lms.users[number].login for number, role in enrolments.items() if role is enrolment}


def test_twenty_six_people_work_in_three_schools_and_the_district_office_in_ten_roles(lms):
    people = staff(lms)

    assert len(people) == 26
    assert len({user.role for user in people}) == 10
    assert {user.school for user in people} == {*SCHOOLS, DISTRICT_OFFICE}
    assert len(SCHOOLS) == 3
    assert "K-8" in PINE_RIDGE


def test_every_grade_band_has_a_teacher_or_somebody_beside_one(lms):
    positions = " ".join(user.position for user in staff(lms))

    for words in ("pre-kindergarten", "kindergarten", "grade 2", "grade 4", "grade 7", "grades 9-12"):
        assert words in positions


def test_four_clusters_of_like_goals_and_two_people_alone_make_twenty_four():
    clustered = [login for cluster in LIKE_GOALS.values() for login in cluster]

    assert [len(cluster) for cluster in LIKE_GOALS.values()] == [5, 6, 6, 5]
    assert len({*clustered, *STAND_ALONE}) == 24
    assert {*clustered, *STAND_ALONE} < {person.login for person in PEOPLE}


def test_each_cluster_is_exactly_the_learners_of_its_course(lms):
    for label, cluster in LIKE_GOALS.items():
        assert logins(lms, label, Enrolment.STUDENT) == set(cluster)


def test_the_evaluator_and_the_educator_are_in_the_same_cluster_of_six():
    [cluster] = [each for each in LIKE_GOALS.values() if set(EVALUATOR_AND_EDUCATOR) <= set(each)]

    assert len(cluster) == 6


def test_everybody_with_goals_learns_somewhere_and_no_pupil_learns_among_them(lms):
    learners = set().union(*(logins(lms, label, Enrolment.STUDENT) for label in PD_COURSES))

    assert {user.login for user in staff(lms)} - learners == {"yuki.tanaka", "zola.dlamini"}
    assert not any(user.login in learners for user in lms.users.values() if user.role == PUPIL)


def test_the_designer_teaches_all_professional_learning_and_nobody_else_does(lms):
    assert all(logins(lms, label, Enrolment.TEACHER) == {"yuki.tanaka"} for label in PD_COURSES)
    assert logins(lms, "PD101", Enrolment.DESIGNER) == {"jamila.brown"}
    assert logins(lms, "PD102", Enrolment.ASSISTANT) == {"uma.fischer"}


def test_a_course_for_pupils_stands_beside_the_six(lms):
    pupils = logins(lms, "SCI7", Enrolment.STUDENT)

    assert len(lms.courses) == 7
    assert len(pupils) == 3
    assert all(user_by_login(lms, login).role == PUPIL for login in pupils)


def test_the_lms_administrator_is_the_only_one(lms):
    assert [user.login for user in lms.users.values() if user.administrator] == ["zola.dlamini"]


def test_one_course_has_a_section_for_each_school(lms):
    course = course_by_label(lms, "PD102")

    assert {section.course_id for section in lms.sections.values()} == {course.id}
    assert {number for section in lms.sections.values() for number in section.member_ids} == set(course.enrolments)


def test_every_course_requires_something_and_a_graded_page_has_its_column(lms):
    for course in lms.courses.values():
        assert any(each.requirement is not Requirement.NONE for each in lms.activities_of(course.id))
    graded = {each.id for each in lms.activities.values() if each.requirement is Requirement.PASS}
    assert graded == {each.activity_id for each in lms.line_items.values()}


def test_names_mails_and_sis_ids_are_unique_and_mails_go_nowhere(lms):
    for field in ("name", "email", "sis_id", "login", "lti_id"):
        assert len({getattr(user, field) for user in lms.users.values()}) == 29
    assert all(user.email.endswith("@example.test") for user in lms.users.values())


def test_moodle_knows_people_and_courses_by_small_numbers():
    lms = build_district(Flavour.MOODLE, "http://lms.test", KEYS)

    assert all(user.lti_id == str(user.id) for user in lms.users.values())
    assert all(course.context_id == str(course.id) for course in lms.courses.values())
    assert max(lms.activities) < 1000


def test_canvas_names_people_by_uuid_and_courses_by_forty_hex_digits():
    lms = build_district(Flavour.CANVAS, "http://lms.test", KEYS)

    assert all(uuid.UUID(user.lti_id).version == 4 for user in lms.users.values())
    assert all(re.fullmatch("[0-9a-f]{40}", course.context_id) for course in lms.courses.values())


def test_the_same_input_gives_the_same_district(lms):
    again = build_district(lms.flavour, lms.url, KEYS)

    assert again.users == lms.users
    assert again.courses == lms.courses
    assert again.activities == lms.activities
    assert again.sections == lms.sections
    assert again.line_items == lms.line_items


def test_a_look_up_of_nobody_and_of_no_course_says_what_was_asked(lms):
    with pytest.raises(KeyError, match=r"no\.body"):
        user_by_login(lms, "no.body")
    with pytest.raises(KeyError, match="PD999"):
        course_by_label(lms, "PD999")
