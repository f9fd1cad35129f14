"""The transcript: a page to print, and the same as a table and as a file for machines."""

from __future__ import annotations

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import to_user_timezone

from lti_tool.db import utc_now
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.downloads import as_download, table_download
from lti_tool.people.tables import csv_text
from lti_tool.plans.queries.transcript import COLUMNS, Transcript, document_of, rows_of, transcript_of
from lti_tool.plans.views.blueprint import bp


@bp.get("/transcript")
@guard(Right.EDUCATOR)
def show_transcript(acting: Acting) -> ResponseReturnValue:
    """Show the transcript as it prints."""
    today = to_user_timezone(utc_now()).date()
    return render_template("plans/transcript.html", transcript=_transcript(acting), issued_on=today)


@bp.get("/transcript.json")
@guard(Right.EDUCATOR)
def export_transcript(acting: Acting) -> ResponseReturnValue:
    """Give the transcript as a file for machines."""
    return as_download(jsonify(document_of(_transcript(acting), utc_now().date())), "transcript.json")


@bp.get("/transcript.csv")
@guard(Right.EDUCATOR)
def export_transcript_table(acting: Acting) -> ResponseReturnValue:
    """Give the transcript as a table."""
    rows = rows_of(_transcript(acting), utc_now().date())
    return table_download(csv_text(COLUMNS, rows), "transcript.csv")


def _transcript(acting: Acting) -> Transcript:
    return transcript_of(acting.db, acting.person, says_why=request.args.get("why") == "yes")
