"""What the tests of alignments, the grid and coverage send and read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lti_tool.db import Database
from lti_tool.standards.facets import FACETS
from lti_tool.standards.models import Alignment, Framework

EVERYBODY = {name: ["all"] for name in FACETS}


def form(framework: Framework, chosen: dict[int, str], **facets: Any) -> dict[str, Any]:
    """The page's form: how far each chosen indicator is served, and for whom all of them are."""
    strengths = {f"strength-{each}": strength for each, strength in chosen.items()}
    return {"framework": framework.id, "indicator": list(map(str, chosen)), **strengths, **EVERYBODY, **facets}


def address(course: Any) -> str:
    return f"/standards/opportunities/{course.id}/alignment"


def saved(database: Database) -> dict[str, Any]:
    with database.reading() as db:
        return {
            each.indicator.code: (each.strength, each.grade_bands, each.disciplines, each.roles, each.contexts)
            for each in db.scalars(select(Alignment))
        }
