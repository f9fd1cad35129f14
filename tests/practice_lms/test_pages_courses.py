"""What people do on the pages of a course."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from practice_lms import progress
from practice_lms.app import create_app
from practice_lms.district import course_by_label, user_by_login
from practice_lms.state import Course, Enrolment, Flavour, Lms, Requirement
from tests.practice_lms.page_district import district_in_use


@pytest.fixture(params=Flavour)
def lms(request: pytest.FixtureRequest) -> Lms:
    return district_in_use(request.param)


@pytest.fixture
def course(lms: Lms) -> Course:
    return course_by_label(lms, "PD102")


@pytest.fixture
def client(lms: Lms) -> FlaskClient:
    return create_app(lms).test_client()


def become(client: FlaskClient, lms: Lms, login: str):
    user = user_by_login(lms, login)
    client.post(f"/people/{user.id}/sign-in")
    return user


def activity_that_asks_for(lms: Lms, course: Course, requirement: Requirement):
    return next(each for each in lms.activities_of(course.id) if each.requirement is requirement)


def own_grade(lms: Lms, login: str):
    [column] = [each for each in lms.line_items.values() if each.label == "My goals"]
    return column, lms.grade(column.id, user_by_login(lms, login).id)


def test_changing_person_goes_back_to_the_page_that_one_came_from(client, lms, course):
    number = user_by_login(lms, "hana.kim").id

    answer = client.post(f"/people/{number}/sign-in", data={"next": f"/courses/{course.id}"})

    assert answer.location == f"/courses/{course.id}"
    assert "You are <strong>Hana Kim</strong>" in client.get("/courses").text


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/"])
def test_changing_person_never_leads_to_another_site(client, lms, elsewhere):
    answer = client.post(f"/people/{next(iter(lms.users))}/sign-in", data={"next": elsewhere})

    assert answer.location == "/courses"


def test_a_learner_sees_only_own_courses_and_the_administrator_all(client, lms):
    become(client, lms, "xavier.hill")
    own = client.get("/courses").text
    become(client, lms, "zola.dlamini")
    every = client.get("/courses").text

    assert "Leading learning among colleagues" in own
    assert "Questioning and discussion" not in own
    assert all(course.title in every for course in lms.courses.values())


def test_opening_a_page_meets_the_requirement_to_open_it(client, lms, course):
    user, page = become(client, lms, "kofi.mensah"), activity_that_asks_for(lms, course, Requirement.VIEW)

    client.get(f"/courses/{course.id}/activities/{page.id}")

    assert progress.is_activity_complete(lms, page, user.id)
    assert "1 of 4 required activities completed" in client.get(f"/courses/{course.id}").text


def test_a_learner_marks_an_activity_as_done_and_takes_it_back(client, lms, course):
    user, page = become(client, lms, "kofi.mensah"), activity_that_asks_for(lms, course, Requirement.DONE)
    address = f"/courses/{course.id}/activities/{page.id}/done"

    client.post(address, data={"done": "yes"})
    marked = progress.is_activity_complete(lms, page, user.id)
    client.post(address, data={"done": "no"})

    assert marked
    assert not progress.is_activity_complete(lms, page, user.id)


def test_a_page_that_asks_for_something_else_cannot_be_marked_as_done(client, lms, course):
    become(client, lms, "kofi.mensah")
    page = activity_that_asks_for(lms, course, Requirement.PASS)

    answer = client.post(f"/courses/{course.id}/activities/{page.id}/done")

    assert answer.status_code == 403


def test_finishing_a_course_completes_all_that_is_in_the_learners_hands(client, lms):
    course, user = course_by_label(lms, "PD101"), become(client, lms, "ana.ruiz")

    client.post(f"/courses/{course.id}/finish")

    done = progress.course_progress(lms, course, user.id)
    assert (done.completed, done.required) == (3, 3)
    assert done.completed_at is not None
    assert "Finish this course" not in client.get(f"/courses/{course.id}").text


def test_a_learner_changes_no_settings(client, lms, course):
    become(client, lms, "kofi.mensah")
    page = activity_that_asks_for(lms, course, Requirement.VIEW)

    for path in (
        f"activities/{page.id}/published",
        f"activities/{page.id}/completion",
        "gradebook",
        "people",
        "concluded",
    ):
        assert client.post(f"/courses/{course.id}/{path}").status_code == 403


def test_an_activity_that_is_not_published_is_hidden_from_learners_with_its_column(client, lms, course):
    become(client, lms, "yuki.tanaka")
    link = activity_that_asks_for(lms, course, Requirement.GRADE)

    client.post(f"/courses/{course.id}/activities/{link.id}/published")
    [column] = [each for each in lms.line_items.values() if each.activity_id == link.id]
    become(client, lms, "kofi.mensah")

    assert (link.published, column.published) == (False, False)
    assert link.title not in client.get(f"/courses/{course.id}").text
    assert client.get(f"/courses/{course.id}/activities/{link.id}").status_code == 404


def test_a_teacher_decides_what_completes_an_activity(client, lms, course):
    become(client, lms, "yuki.tanaka")
    link = activity_that_asks_for(lms, course, Requirement.GRADE)

    client.post(
        f"/courses/{course.id}/activities/{link.id}/completion", data={"requirement": "pass", "pass_grade": "1"}
    )

    assert (link.requirement, link.pass_grade) == (Requirement.PASS, 1.0)


@pytest.mark.parametrize("form", [{"requirement": "magic"}, {"requirement": "pass", "pass_grade": "much"}])
def test_a_setting_that_makes_no_sense_is_refused(client, lms, course, form):
    become(client, lms, "yuki.tanaka")
    link = activity_that_asks_for(lms, course, Requirement.GRADE)

    answer = client.post(f"/courses/{course.id}/activities/{link.id}/completion", data=form)

    assert answer.status_code == 400
    assert link.requirement is Requirement.GRADE


def test_a_teacher_changes_a_grade_by_hand_and_clears_it(client, lms, course):
    become(client, lms, "yuki.tanaka")
    column, grade = own_grade(lms, "kofi.mensah")
    form = {"line_item_id": column.id, "user_id": grade.user_id}

    client.post(f"/courses/{course.id}/gradebook", data=form | {"score": "0.5"})
    shown = client.get(f"/courses/{course.id}/gradebook").text
    client.post(f"/courses/{course.id}/gradebook", data=form | {"score": ""})

    assert "<strong>0.5</strong>/1" in shown
    assert "by hand" in shown
    assert (grade.score, grade.overridden, grade.writes) == (None, True, 0)


def test_a_grade_by_hand_needs_a_learner_and_a_column_of_this_course(client, lms, course):
    become(client, lms, "yuki.tanaka")
    column, grade = own_grade(lms, "kofi.mensah")
    stranger = user_by_login(lms, "xavier.hill").id

    for form in (
        {"line_item_id": column.id, "user_id": stranger, "score": "1"},
        {"line_item_id": 999, "user_id": grade.user_id, "score": "1"},
        {"line_item_id": column.id, "user_id": grade.user_id, "score": "all"},
    ):
        assert client.post(f"/courses/{course.id}/gradebook", data=form).status_code == 400


def test_a_learner_sees_no_other_learners_grades(client, lms, course):
    become(client, lms, "kofi.mensah")

    shown = client.get(f"/courses/{course.id}/gradebook").text

    table = shown[shown.index("<table") : shown.index("</table>")]
    assert "Kofi Mensah" in table
    assert "Hana Kim" not in table


def test_a_group_is_shown_with_its_set_and_its_members(client, lms, course):
    become(client, lms, "kofi.mensah")

    shown = client.get(f"/courses/{course.id}/groups").text

    assert "Open questions" in shown
    assert "Like goals (grouping)" in shown or "Like goals (group set)" in shown
    assert [name in shown for name in ("Farah Siddiqui", "Hana Kim", "Take out")] == [True, True, False]


def test_a_teacher_takes_somebody_out_of_a_group_by_hand(client, lms, course):
    [group] = lms.groups.values()
    number = user_by_login(lms, "hana.kim").id
    address = f"/courses/{course.id}/groups/{group.id}/remove/{number}"

    become(client, lms, "kofi.mensah")
    refused = client.post(address).status_code
    become(client, lms, "yuki.tanaka")
    client.post(address)

    assert refused == 403
    assert group.member_ids == [user_by_login(lms, "farah.siddiqui").id]
    assert client.post(address.replace(f"groups/{group.id}", "groups/999")).status_code == 404


def test_a_teacher_concludes_a_course_and_opens_it_again(client, lms, course):
    become(client, lms, "yuki.tanaka")

    client.post(f"/courses/{course.id}/concluded")
    concluded, shown = course.concluded, client.get("/courses").text
    client.post(f"/courses/{course.id}/concluded")

    assert concluded
    assert "concluded" in shown
    assert not course.concluded


def test_a_teacher_puts_somebody_in_a_course_and_takes_them_out(client, lms, course):
    become(client, lms, "yuki.tanaka")
    number = user_by_login(lms, "xavier.hill").id

    client.post(f"/courses/{course.id}/people", data={"user_id": number, "enrolment": "student"})
    enrolled = course.enrolments.get(number)
    client.post(f"/courses/{course.id}/people/{number}/remove")

    assert enrolled is Enrolment.STUDENT
    assert number not in course.enrolments


def test_somebody_suspended_may_not_open_the_course(client, lms, course):
    user = become(client, lms, "kofi.mensah")
    course.suspended.add(user.id)

    assert client.get(f"/courses/{course.id}").status_code == 403
