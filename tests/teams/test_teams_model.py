"""B3: whoever comes, says no, leaves or comes to review whom: nobody is in two teams, nor with whom they review."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import combinations

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import lti_tool.teams.tasks  # noqa: F401 - registers what finds teams
from lti_tool.db import Database, utc_now
from lti_tool.errors import ConflictError
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import OutboxLane, OutboxMessage
from lti_tool.people.models import Course, Person, Role, Supervision
from lti_tool.plans.models import Audience, GrowthPlan
from lti_tool.teams.models import Asking, LeftAlone, MemberState, ProposalRun, RunKind, Team, TeamChange, TeamState
from lti_tool.teams.operations import changing, joining, proposing, sending
from lti_tool.teams.scopes import Scope
from tests.conftest import SampleDistrict, make_person
from tests.teams.declared import make_goal, make_indicators

SOMEBODY = st.integers(0, 8)
LIVE = (TeamState.INVITING, TeamState.FORMED)


class TeamsMachine(RuleBasedStateMachine):
    """Asks for teams of nine people with like goals again and again, while they answer, leave and review."""

    app: Flask
    database: Database
    sample: SampleDistrict
    people: list[int]
    designer: int

    def __init__(self) -> None:
        super().__init__()
        self.reviewed: set[frozenset[int]] = set()
        self.clashing: set[frozenset[int]] = set()
        """Of those, who was in one team already when one came to review the other."""
        with self.database.transaction() as db:
            for table in (OutboxMessage, OutboxLane, ProposalRun, Team, Supervision):
                db.execute(delete(table))

    @initialize(pairs=st.lists(st.tuples(SOMEBODY, SOMEBODY), max_size=4))
    def begin(self, pairs: list[tuple[int, int]]) -> None:
        """Some review others from the first day on."""
        for one, other in pairs:
            self.come_to_review(one, other)

    @rule(one=SOMEBODY, other=SOMEBODY)
    def come_to_review(self, one: int, other: int) -> None:
        """Somebody becomes the supervisor of somebody, be it of a teammate."""
        pair = frozenset((self.people[one], self.people[other]))
        if one == other or pair in self.reviewed:
            return
        with self.database.transaction() as db:
            db.add(Supervision(person_id=self.people[one], supervisor_id=self.people[other]))
            self.clashing |= {pair for team in self.teams(db) if pair <= joined(team)}
        self.reviewed.add(pair)

    @rule(kind=st.sampled_from(RunKind), within_schools=st.booleans())
    def propose(self, kind: RunKind, within_schools: bool) -> None:
        """A designer asks for teams: nobody who is free is lost or doubled, nor put beside whom they review."""
        with self.database.transaction() as db:
            scope = self.scope(db)
            proposing.ask_for_teams(
                db, db.get_one(Person, self.designer), scope, within_schools=within_schools, kind=kind
            )
        deliver_due(self.database, self.app.extensions["settings"], limit=20)
        with self.database.reading() as db:
            proposed = [{each.person_id for each in team.members} for team in self.teams(db, TeamState.PROPOSED)]
            coming = db.scalars(select(TeamChange)).all()
            self.look_at(proposed, coming)
            newest = db.scalars(select(ProposalRun.id).order_by(ProposalRun.id.desc())).first()
            alone = db.scalars(select(LeftAlone.person_id).where(LeftAlone.run_id == newest)).all()
            found = [*alone, *(each.person_id for each in coming if each.leaves_id is None)]
            found += [person_id for team in proposed for person_id in team]
            assert Counter(found) == Counter(self.free(db)), "somebody is lost or doubled"

    def look_at(self, proposed: list[set[int]], coming: Iterable[TeamChange]) -> None:
        assert not any(pair <= team for pair in self.reviewed for team in proposed)
        assert all(len(team) in range(2, 7) for team in proposed)
        leaving = {(each.person_id, each.leaves_id) for each in coming}
        for team_id in {each.team_id for each in coming}:
            comers = {each.person_id for each in coming if each.team_id == team_id}
            with self.database.reading() as db:
                there = joined(db.get_one(Team, team_id))
            there = {each for each in there if (each, team_id) not in leaving} | comers
            assert not any(pair <= there and pair & comers for pair in self.reviewed)

    @rule()
    def send(self) -> None:
        """The designer puts all that was found to those whom it is about."""
        with self.database.transaction() as db:
            designer, scope = db.get_one(Person, self.designer), self.scope(db)
            sending.send_proposals(db, designer, scope)
            changing.send_changes(db, designer, scope)

    @rule(who=st.lists(SOMEBODY, min_size=1, max_size=6), is_yes=st.booleans())
    def answer(self, who: list[int], is_yes: bool) -> None:
        """People say yes or no to whatever they are asked; not every yes is possible any more."""
        for place in who:
            for team_id in self.asked(place):
                with suppress(ConflictError), self.database.transaction() as db:
                    person = db.get_one(Person, self.people[place])
                    (joining.accept_team if is_yes else joining.decline_team)(db, person, team_id)

    @rule(place=SOMEBODY)
    def leave(self, place: int) -> None:
        """Somebody leaves the team that they are in, and no trace of them stays there."""
        person_id = self.people[place]
        with self.database.transaction() as db:
            own = [team.id for team in self.teams(db) if person_id in joined(team)]
            for team_id in own:
                joining.leave_team(db, db.get_one(Person, person_id), team_id)
        with self.database.reading() as db:
            for team in self.teams(db):
                assert team.id not in own or team.membership_of(person_id) is None

    @rule()
    def two_weeks_pass(self) -> None:
        """The time is over until which people were asked."""
        with self.database.transaction() as db:
            db.execute(update(Asking).values(until=utc_now()))

    @invariant()
    def nobody_is_in_two_teams_or_with_whom_they_review(self) -> None:
        with self.database.reading() as db:
            teams = self.teams(db)
        seats = Counter(person_id for team in teams for person_id in joined(team))
        assert all(count == 1 for count in seats.values())
        for team in teams:
            pairs = {frozenset(pair) for pair in combinations(joined(team), 2)}
            assert pairs & self.reviewed <= self.clashing

    def free(self, db: Session) -> list[int]:
        """Return who has joined no team of the course and is not being asked by designers."""
        teams = self.teams(db)
        taken = {person_id for team in teams for person_id in joined(team)}
        asked = select(Asking.person_id).where(Asking.until > utc_now(), Asking.team_id.in_([t.id for t in teams]))
        return sorted(set(self.people) - taken - set(db.scalars(asked)))

    def asked(self, place: int) -> list[int]:
        with self.database.reading() as db:
            found = [(team, team.membership_of(self.people[place])) for team in self.teams(db)]
            return [team.id for team, seat in found if seat is not None and seat.state is MemberState.INVITED]

    def teams(self, db: Session, *states: TeamState) -> list[Team]:
        found = db.scalars(select(Team).where(Team.state.in_(states or LIVE)).order_by(Team.id)).all()
        assert all(team.members is not None for team in found)  # read them while the database is open
        return list(found)

    def scope(self, db: Session) -> Scope:
        return Scope.of_course(db.get_one(Course, self.sample.course.id))


def joined(team: Team) -> set[int]:
    return {each.person_id for each in team.accepted}


@pytest.mark.timeout(240)
def test_b3_nobody_is_doubled_or_put_with_whom_they_review_whatever_happens(app, database, sample):
    with database.transaction() as db:
        questions, waiting, feedback = make_indicators(db, sample, "1/1c/1c.2", "1/1c/1c.3", "3/3d/3d.1")
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
        people = [make_person(db, sample, f"Person {number}", school=number % 2) for number in range(9)]
        for number, person in enumerate(people):
            audience = Audience.SCHOOL if number == 4 else Audience.DISTRICT
            make_goal(db, sample, person, (questions, waiting, feedback)[number // 4], audience=audience)
        make_goal(db, sample, people[0], feedback, headline="Give feedback sooner")
        assert db.query(GrowthPlan).count() == len(people)
    ids = {"people": [each.id for each in people], "designer": designer.id}
    machine = type("Machine", (TeamsMachine,), {"app": app, "database": database, "sample": sample, **ids})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", "5")), stateful_step_count=16, deadline=None,
            suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate],
        ),
    )  # fmt: skip
