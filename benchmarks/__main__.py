"""Run every measurement and print what came of it."""

from __future__ import annotations

import argparse
import platform

from benchmarks.launches import measure_launches
from benchmarks.pages import measure_pages
from benchmarks.places import postgresql, sqlite
from benchmarks.scores import measure_scores

PARTS = ("launch", "pages", "scores")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure what the tool costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--launches", type=int, default=300)
    parser.add_argument("--people", type=int, nargs=2, default=(200, 5000), help="in the small and the large district")
    parser.add_argument("--opened", type=int, default=9, help="how often each page is opened")
    parser.add_argument("--scores", type=int, default=200)
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no {unknown.pop()}")
    return asked


def main() -> None:
    """Measure the parts that were asked for, on each database that is there."""
    asked = arguments()
    wanted = asked.parts or PARTS
    print(f"Python {platform.python_version()} on {platform.machine()}\n", flush=True)
    for a_place in (sqlite, postgresql):
        with a_place() as place:
            if place is None:
                print("No PostgreSQL answers; TEST_POSTGRES_URL says where one is.")
                return
            if "launch" in wanted:
                measure_launches(place, asked.launches)
        if "pages" in wanted:
            measure_pages(a_place, asked.people, asked.opened)
        if "scores" in wanted:
            with a_place() as place:
                if place is not None:
                    measure_scores(place, asked.scores)


if __name__ == "__main__":
    main()
