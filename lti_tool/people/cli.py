"""Commands about people: `flask --app wsgi people …`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from lti_tool.people.operations import create_admin_code, find_or_create_district

people_cli = AppGroup("people", help="Districts and their people.")


@people_cli.command("admin-code")
@click.option("--district", required=True, help="Name of the district; made when it is new.")
def print_admin_code(district: str) -> None:
    """Print a one-use code that makes whoever enters it after a launch the district's administrator."""
    with current_app.extensions["database"].transaction() as db:
        code = create_admin_code(db, find_or_create_district(db, district))
    click.echo(code)
