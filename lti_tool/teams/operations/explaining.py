"""What a run could say of people: how near those are whom it placed, and why it left others alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lti_tool.plans.models import Goal
from lti_tool.teams.models import LeftAlone, Placement, ProposalRun, Team, TeamMember
from lti_tool.teams.seats import Place, Placed, Rare


def note_placements(made: Iterable[Team], found: Sequence[Sequence[Place]], placed: Mapping[Place, Placed]) -> None:
    """Keep how near the members of proposals are; of a team out of which somebody fell meanwhile, nothing is kept."""
    numbers = {place: number for number, team in enumerate(found) for place in team}
    whole = {}
    for team in made:
        number = numbers[_place(team.members[0])]
        if {_place(member) for member in team.members} == set(found[number]):
            whole[number] = team
    for team in whole.values():
        for member in team.members:
            now = placed.get(_place(member))
            member.placement = _placement(now, whole) if now else None


def _place(member: TeamMember) -> Place:
    return member.person_id, member.goal_id or 0


def _placement(placed: Placed, teams: Mapping[int, Team]) -> Placement:
    other = teams.get(placed.other) if placed.other is not None else None
    return Placement(
        here=placed.here,
        best=placed.best,
        other_team=other.name if other else "",
        there=placed.there if other else 0.0,
        why_not=placed.why_not if other else None,
    )


def forget_placements(team: Team) -> None:
    """Forget how near the members of a proposal were to each other: somebody came or went, or it is sent."""
    for member in team.members:
        member.placement = None


def note_alone(db: Session, run: ProposalRun, alone: Iterable[int], rare: Iterable[Rare]) -> None:
    """Keep whom a run left alone, why, and the nearest goal, unless that is gone by now."""
    known = {each.person_id: each for each in rare}
    goals = {goal_id for each in known.values() for goal_id in (each.goal_id, each.nearest_goal_id) if goal_id}
    there = set(db.scalars(select(Goal.id).where(Goal.id.in_(goals))))
    rows = [{"run_id": run.id, "person_id": each, **_reason(known.get(each), there)} for each in sorted(alone)]
    if rows:
        db.execute(insert(LeftAlone), rows)


def _reason(rare: Rare | None, there: set[int]) -> dict[str, object]:
    if rare is None or rare.goal_id not in there or rare.nearest_goal_id not in there:
        nothing = dict.fromkeys(("goal_id", "nearest_goal_id", "likeness"))
        return {"why": rare.why if rare else None, **nothing}
    return {
        "why": rare.why,
        "goal_id": rare.goal_id,
        "nearest_goal_id": rare.nearest_goal_id,
        "likeness": rare.likeness,
    }
