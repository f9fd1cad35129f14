"""Reads of imports: one, and those of a district that somebody should look at."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import NotFoundError
from lti_tool.people.models import Person
from lti_tool.standards.models import FrameworkImport, ImportState

SHOWN = 10


def import_of(db: Session, person: Person, import_id: int) -> FrameworkImport:
    """Return an import of the person's district."""
    batch = db.get(FrameworkImport, import_id, options=[joinedload(FrameworkImport.framework)])
    if batch is None or batch.district_id != person.district_id:
        raise NotFoundError
    return batch


def open_imports(db: Session, person: Person) -> list[FrameworkImport]:
    """Return the imports of the person's district that are under way or wait, the newest first."""
    is_open = FrameworkImport.state.in_((ImportState.FETCHING, ImportState.WAITING, ImportState.IMPORTING))
    found = select(FrameworkImport).where(FrameworkImport.district_id == person.district_id, is_open)
    return list(db.scalars(found.order_by(FrameworkImport.id.desc()).limit(SHOWN)))
