"""`make tour`: the whole journey over HTTP, as the people would, in both flavours.

After each step it prints what the LMS itself now says. It ends with status 0 only if all of it is true.
"""

from __future__ import annotations

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
    asked = [Flavour(name) for name in sys.argv[1:]] or list(Flavour)
    failed = [flavour for flavour in asked if not _play(flavour)]
    sys.exit(f"The tour failed in: {', '.join(failed)}" if failed else 0)


def _play(flavour: Flavour) -> bool:
    with tempfile.TemporaryDirectory(prefix="like-goals-tour-") as directory:
        trial = Trial(Path(directory) / "instance", flavour, free_port(), free_port())
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
