"""`make tour`: the whole journey over HTTP, as the people would, in both flavours.

After each step it prints what the LMS itself now says. It ends with status 0 only if all of it is true.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from practice_lms.browser import JourneyError
from practice_lms.journey import Journey
from practice_lms.processes import TrialError, free_port
from practice_lms.state import Flavour
from practice_lms.trial import Trial


def main() -> None:
    """Play the journey in the flavours that are named, or in each."""
    parser = argparse.ArgumentParser("make tour", description="Play the whole journey over HTTP.")
    parser.add_argument(
        "flavours", nargs="*", type=Flavour, metavar="FLAVOUR", help="moodle or canvas; both by default"
    )
    parser.add_argument("--workers", type=int, default=1, help="more than one need BROKER_URL and DATABASE_URL")
    asked = parser.parse_args()
    failed = [each for each in asked.flavours or list(Flavour) if not _play(each, asked.workers)]
    sys.exit(f"The tour failed in: {', '.join(failed)}" if failed else 0)


def _play(flavour: Flavour, workers: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="like-goals-tour-") as directory:
        trial = Trial(Path(directory) / "instance", flavour, free_port(), free_port(), workers=workers)
        try:
            _say(f"\n{flavour.title()}\n{'=' * len(flavour)}")
            trial.prepare()
            trial.start()
            for number, (title, step) in enumerate(Journey(trial).steps(), start=1):
                _tell(number, title, step)
        except (TrialError, JourneyError) as error:
            _say(f"    FAILED: {error}")
            return False
        finally:
            trial.stop()
    return True


def _tell(number: int, title: str, step: Callable[[], str]) -> None:
    began = time.monotonic()
    _say(f"{number:2}. {title}")
    _say(f"    LMS: {step()}  ({time.monotonic() - began:.1f} s)")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
