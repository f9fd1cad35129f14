"""`make demo`: everything on this machine, registered and connected, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from practice_lms.browser import JourneyError
from practice_lms.installing import connect_rest, register_tool
from practice_lms.processes import ROOT, TrialError, require_free_port
from practice_lms.state import Flavour
from practice_lms.trial import DISTRICT, Trial

WELCOME = """
Like Goals is running inside a practice {flavour}. Open this address:

    {url}

and choose who you are:
    Yuki Tanaka    designs professional learning: place a link in a course, attach it to standards, propose teams
    Ana Ruiz       and Ben Okafor, educators in "Formative assessment in every lesson" (PD101): write like goals
    Zola Dlamini   administrates the LMS and the district: what was sent and confirmed, connections, people
Everybody else of the district is there too. Logs and data: {directory}
Press Ctrl-C to stop everything.
"""


def arguments(line: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("make demo", description="Run the practice LMS, the tool and a worker.")
    parser.add_argument("--flavour", type=Flavour, choices=list(Flavour), default=Flavour.MOODLE)
    parser.add_argument("--lms-port", type=int, default=8010)
    parser.add_argument("--tool-port", type=int, default=8020)
    parser.add_argument("--directory", type=Path, default=ROOT / "instance" / "demo", help="made anew each time")
    return parser.parse_args(line)


def main() -> None:
    """Run the demo; end with status 1 and one message when it cannot."""
    asked = arguments(sys.argv[1:])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    trial = Trial(asked.directory, asked.flavour, asked.lms_port, asked.tool_port)
    try:
        require_free_port(asked.lms_port, "LMS_PORT")
        require_free_port(asked.tool_port, "TOOL_PORT")
        _show(trial, stop)
    except (TrialError, JourneyError) as error:
        sys.exit(f"The demo stopped: {error}")
    finally:
        trial.stop()


def _show(trial: Trial, stop: threading.Event) -> None:
    _say("Making keys, tables, the sample standards and what there is to learn with …")
    trial.prepare()
    trial.flask("standards", "sample-catalogue", "--district", DISTRICT)
    _say("Starting the practice LMS, the tool and a worker …")
    trial.start()
    _say("Registering the tool in the LMS and connecting the LMS's REST side, as its administrator would …")
    register_tool(trial)
    connect_rest(trial)
    _say(WELCOME.format(flavour=trial.flavour.title(), url=trial.lms_url, directory=trial.directory))
    while not stop.wait(1):
        trial.check()
    _say("Stopping …")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
