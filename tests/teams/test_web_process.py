"""The web process never loads NumPy: teams are asked for there and found by the worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_pages_of_teams_are_answered_without_numpy(tmp_path):
    command = [sys.executable, "-m", "tests.teams.asking_process", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "[200, 303, 200, 200] []"
