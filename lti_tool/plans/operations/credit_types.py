"""The kinds of credit of a district; its starter set is stored with the first write that needs one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.plans.credit import starter_types
from lti_tool.plans.models import CreditType


@dataclass(frozen=True, slots=True)
class CreditTypeWords:
    """What an administrator says of a kind of credit."""

    name: str
    unit: str
    hours_per_unit: Decimal
    yearly_cap: Decimal | None = None
    is_default: bool = False


def credit_type_named(db: Session, district_id: int, name: str) -> CreditType | None:
    """Return the district's kind of credit of this name, from the starter set where there was none yet."""
    store_starter_types(db, district_id)
    return db.scalar(select(CreditType).where(CreditType.district_id == district_id, CreditType.name == name))


def default_credit_type(db: Session, district_id: int) -> CreditType:
    """Return as which kind of credit finished learning is added: the one that the district chose, else its oldest."""
    store_starter_types(db, district_id)
    found = (
        select(CreditType)
        .where(CreditType.district_id == district_id)
        .order_by(CreditType.retired_at.is_not(None), CreditType.is_default.desc(), CreditType.id)
    )
    return db.scalars(found.limit(1)).one()


def store_starter_types(db: Session, district_id: int) -> None:
    """Store the starter set of a district that has no kinds of credit yet; two at a time store it once."""
    if db.scalar(select(CreditType.id).where(CreditType.district_id == district_id).limit(1)) is not None:
        return
    try:
        with db.begin_nested():
            db.add_all(starter_types(district_id))
    except IntegrityError:
        return


def save_credit_type(db: Session, actor: Person, words: CreditTypeWords, known: CreditType | None = None) -> CreditType:
    """Add a kind of credit, or change one; hours that were earned keep what a unit was when they were added."""
    store_starter_types(db, actor.district_id)
    if known is not None and known.district_id != actor.district_id:
        raise NotFoundError
    saved = known or CreditType(district_id=actor.district_id)
    _refuse_taken_name(db, actor, words.name, saved)
    if words.is_default:
        others = update(CreditType).where(CreditType.district_id == actor.district_id)
        db.execute(others.values(is_default=False))
    for name, value in asdict(words).items():
        setattr(saved, name, value)
    db.add(saved)
    db.flush()  # the audit row names its id
    record_audit(db, actor, "credit_type_saved", "credit_type", saved.id)
    return saved


def retire_credit_type(db: Session, actor: Person, credit_type: CreditType, *, is_retired: bool) -> None:
    """Offer a kind of credit no longer, or again; the one that finished learning is added as stays."""
    if credit_type.is_default and is_retired:
        raise ConflictError("Finished learning is added as this. Choose another kind for that first.")
    credit_type.retired_at = utc_now() if is_retired else None
    action = "credit_type_retired" if is_retired else "credit_type_offered"
    record_audit(db, actor, action, "credit_type", credit_type.id)


def _refuse_taken_name(db: Session, actor: Person, name: str, saved: CreditType) -> None:
    same = select(CreditType.id).where(CreditType.district_id == actor.district_id, CreditType.name == name)
    if (taken := db.scalar(same)) is not None and taken != saved.id:
        raise InvalidInputError(fields={"name": ["There is a kind of credit of this name already."]})
