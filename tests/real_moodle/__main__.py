"""`make test-moodle`: the tool and a worker against a running Moodle, over HTTP, as people would."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from practice_lms.processes import ROOT, TrialError, free_port
from practice_lms.state import Flavour
from practice_lms.trial import Trial
from tests.real_moodle.arriving import adding, coming_in
from tests.real_moodle.grading import completing, keeping
from tests.real_moodle.hub import gathering
from tests.real_moodle.in_browser import CHROMIUM, browsing
from tests.real_moodle.learning import connecting, teaming
from tests.real_moodle.mending import mending
from tests.real_moodle.moodle_site import Account, WebServices
from tests.real_moodle.steps import Chapter, Outcome, play
from tests.real_moodle.world import World

CHAPTERS = (
    adding, coming_in, connecting, teaming, gathering, completing, keeping, *([browsing] if CHROMIUM else []), mending,
)  # fmt: skip
VARIABLES = ("MOODLE_URL", "MOODLE_ADMIN", "MOODLE_ADMIN_PASSWORD", "MOODLE_TOKEN")
HOW = """This plays the whole journey against a running Moodle (tried: 4.5) that may be written to. It needs:

    MOODLE_URL=http://127.0.0.1:8080 MOODLE_ADMIN=admin MOODLE_ADMIN_PASSWORD=… MOODLE_TOKEN=… make test-moodle

MOODLE_TOKEN is a web-service token; its functions, and what to set in Moodle first, are in docs/moodle.md.
Not given: {missing}
"""
WIDE = 98


def main() -> int:
    """Play every chapter and print the table; 0 only if all passed."""
    missing = [name for name in VARIABLES if not os.environ.get(name)]
    if missing:
        sys.stderr.write(HOW.format(missing=", ".join(missing)))
        return 2
    url = os.environ["MOODLE_URL"].rstrip("/")
    hosts = f"localhost 127.0.0.1 {urlsplit(url).hostname}"
    directory = ROOT / "instance" / "test-moodle"
    trial = Trial(directory, Flavour.MOODLE, 0, free_port(), {"LTI_PRIVATE_HOSTS": hosts})
    try:
        return _play(trial, url)
    except TrialError as trouble:
        sys.stderr.write(f"The tool did not start: {trouble}\n")
        return 1
    finally:
        trial.stop()


def _play(trial: Trial, url: str) -> int:
    trial.prepare()
    trial.start_tool()
    token = os.environ["MOODLE_TOKEN"]
    administrator = Account(0, os.environ["MOODLE_ADMIN"], "", os.environ["MOODLE_ADMIN_PASSWORD"])
    world = World(url, administrator, WebServices(url, token), token, trial)
    outcomes = _shown(CHAPTERS, world)
    passed = sum(outcome.passed for outcome in outcomes)
    _say(f"\n{passed} of {len(outcomes)} passed against {url}. Logs: {trial.directory}")
    return 0 if passed == len(outcomes) else 1


def _shown(chapters: Sequence[Chapter], world: World) -> list[Outcome]:
    """Play the chapters, and print each line of the table as soon as it is known."""
    outcomes: list[Outcome] = []
    _say(f"| {'what':<{WIDE}} | {'result':<11} | what was seen")
    _say(f"|{'-' * (WIDE + 2)}|{'-' * 13}|{'-' * 20}")
    for chapter in chapters:
        _say(f"| {'**' + chapter.title + '**':<{WIDE}} | {'':<11} |")
        for outcome in play([chapter], world):
            _say(f"| {outcome.sentence:<{WIDE}} | {outcome.result:<11} | {outcome.seen}")
            outcomes.append(outcome)
    return outcomes


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
