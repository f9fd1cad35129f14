"""The page on which a person brings their record from another instance: looked at first, then brought."""

from __future__ import annotations

import json

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.home.record import (
    LONGEST_RECORD,
    Outline,
    bring_record,
    has_empty_record,
    outline_of,
    read_record_file,
)
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard

ROOM_FOR_THE_FORM = 64 * 1024
"""What a browser puts around a file."""


@bp.before_request
def let_a_record_in() -> None:
    """Take more on this page than on others: a file, and then the same again as a field of the form."""
    if request.endpoint == "home.bring_record":
        request.max_content_length = LONGEST_RECORD + ROOM_FOR_THE_FORM
        request.max_form_memory_size = request.max_content_length


@bp.route("/my-data/bring", methods=["GET", "POST"], endpoint="bring_record")
@guard(Right.EDUCATOR)
def bring_record_page(acting: Acting) -> ResponseReturnValue:
    """Show what is in the file of a record, and bring it once its owner has looked."""
    if request.method == "GET":
        return _page(acting)
    try:
        if "record" in request.form:
            bring_record(acting.db, acting.person, read_record_file(request.form["record"]))
            return redirect(url_for(".show_my_data", notice="record_brought"), 303)
        return _page(acting, _looked_at())
    except (InvalidInputError, ConflictError) as error:
        return _page(acting, problem=error.message), error.status


def _looked_at() -> Outline:
    file = request.files.get("file")
    return outline_of(read_record_file(file.stream.read(LONGEST_RECORD + 1) if file else b""))


def _page(acting: Acting, outline: Outline | None = None, problem: str = "") -> str:
    return render_template(
        "home/bring.html",
        is_empty=has_empty_record(acting.db, acting.person),
        outline=outline,
        text=json.dumps(outline.document, ensure_ascii=False) if outline else "",
        problem=problem,
    )
