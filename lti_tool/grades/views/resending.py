"""The pages on which an administrator sends scores again: first what would happen, then how far it is."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.errors import ConflictError
from lti_tool.grades.cures import CAUSES
from lti_tool.grades.filters import ScoreFilter
from lti_tool.grades.models import ScoreState
from lti_tool.grades.operations.resending import begin_resend, stop_resend
from lti_tool.grades.queries.resends import latest_resends, progress_of
from lti_tool.grades.resending import Fate, plan_resend, total_of
from lti_tool.grades.schemas import chosen_scores
from lti_tool.grades.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard


@bp.get("/resend")
@guard(Right.ADMINISTRATOR)
def plan_resend_page(acting: Acting) -> ResponseReturnValue:
    """Say what would happen to the scores that a filter shows; nothing is sent."""
    return _page(acting, chosen_scores(request.args))


@bp.post("/resend")
@guard(Right.ADMINISTRATOR)
def begin_resend_page(acting: Acting) -> ResponseReturnValue:
    """Send them again."""
    chosen = chosen_scores(request.form)
    try:
        resend = begin_resend(acting.db, acting.person, chosen)
    except ConflictError as error:
        return _page(acting, chosen, problem=error.message), error.status
    return redirect(url_for("sync.show_resend", resend_id=resend.id), 303)


@bp.get("/resends/<int:resend_id>")
@guard(Right.ADMINISTRATOR)
def show_resend(acting: Acting, resend_id: int) -> ResponseReturnValue:
    """Show how far it is, and then what came of it."""
    progress = progress_of(acting.db, acting.person, resend_id)
    return render_template("sync/resend.html", progress=progress, resend=progress.resend, State=ScoreState)


@bp.get("/resends/<int:resend_id>/progress.json")
@guard(Right.ADMINISTRATOR)
def show_resend_progress(acting: Acting, resend_id: int) -> ResponseReturnValue:
    """Give how far it is, for the page that watches it."""
    progress = progress_of(acting.db, acting.person, resend_id)
    return {"state": progress.state, "done": progress.answered, "total": progress.resend.total}


@bp.post("/resends/<int:resend_id>/stop")
@guard(Right.ADMINISTRATOR)
def stop_resend_page(acting: Acting, resend_id: int) -> ResponseReturnValue:
    """Queue no more of it."""
    stop_resend(acting.db, acting.person, resend_id)
    return redirect(url_for("sync.show_resend", resend_id=resend_id), 303)


def _page(acting: Acting, chosen: ScoreFilter, problem: str = "") -> str:
    plans = plan_resend(acting.db, acting.person, chosen)
    return render_template(
        "sync/plan_resend.html",
        chosen=chosen,
        address=chosen.as_address(),
        plans=plans,
        total=total_of(plans),
        earlier=latest_resends(acting.db, acting.person),
        problem=problem,
        causes=CAUSES,
        Fate=Fate,
    )
