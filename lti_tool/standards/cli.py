"""Commands about standards: `flask --app wsgi standards …`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from lti_tool.people.operations import find_or_create_district
from lti_tool.standards.operations import install_sample_frameworks

standards_cli = AppGroup("standards", help="Frameworks of standards.")


@standards_cli.command("install")
@click.option("--district", "name", required=True, help="Name of the district; made when it is new.")
def install(name: str) -> None:
    """Bring the sample frameworks into a district; those that it has stay as they are."""
    with current_app.extensions["database"].transaction() as db:
        installed = install_sample_frameworks(db, find_or_create_district(db, name).id)
        titles = [framework.title for framework in installed]
    click.echo("\n".join(f"Installed: {title}" for title in titles) or "The sample frameworks were there already.")
