"""Tests of plan templates: the form of their rules, and which ones are offered."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from lti_tool.plans.models import PlanTemplate
from tests.conftest import make_person
from tests.plans.life import make_cast, template

FORM = {
    "name": "Two-year plan", "description": "For two years.", "start_month": "9", "start_day": "1", "months": "24",
    "approval": "committee", "reviewers": "5", "quorum": "3", "review_days": "21", "fewest_goals": "2",
    "most_goals": "4", "fewest_standards": "2", "fewest_evidence": "1", "collaboration": "required",
    "hours_target": "30", "hours_award": "", "hours_yearly_cap": "7.5", "has_mid_year": "true",
    "rationale_slots": ["educator", "student"], "reviewer_guide": "Ask before you advise.",
}  # fmt: skip


@pytest.fixture
def cast(database, sample):
    with database.transaction() as db:
        return make_cast(db, sample)


def test_a_template_of_one_s_own_is_offered_once_it_is_published(database, sample, cast, visit):
    designer, owner = visit(sample, cast.designer), visit(sample, cast.owner)

    saved = designer.post("/plans/templates/new", data=FORM)
    template_id = int(saved.location.split("/templates/")[1].split("?")[0])
    before = owner.get("/plans/new").text
    published = designer.post(f"/plans/templates/{template_id}/publish").status_code
    again = designer.post(f"/plans/templates/{template_id}/publish").status_code
    after = owner.get("/plans/new").text

    assert "Two-year plan" not in before
    assert (published, again) == (303, 409)
    assert "From 1 September, for 2 years" in after
    assert "A committee of the district agrees: 3 of 5" in after
    with database.reading() as db:
        rules = db.get_one(PlanTemplate, template_id).current
        assert rules is not None
        assert (rules.rationale_slots, rules.try_it_required, rules.has_mid_year) == (
            ["educator", "student"], False, True,
        )  # fmt: skip
        assert rules.period_of(date(2026, 8, 31)) == (date(2025, 9, 1), date(2027, 8, 31))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "Give it a name"),
        ({"quorum": "6"}, "No more can agree than read it."),
        ({"start_month": "2", "start_day": "30"}, "There is no such day every year."),
        ({"start_day": ""}, "There is no such day every year."),
        ({"most_goals": "1"}, "This is fewer than are needed at least."),
        ({"months": "0"}, "Write a whole number that fits."),
        ({"hours_target": "many"}, "Write hours such as 20 or 7.5"),
        ({"approval": "everybody"}, "Choose one of these."),
    ],
)
def test_rules_that_cannot_be_come_back_as_they_were_typed(database, sample, cast, visit, change, sentence):
    answer = visit(sample, cast.designer).post("/plans/templates/new", data={**FORM, **change})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Ask before you advise." in answer.text
    with database.reading() as db:
        assert len(db.scalars(select(PlanTemplate)).all()) == 5


def test_the_usual_template_is_always_offered_and_never_a_restricted_one(database, sample, cast, visit):
    with database.reading() as db:
        ids = {key: template(db, cast, key).id for key in ("annual", "support", "colleague", "licence")}
    visitor = visit(sample, cast.administrator)

    def choose(key: str, what: str) -> int:
        code: int = visitor.post(f"/plans/templates/{ids[key]}/offer", data={"as": what}).status_code
        return code

    assert [choose("annual", "nothing"), choose("support", "usual")] == [409, 409]
    assert [choose("licence", "nothing"), choose("colleague", "usual")] == [303, 303]
    page = visit(sample, cast.owner).get("/plans/new").text
    assert "Licence cycle plan" not in page
    assert page.index("Colleague-reviewed plan") < page.index("Annual growth plan")


def test_a_district_s_templates_come_with_its_first_goal_or_by_a_designer_s_click(database, sample, visit):
    with database.transaction() as db:
        newcomer = make_person(db, sample, "Zoe Adams")
    visitor = visit(sample, newcomer)

    empty = visitor.get("/plans/new").text
    visitor.post("/plans/new")

    assert "No kind of plan is set up yet" in empty
    assert "Annual growth plan" in visitor.get("/plans/new").text


def test_a_plan_lasts_no_longer_than_its_template_says(database, cast):
    with database.reading() as db:
        support, licence = template(db, cast, "support").current, template(db, cast, "licence").current
        assert support is not None
        assert licence is not None

        first, last = support.period_of(date(2027, 1, 31))

        assert (first, (last - first).days + 1) == (date(2027, 1, 31), 180)
        assert licence.period_of(date(2026, 11, 26)) == (date(2026, 7, 1), date(2031, 6, 30))
