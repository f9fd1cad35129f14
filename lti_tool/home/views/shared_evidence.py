"""The page of what colleagues share as evidence."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.home.queries.shared_evidence import evidence_shared_with
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard


@bp.get("/shared-evidence")
@guard(Right.EDUCATOR)
def show_shared_evidence(acting: Acting) -> ResponseReturnValue:
    """Show what others share with the person as evidence of their goals."""
    after = request.args.get("after", type=row_id)
    return render_template(
        "home/shared_evidence.html", page=evidence_shared_with(acting.db, acting.person, after=after)
    )
