"""The web process never loads NumPy: teams are asked for there and found by the worker, on one thread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_pages_of_teams_are_answered_without_numpy(tmp_path):
    command = [sys.executable, "-m", "tests.teams.asking_process", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "[200, 303, 200, 200] []"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads as Linux lists them")
def test_a_worker_finds_teams_on_one_thread():
    code = (
        "import os; import lti_tool.teams.tasks; from lti_tool.teams.matching.matcher import match;"
        "from tests.teams.matching.people import crowd; match(crowd(150, 1));"
        "print(len(os.listdir('/proc/self/task')))"
    )
    env = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert done.stdout == "1\n"
