"""What pages cost in a small and in a large district, and which of their queries read whole tables."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.district import LargeDistrict, build_district
from benchmarks.places import Place
from benchmarks.table import print_table
from lti_tool.db import Base
from lti_tool.launch.operations.sessions import open_session
from lti_tool.people.models import Person
from tests.query_counter import count_queries

PAGES = {
    "home, educator": "/?as=educator",
    "my plan": "/plans/",
    "goal": "/plans/goals/{goal_id}",
    "learning for a goal": "/plans/goals/{goal_id}/learning",
    "find learning": "/plans/learning",
    "goals board": "/plans/board",
    "my team": "/teams/?as=educator",
    "home, designer": "/?as=designer",
    "courses": "/courses",
    "catalogue": "/standards/opportunities",
    "coverage": "/standards/coverage",
    "coverage by role": "/standards/coverage?columns=roles&grade_bands=K-2",
    "grid": "/standards/grid",
    "teams of a course": "/teams/?as=designer",
    "home, administrator": "/?as=administrator",
    "sync overview": "/sync/",
    "scores": "/sync/scores",
    "scores that need somebody": "/sync/scores?state=needs_attention",
    "people": "/people",
}
EDUCATORS = 7
"""So many of the pages above are the educator's; the others are opened by somebody who has every role."""
LARGE_TABLE = 1000


APlace = Callable[[], AbstractContextManager[Place | None]]
Opener = Callable[[], None]


@dataclass(frozen=True)
class Cost:
    """The median milliseconds of a page and the number of its statements."""

    milliseconds: float
    queries: int


def measure_pages(a_place: APlace, sizes: Sequence[int], repeats: int) -> None:
    """Print what each page costs in districts of these two sizes, and what the larger one shows of scans."""
    costs = []
    for people in sizes:
        with a_place() as place:
            if place is None:
                return
            with place.database.transaction() as db:
                district = build_district(db, people)
            place.analyze()
            openers = _openers(place, district)
            costs.append({page: _cost(place, opened, repeats) for page, opened in openers.items()})
            if people == sizes[-1]:
                _print_pages(place.name, sizes, costs)
                _print_scans(place, openers)


def _print_pages(name: str, sizes: Sequence[int], costs: Sequence[dict[str, Cost]]) -> None:
    small, large = costs
    print(f"### Pages on {name}: districts of {sizes[0]} and of {sizes[1]} people, milliseconds of CPU\n")
    print_table(
        ("page", f"queries, {sizes[0]}", f"queries, {sizes[1]}", f"ms, {sizes[0]}", f"ms, {sizes[1]}", "times"),
        [
            (page, one.queries, large[page].queries, one.milliseconds, large[page].milliseconds,
             large[page].milliseconds / one.milliseconds)
            for page, one in small.items()
        ],
    )  # fmt: skip
    differing = [page for page, one in small.items() if one.queries != large[page].queries]
    said = f"differs: {', '.join(differing)}" if differing else "is the same in both"
    print(f"The number of queries {said}; the large district has {sizes[1] / sizes[0]:.0f} times the people.\n")


def _print_scans(place: Place, openers: Mapping[str, Opener]) -> None:
    """Print which statements of which pages read a large table from end to end, as the database plans them."""
    rows = []
    for page, opened in openers.items():
        with _statements(place) as sent:
            opened()
        rows += [(page, what, " ".join(statement.split())[:90]) for statement, what in _scans(place, sent)]
    print(f"Statements that read a large table whole, for want of an index: {len(rows)}\n")
    if rows:
        print_table(("page", "table", "statement"), rows)


def _openers(place: Place, district: LargeDistrict) -> dict[str, Opener]:
    educator, everything = (
        _visitor(place, district, person_id) for person_id in (district.educator_id, district.everything_id)
    )
    return {
        page: _opener(educator if number < EDUCATORS else everything, path.format(goal_id=district.goal_id))
        for number, (page, path) in enumerate(PAGES.items())
    }


def _visitor(place: Place, district: LargeDistrict, person_id: int) -> tuple[FlaskClient, str]:
    with place.database.transaction() as db:
        key = open_session(
            db, db.get_one(Person, person_id), registration_id=district.registration_id,
            deployment_id=district.deployment_id, course_id=district.course_id,
        )  # fmt: skip
    return place.app.test_client(), f"/s/{key}"


def _opener(visitor: tuple[FlaskClient, str], path: str) -> Opener:
    client, prefix = visitor

    def opened() -> None:
        answer = client.get(prefix + path)
        assert answer.status_code == 200, (path, answer.status_code)

    return opened


def _cost(place: Place, opened: Opener, repeats: int) -> Cost:
    for _ in range(3):
        opened()
    with count_queries(place.database) as queries:
        opened()
    spent = []
    for _ in range(repeats):
        began = place.cpu_seconds()
        opened()
        spent.append((place.cpu_seconds() - began) * 1000)
    return Cost(statistics.median(spent), sum(not each.startswith("BEGIN") for each in queries.statements))


@contextmanager
def _statements(place: Place) -> Iterator[list[tuple[str, Any]]]:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(place.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(place.database.engine, "before_cursor_execute", note)


def _scans(place: Place, sent: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each statement that reads a large table whole, and which.

    PostgreSQL reads a table whole where a district is nearly all of it, and is right; it is asked what it would do
    among many districts.
    """
    is_sqlite = place.name == "SQLite"
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    pattern = r"^SCAN (\w+)" if is_sqlite else r"Seq Scan on (\w+)"
    with place.database.engine.connect() as connection:
        if not is_sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in sent:
            if not statement.startswith("SELECT"):
                continue
            plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
            for table in sorted(set(re.findall(pattern, plan, re.MULTILINE))):
                if _is_large(connection, statement, table):
                    yield statement, table


def _is_large(connection: Any, statement: str, name: str) -> bool:
    """Return whether a table, named in a plan by itself or by its alias, has many rows."""
    found = re.search(rf'(?:FROM|JOIN|,) "?(\w+)"? AS {name}\b', statement)
    table = found[1] if found else name
    if table not in Base.metadata.tables:  # a subquery
        return False
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()) >= LARGE_TABLE
