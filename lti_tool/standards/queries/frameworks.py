"""Reads of frameworks: which a district has, each as its tree, and the branches of one that is too large for that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.paging import cut
from lti_tool.people.models import Person
from lti_tool.standards.models import Framework, Indicator, Level, in_use
from lti_tool.standards.queries.differences import citations

MOST_FOUND = 50
PAGE_SIZE = 25
MOST_BELOW = 6
"""How many items below each one a page of a large framework shows."""


@dataclass(slots=True)
class Branch:
    """An item of a framework with what is under it."""

    item: Indicator
    children: list[Branch] = field(default_factory=list)
    below: int = 0
    """How many items are directly under it, where not all of them are shown."""


@dataclass(frozen=True, slots=True)
class FrameworkTree:
    """A framework with its items as a tree; of a large one only some."""

    framework: Framework
    branches: list[Branch]


@dataclass(frozen=True, slots=True)
class FrameworkLine:
    """A framework of a district's list: how large it is, and whether goals or courses cite it."""

    framework: Framework
    indicators: int
    is_cited: bool


@dataclass(frozen=True, slots=True)
class BranchPage:
    """Two levels of a large framework, and the items that lead there."""

    trail: list[Indicator]
    branches: list[Branch]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """Items in which a word was found, in the order of the framework; `is_cut` says that there are more."""

    items: list[Indicator]
    is_cut: bool


def frameworks_of(db: Session, person: Person) -> list[Framework]:
    """Return the frameworks of the person's district that are offered, by title."""
    return [framework for framework in _all_frameworks(db, person) if not framework.is_retired]


def framework_of(db: Session, person: Person, framework_id: int) -> Framework:
    """Return a framework of the person's district."""
    framework = db.get(Framework, framework_id)
    if framework is None or framework.district_id != person.district_id:
        raise NotFoundError
    return framework


def framework_lines(db: Session, person: Person) -> list[FrameworkLine]:
    """Return all frameworks of the person's district, those that are retired last."""
    counted = select(func.count()).where(
        Indicator.framework_id == Framework.id, Indicator.level == Level.INDICATOR, Indicator.retired_at.is_(None)
    )
    cited = exists().where(Indicator.framework_id == Framework.id, Indicator.id.in_(citations()))
    found = (
        select(Framework, counted.scalar_subquery(), cited)
        .where(Framework.district_id == person.district_id)
        .order_by(Framework.retired_at.is_not(None), Framework.title, Framework.id)
    )
    return [FrameworkLine(*row) for row in db.execute(found)]


def tree_of(db: Session, framework: Framework) -> FrameworkTree:
    """Return a framework as a tree, in its own order."""
    items = select(Indicator).where(Indicator.framework_id == framework.id).order_by(Indicator.position)
    return FrameworkTree(framework, _grown(db.scalars(items))[framework.id])


def trees_of(db: Session, person: Person, *, chosen: Collection[int] = (), find: str = "") -> list[FrameworkTree]:
    """Return what a goal of this person can cite, as trees; the framework that fits the person's position first.

    What is out of use is there only where it is chosen already. Of a large framework there are the chosen indicators
    and those in which the word was found.
    """
    frameworks = _all_frameworks(db, person)
    whole = [each.id for each in frameworks if not each.is_large and not each.is_retired]
    current = select(Indicator).join(Indicator.framework).where(or_(in_use(), Indicator.id.in_(chosen)))
    items = current.where(Indicator.framework_id.in_(whole)).order_by(Indicator.framework_id, Indicator.position)
    grown = {each: _pruned(branches) for each, branches in _grown(db.scalars(items)).items()}
    if len(whole) < len(frameworks):
        grown |= _chosen_and_found(db, {each.id for each in frameworks} - set(whole), chosen, find)
    trees = [
        FrameworkTree(each, grown.get(each.id, []))
        for each in frameworks
        if grown.get(each.id) or (each.is_large and not each.is_retired)
    ]
    return sorted(trees, key=lambda tree: not fits_position(tree.framework, person))


def find_indicators(db: Session, person: Person, word: str) -> list[Indicator]:
    """Return indicators in use of the person's district in which a word is found; 50 at most."""
    found = (
        select(Indicator)
        .join(Indicator.framework)
        .where(Framework.district_id == person.district_id, in_use(), Indicator.level == Level.INDICATOR, _holds(word))
        .options(joinedload(Indicator.parent), joinedload(Indicator.framework))
        .order_by(Indicator.framework_id, Indicator.position)
        .limit(MOST_FOUND)
    )
    return list(db.scalars(found)) if word else []


def search_framework(db: Session, framework: Framework, word: str) -> Found:
    """Return the items of a framework in which a word is found."""
    found = (
        select(Indicator)
        .where(Indicator.framework_id == framework.id, _holds(word))
        .options(joinedload(Indicator.parent))
        .order_by(Indicator.position)
        .limit(2 * MOST_FOUND + 1)
    )
    items = list(db.scalars(found))
    return Found(items[: 2 * MOST_FOUND], is_cut=len(items) > 2 * MOST_FOUND)


def branch_page(db: Session, framework: Framework, under: int | None, after: int | None) -> BranchPage:
    """Return a page of what is under an item, or of the top, with one level more below each."""
    trail = _trail(db, framework, under) if under is not None else []
    level = select(Indicator).where(Indicator.framework_id == framework.id, Indicator.position > (after or -1))
    shown = level.where(Indicator.parent_id == under).order_by(Indicator.position).limit(PAGE_SIZE + 1)
    items, last = cut(db.scalars(shown).all(), PAGE_SIZE)
    branches = [Branch(item) for item in items]
    place = func.row_number().over(partition_by=Indicator.parent_id, order_by=Indicator.position)
    placed = select(Indicator.id, place.label("place")).where(
        Indicator.parent_id.in_([each.item.id for each in branches])
    )
    first = placed.subquery()
    second = select(Indicator).join(first, first.c.id == Indicator.id).where(first.c.place <= MOST_BELOW)
    by_id = {each.item.id: each for each in branches}
    for item in db.scalars(second.order_by(Indicator.position)):
        by_id[item.parent_id or 0].children.append(Branch(item))
    _count_below(db, [*branches, *(child for each in branches for child in each.children)])
    return BranchPage(trail, branches, last.position if last else None)


def fits_position(framework: Framework, person: Person) -> bool:
    """Return whether a framework is written for what this person does; teachers' fits whoever has no other."""
    position = person.position.lower()
    audience = next((each for each, words in POSITIONS.items() if any(word in position for word in words)), "teacher")
    return framework.audience == audience


POSITIONS = {"counselor": ("counselor", "counsellor"), "leader": ("principal", "leader", "director", "superintendent")}


def _all_frameworks(db: Session, person: Person) -> Sequence[Framework]:
    found = select(Framework).where(Framework.district_id == person.district_id)
    return db.scalars(found.order_by(Framework.title, Framework.id)).all()


def _grown(items: Iterable[Indicator]) -> Mapping[int, list[Branch]]:
    """Return the branches at the top of each framework; items come with those above them first."""
    branches: dict[int, Branch] = {}
    tops: dict[int, list[Branch]] = defaultdict(list)
    for item in items:
        branches[item.id] = branch = Branch(item)
        above = branches.get(item.parent_id or 0)
        (above.children if above else tops[item.framework_id]).append(branch)
    return tops


def _pruned(branches: list[Branch]) -> list[Branch]:
    """Leave out the branches on which no indicator is left."""
    for branch in branches:
        branch.children = _pruned(branch.children)
    return [each for each in branches if each.children or each.item.level is Level.INDICATOR]


def _chosen_and_found(
    db: Session, framework_ids: Collection[int], chosen: Collection[int], word: str
) -> dict[int, list[Branch]]:
    matches = and_(in_use(), Indicator.level == Level.INDICATOR, _holds(word)) if word else false()
    found = (
        select(Indicator)
        .join(Indicator.framework)
        .where(Indicator.framework_id.in_(framework_ids), or_(Indicator.id.in_(chosen), matches))
        .options(joinedload(Indicator.parent))
        .order_by(Indicator.id.in_(chosen).desc(), Indicator.framework_id, Indicator.position)
        .limit(MOST_FOUND + len(chosen))
    )
    flat: dict[int, list[Branch]] = defaultdict(list)
    for item in db.scalars(found):
        flat[item.framework_id].append(Branch(item))
    return flat


def _holds(word: str) -> ColumnElement[bool]:
    columns = (Indicator.statement, Indicator.code, Indicator.title)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _trail(db: Session, framework: Framework, item_id: int) -> list[Indicator]:
    """Return the items from the top down to this one."""
    above = select(Indicator.id, Indicator.parent_id).where(
        Indicator.id == item_id, Indicator.framework_id == framework.id
    )
    chain = above.cte(recursive=True)
    parent = aliased(Indicator)
    chain = chain.union_all(select(parent.id, parent.parent_id).join(chain, parent.id == chain.c.parent_id))
    ids = select(chain.c.id)
    trail = list(db.scalars(select(Indicator).where(Indicator.id.in_(ids))))
    if not trail:
        raise NotFoundError
    return _from_top(trail)


def _from_top(items: list[Indicator]) -> list[Indicator]:
    under = {item.parent_id: item for item in items}
    found: list[Indicator] = []
    at: int | None = None
    while at in under and len(found) < len(items):
        found.append(under[at])
        at = under[at].id
    return found


def _count_below(db: Session, branches: list[Branch]) -> None:
    counted = db.execute(
        select(Indicator.parent_id, func.count())
        .where(Indicator.parent_id.in_([each.item.id for each in branches]))
        .group_by(Indicator.parent_id)
    )
    counts: dict[int | None, int] = dict(iter(counted))
    for each in branches:
        each.below = counts.get(each.item.id, 0)
