"""Evidence of a goal: links and words of its owner, seen by nobody else until they say so."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from lti_tool.errors import NotFoundError
from lti_tool.people.models import AuditEvent, Role
from lti_tool.plans.models import Audience, Evidence, EvidenceKind
from lti_tool.plans.operations import EvidenceWords, add_evidence, change_evidence, meet_goal, remove_evidence
from lti_tool.plans.queries import evidence_of
from tests.conftest import make_person

TYPED = {
    "kind": "words", "title": "Exit notes", "reflection": "Twice as many could say it.", "dated_on": "2026-11-02",
    "audience": "private",
}  # fmt: skip
WORDS = EvidenceWords(EvidenceKind.WORDS, "Exit notes", date(2026, 11, 2), reflection="Twice as many could say it.")


@pytest.fixture
def evidence(database, ana):
    with database.transaction() as db:
        return add_evidence(db, ana.person, ana.read(db), WORDS)


def kept(database) -> list[Evidence]:
    with database.reading() as db:
        return list(db.scalars(select(Evidence).order_by(Evidence.id)))


def test_evidence_is_kept_with_its_goal_and_seen_by_its_owner_alone(database, sample, ana, visit):
    visitor = visit(sample, ana.person)

    response = visitor.post(f"/plans/goals/{ana.goal_id}/evidence", data=TYPED)

    assert response.status_code == 303
    (evidence,) = kept(database)
    assert (evidence.title, evidence.audience, evidence.attested_at) == ("Exit notes", Audience.PRIVATE, None)
    page = visitor.get(f"/plans/goals/{ana.goal_id}").text
    assert "Twice as many could say it." in page
    assert "seen by: Only me" in page


def test_evidence_names_the_indicators_of_its_goal_that_it_speaks_to_and_no_others(database, ana):
    with database.transaction() as db:
        goal = ana.read(db)
        own = goal.indicators[0].id
        evidence = add_evidence(db, ana.person, goal, EvidenceWords(
            EvidenceKind.WORDS, "Exit notes", date(2026, 11, 2), reflection="It helped.", indicator_ids=(own, own + 1),
        ))  # fmt: skip

        assert [each.id for each in evidence.indicators] == [own]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Give it a name."),
        ({"kind": "video"}, "Choose what it is."),
        ({"dated_on": "soon"}, "Write the date as 2027-05-31."),
        ({"kind": "link"}, "Give the address of the page."),
        ({"reflection": ""}, "Say what it shows."),
        ({"url": "javascript:alert(1)"}, "Write a whole address"),
        ({"url": "file:///etc/passwd"}, "Write a whole address"),
        ({"url": "https://ana:secret@example.test/"}, "Write a whole address"),
        ({"url": "https://exam ple.test/"}, "Write a whole address"),
        ({"reflection": "Ask lena@example.test"}, "Please leave out addresses and names of students."),
        ({"kind": "student_work"}, "tick this, or leave it out"),
        ({"holds_students": "yes"}, "tick this, or leave it out"),
        ({"audience": "everybody"}, "Choose who may see this."),
    ],
)
def test_evidence_that_lacks_something_comes_back_with_what_was_typed(database, sample, ana, visit, typed, said):
    response = visit(sample, ana.person).post(f"/plans/goals/{ana.goal_id}/evidence", data=TYPED | typed)

    assert response.status_code == 422
    assert said in response.text
    assert (TYPED | typed)["title"] in response.text
    assert kept(database) == []


def test_student_work_is_kept_once_its_owner_attested_that_nobody_can_be_recognised(database, sample, ana, visit):
    typed = TYPED | {"kind": "student_work", "is_attested": "yes"}

    visit(sample, ana.person).post(f"/plans/goals/{ana.goal_id}/evidence", data=typed)

    (evidence,) = kept(database)
    assert evidence.holds_students
    assert evidence.attested_at


def test_evidence_is_changed_and_removed_and_each_leaves_a_row_without_words(database, sample, ana, visit, evidence):
    visitor = visit(sample, ana.person)

    visitor.post(f"/plans/evidence/{evidence.id}", data=TYPED | {"title": "Exit notes of May", "audience": "school"})
    changed = kept(database)
    visitor.post(f"/plans/evidence/{evidence.id}/remove")

    assert [(each.title, each.audience) for each in changed] == [("Exit notes of May", Audience.SCHOOL)]
    assert kept(database) == []
    with database.reading() as db:
        acts = db.execute(
            select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.subject == "evidence").order_by(AuditEvent.id)
        ).all()
    assert [action for action, _ in acts] == ["evidence_added", "evidence_changed", "evidence_removed"]
    assert acts[1][1] == {"audience": "school"}


def test_evidence_is_added_to_a_goal_that_is_met(database, ana):
    with database.transaction() as db:
        goal = ana.read(db)
        meet_goal(db, ana.person, goal, "Most of them can say it now.")
        add_evidence(db, ana.person, goal, WORDS)

    assert len(kept(database)) == 1


@pytest.mark.parametrize("role", [*Role, None])
def test_only_its_owner_reaches_evidence_whatever_the_role(database, sample, ana, evidence, visit, role):
    with database.transaction() as db:
        other = make_person(db, sample, "Ben Okafor", *([role] if role else []))
    visitor = visit(sample, other, is_course_designer=True)

    answers = [
        visitor.get(f"/plans/evidence/{evidence.id}").status_code,
        visitor.post(f"/plans/evidence/{evidence.id}", data=TYPED).status_code,
        visitor.post(f"/plans/evidence/{evidence.id}/remove").status_code,
        visitor.post(f"/plans/goals/{ana.goal_id}/evidence", data=TYPED).status_code,
    ]

    assert answers == [404] * 4
    assert len(kept(database)) == 1


def test_operations_on_evidence_refuse_somebody_else(database, sample, ana, evidence):
    with database.transaction() as db:
        other = make_person(db, sample, "Ben Okafor")
        found = evidence_of(db, ana.person, evidence.id)
        with pytest.raises(NotFoundError):
            change_evidence(db, other, found, WORDS)
        with pytest.raises(NotFoundError):
            remove_evidence(db, other, found)
        with pytest.raises(NotFoundError):
            add_evidence(db, other, found.goal, WORDS)

    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Evidence)) == 1
