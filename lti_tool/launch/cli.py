"""Commands of the LTI door: `flask --app wsgi lti …`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from config import Config
from lti_tool.db import Database
from lti_tool.errors import ToolError
from lti_tool.launch.addresses import origin_of
from lti_tool.launch.certify import certify_grades, certify_roster
from lti_tool.launch.keys import tool_keys
from lti_tool.launch.models import Family
from lti_tool.launch.operations.registrations import Admission, Platform, add_registration, create_invitation
from lti_tool.people.operations import find_or_create_district

lti_cli = AppGroup("lti", help="Registrations and keys.")
lti_cli.add_command(certify_grades)
lti_cli.add_command(certify_roster)


def _settings() -> Config:
    found: Config = current_app.extensions["settings"]
    return found


def _database() -> Database:
    found: Database = current_app.extensions["database"]
    return found


@lti_cli.command("keys")
@click.option("--rotate", is_flag=True, help="Add a key pair that signs from tomorrow on.")
@click.option("--retire", default="", metavar="KID", help="Remove a key pair at once; the next one signs from now on.")
def keys(*, rotate: bool, retire: str) -> None:
    """List the tool's key pairs; make the first one, or with --rotate the next one."""
    pairs = tool_keys(_settings())
    pairs.signing()
    if rotate:
        pairs.rotate()
    try:
        if retire:
            pairs.retire(retire)
    except ToolError as error:
        raise click.ClickException(error.message) from error
    signing = pairs.signing()
    for pair in pairs.published():
        click.echo(f"{pair.kid}  {'signs' if pair.kid == signing.kid else 'published'}")


@lti_cli.command("invite")
@click.option("--district", required=True, help="Name of the district; made when it is new.")
@click.option("--staff-only", is_flag=True, help="An LMS for staff alone: every course of it counts.")
def invite(*, district: str, staff_only: bool) -> None:
    """Print one registration URL to paste into the LMS."""
    with _database().transaction() as db:
        token = create_invitation(db, find_or_create_district(db, district), staff_only=staff_only)
    click.echo(f"{_settings().tool_url}/lti/register?invitation={token}")


def _web_address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value and not origin_of(value):
        raise click.BadParameter("This is no web address.")
    return value


@lti_cli.command("add-platform")
@click.option("--district", required=True, help="Name of the district; made when it is new.")
@click.option("--name", default="", help="What the administrators call this LMS.")
@click.option("--family", type=click.Choice([each.value for each in Family]), default=Family.OTHER.value)
@click.option("--issuer", required=True, callback=_web_address)
@click.option("--client-id", required=True)
@click.option("--auth-url", required=True, callback=_web_address, help="Where logins are answered.")
@click.option("--token-url", required=True, callback=_web_address)
@click.option("--key-set-url", required=True, callback=_web_address)
@click.option("--lms-url", default="", callback=_web_address, help="Where people open the LMS, if not at its issuer.")
@click.option("--deployment-id", default="", help="Let in from the start; without it the first that launches is.")
@click.option("--staff-only", is_flag=True, help="An LMS for staff alone: every course of it counts.")
def add_platform(*, district: str, staff_only: bool, **given: str) -> None:
    """Register an LMS whose values were carried over by hand; prints its login address."""
    platform = Platform(
        issuer=given["issuer"],
        auth_login_url=given["auth_url"],
        auth_token_url=given["token_url"],
        key_set_url=given["key_set_url"],
        registration_url=given["lms_url"],
        name=given["name"],
        family=Family(given["family"]),
    )
    admission = Admission(given["client_id"], given["deployment_id"])
    with _database().transaction() as db:
        registration = add_registration(
            db, find_or_create_district(db, district), platform, admission, staff_only=staff_only
        )
    click.echo(f"{_settings().tool_url}/lti/login/{registration.login_key}")
