"""One half of an import as a process of its own: `upload PREFIX FILE` as the web process, `deliver` as a worker."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import lti_tool.standards.tasks  # noqa: F401 - what a worker does for standards
from config import Config
from lti_tool.app import create_app
from lti_tool.outbox.delivery import deliver_due


def main() -> None:
    """Do what the command line names; of an upload print where its page is."""
    app = create_app(Config.from_env(os.environ))
    match sys.argv[1:]:
        case ["upload", prefix, path]:
            with Path(path).open("rb") as file:
                form = {"package": (file, "package.json")}  # read in pieces: only what the page needs is in memory
                sys.stdout.write(app.test_client().post(f"{prefix}/standards/import", data=form).location or "")
        case _:
            deliver_due(app.extensions["database"], app.extensions["settings"])


if __name__ == "__main__":
    main()
