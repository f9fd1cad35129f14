"""One look for teams: what is read for it, what is found and can be said of it. Only the worker imports this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.db import Database
from lti_tool.teams.asking import Bonds
from lti_tool.teams.explanations import placed_in, rare_among
from lti_tool.teams.like_teams import teams_of_like_goals
from lti_tool.teams.likeness import Candidate
from lti_tool.teams.matching.answer import TEXT_MODEL
from lti_tool.teams.models import RunKind
from lti_tool.teams.queries import (
    apart_for,
    bonds_of,
    candidates_with_room,
    free_candidates,
    may_not_be_teamed,
    scope_asked,
    seats_in,
)
from lti_tool.teams.scopes import Scope
from lti_tool.teams.seats import Beside, Place, Rare, Seat
from lti_tool.teams.standing_teams import reform


def look(database: Database, district_id: int, payload: Mapping[str, Any]) -> tuple[list[list[Place]], Beside] | None:
    """Return the teams that a message asks for and what was found beside; none where its course or school is gone."""
    kind = RunKind(payload.get("kind", RunKind.ANEW))
    with database.reading() as db:
        scope = scope_asked(db, district_id, payload)
        question = _question(db, scope, kind) if scope else None
    if question is None:
        return None
    found, beside = _found(question, kind, within_schools=bool(payload["within_schools"]))
    placed = placed_in(question.candidates, found, question.apart)
    rare = _rare(database, district_id, question, _alone(question, found, beside))
    return found, replace(beside, placed=placed, rare=rare, text_model=TEXT_MODEL)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is to be matched."""

    candidates: list[Candidate]
    seats: list[Seat]
    apart: set[frozenset[int]]
    bonds: Bonds


def _question(db: Session, scope: Scope, kind: RunKind) -> _Question:
    candidates = free_candidates(db, scope)
    seats = seats_in(db, scope)
    people = {each.person_id for each in candidates} | {each.person_id for each in seats}
    apart = may_not_be_teamed(db, people) | apart_for(db, scope, kind)
    return _Question(candidates, seats, apart, bonds_of(db, scope))


def _found(question: _Question, kind: RunKind, *, within_schools: bool) -> tuple[list[list[Place]], Beside]:
    apart, bonds = question.apart, question.bonds
    if kind is RunKind.ANEW:
        teams = teams_of_like_goals(question.candidates, within_schools=within_schools, apart=apart, bonds=bonds)
        return teams, Beside()
    may_move = kind is RunKind.IMPROVE
    return reform(
        question.seats,
        question.candidates,
        may_move=may_move,
        within_schools=within_schools,
        apart=apart,
        bonds=bonds,
    )


def _alone(question: _Question, found: list[list[Place]], beside: Beside) -> set[int]:
    placed = {person_id for team in found for person_id, _ in team}
    seated = {change.person_id for change in beside.changes}
    return {each.person_id for each in question.candidates} - placed - seated - question.bonds.locked.keys()


def _rare(database: Database, district_id: int, question: _Question, alone: set[int]) -> tuple[Rare, ...]:
    if not alone:
        return ()
    with database.reading() as db:
        everywhere = candidates_with_room(db, Scope.of_district(district_id))
        apart = may_not_be_teamed(db, alone | {each.person_id for each in everywhere}) | question.apart
    sitting = [seat.candidate for seat in question.seats if seat.candidate]
    return rare_among(alone, question.candidates, sitting, everywhere, apart)
