"""Two tabs that change the same thing: no form replaces words that it did not show."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Opportunity, OpportunityKind, Person, Role
from lti_tool.plans.models import (
    Audience,
    Evidence,
    EvidenceKind,
    Goal,
    GrowthPlan,
    PlanTemplate,
    PracticeCard,
    Priority,
    SharedKind,
    TryIt,
)
from lti_tool.plans.models.templates import RULES
from lti_tool.plans.operations import (
    EvidenceWords,
    SharedWords,
    add_evidence,
    add_priority,
    describe_shared,
)
from lti_tool.plans.operations.practices import PracticeWords, write_practice
from tests.conftest import Visitor, make_person
from tests.plans.conftest import write_goal

SHARED_DATA = {
    "shared_kind": SharedKind.MENTOR.value, "shared_with": "Two colleagues", "shared_purpose": "To compare",
    "shared_rhythm": "Every third Tuesday", "shared_products": "Stems",
}  # fmt: skip
CARD = {"audience": "district", "next_step": "Exit notes", "offer": "Watch me", "wish": "A partner"}


@dataclass
class Form:
    """A form that is open in several tabs: where it stands, what it holds, and the fields that are written in."""

    page: str
    path: str
    data: Mapping[str, Any]
    one: str
    other: str
    kept: tuple[type[Any], int]
    on: str = ""
    """The attribute of what is kept that holds the fields; itself without one."""
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What fields are called where they are kept, where that differs."""

    def saved(self, db: Session, name: str) -> Any:
        row = db.get_one(*self.kept)
        return getattr(getattr(row, self.on) if self.on else row, self.names.get(name, name))


class Tab:
    """The form as one tab shows it."""

    def __init__(self, visitor: Visitor, form: Form) -> None:
        self.visitor, self.form, self.page = visitor, form, visitor.get(form.page).text
        self.shown = self._shown()

    def send(self, **written: str) -> int:
        answer = self.visitor.post(self.form.path, data={**self.form.data, "shown": self.shown, **written})
        status: int = answer.status_code
        self.page = answer.text
        if status != 303:
            self.shown = self._shown()
        return status

    def _shown(self) -> str:
        forms = re.findall(rf'action="[^"]*{self.form.path}"(.*?)</form>', self.page, re.DOTALL)
        hidden = [found for each in forms for found in re.findall(r'name="shown" value="([^"]*)"', each)]
        assert hidden, "no form here says what it showed"
        return unescape(hidden[0])


@pytest.fixture
def designer(database, sample, ana) -> Person:
    with database.transaction() as db:
        return make_person(db, sample, "Nora Field", Role.DESIGNER)


def evidence_form(db: Session, ana: Any, designer: Person) -> Form:
    goal = ana.read(db)
    words = EvidenceWords(EvidenceKind.WORDS, "Notes", date(2026, 10, 1), reflection="First")
    piece = add_evidence(db, goal.owner, goal, words)
    db.flush()
    data = {"kind": "words", "title": "Notes", "dated_on": "2026-10-01", "reflection": "First", "audience": "private"}
    path = f"/plans/evidence/{piece.id}"
    return Form(path, path, data, "reflection", "title", (Evidence, piece.id))


def shared_form(db: Session, ana: Any, designer: Person) -> Form:
    plan = ana.read(db).plan
    describe_shared(db, plan.person, plan, SharedWords(SharedKind.MENTOR, *list(SHARED_DATA.values())[1:]))
    path = f"/plans/{plan.id}/shared"
    return Form(path, path, SHARED_DATA, "shared_purpose", "shared_with", (GrowthPlan, plan.id))


def card_form(db: Session, ana: Any, designer: Person) -> Form:
    goal = write_goal(
        db,
        ana.read(db).owner,
        "Shared",
        audience=Audience.DISTRICT,
        **{name: words for name, words in CARD.items() if name != "audience"},
    )
    path = f"/plans/goals/{goal.id}/declare"
    return Form(path, path, CARD, "offer", "wish", (Goal, goal.id), "declaration")


def practice_form(db: Session, ana: Any, designer: Person) -> Form:
    card = write_practice(db, ana.read(db).owner, PracticeWords("Silence", "Wait", "", "Time", "", Audience.SCHOOL))
    db.flush()
    path = f"/plans/practices/{card.id}/edit"
    data = {"title": "Silence", "did": "Wait", "audience": "school", "needed": "Time"}
    return Form(path, path, data, "did", "needed", (PracticeCard, card.id))


def template_form(db: Session, ana: Any, designer: Person) -> Form:
    template = db.scalars(select(PlanTemplate).filter_by(district_id=designer.district_id)).first()
    assert template is not None
    rules = {name: getattr(template.newest, name) for name in RULES}
    data = {
        name: "yes" if value is True else value
        for name, value in rules.items()
        if value is not None and value is not False
    }
    path = f"/plans/templates/{template.id}/edit"
    return Form(path, path, data, "description", "name", (PlanTemplate, template.id), "newest")


def opportunity_form(db: Session, ana: Any, designer: Person) -> Form:
    study = Opportunity(district_id=designer.district_id, kind=OpportunityKind.STUDY, title="Book", description="Why")
    db.add(study)
    db.flush()
    page = f"/standards/opportunities/{study.id}/edit"
    return Form(page, page, {"title": "Book", "description": "Why"}, "description", "title", (Opportunity, study.id))


def priority_form(db: Session, ana: Any, designer: Person) -> Form:
    priority = add_priority(db, db.merge(designer), "Talk in every lesson", None)
    db.flush()
    data = {"text": "Talk in every lesson"}
    return Form("/plans/priorities", f"/plans/priorities/{priority.id}", data, "text", "", (Priority, priority.id))


def try_form(db: Session, ana: Any, designer: Person) -> Form:
    attempt = TryIt(goal=ana.read(db), plan="Wait longer", reflection="It helped.", tried_on=date(2026, 10, 1))
    db.add(attempt)
    db.flush()
    path = f"/plans/try-its/{attempt.id}"
    data = {"tried_on": "2026-10-01", "words": "It helped."}
    return Form(path, path, data, "words", "", (TryIt, attempt.id), names={"words": "reflection"})


FORMS = {
    "evidence": evidence_form, "shared part": shared_form, "card": card_form, "practice": practice_form,
    "template": template_form, "opportunity": opportunity_form, "priority": priority_form, "try-it": try_form,
}  # fmt: skip
OF_DESIGNERS = {"template", "opportunity", "priority"}


@pytest.fixture(params=FORMS)
def form(request, database, ana, designer) -> Form:
    with database.transaction() as db:
        return FORMS[request.param](db, ana, designer)


@pytest.fixture
def tab(request, sample, ana, designer, form, visit):
    """Return a new tab of whoever changes what the form is of."""
    is_for_designers = request.node.callspec.params["form"] in OF_DESIGNERS
    visitor = visit(sample, designer if is_for_designers else ana.person)
    return lambda: Tab(visitor, form)


def test_the_words_of_the_first_tab_are_not_replaced_by_the_second_and_both_are_there_to_choose_from(
    database, form, tab
):
    first, second = tab(), tab()
    assert first.send(**{form.one: "Words of the first tab"}) == 303

    assert second.send(**{form.one: "Words of the second tab"}) == 409

    assert "Words of the first tab" in second.page
    assert "Words of the second tab" in second.page
    assert "Keep what was saved" in second.page
    with database.reading() as db:
        assert form.saved(db, form.one) == "Words of the first tab"
    assert second.send(**{form.one: "Words of the second tab"}) == 303
    with database.reading() as db:
        assert form.saved(db, form.one) == "Words of the second tab"


def test_what_each_tab_wrote_in_a_field_of_its_own_is_kept(database, form, tab):
    if not form.other:
        pytest.skip("it has one field")
    first, second = tab(), tab()

    assert first.send(**{form.one: "Words of the first tab"}) == 303
    assert second.send(**{form.other: "Words of the second tab"}) == 303

    with database.reading() as db:
        said = (form.saved(db, form.one), form.saved(db, form.other))
        assert said == ("Words of the first tab", "Words of the second tab")


def test_a_form_that_is_sent_twice_with_the_same_words_is_saved(form, tab):
    first, second = tab(), tab()

    assert first.send(**{form.one: "The same words"}) == 303
    assert second.send(**{form.one: "The same words"}) == 303


@pytest.mark.parametrize("form", ["card"], indirect=True)
def test_a_card_that_was_withdrawn_elsewhere_is_not_shared_again_by_a_form_that_is_still_open(database, form, tab):
    late = tab()
    late.visitor.post(form.path.replace("/declare", "/withdraw"))

    assert late.send(offer="Come on Mondays") == 303

    with database.reading() as db:
        assert form.saved(db, "audience") is Audience.PRIVATE
        assert form.saved(db, "offer") == "Come on Mondays"


@pytest.mark.parametrize("form", ["evidence"], indirect=True)
@pytest.mark.parametrize("shown", ["", "no JSON", "[]", '{"reflection": 4}'])
def test_whatever_a_form_says_that_it_showed_gets_an_answer(form, tab, shown):
    page = tab()
    page.shown = shown

    assert page.send(reflection="Words") == 303
