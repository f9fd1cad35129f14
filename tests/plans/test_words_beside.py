"""Words that were typed over a goal and not saved: said wherever the goal is shown, put in or let go, never lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.plans.models import Goal, GoalDraft, GrowthPlan, PlanState
from lti_tool.plans.words import as_typed, words_of
from tests.plans.life import make_live
from tests.plans.writing import Writer

NEW = "A count of hands in every lesson"


@pytest.fixture
def live(database, sample, visit):
    """A whole plan, over the first goal of which its owner typed a word and did not save it."""
    live = make_live(database, visit, sample, "annual")
    page = Writer(live.as_(live.cast.owner)).open(f"/plans/goals/{goal_of(database, live).id}/edit")
    told = page.autosave(**typed_in(database, live) | {"measure": NEW})
    assert told["said"].endswith(", not in the goal yet")
    return live


def goal_of(database, live: Any) -> Goal:
    with database.reading() as db:
        goal: Goal = db.scalars(select(Goal).filter_by(plan_id=live.plan_id).order_by(Goal.id)).all()[0]
        return goal


def typed_in(database, live: Any) -> dict[str, Any]:
    """Return all fields of the goal's form as they are saved."""
    with database.reading() as db:
        return as_typed(words_of(db.get_one(GrowthPlan, live.plan_id).goals[0]))


def draft_of(database) -> GoalDraft | None:
    with database.reading() as db:
        draft: GoalDraft | None = db.scalar(select(GoalDraft))
        return draft


def pages_of(database, live: Any) -> dict[str, str]:
    owner, goal_id = live.as_(live.cast.owner), goal_of(database, live).id
    paths = ("/", "/plans/", f"/plans/{live.plan_id}", f"/plans/goals/{goal_id}", f"/plans/{live.plan_id}/submit")
    return {path: owner.get(path, follow_redirects=True).text for path in paths}


def test_every_page_before_the_hand_over_says_that_words_are_not_in_it_yet(database, live):
    pages = pages_of(database, live)

    assert [path for path, page in pages.items() if "and not in what you hand in" not in page] == []
    assert [path for path, page in pages.items() if "Put them in" not in page] == []
    assert [path for path, page in pages.items() if "Let them go" not in page] == []


def test_they_are_put_in_with_one_button_and_are_handed_in(database, live):
    owner, goal = live.as_(live.cast.owner), goal_of(database, live)
    draft = draft_of(database)
    assert draft

    put_in = owner.post(f"/plans/goals/{goal.id}/changes/{draft.id}", data={"version": str(goal.version)})
    pages = pages_of(database, live)
    live.submit()
    live.post(live.cast.supervisor, "open")

    assert put_in.location.endswith("notice=goal_saved")
    assert [path for path, page in pages.items() if "and not in what you hand in" in page] == []
    assert NEW in live.as_(live.cast.supervisor).get(f"/plans/{live.plan_id}/review").text
    assert draft_of(database) is None


def test_what_was_saved_elsewhere_since_is_asked_about_and_not_overwritten(database, live):
    owner, goal = live.as_(live.cast.owner), goal_of(database, live)
    elsewhere = Writer(live.visit(live.cast.sample, live.cast.owner)).open(f"/plans/goals/{goal.id}/edit")
    elsewhere.send(**typed_in(database, live) | {"measure": "Saved there"})
    draft = draft_of(database)
    assert draft

    answer = owner.post(f"/plans/goals/{goal.id}/changes/{draft.id}", data={"version": str(goal.version + 1)})

    assert answer.status_code == 422
    assert "Put two versions together" in answer.text
    assert NEW in answer.text
    assert goal_of(database, live).measure == "Saved there"


def test_while_readers_have_the_plan_they_can_be_read_and_let_go_and_changed_in_nothing(database, live):
    owner, goal = live.as_(live.cast.owner), goal_of(database, live)
    live.submit()
    draft = draft_of(database)
    assert draft

    shown = owner.get(f"/plans/goals/{goal.id}").text
    kept = owner.get(f"/plans/goals/{goal.id}/edit?draft={draft.id}")
    owner.post(f"/plans/goals/{goal.id}/changes/{draft.id}", data={"version": str(goal.version)})
    unchanged = goal_of(database, live)
    let_go = owner.post(f"/plans/drafts/{draft.id}/discard")

    assert "Readers have the plan: you can put them in once it is back with you." in shown
    assert "Put them in" not in shown + kept.text
    assert NEW in kept.text
    assert (unchanged.measure, unchanged.version) == (goal.measure, goal.version)
    assert let_go.status_code == 303
    assert draft_of(database) is None


def test_of_a_plan_that_was_given_up_they_can_be_read_and_go_on_with_the_goal(database, live):
    owner, goal = live.as_(live.cast.owner), goal_of(database, live)
    live.bring_to(PlanState.WITHDRAWN)
    draft = draft_of(database)
    assert draft

    plan = owner.get(f"/plans/{live.plan_id}").text
    kept = owner.get(f"/plans/goals/{goal.id}/edit?draft={draft.id}").text

    assert "they go along when you go on with it in a new plan" in plan
    assert NEW in kept
    assert NEW not in owner.get("/plans/").text


def test_nobody_else_reads_them(database, live):
    goal_id, draft = goal_of(database, live).id, draft_of(database)
    assert draft
    live.submit()
    live.post(live.cast.supervisor, "open")

    pages = [f"/plans/{live.plan_id}/review", f"/plans/goals/{goal_id}/edit?draft={draft.id}"]
    read = "".join(
        live.as_(reader).get(page).text for reader in (live.cast.supervisor, live.cast.peers[0]) for page in pages
    )

    assert NEW not in read
