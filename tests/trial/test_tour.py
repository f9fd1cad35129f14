"""The whole journey over HTTP, in each flavour, with the worker killed in the middle."""

from __future__ import annotations

import subprocess
import sys

import pytest

from practice_lms.processes import ROOT
from practice_lms.state import Flavour


@pytest.mark.processes
def test_the_tour_ends_with_everything_true_in_both_flavours():
    tours = [
        subprocess.Popen(
            [sys.executable, "-m", "practice_lms.tour", flavour.value],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for flavour in Flavour
    ]  # fmt: skip

    for tour in tours:
        told, _ = tour.communicate(timeout=230)
        assert tour.returncode == 0, told
        assert "1 of 1, Completed, FullyGraded, written 1 time" in told
