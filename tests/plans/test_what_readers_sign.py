"""Whoever signs a plan can open all of it: its learning, with whom, and the evidence that its owner shows readers."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from lti_tool.people.models import OpportunityKind
from lti_tool.plans.models import Audience, Evidence, EvidenceKind, Goal, GoalKind, GrowthPlan, PlanSnapshot, PlanState
from lti_tool.plans.operations import EvidenceWords, add_evidence, take_up
from tests.plans.learning import offer
from tests.plans.life import Live, make_live, readers_of

SHOWN = EvidenceWords(
    EvidenceKind.LINK, "Exit notes of May", date(2026, 11, 2), url="https://docs.example.test/notes",
    reflection="Twice as many say it.", audience=Audience.REVIEWER,
)  # fmt: skip
HIDDEN = dataclasses.replace(SHOWN, title="What I tell nobody", audience=Audience.PRIVATE)
END = {"results_statement": "More of them explain.", "outcome": "partly"}


def with_all_said(database, visit, sample, key: str) -> Live:
    """Return a plan whose first goal says with whom, counts learning that is finished, and has evidence."""
    live = make_live(database, visit, sample, key)
    with database.transaction() as db:
        goal = first_goal(db, live)
        goal.with_whom, goal.kind = "With Pol of Lake School", GoalKind.STUDENT_LEARNING
        book = offer(db, sample, OpportunityKind.STUDY, "Reading group on questions")
        take_up(db, live.cast.owner, goal, book)
        goal.activities[0].completed_at = datetime(2026, 11, 3, 12, tzinfo=UTC)
        for title in ("Exit notes of May", "Exit notes of June", "Exit notes of July"):
            add_evidence(db, live.cast.owner, goal, dataclasses.replace(SHOWN, title=title))
        add_evidence(db, live.cast.owner, goal, HIDDEN)
    return live


def first_goal(db, live: Live) -> Goal:
    goal: Goal = db.get_one(GrowthPlan, live.plan_id).goals[0]
    return goal


@pytest.mark.parametrize("key", ["annual", "licence", "peers", "colleague", "support"])
def test_each_who_signs_opens_learning_company_and_evidence_and_nothing_that_is_private(database, visit, sample, key):
    live = with_all_said(database, visit, sample, key)
    live.submit()
    sealed = live.as_(readers_of(live.cast, key)[0]).get(f"/plans/{live.plan_id}/review").text
    live.approve()
    if key in {"annual", "support"}:
        live.come_to_mid_year()
    live.hand_in_end()

    assert "Exit notes of May" not in sealed
    for reader in readers_of(live.cast, key):
        live.post(reader, "open")
        page = live.as_(reader).get(f"/plans/{live.plan_id}/review").text
        assert "With Pol of Lake School" in page
        assert "Reading group on questions (finished 3 November 2026)" in page
        assert "what students learn" in page
        assert "Exit notes of July" in page
        assert "https://docs.example.test/notes" in page
        assert "Twice as many say it." in page
        assert HIDDEN.title not in page
    strangers = {live.as_(each).get(f"/plans/{live.plan_id}/review").status_code for each in others(live, key)}
    assert strangers == {404}


def others(live: Live, key: str):
    cast = live.cast
    leading = (cast.supervisor, cast.other_supervisor, cast.designer, cast.administrator)
    reading = {"licence": cast.committee, "peers": cast.peers}.get(key, readers_of(cast, key))
    return [each for each in (*leading, *cast.peers, *cast.committee) if each not in reading]


def test_a_reader_comments_beside_the_learning_and_what_changed_in_it_is_told(database, visit, sample):
    live = with_all_said(database, visit, sample, "annual")
    live.submit()
    supervisor = live.cast.supervisor
    live.post(supervisor, "open")
    with database.reading() as db:
        goal_id = first_goal(db, live).id

    beside = live.post(
        supervisor, "comments", kind="question", words="Only a book?", field="learning", goal_id=str(goal_id)
    )
    assert live.post(supervisor, "decide", do="changes", words="Think of somebody to see.") == 303
    with database.transaction() as db:
        visiting = offer(db, sample, OpportunityKind.OPEN_DOOR, "Open door at Lake School")
        take_up(db, live.cast.owner, first_goal(db, live), visiting)
    live.submit()
    live.post(supervisor, "open")
    history = live.as_(supervisor).get(f"/plans/{live.plan_id}/history").text

    assert beside == 303
    assert "Learning that serves it" in history
    assert "Open door at Lake School" in history.split("<ins>")[1] + history.split("<ins>")[-1]
    assert "With whom" not in history


def test_words_that_were_kept_before_they_held_the_learning_do_not_say_that_it_is_new(database, visit, sample):
    live = with_all_said(database, visit, sample, "annual")
    live.submit()
    with database.transaction() as db:
        kept = db.scalars(select(PlanSnapshot)).one()
        kept.words = [
            {**part, "fields": {name: text for name, text in part["fields"].items() if name != "learning"}}
            for part in kept.words
        ]

    live.post(live.cast.supervisor, "open")
    live.post(live.cast.supervisor, "decide", do="changes", words="Say how you will know.")
    live.submit()
    live.post(live.cast.supervisor, "open")

    assert "Learning that serves it" not in live.as_(live.cast.supervisor).get(f"/plans/{live.plan_id}/history").text


def test_evidence_that_readers_cannot_see_is_not_what_a_plan_needs_to_end(database, visit, sample):
    live = make_live(database, visit, sample, "peers")
    live.submit()
    live.approve()
    with database.transaction() as db:
        for _ in range(3):
            add_evidence(db, live.cast.owner, first_goal(db, live), HIDDEN)

    answer = live.as_(live.cast.owner).post(f"/plans/{live.plan_id}/end", data=END)

    assert answer.status_code == 422
    assert "3 pieces of evidence that your readers may see" in answer.text


def test_what_readers_have_to_sign_is_neither_removed_nor_hidden_nor_reworded_meanwhile(database, visit, sample):
    live = with_all_said(database, visit, sample, "peers")
    live.submit()
    live.approve()
    live.hand_in_end()
    owner = live.as_(live.cast.owner)
    with database.reading() as db:
        shown, *_ = (each.id for each in first_goal(db, live).evidence if each.audience is Audience.REVIEWER)
        hidden = next(each.id for each in first_goal(db, live).evidence if each.audience is Audience.PRIVATE)
    typed = {
        "kind": "link", "title": SHOWN.title, "url": SHOWN.url, "reflection": SHOWN.reflection,
        "dated_on": "2026-11-02", "audience": "reviewer",
    }  # fmt: skip

    refused = [
        owner.post(f"/plans/evidence/{shown}/remove").status_code,
        owner.post(f"/plans/evidence/{shown}", data={**typed, "audience": "private"}).status_code,
        owner.post(f"/plans/evidence/{shown}", data={**typed, "title": "Another thing"}).status_code,
    ]
    let = [
        owner.post(f"/plans/evidence/{shown}", data={**typed, "audience": "team"}).status_code,
        owner.post(f"/plans/evidence/{shown}", data=typed).status_code,
        owner.post(f"/plans/evidence/{hidden}/remove").status_code,
    ]

    assert refused == [409, 409, 409]
    assert let == [303, 303, 303]
    assert live.post(live.cast.owner, "recall") == 303
    assert owner.post(f"/plans/evidence/{shown}/remove").status_code == 303
    with database.reading() as db:
        assert len(db.scalars(select(Evidence)).all()) == 2


def test_evidence_for_readers_is_on_their_list_of_what_is_shared_once_the_plan_is_handed_in(database, visit, sample):
    live = with_all_said(database, visit, sample, "peers")
    peer, stranger = live.as_(live.cast.peers[0]), live.as_(live.cast.committee[0])
    before = peer.get("/shared-evidence").text

    live.submit()
    unopened = peer.get("/shared-evidence").text
    live.post(live.cast.peers[0], "open")

    assert "Exit notes of May" not in before + unopened
    assert "Exit notes of May" in peer.get("/shared-evidence").text
    assert "Exit notes of May" not in stranger.get("/shared-evidence").text
    assert live.state() is PlanState.SUBMITTED
