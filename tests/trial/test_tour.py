"""The whole journey over HTTP, in each flavour, with the worker killed in the middle."""

from __future__ import annotations

import subprocess
import sys

import pytest

from practice_lms.processes import ROOT
from practice_lms.state import Flavour


@pytest.mark.processes
@pytest.mark.parametrize("flavour", list(Flavour))
def test_the_tour_ends_with_everything_true(flavour):
    tour = subprocess.run(
        [sys.executable, "-m", "practice_lms.tour", flavour.value],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip

    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert "1 of 1, Completed, FullyGraded, written 1 time" in tour.stdout
