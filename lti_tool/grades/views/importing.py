"""The page on which an administrator brings completions in a file."""

from __future__ import annotations

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.grades.operations.importing import HEADER, match_file, record_file
from lti_tool.grades.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.sheet_page import look_then_record


@bp.route("/completions/file", methods=["GET", "POST"])
@guard(Right.ADMINISTRATOR)
def import_completions(acting: Acting) -> ResponseReturnValue:
    """Show what the lines of a file mean here, and record them once somebody has looked."""
    return look_then_record(
        partial(render_template, "sync/import.html", header=HEADER),
        partial(match_file, acting.db, acting.person),
        partial(record_file, acting.db, acting.person),
        url_for("sync.show_sync", notice="completions_recorded"),
    )
