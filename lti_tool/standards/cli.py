"""Commands about standards: `flask --app wsgi standards …`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from lti_tool.errors import ToolError
from lti_tool.people.operations import find_or_create_district
from lti_tool.standards.case import read_file
from lti_tool.standards.models import Framework
from lti_tool.standards.operations import import_at_once, install_sample_catalogue, install_sample_frameworks
from lti_tool.standards.queries import Difference
from lti_tool.standards.views.words import ODDITY_WORDS

standards_cli = AppGroup("standards", help="Frameworks of standards.")
MALFORMED = 2


@standards_cli.command("install")
@click.option("--district", "name", required=True, help="Name of the district; made when it is new.")
def install(name: str) -> None:
    """Bring the sample frameworks into a district; those that it has stay as they are."""
    with current_app.extensions["database"].transaction() as db:
        installed = install_sample_frameworks(db, find_or_create_district(db, name).id)
        titles = [framework.title for framework in installed]
    click.echo("\n".join(f"Installed: {title}" for title in titles) or "The sample frameworks were there already.")


@standards_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--district", "name", required=True, help="Name of the district; made when it is new.")
@click.option("--title", default="", help="What a framework from a table (CSV) is called; else its file's name.")
@click.option("--licence", default="", help="Name and address of its licence, where the file says none.")
@click.option("--attribution", default="", help="Who wrote it, where the file does not say it.")
def import_file(file: Path, name: str, **typed: str) -> None:
    """Bring a framework into a district from a CASE package or a table, or bring it up to date."""
    try:
        with current_app.extensions["database"].transaction() as db:
            district = find_or_create_district(db, name)
            with file.open("rb") as stream:
                package = read_file(stream, file.name, district.id, **typed)
            framework, difference = import_at_once(db, district.id, package, progress=_show_progress)
            said = _said(framework, difference)
    except ToolError as error:
        click.echo(error.message, err=True)
        raise SystemExit(MALFORMED) from error
    click.echo(said)
    for note in package.notes:
        click.echo(f"{ODDITY_WORDS[note.kind]}: {note.count} ({', '.join(note.examples)})", err=True)


def _show_progress(done: int, total: int) -> None:
    click.echo(f"{done} of {total} items", err=True)


def _said(framework: Framework, difference: Difference) -> str:
    """Return the line about what was done."""
    counts = difference.counts
    if counts["added"] == framework.size:
        return f"Imported: {framework.title}, {framework.size} items"
    changes = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"Updated: {framework.title}, {framework.size} items ({changes})"


@standards_cli.command("sample-catalogue")
@click.option("--district", "name", required=True, help="Name of the district; made when it is new.")
def sample_catalogue(name: str) -> None:
    """Bring sample opportunities for learning into a district, with the sample frameworks that they serve."""
    with current_app.extensions["database"].transaction() as db:
        added = len(install_sample_catalogue(db, find_or_create_district(db, name).id))
    click.echo(f"Added: {added} opportunities for learning." if added else "The sample catalogue was there already.")
