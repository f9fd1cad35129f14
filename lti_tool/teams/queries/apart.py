"""Who may never be in one team: whoever reads somebody's plans to answer for them, and that person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import CompoundSelect, Select, or_, select, union
from sqlalchemy.orm import Session

from lti_tool.people.models import Person, Supervision
from lti_tool.plans.models import ApprovalRule, CommitteeMember, GrowthPlan, PlanReviewer, TemplateVersion
from lti_tool.plans.models.plans import ENDED
from lti_tool.teams.models import Team

MOST_AT_ONCE = 10_000
"""So many ids one statement takes on every database."""


def may_not_be_teamed(db: Session, person_ids: Iterable[int]) -> set[frozenset[int]]:
    """Return the pairs of these people that must never be in one team.

    One supervises the other, sits on the committee that approves the other's plan, or was named to read it. Peers who
    verify each other's plans are no evaluators: they may be a team. Why a pair is one is not told.
    """
    asked = set(person_ids)
    listed = sorted(asked)
    portions = (listed[start : start + MOST_AT_ONCE] for start in range(0, len(listed), MOST_AT_ONCE))
    pairs = (pair for some in portions for pair in _reviewed(db, some))
    return {frozenset(pair) for pair in pairs if asked.issuperset(pair) and len(set(pair)) > 1}


def kept_apart_from(db: Session, person: Person, others: Iterable[int]) -> set[int]:
    """Return with which of these people the person must never be in one team."""
    pairs = may_not_be_teamed(db, (person.id, *others))
    return {each for pair in pairs if person.id in pair for each in pair} - {person.id}


def reviewed_by(person_id: int) -> CompoundSelect[int]:
    """Return the query for whose plans somebody reviews now."""
    owners = (each.where(each.selected_columns[1] == person_id) for each in _reviews())
    return union(*(each.with_only_columns(each.selected_columns[0]) for each in owners))


def reviews_any(db: Session, person: Person, others: Iterable[int]) -> bool:
    """Return whether somebody reviews the plans of any of these people."""
    wanted = select(Person.id).where(Person.id.in_(list(others)), Person.id.in_(reviewed_by(person.id)))
    return db.scalar(wanted.limit(1)) is not None


def clashes_in(db: Session, teams: Iterable[Team]) -> dict[int, list[list[str]]]:
    """Return by team the names of each two who have joined and must not be in one team any more."""
    joined = {team.id: {each.person_id: each.person.name for each in team.accepted} for team in teams}
    apart = may_not_be_teamed(db, {person_id for names in joined.values() for person_id in names})
    found = {
        team_id: [sorted(names[each] for each in pair) for pair in apart if pair <= names.keys()]
        for team_id, names in joined.items()
    }
    return {team_id: sorted(pairs) for team_id, pairs in found.items() if pairs}


def _reviewed(db: Session, person_ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield each of these people with each who reviews them."""
    found = union(*(each.where(each.selected_columns[0].in_(person_ids)) for each in _reviews()))
    yield from ((owner_id, reader_id) for owner_id, reader_id in db.execute(found))


def _reviews() -> tuple[Select[int, int], ...]:
    """Return the queries for who is reviewed by whom: supervised, read, before a committee."""
    return _supervised(), _read(), _before_a_committee()


def _supervised() -> Select[int, int]:
    return select(Supervision.person_id, Supervision.supervisor_id).where(Supervision.ended_at.is_(None))


def _read() -> Select[int, int]:
    pairs = select(GrowthPlan.person_id, PlanReviewer.person_id).join(PlanReviewer.plan)
    pairs = pairs.outerjoin(TemplateVersion, TemplateVersion.id == GrowthPlan.template_version_id)
    by_peers = TemplateVersion.approval == ApprovalRule.PEERS
    is_review = or_(TemplateVersion.id.is_(None), GrowthPlan.is_restricted, ~by_peers)
    return pairs.where(GrowthPlan.state.not_in(ENDED), is_review)


def _before_a_committee() -> Select[int, int]:
    pairs = select(GrowthPlan.person_id, CommitteeMember.person_id)
    pairs = pairs.join(TemplateVersion, TemplateVersion.id == GrowthPlan.template_version_id)
    pairs = pairs.join(CommitteeMember, CommitteeMember.district_id == GrowthPlan.district_id)
    return pairs.where(
        GrowthPlan.state.not_in(ENDED),
        TemplateVersion.approval == ApprovalRule.COMMITTEE,
        CommitteeMember.ended_at.is_(None),
    )
