"""Tests that an upgrade keeps what a district had, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, Table, func, select, text

from lti_tool.db import Database, utc_now
from lti_tool.db_cli import alembic_config
from tests.postgres import SERVER, answers, scratch_database

STEPS = ("completion_step", "score_step")


POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])])
def first(request, tmp_path) -> Iterator[Database]:
    """Yield a database with the first tables."""
    if request.param == "sqlite":
        yield from _at_first(f"sqlite:///{tmp_path / 'district.sqlite3'}")
        return
    if not answers(SERVER):
        pytest.skip("no PostgreSQL answers here")
    with scratch_database(SERVER, "upgrade") as url:
        yield from _at_first(url)


def _at_first(url: str) -> Iterator[Database]:
    database = Database(url)
    command.upgrade(alembic_config(database), "0001")
    yield database
    database.engine.dispose()


def _tables(database: Database) -> Mapping[str, Table]:
    metadata = MetaData()
    metadata.reflect(database.engine)
    return metadata.tables


def _fill(database: Database) -> None:
    """Store a person with a goal that counts a finished course, as the first version did."""
    now = utc_now()
    rows: list[tuple[str, dict[str, Any]]] = [
        ("district", {"name": "Cedar Valley"}),
        ("person", {"name": "Ana Ruiz", "grade_band": "3-5"}),
        ("registration", {"family": "moodle"}),
        ("deployment", {"state": "approved"}),
        ("course", {"id": 7, "title": "Feedback", "professional_learning_at": now}),
        ("framework", {"title": "Practice"}),
        ("indicator", {"level": "indicator"}),
        ("course_alignment", {"course_id": 7, "strength": "develops", "grade_bands": ["3-5"]}),
        ("growth_plan", {"school_year": 2026}),
        ("goal", {"headline": "Ask better questions", "rationale": "Exit tickets were empty.", "state": "open"}),
        ("goal_indicator", {}),
        ("goal_course", {"course_id": 7, "completed_at": now}),
        ("try_it", {"course_id": 7, "reflection": "It helped.", "done_at": now}),
        ("completion", {"course_id": 7, "source": "moodle"}),
    ]
    tables = _tables(database)
    with database.engine.begin() as connection:
        for name, row in rows:
            connection.execute(tables[name].insert().values(_completed(tables[name], row)))


def _completed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with something in each column that must not be empty; what it points to has the id 1."""
    moment, empty = utc_now(), {"VARCHAR": "", "TEXT": "", "INTEGER": 1, "BOOLEAN": False, "JSON": []}
    needed = [each for each in table.columns if not each.nullable]
    return {each.name: empty.get(str(each.type).split("(")[0], moment) for each in needed} | row


@pytest.mark.parametrize("first", ["sqlite", POSTGRESQL], indirect=True)
def test_nothing_is_lost_by_an_upgrade(first):
    _fill(first)

    command.upgrade(alembic_config(first), "head")

    tables = _tables(first)
    with first.engine.connect() as connection:
        counted = {
            name: connection.scalar(select(func.count()).select_from(tables[name]))
            for name in ("person", "opportunity", "course", "alignment", "goal", "goal_indicator", "activity", "try_it",
                         "completion", "growth_plan")
        }  # fmt: skip
        story = connection.execute(
            text(
                "SELECT opportunity.title, activity.plan_id, activity.completed_at IS NOT NULL, try_it.reflection "
                "FROM activity JOIN opportunity ON opportunity.id = activity.opportunity_id "
                "JOIN try_it ON try_it.opportunity_id = opportunity.id"
            )
        ).one()
    assert counted == dict.fromkeys(counted, 1)
    assert tuple(story) == ("Feedback", 1, True, "It helped.")


def test_what_a_goal_and_a_plan_said_has_its_place_in_the_new_tables(first):
    _fill(first)

    command.upgrade(alembic_config(first), "head")

    with first.engine.connect() as connection:
        said = connection.execute(text("SELECT goal_id, kind, text FROM goal_rationale")).one()
        plan = connection.execute(text("SELECT state, is_restricted, version FROM growth_plan")).one()
        began = connection.execute(text("SELECT plan_id, actor_id, from_state, to_state FROM plan_change")).one()
        framework = connection.execute(text("SELECT size, updated_at = created_at FROM framework")).one()
    assert tuple(said) == (1, "educator", "Exit tickets were empty.")
    assert tuple(plan) == ("draft", False, 1)
    assert tuple(began) == (1, 1, None, "draft")
    assert tuple(framework) == (1, True)


def test_a_person_may_have_two_plans_in_a_year_after_an_upgrade(first):
    _fill(first)
    command.upgrade(alembic_config(first), "head")

    table = _tables(first)["growth_plan"]
    with first.engine.begin() as connection:
        connection.execute(table.insert().values(_completed(table, {"id": 2, "school_year": 2026, "state": "draft"})))
        counted = connection.scalar(select(func.count()).select_from(table))

    assert counted == 2


def test_what_is_made_after_an_upgrade_gets_an_id_of_its_own(first):
    _fill(first)
    command.upgrade(alembic_config(first), "head")

    table = _tables(first)["opportunity"]
    with first.engine.begin() as connection:
        row = {"district_id": 1, "kind": "mentor", "title": "A mentor", "created_at": utc_now()}
        filled = {name: value for name, value in _completed(table, row).items() if name != "id"}
        made = connection.execute(table.insert().values(filled).returning(table.c.id)).scalar_one()

    assert made == 8


def test_plans_that_were_handed_in_before_are_due_after_the_days_of_their_own_rules(first):
    command.upgrade(alembic_config(first), "0007")
    moment = datetime(2026, 11, 2, 9, tzinfo=UTC)
    rows: list[tuple[str, dict[str, Any]]] = [
        ("district", {}), ("person", {}), ("plan_template", {}), ("template_version", {"review_days": 30}),
        ("growth_plan", {"id": 1, "submitted_at": moment, "template_version_id": 1}),
        ("growth_plan", {"id": 2, "submitted_at": moment}),
        ("growth_plan", {"id": 3}),
    ]  # fmt: skip
    tables = _tables(first)
    with first.engine.begin() as connection:
        for name, row in rows:
            connection.execute(tables[name].insert().values(_completed(tables[name], row)))

    command.upgrade(alembic_config(first), "head")

    table = _tables(first)["growth_plan"]
    with first.engine.connect() as connection:
        due = connection.scalars(select(table.c.answer_by).order_by(table.c.id)).all()
    assert due == [date(2026, 12, 2), date(2026, 11, 16), None]


def test_whoever_taught_one_grade_band_has_it_among_several_after_an_upgrade(first):
    _fill(first)
    table = _tables(first)["person"]
    with first.engine.begin() as connection:
        connection.execute(table.insert().values(_completed(table, {"id": 2, "name": "Cora Lane"})))

    command.upgrade(alembic_config(first), "head")

    table = _tables(first)["person"]
    with first.engine.connect() as connection:
        kept = connection.execute(select(table.c.name, table.c.grade_bands).order_by(table.c.id)).all()
    assert [tuple(each) for each in kept] == [("Ana Ruiz", ["3-5"]), ("Cora Lane", [])]
    assert "grade_band" not in table.c


def test_learning_that_a_goal_was_announced_with_is_no_news_after_an_upgrade(first):
    announced, since = datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC)
    command.upgrade(alembic_config(first), "0031")
    rows: list[tuple[str, dict[str, Any]]] = [
        ("district", {}), ("person", {}), ("plan_template", {}), ("template_version", {}), ("growth_plan", {}),
        ("opportunity", {"id": 1}), ("opportunity", {"id": 2}),
        ("goal", {"announced_at": announced}),
        ("activity", {"id": 1, "goal_id": 1, "opportunity_id": 1, "created_at": announced}),
        ("activity", {"id": 2, "goal_id": 1, "opportunity_id": 2, "created_at": since}),
    ]  # fmt: skip
    tables = _tables(first)
    with first.engine.begin() as connection:
        for name, row in rows:
            connection.execute(tables[name].insert().values(_completed(tables[name], row)))

    command.upgrade(alembic_config(first), "head")

    with first.engine.connect() as connection:
        told = connection.scalars(text("SELECT id FROM activity WHERE announced_at IS NOT NULL")).all()
    assert told == [1]


def test_a_score_that_was_owed_beside_one_with_a_place_is_gone_after_an_upgrade(first):
    command.upgrade(alembic_config(first), "0035")
    rows: list[tuple[str, dict[str, Any]]] = [
        ("district", {}), ("person", {"id": 1}), ("person", {"id": 2}), ("registration", {}), ("deployment", {}),
        ("opportunity", {}), ("course", {}), ("resource_link", {}),
        ("score", {"id": 1, "person_id": 1, "kind": "goal", "resource_link_id": 1, "line_item_url": "https://lms/1"}),
        ("score", {"id": 2, "person_id": 1, "kind": "goal"}),
        ("score", {"id": 3, "person_id": 1, "kind": "team"}),
        ("score", {"id": 4, "person_id": 2, "kind": "goal"}),
    ]  # fmt: skip
    tables = _tables(first)
    with first.engine.begin() as connection:
        for name, row in rows:
            connection.execute(tables[name].insert().values(_completed(tables[name], row)))

    command.upgrade(alembic_config(first), "head")

    with first.engine.connect() as connection:
        assert connection.scalars(text("SELECT id FROM score ORDER BY id")).all() == [1, 3, 4]


def test_what_is_known_of_completions_and_scores_is_their_story_after_an_upgrade(first):
    noticed, back = datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC)
    command.upgrade(alembic_config(first), "0037")
    rows: list[tuple[str, dict[str, Any]]] = [
        ("district", {}), ("person", {}), ("registration", {}), ("deployment", {}), ("opportunity", {}), ("course", {}),
        ("completion", {"source": "moodle", "noticed_at": noticed, "withdrawn_at": back}),
        ("score", {"kind": "goal", "sent_at": noticed, "confirmed_at": back}),
    ]  # fmt: skip
    tables = _tables(first)
    with first.engine.begin() as connection:
        for name, row in rows:
            connection.execute(tables[name].insert().values(_completed(tables[name], row)))

    command.upgrade(alembic_config(first), "head")

    with first.engine.connect() as connection:
        turns = [connection.scalars(text(f"SELECT turn FROM {name} ORDER BY id")).all() for name in STEPS]
    assert turns == [["noticed", "withdrawn"], ["taken", "shown"]]
