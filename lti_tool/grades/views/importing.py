"""The page on which an administrator brings completions in a file: looked at first, then recorded."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import InvalidInputError
from lti_tool.grades.operations.importing import HEADER, MatchedRow, RowState, match_file, record_file
from lti_tool.grades.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.sheets import CHANGED, decode_sheet, digest_of


@bp.route("/completions/file", methods=["GET", "POST"])
@guard(Right.ADMINISTRATOR)
def import_completions(acting: Acting) -> ResponseReturnValue:
    """Show what the lines of a file mean here, and record them once somebody has looked."""
    if request.method == "GET":
        return _page()
    try:
        text = _text()
        matched = match_file(acting.db, acting.person, text)
    except InvalidInputError as error:
        return _page(problem=error.message), error.status
    looked_at = request.form.get("looked_at", "")
    if looked_at != digest_of(matched):
        return _page(text, matched, problem=CHANGED if looked_at else "")
    record_file(acting.db, acting.person, matched)
    return redirect(url_for("sync.show_sync", notice="completions_recorded"), 303)


def _text() -> str:
    file = request.files.get("file")
    return decode_sheet(file.stream.read()) if file else request.form.get("text", "")


def _page(text: str = "", matched: list[MatchedRow] | None = None, problem: str = "") -> str:
    ready = [row for row in matched or () if row.state is RowState.READY]
    others = [row for row in matched or () if row.state is not RowState.READY]
    return render_template(
        "sync/import.html",
        text=text,
        looked_at=digest_of(matched) if matched is not None else "",
        ready=ready,
        others=others,
        problem=problem,
        header=HEADER,
    )
