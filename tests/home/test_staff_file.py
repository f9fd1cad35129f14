"""Schools and supervisors in a file: each line is looked at first, and says what is wrong with it."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from lti_tool.people.models import Person, Role, School, Supervision
from tests.conftest import make_district, make_person

PAGE = "/people/file"


@pytest.fixture
def visitor(database, sample, visit):
    with database.transaction() as db:
        for name in ("Ana Ruiz", "Ben Okafor", "Petra Lang"):
            make_person(db, sample, name)
        administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)
    return visit(sample, administrator)


def look(visitor, text: str) -> str:
    return str(visitor.post(PAGE, data={"file": (io.BytesIO(text.encode()), "staff.csv")}).text)


def test_what_a_file_says_is_seen_first_recorded_once_and_changes_nothing_else(database, visitor):
    text = "Email,School,Supervisor\nana@example.test,Lake School,petra@example.test\nben@example.test,New School,\n"
    page = look(visitor, text)
    assert "2 lines are ready" in page
    assert "(new here)" in page
    with database.reading() as db:
        assert db.scalars(select(Supervision)).all() == []

    (looked_at,) = re.findall(r'name="looked_at" value="([0-9a-f]+)"', page)
    assert visitor.post(PAGE, data={"text": text, "looked_at": looked_at}).status_code == 303

    with database.reading() as db:
        schools = {each.name: each.school.name for each in db.scalars(select(Person)) if each.school}
        assert (schools["Ana Ruiz"], schools["Ben Okafor"]) == ("Lake School", "New School")
        assert schools["Petra Lang"] == "Hill School"
        (supervision,) = db.scalars(select(Supervision))
        assert (supervision.person.name, supervision.supervisor.name) == ("Ana Ruiz", "Petra Lang")
        assert len(db.scalars(select(School)).all()) == 3
    again = look(visitor, text)
    assert again.count("Nothing in this line is new") == 2
    assert "nothing to record" in again


def test_each_line_that_cannot_be_recorded_says_why(database, sample, visitor):
    with database.transaction() as db:
        make_person(db, sample, "Ben Ode")  # writes from ben@ too
        make_person(db, make_district(db, "Elsewhere"), "Zoe Stone")
    lines = [
        "person,school,supervisor",
        "zoe@example.test,Hill School,",
        "ben@example.test,Hill School,",
        "ana@example.test,,zoe@example.test",
        "ana@example.test,,ben@example.test",
        "ana@example.test,,ana@example.test",
        "petra@example.test,Lake School,",
        "petra@example.test,Hill School,",
        f"ana@example.test,{'x' * 201},",
    ]

    page = look(visitor, "\n".join(lines))

    for words in (
        "Nobody here has this e-mail", "Several people have this", "Nobody here has the supervisor",
        "Several people have the supervisor", "Nobody supervises themselves", "An earlier line says another school",
        "longer than 200",
    ):  # fmt: skip
        assert page.count(words) == 1, words
    assert "1 line is ready" in page


def test_a_file_without_its_columns_is_refused_in_words(visitor):
    answer = visitor.post(PAGE, data={"file": (io.BytesIO(b"name\nAna\n"), "staff.csv")})

    assert answer.status_code == 422
    assert "person, school, supervisor" in answer.text
