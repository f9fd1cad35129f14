"""Nobody reaches another person's goals."""

from __future__ import annotations

import pytest

from lti_tool.people.models import Role
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience
from lti_tool.plans.operations import declare_goal, record_course_completion, take_up
from tests.conftest import make_district, make_person

OWN_PAGES = [
    ("get", "/plans/goals/{goal}"),
    ("get", "/plans/goals/{goal}/edit"),
    ("post", "/plans/goals/{goal}/edit"),
    ("get", "/plans/goals/{goal}/learning"),
    ("post", "/plans/goals/{goal}/learning/{course}"),
    ("post", "/plans/activities/{activity}/remove"),
    ("post", "/plans/activities/{activity}/link"),
    ("post", "/plans/activities/{activity}/finish"),
    ("post", "/plans/activities/{activity}/unfinish"),
    ("post", "/plans/activities/{activity}/try"),
    ("post", "/plans/activities/{activity}/ask"),
    ("get", "/plans/goals/{goal}/declare"),
    ("post", "/plans/goals/{goal}/declare"),
    ("post", "/plans/goals/{goal}/withdraw"),
    ("get", "/plans/goals/{goal}/meet"),
    ("post", "/plans/goals/{goal}/meet"),
    ("post", "/plans/goals/{goal}/reopen"),
    ("get", "/plans/try-its/{attempt}"),
    ("post", "/plans/try-its/{attempt}"),
    ("post", "/plans/try-its/{attempt}/plan"),
]
DATA = {"headline": "Taken over", "audience": "district", "words": "Taken over", "version": "1"}


@pytest.fixture
def whole_goal(database, sample, ana):
    """Ana's goal, declared to the whole district, with a course and an open try-it."""
    with database.transaction() as db:
        person, goal = db.merge(ana.person), ana.read(db)
        take_up(db, person, goal, db.merge(sample.course).opportunity)
        record_course_completion(db, person.id, sample.course.id, None)
        declare_goal(db, person, goal, CardWords(Audience.DISTRICT))
        db.flush()
        activity = goal.courses[0].id
        return {"goal": goal.id, "course": sample.course.id, "activity": activity, "attempt": goal.tries[0].id}


@pytest.fixture
def strangers(database, sample, ana):
    """Everybody to whom the goal is not there, whatever they are in their district."""
    with database.transaction() as db:
        other = make_district(db, "Far Valley")
        return {
            "colleague": (sample, make_person(db, sample, "Bo Lind")),
            "supervisor": (sample, make_person(db, sample, "Su Perez", Role.SUPERVISOR)),
            "designer": (sample, make_person(db, sample, "De Signer", Role.DESIGNER)),
            "administrator": (sample, make_person(db, sample, "Ad Min", Role.ADMINISTRATOR)),
            "other district": (other, make_person(db, other, "Fay Far", Role.ADMINISTRATOR)),
        }


@pytest.mark.parametrize("who", ["colleague", "supervisor", "designer", "administrator", "other district"])
def test_a_goal_is_not_there_for_anybody_but_its_owner(database, sample, ana, whole_goal, strangers, visit, who):
    visitor = visit(*strangers[who])

    answers = {
        (method, page): getattr(visitor, method)(
            page.format(**whole_goal), **({"data": DATA} if method == "post" else {})
        )
        for method, page in OWN_PAGES
    }

    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(OWN_PAGES, 404)
    assert not [page for page, answer in answers.items() if "See what each student" in answer.text]
    with database.reading() as db:
        goal = ana.read(db)
        assert goal.headline == "See what each student has understood"
        assert (goal.is_open, goal.is_declared, len(goal.courses), goal.tries[0].reflection) == (True, True, 1, "")


def test_the_owner_gets_each_of_these_pages(sample, ana, whole_goal, visit):
    visitor = visit(sample, ana.person)

    statuses = {
        page: visitor.get(page.format(**whole_goal)).status_code for method, page in OWN_PAGES if method == "get"
    }

    assert set(statuses.values()) == {200}


def test_a_course_of_another_district_cannot_be_counted(database, sample, ana, visit):
    with database.transaction() as db:
        other = make_district(db, "Far Valley")

    answer = visit(sample, ana.person).post(f"/plans/goals/{ana.goal_id}/learning/{other.course.id}")

    assert answer.status_code == 404
