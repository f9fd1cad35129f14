"""The page of what reading back found to differ, each with both values and what can be done."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.grades.cures import cure_for
from lti_tool.grades.operations import comparing
from lti_tool.grades.queries.differences import MOST_SHOWN, differences_of
from lti_tool.grades.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard


@bp.get("/differences")
@guard(Right.ADMINISTRATOR)
def show_differences(acting: Acting) -> ResponseReturnValue:
    """Show what differs between the tool and the gradebooks."""
    shown = request.args.get("shown", MOST_SHOWN, row_id)
    found = differences_of(acting.db, acting.person, shown)
    return render_template("sync/differences.html", found=found, more_shown=shown + MOST_SHOWN, cure_for=cure_for)


@bp.post("/differences/<int:stray_id>/leave")
@guard(Right.ADMINISTRATOR)
def leave_stray(acting: Acting, stray_id: int) -> ResponseReturnValue:
    """Leave a result as it is of which the tool knows nothing."""
    comparing.leave_stray(acting.db, acting.person, stray_id)
    return redirect(url_for("sync.show_differences", notice="result_left"), 303)
