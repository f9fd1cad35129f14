"""Evidence: what an owner points to, to a goal that is open as to one that is met."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.models import Audience, Evidence, EvidenceKind, Goal, PlanState
from lti_tool.plans.operations.access import require_owner


@dataclass(frozen=True, slots=True)
class EvidenceWords:
    """What an owner says of a piece of evidence."""

    kind: EvidenceKind
    title: str
    dated_on: date
    url: str = ""
    reflection: str = ""
    audience: Audience = Audience.PRIVATE
    holds_students: bool = False
    is_attested: bool = False
    activity_id: int | None = None
    indicator_ids: tuple[int, ...] = ()


def add_evidence(db: Session, actor: Person, goal: Goal, words: EvidenceWords) -> Evidence:
    """Add evidence to a goal of the actor's own."""
    evidence = Evidence()
    _write(actor, goal, evidence, words)
    evidence.goal = goal
    db.add(evidence)
    db.flush()  # the audit row names its id
    record_audit(db, actor, "evidence_added", "evidence", evidence.id, audience=evidence.audience.value)
    return evidence


def change_evidence(db: Session, actor: Person, evidence: Evidence, words: EvidenceWords) -> None:
    """Replace what is said of a piece of evidence."""
    is_same = _says(evidence) == _says(words)
    if not (is_same and words.audience.reaches(Audience.REVIEWER)):
        _require_not_to_be_signed(evidence)
    _write(actor, evidence.goal, evidence, words)
    evidence.updated_at = utc_now()
    record_audit(db, actor, "evidence_changed", "evidence", evidence.id, audience=evidence.audience.value)


def remove_evidence(db: Session, actor: Person, evidence: Evidence) -> None:
    """Remove a piece of evidence for good."""
    _require_unclosed(actor, evidence.goal)
    _require_not_to_be_signed(evidence)
    record_audit(db, actor, "evidence_removed", "evidence", evidence.id)
    evidence.goal.evidence.remove(evidence)


def _require_unclosed(actor: Person, goal: Goal) -> None:
    """Let only the owner on, and not once the plan is closed: what was signed stays as its readers saw it."""
    require_owner(actor, goal)
    if goal.plan.state is PlanState.CLOSED:
        raise ConflictError("This plan is closed. Add what you find from now on to a goal of another plan.")


def _require_not_to_be_signed(evidence: Evidence) -> None:
    """Let nothing be taken from readers who are about to sign; others may see it no longer at any time."""
    if evidence.is_for_readers and evidence.goal.plan.state is PlanState.FINAL_SUBMITTED:
        raise ConflictError(
            "Your readers sign the end of this plan with it. It can be changed once they have answered."
        )


def _says(evidence: Evidence | EvidenceWords) -> tuple[object, ...]:
    told = (evidence.kind, evidence.title, evidence.dated_on, evidence.url, evidence.reflection, evidence.activity_id)
    if isinstance(evidence, Evidence):
        return (*told, {each.id for each in evidence.indicators})
    return (*told, set(evidence.indicator_ids))


def _write(actor: Person, goal: Goal, evidence: Evidence, words: EvidenceWords) -> None:
    _require_unclosed(actor, goal)
    _refuse_what_is_missing(actor, words)
    for name, value in asdict(words).items():
        if name not in {"is_attested", "activity_id", "indicator_ids"}:
            setattr(evidence, name, value)
    evidence.show_to(words.audience, actor)
    evidence.holds_students = words.holds_students or words.kind is EvidenceKind.STUDENT_WORK
    evidence.attested_at = (evidence.attested_at or utc_now()) if words.is_attested else None
    evidence.indicators = [each for each in goal.indicators if each.id in words.indicator_ids]
    evidence.activity = next((each for each in goal.activities if each.id == words.activity_id), None)


def _refuse_what_is_missing(actor: Person, words: EvidenceWords) -> None:
    wrong: dict[str, list[str]] = {}
    if words.kind is EvidenceKind.LINK and not words.url:
        wrong["url"] = ["Give the address of the page."]
    if words.kind is not EvidenceKind.LINK and not words.reflection:
        wrong["reflection"] = ["Say what it shows."]
    if (words.holds_students or words.kind is EvidenceKind.STUDENT_WORK) and not words.is_attested:
        wrong["is_attested"] = ["It shows students' work or names students: tick this, or leave it out."]
    if words.audience is Audience.SCHOOL and actor.school_id is None:
        wrong["audience"] = ["No school is known for you yet. Choose somebody else."]
    if wrong:
        raise InvalidInputError(fields=wrong)
