"""Run every measurement and print what came of it."""

from __future__ import annotations

import argparse
import platform

from benchmarks.launches import measure_launches
from benchmarks.places import postgresql, sqlite

PARTS = ("launch", "pages", "scores")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure what the tool costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--launches", type=int, default=300)
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
    if "launch" in wanted:
        for place in (sqlite, postgresql):
            with place() as found:
                if found is not None:
                    measure_launches(found, asked.launches)


if __name__ == "__main__":
    main()
