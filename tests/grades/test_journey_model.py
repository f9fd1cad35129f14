"""A course, its completion, its goal and the score, whatever happens in which order: never lost, never twice, and true.

The LMS is a real one of each flavour; what it answers to a score gets lost or is never given, as on a bad day.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
from flask import Response, request
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from lti_tool.grades.models import Completion, Score, ScoreState
from lti_tool.grades.operations.scores import send_score_again
from lti_tool.outbox.models import OPEN, OutboxLane, OutboxMessage
from lti_tool.outbox.operations import enqueue
from lti_tool.plans.models import Activity, Goal, GoalState, GrowthPlan
from lti_tool.plans.operations import meet_goal, reflect, reopen_goal
from practice_lms.progress import finish_course
from practice_lms.state import Grade
from tests.grades.test_delivery import ask, make_due
from tests.lms_fixtures import DESIGNER, EDUCATOR, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "platform_keys", "run_lms", "tool_server"]
PEOPLE = (EDUCATOR, "ben.okafor")
PERSON = st.sampled_from(PEOPLE)


@dataclass
class Expected:
    """What the model says of one person."""

    goal_id: int
    is_complete: bool = False
    """In the LMS."""
    is_noticed: bool = False
    """As the LMS told last."""
    is_finished: bool = False
    """As the goal shows it: what a met goal rests on stays."""
    is_met: bool = False
    is_owed: bool = False
    """A goal was met once; reopening it takes nothing back."""
    writes: int = 0
    """How often the gradebook has to be told in all."""


class JourneyMachine(RuleBasedStateMachine):
    """Finishes and takes back, meets and reopens, loses answers, and looks at the gradebook whenever all is quiet."""

    pd101: District101
    trouble: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.lms, self.database = self.pd101.practice.lms, self.pd101.database
        self.trouble.clear()
        for kept in (self.lms.grades, self.lms.activity_completions, self.lms.course_completions):
            kept.clear()
        with self.database.transaction() as db:
            for table in (OutboxMessage, OutboxLane, Score, Completion, GrowthPlan):
                db.execute(delete(table))
        self.model = {login: Expected(self.pd101.declare(login)) for login in PEOPLE}

    @rule(login=PERSON, is_asked=st.booleans())
    def finish_or_take_back(self, login: str, is_asked: bool) -> None:
        """The LMS says that the course is complete, or that it is not; the tool learns of it or not yet."""
        expected, user = self.model[login], self.pd101.practice.user(login)
        if expected.is_complete:
            for kept in (self.lms.activity_completions, self.lms.course_completions):
                for each in [key for key in kept if key[1] == user.id]:
                    del kept[each]
        else:
            finish_course(self.lms, self.pd101.practice.course(), user)
        expected.is_complete = not expected.is_complete
        if is_asked:
            self.ask()

    def ask(self) -> None:
        """Let the tool learn what the LMS says of both."""
        ask(self.pd101)
        self.pd101.work()
        for each in self.model.values():
            if each.is_complete:
                each.is_finished = True
            elif each.is_noticed and not each.is_met:
                each.is_finished = False
            each.is_noticed = each.is_complete

    @precondition(lambda self: self.who("is_finished"))
    @rule(data=st.data(), bad_days=st.sampled_from([["lost"], ["away", "lost"], ["away"], []]))
    def meet_or_reopen(self, data: st.DataObject, bad_days: list[str]) -> None:
        """The owner says that the goal is met, or goes on with it; the LMS may not take the score, or not say so."""
        login = data.draw(st.sampled_from(self.who("is_finished")))
        if self.model[login].is_met:
            with self.database.transaction() as db:
                reopen_goal(db, self.pd101.person(db, login), db.get_one(Goal, self.model[login].goal_id))
            self.model[login].is_met = False
        else:
            self.meet(login)
        self.trouble.extend(bad_days)
        self.pd101.work()

    def meet(self, login: str) -> None:
        """Try what was learned, and say that the goal is met."""
        expected = self.model[login]
        with self.database.transaction() as db:
            person, goal = self.pd101.person(db, login), db.get_one(Goal, expected.goal_id)
            for attempt in goal.tries:
                reflect(db, person, attempt, "Two classes tried it")
            meet_goal(db, person, goal, "Most can say it")
        expected.writes = expected.writes or 1
        expected.is_met = expected.is_owed = True

    @precondition(lambda self: self.who("is_owed"))
    @rule(data=st.data())
    def announce_again(self, data: st.DataObject) -> None:
        """A message that a dead worker left is carried out once more."""
        login = data.draw(st.sampled_from(self.who("is_owed")))
        with self.database.transaction() as db:
            district_id, goal_id = self.pd101.person(db, login).district_id, self.model[login].goal_id
            key, payload = f"goal:{goal_id}", {"goal_id": goal_id}
            enqueue(db, kind="goal.met", key=key, district_id=district_id, payload=payload)

    @rule()
    def work(self) -> None:
        """A worker looks, after any pause."""
        make_due(self.pd101)
        self.pd101.work()

    @precondition(lambda self: self.who("is_owed"))
    @rule(data=st.data(), is_lost=st.booleans())
    def send_again(self, data: st.DataObject, is_lost: bool) -> None:
        """An administrator has a score sent again: one that is there, or of which a teacher emptied the cell."""
        login = data.draw(st.sampled_from(self.who("is_owed")))
        self.come_to_rest()
        cell = self.cell(login)
        assert cell is not None
        if is_lost:
            cell.score = cell.result_score = cell.result_maximum = None
            self.model[login].writes += 1
        with self.database.transaction() as db:
            score = db.scalars(select(Score).where(Score.person_id == self.pd101.people[login])).one()
            send_score_again(db, self.pd101.person(db, DESIGNER), score.id)

    @rule()
    def come_to_rest(self) -> None:
        """The bad day is over: all that was owed is in the gradebook, and every page says what is true."""
        self.trouble.clear()
        self.ask()
        for _look in range(6):
            make_due(self.pd101)
            if not self.pd101.work():
                break
        self.says_what_is_true()

    def teardown(self) -> None:
        self.come_to_rest()

    def who(self, what: str) -> list[str]:
        """Return of whom the model says this."""
        return [login for login, expected in self.model.items() if getattr(expected, what)]

    def cell(self, login: str) -> Grade | None:
        return self.pd101.grade(login)

    def says_what_is_true(self) -> None:
        with self.database.reading() as db:
            assert not db.scalars(select(OutboxMessage.kind).where(OutboxMessage.state.in_(OPEN))).all()
            scores = {each.person_id: each.state for each in db.scalars(select(Score))}
            counting = {each.person_id for each in db.scalars(select(Completion)) if each.counts}
            for login, expected in self.model.items():
                person_id, goal = self.pd101.people[login], db.get_one(Goal, expected.goal_id)
                assert scores.get(person_id) is (ScoreState.CONFIRMED if expected.is_owed else None)
                assert (person_id in counting) is expected.is_complete
                assert (goal.state is GoalState.MET) is expected.is_met
                activity = db.scalars(select(Activity).where(Activity.goal_id == goal.id)).one()
                assert (activity.completed_at is not None) is expected.is_finished
        for login, expected in self.model.items():
            cell = self.cell(login)
            assert (cell.writes if cell else 0) == expected.writes
            assert not expected.is_owed or (cell is not None and cell.score)

    @invariant()
    def never_tells_twice(self) -> None:
        for login, expected in self.model.items():
            cell = self.cell(login)
            assert cell is None or cell.writes <= expected.writes


@pytest.fixture
def trouble(any_lms) -> list[str]:
    """Return what the LMS does to the next scores: it is away, or its answer is lost."""
    awaited: list[str] = []

    def refuse() -> tuple[str, int] | None:
        if awaited and request.path.endswith("/scores") and awaited[0] == "away":
            awaited.pop(0)
            return "Bad gateway", 503
        return None

    def lose(response: Response) -> Response:
        if awaited and request.path.endswith("/scores") and awaited[0] == "lost" and response.status_code == 200:
            awaited.pop(0)
            return Response("Bad gateway", 502)
        return response

    app = any_lms.server.app
    app.before_request_funcs.setdefault(None, []).append(refuse)
    app.after_request_funcs.setdefault(None, []).append(lose)
    return awaited


@pytest.mark.timeout(240)
def test_no_order_of_events_loses_a_score_or_sends_it_twice(app, database, any_lms, trouble):
    opened = open_district(app, database, any_lms)
    opened.arrive(*PEOPLE)
    opened.connect()
    machine = type("Machine", (JourneyMachine,), {"pd101": opened, "trouble": trouble, "TestCase": None})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", "6")), stateful_step_count=20, deadline=None,
            suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate],
        ),
    )  # fmt: skip
