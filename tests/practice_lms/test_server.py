"""A practice LMS behind a real socket."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import requests

from practice_lms.district import build_district
from practice_lms.keys import PlatformKeys
from practice_lms.server import RunningServer, move_to
from practice_lms.state import Flavour, Lms

KEYS = PlatformKeys()


@pytest.fixture(params=Flavour)
def lms(request: pytest.FixtureRequest) -> Lms:
    return build_district(request.param, "", KEYS)


def test_the_server_takes_a_free_port_and_tells_the_lms_its_address(lms):
    with RunningServer(lms) as server:
        people = requests.get(f"{server.url}/practice/state/people", timeout=5).json()

    assert server.url.startswith("http://127.0.0.1:")
    assert lms.url == lms.issuer == server.url
    assert len(people) == 29


def test_behind_a_proxy_the_lms_has_the_public_address(lms):
    with RunningServer(lms, public_url="https://moodle.cedar.test/") as server:
        assert server.url == lms.issuer == "https://moodle.cedar.test"


def test_an_issuer_of_its_own_stays_when_the_address_changes(lms):
    lms.issuer = "https://canvas.instructure.com"

    move_to(lms, "https://cedar.instructure.test")

    assert lms.issuer == "https://canvas.instructure.com"
    assert lms.url == "https://cedar.instructure.test"


def test_the_socket_is_free_again_afterwards(lms):
    with RunningServer(lms) as server:
        url = server.url

    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=1)


def test_two_servers_of_both_flavours_run_side_by_side():
    moodle, canvas = (build_district(flavour, "", KEYS) for flavour in Flavour)

    with RunningServer(moodle) as first, RunningServer(canvas) as second:
        titles = [requests.get(server.url, timeout=5).text for server in (first, second)]

    assert "Practice Moodle" in titles[0]
    assert "Practice Canvas" in titles[1]


@pytest.mark.processes
def test_the_command_line_says_where_it_serves_and_stops_when_told():
    command = [sys.executable, "-m", "practice_lms", "--flavour", "canvas", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name, _, url = process.stdout.readline().strip().partition(": ")
        status = requests.get(url, timeout=5).status_code
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=10)

    assert (name, status, code) == ("Practice Canvas", 200, 0)
