"""Run every measurement and print what came of it."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: a second thread only costs

from benchmarks.catalogue import measure_catalogue
from benchmarks.imports import measure_imports
from benchmarks.launches import measure_launches
from benchmarks.matching import measure_matching
from benchmarks.pages import measure_pages
from benchmarks.places import postgresql, sqlite
from benchmarks.scores import measure_scores

PARTS = ("launch", "pages", "imports", "scores", "teams")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure what the tool costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--launches", type=int, default=300)
    parser.add_argument("--people", type=int, nargs=2, default=(200, 5000), help="in the small and the large district")
    parser.add_argument("--opened", type=int, default=9, help="how often each page is opened")
    parser.add_argument("--scores", type=int, default=10_000)
    parser.add_argument("--matched", type=int, default=100_000, help="people in the largest district that is matched")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no {unknown.pop()}")
    return asked


def main() -> None:
    """Measure the parts that were asked for."""
    asked = arguments()
    wanted = asked.parts or PARTS
    print(f"Python {platform.python_version()} on {platform.machine()}\n", flush=True)
    if "teams" in wanted:
        measure_matching(asked.matched)
    if set(wanted) - {"teams"}:
        _measure_places(asked, wanted)


def _measure_places(asked: argparse.Namespace, wanted: Sequence[str]) -> None:
    """Measure what needs the tool, on each database that is there."""
    for a_place in (sqlite, postgresql):
        with a_place() as place:
            if place is None:
                print("No PostgreSQL answers; TEST_POSTGRES_URL says where one is.")
                return
            if "launch" in wanted:
                measure_launches(place, asked.launches)
        if "pages" in wanted:
            measure_pages(a_place, asked.people, asked.opened)
            with a_place() as place:
                if place is not None:
                    measure_catalogue(place, asked.opened)
        if "imports" in wanted:
            with a_place() as place:
                if place is not None:
                    measure_imports(place)
        if "scores" in wanted:
            with a_place() as place:
                if place is not None:
                    measure_scores(place, asked.scores)


if __name__ == "__main__":
    main()
