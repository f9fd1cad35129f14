"""Bringing the sample catalogue into a district, for a demonstration and for newcomers to try things out with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import AuditEvent, Opportunity, OpportunityKind
from lti_tool.standards.facets import FACETS
from lti_tool.standards.models import Alignment, Framework, Indicator, Level, Strength
from lti_tool.standards.operations.frameworks import install_sample_frameworks, sample_packages


def install_sample_catalogue(db: Session, district_id: int) -> list[Opportunity]:
    """Bring the sample opportunities into a district, aligned to the sample frameworks; return the new ones.

    Those that it has, by their titles, stay as they are. Nobody hosts them.
    """
    install_sample_frameworks(db, district_id)
    db.flush()
    indicators = _sample_indicators(db, district_id)
    known = set(db.scalars(select(Opportunity.title).where(Opportunity.district_id == district_id)))
    new = [_made(db, district_id, indicators, each) for each in _samples() if each["title"] not in known]
    db.flush()  # their ids are wanted by the audit rows
    for each in new:
        db.add(AuditEvent(
            district_id=district_id, action="opportunity_added", subject="opportunity", subject_id=each.id,
            detail={"kind": each.kind.value},
        ))  # fmt: skip
    return new


def _samples() -> list[dict[str, Any]]:
    file = resources.files("lti_tool.standards") / "samples" / "catalogue.json"
    samples: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return samples


def _sample_indicators(db: Session, district_id: int) -> dict[str, int]:
    """Return the ids of the indicators of the sample frameworks by their codes, which differ in all of them."""
    identifiers = [package.identifier for package in sample_packages()]
    found = (
        select(Indicator.code, Indicator.id)
        .join(Framework, Framework.id == Indicator.framework_id)
        .where(Framework.district_id == district_id, Framework.identifier.in_(identifiers))
        .where(Indicator.level == Level.INDICATOR)
    )
    return dict(db.execute(found).all())


def _made(db: Session, district_id: int, indicators: Mapping[str, int], sample: Mapping[str, Any]) -> Opportunity:
    opportunity = Opportunity(
        district_id=district_id,
        kind=OpportunityKind(sample["kind"]),
        hours=Decimal(sample["hours"]),
        refreshed_on=date.fromisoformat(sample["refreshed_on"]) if "refreshed_on" in sample else None,
        **{name: sample.get(name, "") for name in ("title", "description", "provider", "url", "place")},
    )
    db.add(opportunity)
    facets = {name: sample["for"][name] for name in FACETS}
    for code, strength in sample["serves"].items():
        if code in indicators:  # the district may have another version of the framework
            db.add(Alignment(
                opportunity=opportunity, indicator_id=indicators[code], strength=Strength(strength), **facets
            ))  # fmt: skip
    return opportunity
