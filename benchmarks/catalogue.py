"""A catalogue of five thousand opportunities against a framework of a thousand indicators, and what its map costs."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.district import build_district
from benchmarks.places import Place
from benchmarks.table import print_table
from lti_tool.db import utc_now
from lti_tool.launch.operations.sessions import open_session
from lti_tool.people.models import Opportunity, OpportunityKind, Person
from lti_tool.standards.facets import FACETS, VALUES
from lti_tool.standards.models import Alignment, Framework, Indicator, Level, Strength

SEED = 20260817
OPPORTUNITIES, INDICATORS, ALIGNMENTS = 5000, 1000, 25_000
WITHOUT = 20
"""So many indicators have nothing at all."""
DISCIPLINES = ("mathematics", "Mathematics", "science", "Arts")
"""One of them is written in two ways."""


def build_catalogue(db: Session, district_id: int) -> Framework:
    """Return a new framework with a catalogue aligned to it; every ninth and seventh opportunity is not on offer."""
    chance = random.Random(SEED)
    framework = Framework(district_id=district_id, identifier="large", title="A large framework")
    db.add(framework)
    db.flush()
    db.execute(insert(Indicator), [
        {"framework_id": framework.id, "identifier": f"i{number}", "level": Level.INDICATOR, "code": f"{number}",
         "path": f"{number}", "statement": f"Practises what {number} describes", "position": number}
        for number in range(INDICATORS)
    ])  # fmt: skip
    title = "Learning of the large catalogue"
    db.execute(insert(Opportunity), [
        {"district_id": district_id, "kind": OpportunityKind.EXTERNAL, "title": title,
         "hours": chance.choice([None, Decimal("1.5"), Decimal(4)]),
         "refreshed_on": chance.choice([None, date(2025, 1, number % 28 + 1)]),
         "retired_on": None if number % 9 else utc_now().date(), "unavailable_since": None if number % 7 else utc_now()}
        for number in range(OPPORTUNITIES)
    ])  # fmt: skip
    indicators = db.scalars(
        select(Indicator.id).where(Indicator.framework_id == framework.id).order_by(Indicator.position)
    ).all()
    _align(db, chance, db.scalars(select(Opportunity.id).where(Opportunity.title == title)).all(), indicators)
    return framework


def _align(db: Session, chance: random.Random, opportunities: Sequence[int], indicators: Sequence[int]) -> None:
    pairs = {(chance.choice(opportunities), chance.choice(indicators[:-WITHOUT])) for _ in range(ALIGNMENTS)}
    db.execute(insert(Alignment), [
        {"opportunity_id": opportunity, "indicator_id": indicator, "strength": Strength.DEVELOPS,
         **{name: _some_of(chance, VALUES.get(name, DISCIPLINES)) for name in FACETS}}
        for opportunity, indicator in sorted(pairs)
    ])  # fmt: skip


def _some_of(chance: random.Random, values: Sequence[str]) -> list[str]:
    """Return a few values, everybody, or nobody."""
    few = chance.sample([str(each) for each in values], chance.randint(1, len(values) - 1))
    return chance.choice([["all"], [], few])


def _go_on_counting(place: Place, db: Session) -> None:
    """Let PostgreSQL number new rows after those that were written with their ids."""
    for model in (Framework, Indicator, Opportunity, Alignment) if place.name == "PostgreSQL" else ():
        name = model.__tablename__
        highest = db.scalar(select(func.max(model.id)))
        db.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), :highest)"), {"highest": highest})


def measure_catalogue(place: Place, repeats: int) -> None:
    """Print how long the map of coverage takes for a large catalogue."""
    with place.database.transaction() as db:
        district = build_district(db, 200)
        _go_on_counting(place, db)
        framework_id = build_catalogue(db, 1).id
    place.analyze()
    with place.database.transaction() as db:
        key = open_session(
            db, db.get_one(Person, district.everything_id), registration_id=district.registration_id,
            deployment_id=district.deployment_id, course_id=district.course_id,
        )  # fmt: skip
    client, rows = place.app.test_client(), []
    for columns in FACETS:
        spent = []
        for _ in range(max(1, repeats // 3)):
            began = time.perf_counter()
            answer = client.get(f"/s/{key}/standards/coverage?framework={framework_id}&columns={columns}")
            spent.append(time.perf_counter() - began)
            assert answer.status_code == 200
        rows.append((columns, min(spent)))
    print(f"### Coverage on {place.name}: {OPPORTUNITIES} opportunities against {INDICATORS} indicators, seconds\n")
    print_table(("columns", "seconds a page"), rows)
