"""The same input gives the same teams: in any order, with any number of threads."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.teams.matching.matcher import match
from tests.teams.matching.people import crowd

ROOT = Path(__file__).parents[3]
CODE = (
    "from lti_tool.teams.matching.matcher import match\n"
    "from tests.teams.matching.people import crowd, partly_formed\n"
    "print(match({request}, polish=True))"
)


def answer_with(threads: int, request: str) -> bytes:
    env = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(request=request)], cwd=ROOT, env=env, capture_output=True, check=True
    )
    return done.stdout


LARGE = pytest.param("crowd(900, 5)", marks=pytest.mark.long)


@pytest.mark.parametrize("request_made_by", ["crowd(120, 5)", "partly_formed(2)", LARGE])
def test_one_thread_and_two_give_the_same_bytes(request_made_by):
    assert answer_with(1, request_made_by) == answer_with(2, request_made_by)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.integers(0, 100), st.integers(3, 60))
def test_the_order_of_people_plays_no_part(seed, count):
    request = crowd(count, seed)
    people = random.Random(seed).sample(request.people, count)

    assert match(replace(request, people=tuple(people))) == match(request)


def test_a_large_course_in_another_order_gets_the_same_teams():
    request = crowd(500, 2)
    people = random.Random(1).sample(request.people, 500)

    assert match(replace(request, people=tuple(people))) == match(request)
