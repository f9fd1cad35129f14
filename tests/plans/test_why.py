"""Why a goal matters: three places to look, priorities of the district, and students who are not to be named."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.people.models import AuditEvent, Role
from lti_tool.plans.models import GoalRationale, Priority, RationaleKind, RationaleSource
from lti_tool.plans.queries import goals_of
from tests.conftest import make_district, make_person
from tests.plans.conftest import write_goal
from tests.plans.writing import CHANGE, WHY, write_in_steps


@pytest.fixture
def keeper(database, sample, visit):
    with database.transaction() as db:
        administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
    return visit(sample, administrator)


def offer(keeper, text, school=""):
    return keeper.post("/plans/priorities", data={"text": text, "school_id": school})


@pytest.mark.parametrize("empty", list(RationaleKind))
def test_s6_a_goal_with_one_place_empty_names_that_place(database, ana, chosen, writer, empty):
    writer.open("/plans/goals/new").send(**WHY | {f"{empty}_text": ""})
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE)

    page = writer.send("goal").page

    names = {"educator": "My own work", "student": "My students as a whole", "system": "My school or district"}
    assert f"Nothing is said yet of: {names[empty]}." in page.replace("\n", "").replace("  ", " ")
    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        assert goal.missing_rationales() == [empty]
        assert goal.missing_rationales(kind for kind in RationaleKind if kind is not empty) == []


def test_s6_each_place_keeps_its_source_its_date_its_words_and_its_link(database, ana, chosen, writer):
    sources = {
        "student_source": "assessment", "student_dated_on": "2026-10-02", "student_link": "https://example.test/a?b=1",
    }  # fmt: skip
    writer.open("/plans/goals/new").send(**WHY, **sources)
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE)

    page = writer.send("goal").page

    assert 'href="https://example.test/a?b=1"' in page
    assert "an assessment" in page
    with database.reading() as db:
        kept = [(each.source, str(each.dated_on)) for each in goals_of(db, ana.person)[1].rationales if each.source]
        assert kept == [(RationaleSource.ASSESSMENT, "2026-10-02")]


def test_s6_a_source_alone_says_nothing_of_why(database, ana, chosen, writer):
    writer.open("/plans/goals/new").send(student_source="survey")
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE).send("goal")

    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        assert goal.rationale(RationaleKind.STUDENT) is not None
        assert goal.missing_rationales() == list(RationaleKind)


def test_s6_a_text_that_looks_like_a_student_is_asked_about_and_the_answer_is_remembered(database, ana, chosen, writer):
    named = {**WHY, "student_text": "Tim Baker (ID 48213) reads below grade 4"}
    writer.open("/plans/goals/new").send(**named)

    assert writer.path.endswith("/1")
    assert "This looks like it names a student" in writer.page
    assert "a name with a number" in writer.page
    answer = writer.page.split('name="student_cleared" value="')[1].split('"')[0]

    writer.send(**named, student_cleared=answer)
    assert writer.path.endswith("/2")
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE).send("goal")
    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        assert [each.text for each in goal.rationales if each.cleared] == [named["student_text"]]
    again = writer.open(f"/plans/goals/{goal.id}/edit").send(
        **named, **CHANGE | {"measure": "Two counts"}, student_cleared=answer, indicator_ids=[str(chosen)]
    )
    assert again.path == f"/plans/goals/{goal.id}"


def test_s6_an_answer_holds_for_that_text_only(database, ana, writer):
    first = {**WHY, "student_text": "Tim Baker 48213"}
    writer.open("/plans/goals/new").send(**first)
    answer = writer.page.split('name="student_cleared" value="')[1].split('"')[0]

    writer.send(**{**first, "student_text": "Ida Stone 48214"}, student_cleared=answer)

    assert writer.path.endswith("/1")
    assert "This looks like it names a student" in writer.page


def test_s6_an_e_mail_address_of_a_student_is_asked_about_too(writer):
    writer.open("/plans/goals/new").send(**{**WHY, "student_text": "ask ida@example.test"})

    assert "an e-mail address" in writer.page


def test_s6_a_priority_that_is_reworded_later_does_not_change_the_goal(database, ana, chosen, keeper, writer):
    offer(keeper, "Talk about mathematics in every lesson")
    with database.reading() as db:
        priority_id = db.scalar(select(Priority.id))
    page = writer.open("/plans/goals/new").page
    writer.send(**{**WHY, "system_text": ""}, system_priority_id=str(priority_id))
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE).send("goal")
    goal_path = writer.path

    keeper.post(f"/plans/priorities/{priority_id}", data={"text": "Read in every lesson"})
    keeper.post(f"/plans/priorities/{priority_id}", data={"do": "retire"})
    edit = writer.open(f"{goal_path}/edit")
    saved = edit.send(
        **CHANGE, **{**WHY, "system_text": ""}, indicator_ids=[str(chosen)], system_priority_id=str(priority_id),
        with_whom="Bo",
    )  # fmt: skip

    assert "Talk about mathematics in every lesson" in page
    assert "Talk about mathematics in every lesson" in saved.page
    assert "Read in every lesson" not in saved.page
    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        assert goal.with_whom == "Bo"
        assert goal.missing_rationales() == []


def test_a_priority_that_is_gone_when_the_goal_is_saved_is_chosen_again(database, chosen, keeper, writer):
    offer(keeper, "Talk in every lesson")
    with database.reading() as db:
        priority_id = db.scalar(select(Priority.id))
    writer.open("/plans/goals/new").send(**WHY, system_priority_id=str(priority_id))
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE)
    keeper.post(f"/plans/priorities/{priority_id}", data={"do": "retire"})

    assert writer.send("goal").path.endswith("/1")
    assert "not offered any more" in writer.page


def test_priorities_of_another_school_are_not_offered(database, sample, keeper, writer):
    hill, lake = (str(school.id) for school in sample.schools)
    offer(keeper, "At the hill", hill)
    offer(keeper, "At the lake", lake)

    page = writer.open("/plans/goals/new").page

    assert "At the hill" in page
    assert "At the lake" not in page
    assert "At the lake" in keeper.get("/plans/priorities").text


def test_only_the_districts_own_keepers_change_its_priorities(database, sample, keeper, visit):
    offer(keeper, "Talk in every lesson")
    with database.transaction() as db:
        priority_id = db.scalar(select(Priority.id))
        coach = make_person(db, sample, "Cora Hill")
        other = make_district(db, "Elsewhere")
        stranger = make_person(db, other, "Sam Stone", Role.ADMINISTRATOR)
    of_a_course = visit(sample, coach, is_course_designer=True)

    assert of_a_course.get("/plans/priorities").status_code == 200
    assert offer(of_a_course, "Mine").status_code == 403
    assert visit(sample, coach).get("/plans/priorities").status_code == 403
    assert visit(other, stranger).post(f"/plans/priorities/{priority_id}", data={"text": "x"}).status_code == 404
    with database.reading() as db:
        assert db.scalars(select(Priority.text)).all() == ["Talk in every lesson"]
        actions = db.scalars(select(AuditEvent.action).where(AuditEvent.subject == "priority")).all()
        assert actions == ["priority_added"]


def test_a_priority_without_words_or_for_no_school_comes_back(database, keeper):
    assert "Write the priority in a sentence." in offer(keeper, "  ").text
    assert "Choose a school from the list." in offer(keeper, "Talk", "999").text


def test_what_is_said_no_more_leaves_no_row(database, sample, ana, chosen, writer):
    write_in_steps(writer, chosen, do="goal")
    path = writer.path

    writer.open(f"{path}/edit").send(**CHANGE, **{**WHY, "student_text": ""}, indicator_ids=[str(chosen)])

    with database.reading() as db:
        assert {each.kind for each in db.scalars(select(GoalRationale))} == {
            RationaleKind.EDUCATOR, RationaleKind.SYSTEM,
        }  # fmt: skip


def test_two_goals_have_places_of_their_own(database, ana):
    with database.transaction() as db:
        write_goal(db, ana.person, "Another")
        first, second = goals_of(db, ana.person)
        first.rationales.append(GoalRationale(kind=RationaleKind.SYSTEM, text="Here"))
        db.flush()

        assert second.missing_rationales() == list(RationaleKind)


def test_s6_a_plain_name_is_asked_about_but_holds_nothing_up(database, ana, chosen, writer):
    named = {**WHY, "student_text": "Tim Baker reads below grade 4"}
    told = writer.open("/plans/goals/new").autosave(**named)
    assert "Is Tim Baker a student?" in told["said"]

    writer.send(**named)
    assert writer.path.endswith("/2")
    writer.send(indicator_ids=[str(chosen)]).send(**CHANGE)
    assert "Tim Baker: is that a student?" in writer.page
    assert "Tim Baker: is that a student?" in writer.visitor.get(writer.at_step(1)).text
    writer.send("goal")

    with database.reading() as db:
        goal = goals_of(db, ana.person)[1]
        assert named["student_text"] in [each.text for each in goal.rationales]
    assert "Tim Baker: is that a student?" in writer.open(f"/plans/goals/{goal.id}/edit").page
