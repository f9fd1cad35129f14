"""A command about people that reads across features: `flask --app wsgi people import-record FILE …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import ToolError
from lti_tool.home.record import bring_record, read_record_file
from lti_tool.launch.models import Registration
from lti_tool.people.cli import people_cli
from lti_tool.people.models import District, Identity, Person

__all__ = ["people_cli"]


@people_cli.command("import-record")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--district", required=True, help="Name of the district that the person works for now.")
@click.option("--sub", required=True, help="Who the person is to the LMS: the `sub` of its launches.")
@click.option("--lms", default="", help="Name of the LMS, where the district has several.")
def import_record(file: Path, district: str, sub: str, lms: str) -> None:
    """Bring the record that somebody took with them; the person is found by the LMS's `sub`, or made."""
    try:
        with current_app.extensions["database"].transaction() as db:
            person = _person(db, _registration(db, district, lms), sub)
            bring_record(db, person, read_record_file(file.read_bytes()))
            person_id = person.id
    except ToolError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"The record belongs to person {person_id} now.")


def _registration(db: Session, district: str, lms: str) -> Registration:
    found = [
        each
        for each in db.scalars(select(Registration).join(Registration.district).where(District.name == district))
        if lms in {"", each.name}
    ]
    if len(found) != 1:
        raise click.ClickException(
            "This district has several such LMSs: name one by --lms." if found else "No LMS of this district is known."
        )
    return found[0]


def _person(db: Session, registration: Registration, sub: str) -> Person:
    identity = db.scalar(select(Identity).where(Identity.registration_id == registration.id, Identity.sub == sub))
    if identity is None:
        person = Person(district_id=registration.district_id)
        identity = Identity(person=person, registration_id=registration.id, sub=sub)
        db.add(identity)
        db.flush()  # the record hangs on the person's id
    return identity.person
