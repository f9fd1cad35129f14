"""Run one practice LMS: `python -m practice_lms --flavour moodle --port 8080`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from practice_lms.district import build_district
from practice_lms.server import RunningServer
from practice_lms.state import Flavour


def arguments(line: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser("python -m practice_lms", description="Run a practice LMS.")
    parser.add_argument("--flavour", type=Flavour, choices=list(Flavour), default=Flavour.MOODLE)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--public-url", help="the address that browsers use, when a proxy stands before this server")
    parser.add_argument("--platform-storage", choices=["on", "off", "silent"], default="on", help="Canvas only")
    return parser.parse_args(line)


def main() -> None:
    """Serve until the process is told to stop."""
    asked = arguments(sys.argv[1:])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    lms = build_district(asked.flavour, asked.public_url or "")
    with RunningServer(lms, asked.host, asked.port, asked.public_url) as server:
        server.app.config["PLATFORM_STORAGE"] = asked.platform_storage
        sys.stdout.write(f"Practice {asked.flavour.title()}: {server.url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
