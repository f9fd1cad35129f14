"""What a page says of a team: standards, context and offers, never the words of a goal."""

from __future__ import annotations

import pytest

from lti_tool.teams.likeness import Candidate
from lti_tool.teams.reasons import why_together
from lti_tool.teams.views.sentences import in_sentences


@pytest.fixture
def said(app):
    """Return `said(*members)`: the sentences of a page."""

    def say(*members: Candidate) -> list[str]:
        with app.test_request_context():
            return in_sentences(why_together(members))

    return say


def member(number: int, indicator: str, band: str, discipline: str, school: str, **more) -> Candidate:
    bands = tuple(band.split(", ")) if band else ()
    return Candidate(number, number, (indicator,), bands, discipline, school, True, text="Secret words", **more)


def test_reasons_say_standard_bands_discipline_schools_and_offers(said):
    assert said(
        member(1, "1:1/1c/1c.2", "3-5", "art", "Hill", offers=True),
        member(2, "1:1/1c/1c.2", "6-8", "music", "Lake"),
        member(3, "1:1/1c/1c.2", "3-5", "art", "Hill"),
        member(4, "1:1/1c/1c.1", "3-5", "art", "Hill"),
    ) == [
        "Three of four work on 1c.2; the other works near 1c.",
        "Grade bands 3-5 and 6-8.",
        "Disciplines: art and music.",
        "Two schools: Hill and Lake.",
        "One of them offers to show what works.",
    ]


def test_a_pair_is_spoken_of_as_both(said):
    pair = said(member(1, "1:1/1c/1c.2", "", "Art", "Hill"), member(2, "1:1/1c/1c.2", "", "art", "Hill"))

    assert pair == [
        "Both work on 1c.2.",
        "Both work in Art.",
        "All from Hill.",
        "Nobody here has offered to show something yet.",
    ]


def test_of_one_person_nothing_is_said(said):
    assert said(member(1, "1:1/1c/1c.2", "", "art", "Hill")) == []


def test_of_several_bands_that_is_said_which_most_of_the_team_have(said):
    sentences = said(
        member(1, "1:1/1c/1c.2", "3-5", "art", "Hill"),
        member(2, "1:1/1c/1c.2", "K-2, 3-5, 6-8", "art", "Hill"),
        member(3, "1:1/1c/1c.2", "3-5, 6-8", "art", "Hill"),
    )

    assert not [each for each in sentences if "K-2" in each or "6-8" in each]
