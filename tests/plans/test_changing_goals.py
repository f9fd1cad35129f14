"""Changing a goal: drafts beside it, versions that meet, and who may change its words at all."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError
from lti_tool.people.models import Course, Person, Role, Supervision
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience, Goal, GoalDraft, GoalRevision
from lti_tool.plans.operations import (
    GoalWords,
    change_goal,
    declare_goal,
    record_course_completion,
    take_out,
    take_up,
    withdraw_course_completion,
)
from lti_tool.plans.operations.revisions import MOST_REVISIONS
from tests.conftest import make_person
from tests.plans.conftest import indicator
from tests.plans.writing import CHANGE, WHY, Writer, write_in_steps


@pytest.fixture
def words(chosen):
    """All words of the goal, as its page sends them."""
    return {**WHY, **CHANGE, "with_whom": "", "indicator_ids": [str(chosen)]}


@pytest.fixture
def edit(sample, ana, visit, words):
    """The address of a page that changes Ana's goal, which says these words."""
    writer = write_in_steps(Writer(visit(sample, ana.person)), int(words["indicator_ids"][0]), do="goal")
    return f"{writer.path}/edit"


@pytest.fixture
def tab(sample, ana, visit, edit):
    """Open the page in one more tab."""
    visitor = visit(sample, ana.person)
    return lambda path=edit: Writer(visitor).open(path)


def saved(database, edit):
    with database.reading() as db:
        goal = db.get_one(Goal, int(edit.split("/")[3]))
        assert goal.indicators is not None
        assert goal.rationales is not None
        return goal


def test_a_goal_is_changed_and_each_version_is_kept(database, edit, tab, words):
    tab().send(**words | {"measure": "Two counts"})
    tab().send(**words | {"measure": "Three counts"})

    assert saved(database, edit).measure == "Three counts"
    with database.reading() as db:
        goal_id = saved(database, edit).id
        kept = db.scalars(select(GoalRevision).filter_by(goal_id=goal_id).order_by(GoalRevision.version)).all()
        assert [each.words["measure"] for each in kept] == ["A count of answers", "Two counts", "Three counts"]
    history = tab(edit.replace("edit", "history")).page
    assert "31 May 2027" in history
    assert history.index("Three counts") < history.index("Two counts") < history.index("A count of answers")


def test_saving_what_is_saved_already_is_no_new_version(database, edit, tab, words):
    version = saved(database, edit).version

    tab().send(**words)

    assert saved(database, edit).version == version


def test_only_so_many_versions_of_a_goal_are_kept(database, ana):
    with database.transaction() as db:
        goal = ana.read(db)
        ids = tuple(each.id for each in goal.indicators)
        for number in range(MOST_REVISIONS + 3):
            change_goal(db, ana.person, goal, GoalWords(f"Headline {number}", indicator_ids=ids), goal.version)

    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(GoalRevision)) == MOST_REVISIONS


def test_what_only_one_tab_changed_is_put_together_without_a_question(database, edit, tab, words):
    first, second = tab(), tab()

    first.send(**words | {"measure": "Two counts"})
    second.send(**words | {"practice_change": "Exit notes on Fridays"})

    goal = saved(database, edit)
    assert (goal.measure, goal.practice_change) == ("Two counts", "Exit notes on Fridays")


def test_what_both_tabs_changed_is_asked_about_field_by_field_and_saved_at_once(database, edit, tab, words):
    first, second = tab(), tab()
    first.send(**words | {"measure": "Two counts", "headline": "First headline", "educator_text": "First reason"})

    second.send(
        **words | {"measure": "Three\r\ncounts", "headline": "Second headline", "educator_text": "Second reason"},
    )

    assert "Put two versions together" in second.page
    for part in ("Two counts", "Three\ncounts", "First headline", "Second headline", "A count of answers"):
        assert part in second.page
    assert saved(database, edit).measure == "Two counts"
    choices = {"side-measure": "mine", "side-headline": "theirs", "side-educator_text": "other"}
    second.send(**choices, **{"other-educator_text": "Both reasons"})
    goal = saved(database, edit)
    assert (goal.measure, goal.headline) == ("Three\ncounts", "First headline")
    assert "Both reasons" in [each.text for each in goal.rationales]
    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).all() == []


def test_indicators_that_both_changed_can_be_taken_together(database, edit, tab, words):
    with database.reading() as db:
        other, third = str(indicator(db, "T2.2a").id), str(indicator(db, "T1.1a").id)
    first, second = tab(), tab()
    first.send(**words | {"indicator_ids": [other]})

    second.send(**words | {"indicator_ids": [third]}).send(**{"side-indicator_ids": "other"})

    assert {str(each.id) for each in saved(database, edit).indicators} == {other, third}


def test_a_field_that_is_not_decided_is_asked_about_again_and_keeps_what_was_written(database, edit, tab, words):
    first, second = tab(), tab()
    first.send(**words | {"measure": "Two counts"})
    second.send(**words | {"measure": "Three counts"})

    second.send(**{"other-measure": "Something third"})

    assert "choose one version of each field" in second.page
    assert "Something third" in second.page
    assert saved(database, edit).measure == "Two counts"


def test_a_goal_that_changes_while_two_versions_are_put_together_asks_again(database, edit, tab, words):
    first, second = tab(), tab()
    first.send(**words | {"measure": "Two counts"})
    second.send(**words | {"measure": "Three counts"})
    tab().send(**words | {"measure": "Four counts"})

    second.send(**{"side-measure": "mine"})

    assert "Put two versions together" in second.page
    assert "Four counts" in second.page
    assert "Three counts" in second.page
    second.send(**{"side-measure": "mine"})
    assert saved(database, edit).measure == "Three counts"


def test_a_third_version_that_cannot_be_saved_is_kept_and_shown_with_what_is_wrong(database, edit, tab, words):
    first, second = tab(), tab()
    first.send(**words | {"measure": "Two counts"})
    second.send(**words | {"measure": "Three counts"})

    second.send(**{"side-measure": "other", "other-measure": "Ask tim@example.test"})

    assert second.path == edit
    assert "leave out addresses" in second.page
    assert "Ask tim@example.test" in second.page


def test_words_over_a_version_that_is_not_known_any_more_ask_about_all_that_differs(database, edit, tab, words):
    first, second = tab(), tab()
    first.send(**words | {"measure": "Two counts"})
    with database.transaction() as db:
        db.query(GoalRevision).delete()

    second.send(**words | {"headline": "Second headline"})

    assert 'name="side-measure"' in second.page
    assert 'name="side-headline"' in second.page
    assert 'name="side-practice_change"' not in second.page


def test_a_save_that_was_overtaken_on_its_way_is_a_conflict_too(database, ana):
    with database.transaction() as db:
        goal = ana.read(db)
        db.execute(update(Goal).values(version=Goal.version + 1).execution_options(synchronize_session=False))

        with pytest.raises(ConflictError):
            change_goal(
                db, ana.person, goal, GoalWords("Too late", indicator_ids=(goal.indicators[0].id,)), goal.version
            )

    with database.reading() as db:
        assert ana.read(db).headline == "See what each student has understood"


def test_a_change_of_indicators_alone_counts_as_a_save(database, edit, tab, words):
    with database.reading() as db:
        other = str(indicator(db, "T1.1a").id)
    version = saved(database, edit).version

    tab().send(**words | {"indicator_ids": [other]})

    assert saved(database, edit).version > version


def test_a_met_goal_cannot_be_changed_but_the_words_typed_come_back(database, edit, tab, words):
    open_tab = tab()
    open_tab.visitor.post(edit.replace("edit", "meet"), data={"words": "It worked"})

    open_tab.send(**words | {"measure": "Written too late"})

    assert "Reopen it" in open_tab.page
    assert "Written too late" in open_tab.page
    assert open_tab.open(edit).path == edit.removesuffix("/edit")


def test_unsaved_words_are_found_again_in_another_tab_and_the_goal_waits_for_its_save(database, edit, tab, words):
    first = tab()
    told = first.autosave(**words | {"measure": "Half a thou"})

    second = tab()

    assert told["said"].startswith("Kept ")
    assert told["said"].endswith(", not in the goal yet")
    assert saved(database, edit).measure == words["measure"]
    assert "You have unsaved words from" in second.page
    assert "Half a thou" in tab(edit + told["action"].split("/edit")[1]).page


def test_unsaved_words_can_be_gone_on_with_or_discarded(database, edit, tab, words):
    told = tab().autosave(**words | {"measure": "Half a thou"})
    query = told["action"].split("/edit")[1]

    tab(edit + query).send(**words | {"measure": "Half a thought, now whole"})

    assert saved(database, edit).measure == "Half a thought, now whole"
    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).all() == []
    third = tab()
    third.autosave(**words | {"measure": "Not this"})
    with database.reading() as db:
        draft_id = db.scalars(select(GoalDraft.id)).one()
    third.visitor.post(f"/plans/drafts/{draft_id}/discard")
    assert "You have unsaved words" not in tab().page


def test_typing_what_is_saved_begins_no_draft(database, tab, words):
    assert tab().autosave(**words)["said"] == ""

    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).all() == []


def test_taking_typed_words_back_leaves_no_draft(database, tab, words):
    open_tab = tab()
    open_tab.autosave(**words | {"measure": "Half a thou"})

    assert open_tab.autosave(**words)["said"] == ""

    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).all() == []


def test_two_tabs_on_the_same_draft_divide_it_where_they_write_in_the_same_field(database, edit, tab, words):
    told = tab().autosave(**words | {"measure": "Begun"})
    again = edit + told["action"].split("/edit")[1]
    first, second = tab(again), tab(again)

    first.autosave(**words | {"measure": "First"})
    said = second.autosave(**words | {"measure": "Second"})["said"]
    first.autosave(**words | {"measure": "First, and more"})
    second.autosave(**words | {"measure": "Second, and more"})

    assert "both are kept" in said
    with database.reading() as db:
        kept = {each.words["measure"] for each in db.scalars(select(GoalDraft))}
    assert kept == {"First, and more", "Second, and more"}


def test_two_tabs_on_the_same_draft_share_it_where_they_write_in_different_fields(database, edit, tab, words):
    told = tab().autosave(**words | {"measure": "Begun"})
    again = edit + told["action"].split("/edit")[1]
    first, second = tab(again), tab(again)

    first.autosave(**words | {"measure": "First"})
    second.autosave(**words | {"measure": "Begun", "with_whom": "Bo"})

    with database.reading() as db:
        draft = db.scalars(select(GoalDraft)).one()
        assert (draft.words["measure"], draft.words["with_whom"]) == ("First", "Bo")


def test_an_autosave_that_arrives_after_the_save_it_was_sent_before_changes_nothing(database, edit, tab, words):
    open_tab = tab()
    late = {**open_tab.hidden, **words, "measure": "Half a thou", "turn": "1", "do": "autosave"}
    open_tab.hidden["turn"] = "2"
    open_tab.send(**words | {"measure": "Half a thought, now whole"})

    answer = open_tab.visitor.post(edit, data=late)

    assert answer.status_code == 200
    assert saved(database, edit).measure == "Half a thought, now whole"
    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).all() == []


def test_an_autosave_that_arrives_after_a_later_one_changes_nothing(database, edit, tab, words):
    open_tab = tab()
    late = {**open_tab.hidden, **words, "measure": "Half a thou", "turn": "1", "do": "autosave"}
    open_tab.hidden["turn"] = "1"
    open_tab.autosave(**words | {"measure": "Half a thought, now whole"})

    open_tab.visitor.post(edit, data=late)

    with database.reading() as db:
        assert db.scalars(select(GoalDraft)).one().words["measure"] == "Half a thought, now whole"


def test_what_others_add_to_a_goal_meanwhile_is_no_matter_of_its_words(database, sample, ana, edit, tab, words):
    """A course, its completion, a card and a colleague who joins are rows of their own, as a reviewer's comment is."""
    goal_id = int(edit.split("/")[3])
    with database.transaction() as db:
        course = db.get_one(Course, sample.course.id)
        take_up(db, ana.person, db.get_one(Goal, goal_id), course.opportunity)
    open_tab = tab()
    with database.transaction() as db:
        goal, owner = db.get_one(Goal, goal_id), db.get_one(Person, ana.person.id)
        record_course_completion(db, owner.id, sample.course.id, utc_now())
        withdraw_course_completion(db, owner.id, sample.course.id)
        take_out(db, owner, goal.counted(sample.course.id))
        declare_goal(db, owner, goal, CardWords(Audience.SCHOOL))

    open_tab.send(**words | {"measure": "Two counts"})

    assert open_tab.path == edit.removesuffix("/edit")
    assert saved(database, edit).measure == "Two counts"


def test_s8_a_supervisor_cannot_change_a_goals_words(database, sample, ana, edit, tab, words, visit):
    told = tab().autosave(**words | {"measure": "Unsaved"})
    draft_id = int(told["action"].split("draft=")[1])
    with database.transaction() as db:
        supervisor = make_person(db, sample, "Sue Perez", Role.SUPERVISOR, Role.ADMINISTRATOR)
        db.add(Supervision(person_id=ana.person.id, supervisor_id=supervisor.id, source="administrator"))
    visitor = visit(sample, supervisor)
    goal = edit.removesuffix("/edit")
    doors = [edit, f"{goal}/changes/{draft_id}", f"{goal}/leave", f"/plans/drafts/{draft_id}/3",
             f"/plans/drafts/{draft_id}/discard"]  # fmt: skip

    answers = {
        door: visitor.post(door, data={**words, "headline": "The supervisor's words"}).status_code for door in doors
    }
    looks = {door: visitor.get(door).status_code for door in (edit, f"{goal}/history", f"{goal}/changes/{draft_id}")}

    assert set(answers.values()) <= {403, 404}
    assert set(looks.values()) <= {403, 404}
    assert saved(database, edit).headline == CHANGE["headline"]
    with database.reading() as db:
        assert db.get_one(GoalDraft, draft_id).words["measure"] == "Unsaved"


def test_words_that_come_to_a_draft_that_is_gone_are_given_back_to_copy(database, sample, ana, visit):
    writer = Writer(visit(sample, ana.person)).open("/plans/goals/new").send(**WHY)
    with database.transaction() as db:
        db.query(GoalDraft).delete()

    answer = writer.visitor.client.post(writer.action, data={**writer.hidden, "headline": "Words of mine"})

    assert answer.status_code == 404
    assert "What you typed, to copy" in answer.text
    assert "Words of mine" in answer.text
    assert writer.hidden["seen"][:20] not in answer.text.replace("&#34;", '"')
