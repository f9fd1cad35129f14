"""What `make bench` measures can be measured: each part runs on a small district and says what it found."""

from __future__ import annotations

import pytest

from benchmarks.launches import measure_launches
from benchmarks.pages import measure_pages
from benchmarks.places import sqlite
from benchmarks.scores import measure_scores


def test_launches_are_measured_beside_the_same_work_in_plain_sql(capsys):
    with sqlite() as place:
        measure_launches(place, 2)

    assert "times plain SQL" in capsys.readouterr().out


@pytest.mark.long
def test_pages_are_measured_in_a_small_district_and_a_large_one(capsys):
    measure_pages(sqlite, (20, 40), 1)

    assert "sync overview" in capsys.readouterr().out


@pytest.mark.long
def test_scores_are_measured_and_each_was_sent_once(capsys):
    with sqlite() as place:
        measure_scores(place, 40)

    assert "are confirmed" not in capsys.readouterr().out
