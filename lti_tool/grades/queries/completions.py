"""Reads of completions: lists of them, with how each stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session, joinedload

from lti_tool.grades.filters import CompletionFilter, Standing
from lti_tool.grades.models import Completion
from lti_tool.people.models import Person

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CompletionPage:
    """Some completions, the newest first, and before which one the next page begins."""

    completions: Sequence[Completion]
    next_before: int | None


def completions_of(
    db: Session, person: Person, chosen: CompletionFilter, *, before: int | None = None
) -> CompletionPage:
    """Return a page of the district's completions that are chosen, the newest first."""
    wanted = _named(chosen.chosen(person.district_id)).order_by(Completion.id.desc()).limit(PAGE_SIZE + 1)
    if before is not None:
        wanted = wanted.where(Completion.id < before)
    found = db.scalars(wanted).all()
    return CompletionPage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None)


def all_completions_of(db: Session, person: Person, chosen: CompletionFilter) -> Iterator[Completion]:
    """Yield every completion of the district that is chosen, the oldest first."""
    wanted = _named(chosen.chosen(person.district_id)).order_by(Completion.id)
    yield from db.scalars(wanted.execution_options(yield_per=500))


def standing_of(completion: Completion) -> Standing:
    """Return how a completion stands."""
    if completion.withdrawn_at is not None:
        return Standing.TAKEN_BACK
    if completion.held_at is not None:
        return Standing.LEFT_OUT if completion.left_out_at is not None else Standing.HELD
    return Standing.RECALLED if completion.recalled_at is not None else Standing.COUNTS


def _named(completions: Select[Completion]) -> Select[Completion]:
    return completions.options(joinedload(Completion.person), joinedload(Completion.course))
