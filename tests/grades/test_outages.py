"""An LMS under maintenance answers with a page, or sends elsewhere: nothing is refused for that, nothing is lost."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from lti_tool.grades.cures import CAUSES, CURES
from lti_tool.grades.models import ScoreState
from lti_tool.outbox.models import MessageState
from practice_lms.faults import Kind
from tests.grades.test_delivery import make_due, meet, pd101, the_message, the_score
from tests.lms_fixtures import EDUCATOR, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101

__all__ = ["any_lms", "pd101", "platform_keys", "run_lms", "tool_server"]
STRANGE = pytest.mark.parametrize("kind", [Kind.PAGE, Kind.REDIRECT])


def item_path(pd101: District101) -> str:
    """Return the path of the gradebook column: what is below it are its scores and its results."""
    with pd101.database.reading() as db:
        return urlsplit(pd101.line_item_url(db)).path


@STRANGE
def test_a_page_in_answer_to_a_score_refuses_nothing(pd101, kind):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.fault(kind, f"{item_path(pd101)}/scores")
    pd101.work()
    assert (the_score(pd101).state, the_score(pd101).cause) == (ScoreState.WAITING, "strange")
    assert the_message(pd101, "score").state is MessageState.DUE

    make_due(pd101)
    pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).writes == 1


@STRANGE
def test_a_page_in_place_of_the_results_leaves_a_score_that_was_taken_as_it_is(pd101, kind):
    meet(pd101, pd101.declare(EDUCATOR))
    pd101.fault(kind, f"{item_path(pd101)}/results")
    pd101.work()
    assert the_score(pd101).state is ScoreState.SENT
    assert the_message(pd101, "scores.confirm").state is MessageState.DUE

    make_due(pd101)
    pd101.work()

    assert the_score(pd101).state is ScoreState.CONFIRMED
    assert pd101.grade(EDUCATOR).writes == 1


def test_what_to_do_about_a_page_is_said():
    assert "maintenance" in str(CURES["strange"])
    assert str(CAUSES["strange"])
