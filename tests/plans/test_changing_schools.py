"""Whoever goes to another school: what they showed at the old one is shown at the new one once they say so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lti_tool.people.models import Person
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience, EvidenceKind
from lti_tool.plans.operations import EvidenceWords, add_evidence, declare_goal
from lti_tool.plans.operations.practices import PracticeWords, write_practice
from lti_tool.teams.queries.candidates import can_be_matched
from tests.conftest import make_person

CARD, SHOWN, PRACTICE = "My question stems", "Exit notes of May", "Waiting in silence"
PAGES = {CARD: "/plans/board", SHOWN: "/shared-evidence", PRACTICE: "/plans/practices"}


@pytest.fixture
def seen(database, sample, ana, visit):
    """Let Ana show a card, evidence and a practice to Hill School and go to Lake School; return who sees what."""
    with database.transaction() as db:
        owner = db.get_one(Person, ana.person.id)
        hill, lake = make_person(db, sample, "Hilda Hill"), make_person(db, sample, "Lars Lake", school=1)
        declare_goal(db, owner, ana.read(db), CardWords(Audience.SCHOOL, offer=CARD))
        words = EvidenceWords(EvidenceKind.WORDS, SHOWN, date(2026, 5, 2), "", "More of them ask.", Audience.SCHOOL)
        add_evidence(db, owner, ana.read(db), words)
        write_practice(db, owner, PracticeWords(PRACTICE, "Wait", "", "", "", Audience.SCHOOL))
        owner.school = db.merge(sample.schools[1])
    people: dict[str, Any] = {"hill": visit(sample, hill), "lake": visit(sample, lake)}
    return lambda: {
        who: {what for what, page in PAGES.items() if what in visitor.get(page).text} for who, visitor in people.items()
    }


def test_a_transfer_widens_nobody_s_sight(seen):
    assert seen() == {"hill": set(PAGES), "lake": set()}


def test_the_owner_is_asked_and_shows_the_card_at_the_new_school_by_their_own_act(sample, ana, visit, database, seen):
    with database.reading() as db:
        owner = visit(sample, db.get_one(Person, ana.person.id))

    asked = [owner.get(page).text for page in ("/", f"/plans/goals/{ana.goal_id}")]
    owner.post(f"/plans/goals/{ana.goal_id}/declare", data={"audience": "school", "offer": CARD})

    assert "You are at another school than when you shared your card" in asked[0]
    assert "the one that you were at when you shared it" in asked[1]
    assert "the school that you were at then" in asked[1]
    assert "You are at another school" not in owner.get("/").text
    assert seen() == {"hill": {SHOWN, PRACTICE}, "lake": {CARD}}


def test_no_team_of_the_new_school_is_formed_by_a_card_of_the_old_one(database, ana, seen):
    with database.reading() as db:
        goal = ana.read(db)

        assert not can_be_matched(goal, goal.owner)
