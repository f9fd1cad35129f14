"""Reads of what a team learns from together: what it chose, and what several of its members take up already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.people.models import Opportunity, Person
from lti_tool.plans.models import Activity, Goal
from lti_tool.plans.queries.finding import SHOWN_WITH
from lti_tool.standards.models import Indicator
from lti_tool.teams.models import Team, TeamLearning


@dataclass(frozen=True, slots=True)
class SharedLearning:
    """Something that a team could learn from together, or chose to."""

    opportunity: Opportunity
    is_chosen: bool
    people: tuple[str, ...]
    """Who takes it up for the goal that brought them here, as far as that goal is shown, by name."""
    is_mine: bool
    """Whether whoever looks takes it up for that goal."""


def chosen_by(db: Session, team: Team) -> Sequence[Opportunity]:
    """Return what a team chose to learn from, in the order in which it did."""
    chosen = select(Opportunity).join(TeamLearning, TeamLearning.opportunity_id == Opportunity.id)
    chosen = chosen.where(TeamLearning.team_id == team.id).order_by(TeamLearning.added_at, Opportunity.id)
    return db.scalars(chosen.options(*SHOWN_WITH)).all()


def learning_of_team(
    db: Session, person: Person, team: Team, goals: Mapping[int, Goal | None]
) -> Sequence[SharedLearning]:
    """Return what the team chose, then what two or more take up already; goals as the person is shown them."""
    mine = {member.goal_id for member in team.accepted if member.person_id == person.id}
    names = {member.goal_id: member.person.name for member in team.accepted if goals[member.id]}
    taken = select(Activity).where(Activity.goal_id.in_(names.keys() | mine))
    people: dict[int, set[str]] = {}
    of_mine: set[int] = set()
    found = {each.id: each for each in chosen_by(db, team)}
    chosen = set(found)
    with_all = joinedload(Activity.opportunity).options(*SHOWN_WITH)
    for each in db.scalars(taken.order_by(Activity.opportunity_id).options(with_all)):
        found.setdefault(each.opportunity_id, each.opportunity)
        of_mine |= {each.opportunity_id} if each.goal_id in mine else set()
        people.setdefault(each.opportunity_id, set()).update({names[each.goal_id]} if each.goal_id in names else ())
    return [
        SharedLearning(each, key in chosen, tuple(sorted(people.get(key, ()))), key in of_mine)
        for key, each in found.items()
        if key in chosen or len(people[key]) > 1
    ]


def indicators_of_team(goals: Mapping[int, Goal | None]) -> tuple[Indicator, ...]:
    """Return what the goals of a team that are shown work on, each once."""
    return tuple({each.id: each for goal in goals.values() if goal for each in goal.indicators}.values())
