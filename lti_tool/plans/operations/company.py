"""Choosing whether to work on a goal with a colleague who has a like one, to take theirs up, or to carry on alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Company, Goal, GoalDraft
from lti_tool.plans.operations.access import require_owner
from lti_tool.plans.queries.colleagues import visible_goal

BETWEEN_NAMES = ", "


def join_goal(draft: GoalDraft, theirs: Goal) -> None:
    """Note that the goal being written is worked on with the owner of a like one."""
    words = _not_joined(draft.words)
    names = _without(str(words.get("with_whom", "")), theirs.owner.name)
    chosen = {"company": Company.JOINED.value, "joined_goal_id": theirs.id, "joined_name": theirs.owner.name}
    draft.words = {**words, **chosen, "with_whom": BETWEEN_NAMES.join([*names, theirs.owner.name])}


def adapt_goal(draft: GoalDraft, theirs: Goal) -> None:
    """Take up what a colleague's card shows, to be changed; what the writer had stays, the own headline at hand."""
    own = str(draft.words.get("headline", ""))
    kept = {"own_headline": own} if own and own != theirs.headline else {}
    indicators = {*draft.words.get("indicator_ids", []), *(str(each.id) for each in theirs.indicators)}
    taken = {"headline": theirs.headline, "indicator_ids": sorted(indicators)}
    draft.words = {**_not_joined(draft.words), **kept, **taken, "company": Company.ADAPTED.value}


def carry_on_alone(draft: GoalDraft) -> None:
    """Note that the writer carries on alone; nobody is told and nothing follows from it."""
    draft.words = {**_not_joined(draft.words), "company": Company.ALONE.value}


def reconsider_company(draft: GoalDraft) -> None:
    """Take the choice back."""
    draft.words = {**_not_joined(draft.words), "company": Company.UNDECIDED.value}


def keep_company(db: Session, actor: Person, goal: Goal, words: Mapping[str, Any], mate_ids: Collection[int]) -> None:
    """Note on a new goal what its writer chose; a card that was withdrawn in the meantime is joined no more."""
    goal.company = Company(words.get("company", Company.UNDECIDED))
    if goal.company is not Company.JOINED:
        return
    theirs = visible_goal(db, actor, int(words.get("joined_goal_id", 0)), mate_ids)
    if theirs is None:
        goal.company = Company.UNDECIDED
        return
    goal.joined_goal_id = theirs.id
    record_audit(db, actor, "goal_joined", "goal", goal.id, joined_goal_id=theirs.id)


def leave_company(db: Session, actor: Person, goal: Goal) -> None:
    """Work on a goal alone from now on; the colleague's page says nothing of it any more."""
    require_owner(actor, goal)
    if goal.joined_goal_id is None:
        return
    goal.joined_goal_id, goal.company = None, Company.ALONE
    record_audit(db, actor, "goal_left", "goal", goal.id)


def _not_joined(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a draft without the colleague that was joined in them."""
    kept = {name: value for name, value in words.items() if name not in {"joined_goal_id", "joined_name"}}
    if "joined_name" in words:
        kept["with_whom"] = BETWEEN_NAMES.join(_without(str(kept.get("with_whom", "")), words["joined_name"]))
    return kept


def _without(with_whom: str, name: str) -> list[str]:
    return [each for each in with_whom.split(BETWEEN_NAMES) if each and each != name]
