"""Reads of completions: lists of them, with how each stands."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select
from sqlalchemy.orm import Session, joinedload

from lti_tool.grades.filters import CompletionFilter, Standing
from lti_tool.grades.models import Completion
from lti_tool.grades.queries.newest import NewestPage, all_of, newest_of
from lti_tool.people.models import Person


def completions_of(
    db: Session, person: Person, chosen: CompletionFilter, *, before: int | None = None
) -> NewestPage[Completion]:
    """Return a page of the district's completions that are chosen, the newest first."""
    return newest_of(db, _named(chosen.chosen(person.district_id)), Completion, before=before)


def all_completions_of(db: Session, person: Person, chosen: CompletionFilter) -> Iterator[Completion]:
    """Yield every completion of the district that is chosen, the oldest first."""
    return all_of(db, _named(chosen.chosen(person.district_id)), Completion)


def standing_of(completion: Completion) -> Standing:
    """Return how a completion stands."""
    if completion.withdrawn_at is not None:
        return Standing.TAKEN_BACK
    if completion.held_at is not None:
        return Standing.LEFT_OUT if completion.left_out_at is not None else Standing.HELD
    return Standing.RECALLED if completion.recalled_at is not None else Standing.COUNTS


def _named(completions: Select[Completion]) -> Select[Completion]:
    return completions.options(joinedload(Completion.person), joinedload(Completion.course))
