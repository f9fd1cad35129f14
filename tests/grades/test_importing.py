"""Completions in a file: what each line means is seen first, and each is recorded once."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.grades.models import CompletionSource, HeldWhy
from lti_tool.people.models import Course
from lti_tool.plans.models import Activity
from tests.conftest import make_course, make_district, make_person
from tests.grades.conftest import kept

PAGE = "/sync/completions/file"


@pytest.fixture
def visitor(sample, administrator, visit):
    return visit(sample, administrator)


def look(visitor, text: str) -> str:
    return str(visitor.post(PAGE, data={"file": (io.BytesIO(text.encode()), "finished.csv")}).text)


def confirm(visitor, text: str, page: str):
    (looked_at,) = re.findall(r'name="looked_at" value="([0-9a-f]+)"', page)
    return visitor.post(PAGE, data={"text": text, "looked_at": looked_at})


def test_a_file_is_looked_at_first_and_the_same_one_twice_records_nothing_twice(database, goal, visitor):
    text = "Email;Course;Date\nANA@example.test;formative assessment;2026-11-03\n"

    page = look(visitor, text)
    assert "1 line is ready" in page
    assert kept(database) == []

    assert confirm(visitor, text, page).status_code == 303
    (completion,) = kept(database)
    assert completion.source is CompletionSource.FILE
    assert str(completion.completed_at).startswith("2026-11-03")
    with database.reading() as db:
        assert db.scalars(select(Activity)).one().completed_at == completion.completed_at
    assert "Known already" in look(visitor, text)
    confirm(visitor, text, page)
    assert len(kept(database)) == 1


def test_each_line_that_cannot_be_recorded_says_why(database, sample, goal, visitor):
    with database.transaction() as db:
        for name in ("Ben Okafor", "Ben Ode"):  # both write from ben@
            make_person(db, sample, name)
        for _ in range(2):
            make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Twice")
        elsewhere = make_district(db, "Elsewhere")
        make_person(db, elsewhere, "Zoe Stone")
    lines = [
        "person,course,date",
        "nobody@example.test,Formative assessment,",
        "zoe@example.test,Formative assessment,",
        "ben@example.test,Formative assessment,",
        "ana@example.test,No such course,",
        "ana@example.test,Twice,",
        "ana@example.test,Formative assessment,03/11/2026",
        "7,PD1,",
        "ana@example.test,PD1,2026-11-03",
    ]

    page = look(visitor, "\n".join(lines))

    assert page.count("Nobody here has this e-mail address") == 2
    for words in ("Several people", "No marked course", "Several courses", "Write the day", "An earlier line"):
        assert page.count(words) == 1, words
    assert "1 line is ready" in page


def test_a_completion_that_the_lms_took_back_is_not_brought_again(database, goal, tell, visitor):
    tell({"7": True})
    tell({"7": False})

    page = look(visitor, "person,course\n7,PD1\n")

    assert "A file does not overrule it" in page
    assert "nothing to record" in page


@pytest.mark.parametrize("is_left_out", [False, True])
def test_a_line_of_a_held_completion_says_that_it_does_not_count_and_leads_there(
    is_left_out, database, sample, goal, tell, visitor
):
    tell({"7": True})
    with database.transaction() as db:
        completion = db.merge(kept(database)[0])
        completion.held_at, completion.held_why = utc_now(), HeldWhy.MANY
        completion.left_out_at = utc_now() if is_left_out else None

    page = look(visitor, "person,course\n7,PD1\n")

    assert "Known already, and held: it does not count until somebody lets it." in page
    assert f"/sync/courses/{sample.course.id}/held" in page


def test_nothing_is_recorded_when_a_line_means_something_else_by_now(database, sample, goal, visitor):
    text = "person,course\nana@example.test,PD1\n"
    page = look(visitor, text)
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).label = "PD9"

    answer = confirm(visitor, text, page)

    assert "Something changed" in answer.text
    assert kept(database) == []


@pytest.mark.parametrize("text", ["name,when\nAna,today\n", "person,course\n", '"person', ""])
def test_a_file_that_is_no_such_table_is_refused_in_words(visitor, text):
    answer = visitor.post(PAGE, data={"file": (io.BytesIO(text.encode()), "finished.csv")})

    assert answer.status_code == 422
    assert "field-error" in answer.text


def test_what_a_file_brought_by_mistake_can_be_taken_back(database, sample, goal, visitor):
    text = "person,course\n7,PD1\n"
    confirm(visitor, text, look(visitor, text))

    visitor.post(f"/sync/courses/{sample.course.id}/file/take-back")

    assert kept(database) == []
    with database.reading() as db:
        assert db.scalars(select(Activity)).one().completed_at is None
