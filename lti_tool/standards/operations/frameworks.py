"""Writes of frameworks: the samples, and what a designer says of a framework that is here."""

from __future__ import annotations

from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import InvalidInputError
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit
from lti_tool.standards.case import Package, read_package
from lti_tool.standards.models import Framework
from lti_tool.standards.operations.applying import import_at_once


def install_sample_frameworks(db: Session, district_id: int, actor: Person | None = None) -> list[Framework]:
    """Bring the sample frameworks into a district; those that it has stay as they are. Return the new ones."""
    known = set(db.scalars(select(Framework.identifier).where(Framework.district_id == district_id)))
    packages = [package for package in sample_packages() if package.identifier not in known]
    actor_id = actor.id if actor else None
    return [import_at_once(db, district_id, package, actor_id=actor_id)[0] for package in packages]


def sample_packages() -> list[Package]:
    """Return the frameworks that come with the tool, in order of their file names."""
    folder = resources.files("lti_tool.standards") / "data"
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".json")), key=lambda each: each.name)
    packages = []
    for file in files:
        with file.open("rb") as stream:
            packages.append(read_package(stream))
    return packages


def rename_framework(db: Session, actor: Person, framework: Framework, title: str) -> None:
    """Give a framework another title in this district; its next import brings that of the file."""
    if not title.strip():
        raise InvalidInputError(fields={"title": ["A framework needs a title."]})
    framework.title, framework.updated_at = title.strip(), utc_now()
    record_audit(db, actor, "framework_renamed", "framework", framework.id)


def license_framework(db: Session, actor: Person, framework: Framework, licence: str, attribution: str) -> None:
    """Say under which licence a framework may be used and who wrote it; a CASE package brings its own with it."""
    framework.licence, framework.attribution, framework.updated_at = licence.strip(), attribution.strip(), utc_now()
    record_audit(db, actor, "framework_licensed", "framework", framework.id)


def retire_framework(db: Session, actor: Person, framework: Framework) -> None:
    """Offer a framework to new goals no more; those that cite it stay whole."""
    if framework.retired_at is None:
        framework.retired_at = utc_now()
        record_audit(db, actor, "framework_retired", "framework", framework.id)


def restore_framework(db: Session, actor: Person, framework: Framework) -> None:
    """Offer a retired framework to new goals again."""
    if framework.retired_at is not None:
        framework.retired_at = None
        record_audit(db, actor, "framework_restored", "framework", framework.id)
