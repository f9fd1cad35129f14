"""`make demo` as a newcomer runs it: real processes, real ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from practice_lms.processes import ROOT, free_port

pytestmark = pytest.mark.processes


def demo(directory: Path, lms_port: int, tool_port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "practice_lms.demo", "--directory", str(directory)]
    ports = ["--lms-port", str(lms_port), "--tool-port", str(tool_port)]
    return subprocess.Popen(
        [*command, *ports], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    )


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def running(tmp_path: Path, ports: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
    process = demo(tmp_path / "demo", *ports)
    yield process
    process.kill()
    process.communicate()


def test_the_demo_prints_one_address_and_stops_cleanly_on_ctrl_c(running, ports):
    assert running.stdout is not None
    said = ""
    while "Press Ctrl-C" not in said:
        line = running.stdout.readline()
        assert line, running.communicate()
        said += line

    page = requests.get(f"http://127.0.0.1:{ports[0]}/", timeout=5)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)

    assert f"http://127.0.0.1:{ports[0]}" in said
    assert "Yuki Tanaka" in said
    assert page.status_code == 200
    assert running.returncode == 0
    assert not any(is_listened_to(port) for port in ports)


def test_a_port_in_use_is_said_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        process = demo(tmp_path / "demo", port, free_port())
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert f"Port {port} is in use" in said
    assert f"make demo LMS_PORT={port + 1000}" in said
    assert "Traceback" not in said


def is_listened_to(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
