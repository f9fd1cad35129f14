"""Commands about teams: `flask --app wsgi teams …`."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from lti_tool.errors import ToolError

IMPOSSIBLE = 2

teams_cli = AppGroup("teams", help="Teams of like goals.")


@contextmanager
def native_output_on_stderr() -> Iterator[None]:
    """Send what native code prints, as HiGHS does now and then, to standard error."""
    output = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)  # what C has buffered would else come out after the answer
        os.dup2(output, 1)
        os.close(output)


@teams_cli.command("simulate")
@click.argument("people", type=click.Path(path_type=Path), metavar="PEOPLE.json")
def simulate(people: Path) -> None:
    """Print the teams of the people in a file; no database is touched."""
    from lti_tool.teams import planning  # noqa: PLC0415 - it loads NumPy, which no other command needs

    try:
        with native_output_on_stderr():
            answer = planning.simulate(planning.read_request(people))
    except ToolError as error:
        click.echo(r"\n".join(error.message.splitlines()), err=True)  # what names an entry may hold line breaks
        sys.exit(IMPOSSIBLE)
    click.echo(json.dumps(answer, ensure_ascii=False))
