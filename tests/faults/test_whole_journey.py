"""From what the LMS says of a course to its gradebook: by three workers that are all killed in the midst of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from practice_lms.processes import ROOT
from practice_lms.state import Flavour
from tests.faults.test_brokers import REDIS
from tests.postgres import SERVER, answers, scratch_database


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.processes
@pytest.mark.parametrize("flavour", list(Flavour))
def test_three_workers_on_postgresql_and_redis_notice_a_completion_and_write_its_score_once(flavour):
    if not answers(SERVER):
        pytest.skip("no PostgreSQL answers")
    with scratch_database(SERVER, "journey") as url:
        tour = subprocess.run(
            [sys.executable, "-m", "practice_lms.tour", flavour.value, "--workers", "3"],
            cwd=ROOT, env={**os.environ, "DATABASE_URL": url, "BROKER_URL": REDIS}, capture_output=True, text=True,
            check=False, timeout=230,
        )  # fmt: skip

    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert "1 of 1, Completed, FullyGraded, written 1 time" in tour.stdout
