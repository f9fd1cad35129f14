"""Scores, teachers and rosters in any order: whatever happens, the tool erases no grade and overrules no teacher."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lti_tool.db import utc_now
from lti_tool.errors import LMSWaitingError
from lti_tool.lms.http import StaleScoreError
from practice_lms.state import Enrolment, Grade, LineItem
from tests.lms.conftest import World
from tests.lms_fixtures import EDUCATOR


class ScoreMachine(RuleBasedStateMachine):
    """One cell of a gradebook, and all that can happen to it."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.item: LineItem = self.world.place_link(maximum=100)
        self.by_hand: float | None = None
        self.latest: datetime | None = None
        self.enrol()

    @property
    def cell(self) -> Grade:
        cell: Grade = self.world.grade(self.item, EDUCATOR)
        return cell

    def is_stale(self, at: datetime) -> bool:
        known = self.cell.updated_at
        if known is None:
            return False
        return at < known if self.world.is_canvas else at.replace(microsecond=0) <= known

    @rule(ago=st.integers(0, 7200))
    def send(self, ago: int) -> None:
        """A score is taken unless one as new is there; what a teacher set stays, and nothing is ever erased."""
        at, before = utc_now().replace(microsecond=0) - timedelta(seconds=ago), self.cell.score
        stale, is_learner = self.is_stale(at), self.enrolment is Enrolment.STUDENT
        try:
            self.world.send(self.item, timestamp=at, achieved_at=at)
        except StaleScoreError:
            assert is_learner
            assert stale
            assert self.cell.score == before
            return
        except LMSWaitingError:
            assert not is_learner
            assert self.cell.score == before
            return
        assert is_learner
        assert not stale
        kept = self.by_hand if self.by_hand is not None else 100
        assert self.cell.score == kept
        self.latest = at

    @rule(score=st.integers(0, 100))
    def grade_by_hand(self, score: int) -> None:
        """A teacher overrides the grade."""
        self.world.grade_by_hand(self.item, EDUCATOR, score)
        self.by_hand = score

    @rule()
    def erase_by_hand(self) -> None:
        """A teacher takes the override and the grade away."""
        self.cell.score, self.cell.overridden, self.by_hand = None, False, None

    @rule()
    def leave(self) -> None:
        """The person is no student of the course any more."""
        self.world.course.enrolments[self.world.user(EDUCATOR).id] = Enrolment.TEACHER

    @rule()
    def enrol(self) -> None:
        """The person is a student again."""
        self.world.course.enrolments[self.world.user(EDUCATOR).id] = Enrolment.STUDENT

    @property
    def enrolment(self) -> Enrolment:
        return self.world.course.enrolments[self.world.user(EDUCATOR).id]

    @rule()
    def read(self) -> None:
        """What is read back says whether the tool's score is what counts."""
        if self.enrolment is not Enrolment.STUDENT:
            return
        full = any(result.is_full for result in self.world.results(self.item))
        if self.cell.score is not None and self.latest is not None:
            assert full is (self.cell.score >= 100)

    @invariant()
    def no_time_lies_ahead(self) -> None:
        """A time in the future would block every later score."""
        assert self.cell.updated_at is None or self.cell.updated_at <= utc_now()

    @invariant()
    def a_teacher_s_grade_stands(self) -> None:
        assert self.by_hand is None or self.cell.score == self.by_hand


def test_no_order_of_events_makes_the_tool_erase_or_overrule(world):
    machine = type("Machine", (ScoreMachine,), {"world": world, "TestCase": None})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )  # fmt: skip
