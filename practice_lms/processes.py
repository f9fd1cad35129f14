"""The processes of a trial: started apart from the terminal, watched, stopped in order, their words kept in files."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import requests

ROOT = Path(__file__).parent.parent
START_TIMEOUT = 60
STOP_TIMEOUT = 15


class TrialError(Exception):
    """The trial cannot start or go on; the message says why and what to do."""


@dataclass(slots=True)
class Service:
    """One long-running process with its log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only whoever stops it in order."""
        with self.log.open("ab") as log:
            self.process = _popen(self.command, self.environment, log)

    def check(self) -> None:
        """Raise when it has ended by itself."""
        if self.process is not None and self.process.poll() is not None:
            raise TrialError(f"{self.name} ended by itself. The last it said ({self.log}):\n{self.tail()}")

    def stop(self) -> None:
        """End it and wait until it is gone."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _end(self, number: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, number)
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _popen(command: Sequence[str], environment: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(command), cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log, start_new_session=True
    )


def python(*arguments: str) -> list[str]:
    """Return the command line of a Python module run with this interpreter."""
    return [sys.executable, "-m", *arguments]


def run(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a command to its end and return its standard output; raise with its words when it fails."""
    done = subprocess.run(
        list(command), cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise TrialError(f"`{' '.join(command[2:])}` ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout.strip()


def require_free_port(port: int, variable: str) -> None:
    """Raise when somebody listens on a port of this machine already."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise TrialError(
                f"Port {port} is in use on this machine. Choose another with {variable}, for example: "
                f"make demo {variable}={port + 1000}"
            )


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_up(url: str, *services: Service) -> None:
    """Wait until an address answers; raise when a service ends first, or when it takes too long."""
    for _ in range(START_TIMEOUT * 10):
        for service in services:
            service.check()
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise TrialError(f"{url} did not answer within {START_TIMEOUT} seconds.")
