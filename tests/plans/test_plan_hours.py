"""The hours rule of a plan: how far it is, what counts in a year, and what is given when it is closed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.plans.models import EntrySource, GrowthPlan, LedgerEntry, PlanState, TemplateVersion
from lti_tool.plans.models.plans import school_year_of
from lti_tool.plans.operations import EntryWords, acknowledge_review, add_hours_by_hand, withdraw_hours
from tests.plans.life import begun_plan, make_cast

THIS_YEAR = school_year_of(utc_now().date())


@pytest.fixture
def cast(database, sample):
    with database.transaction() as db:
        return make_cast(db, sample)


def earn(db, owner, hours: int, year: int = THIS_YEAR) -> LedgerEntry:
    words = EntryWords("A course elsewhere", Decimal(hours), "Clock hours", date(year, 9, 1))
    return add_hours_by_hand(db, owner, words)


def begin(db, cast, key: str, **rules: int) -> GrowthPlan:
    plan = begun_plan(db, cast, key)
    for name, value in rules.items():
        setattr(plan.rules, name, Decimal(value))
    return plan


def close(db, plan: GrowthPlan) -> None:
    plan.state, plan.signed_at = PlanState.FINAL_SUBMITTED, utc_now()
    acknowledge_review(db, plan.person, plan, "")


def awarded(database) -> list[Decimal]:
    with database.reading() as db:
        return list(db.scalars(select(LedgerEntry.hours).filter_by(source=EntrySource.AWARD)))


def test_a_plan_says_how_many_of_the_hours_that_it_aims_for_were_earned_in_its_time(database, sample, cast, visit):
    with database.transaction() as db:
        plan = begin(db, cast, "annual")
        earn(db, cast.owner, 12)
        earn(db, cast.owner, 5, THIS_YEAR - 1)
        withdraw_hours(db, cast.owner, earn(db, cast.owner, 3))
    visitor = visit(sample, cast.owner)

    assert "12 of 20" in visitor.get(f"/plans/{plan.id}").text
    assert "12 of 20" in visitor.get("/plans/hours").text


def test_what_is_above_the_yearly_limit_of_a_plan_does_not_count_toward_it(database, sample, cast, visit):
    with database.transaction() as db:
        plan = begin(db, cast, "licence")
        earn(db, cast.owner, 75)
        earn(db, cast.owner, 10, THIS_YEAR + 1)

    page = visit(sample, cast.owner).get(f"/plans/{plan.id}").text

    assert "70 of 180" in page
    assert "at most 60 count in a year: more was earned than counts" in page


def test_a_limit_without_an_aim_is_said_and_kept_too(database, sample, cast, visit):
    with database.transaction() as db:
        plan = begin(db, cast, "colleague", hours_yearly_cap=10)
        earn(db, cast.owner, 15)
    visitor = visit(sample, cast.owner)

    assert "at most 10 count in a year: more was earned than counts" in visitor.get(f"/plans/{plan.id}").text
    assert "At most 10 hours count in a year" in visitor.get("/plans/new").text


def test_closing_several_plans_of_one_kind_in_one_year_gives_their_hours_once(database, cast):
    with database.transaction() as db:
        for _ in range(3):
            close(db, begin(db, cast, "colleague"))

    assert awarded(database) == [Decimal(25)]


def test_a_plan_of_another_kind_and_one_of_another_year_give_their_own(database, cast):
    with database.transaction() as db:
        close(db, begin(db, cast, "colleague"))
        earlier = begin(db, cast, "colleague")
        earlier.school_year = THIS_YEAR - 1
        close(db, earlier)
        close(db, begin(db, cast, "peers", hours_award=10))

    assert awarded(database) == [Decimal(25), Decimal(25), Decimal(10)]


@pytest.mark.parametrize(("earned", "given"), [(0, [25]), (20, [10]), (30, []), (40, [])])
def test_closing_a_plan_gives_no_more_than_its_rules_let_count_in_a_year(database, cast, earned, given):
    with database.transaction() as db:
        plan = begin(db, cast, "colleague", hours_yearly_cap=30)
        if earned:
            earn(db, cast.owner, earned)
        close(db, plan)

    assert awarded(database) == [Decimal(each) for each in given]


def test_a_new_version_of_a_template_is_the_same_kind_of_plan(database, cast):
    with database.transaction() as db:
        first = begin(db, cast, "colleague")
        close(db, first)
        second, old = begin(db, cast, "colleague"), first.rules
        newer = TemplateVersion(
            template_id=old.template_id, number=2, published_at=utc_now(), name=old.name, approval=old.approval,
            hours_award=old.hours_award,
        )  # fmt: skip
        second.template_version = newer
        close(db, second)

    assert awarded(database) == [Decimal(25)]
