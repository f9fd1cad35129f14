"""The goals board: what colleagues declared, within the audience that each chose."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import GradeBand
from lti_tool.plans.queries import BoardFilter, Said, board_choices, goal_board, policy_of
from lti_tool.plans.views.blueprint import bp, mate_ids_of

LONGEST_SEARCH = 200


@bp.get("/board")
@guard(Right.EDUCATOR)
def show_board(acting: Acting) -> ResponseReturnValue:
    """Show colleagues' cards: those like mine first, with the reason, then by name."""
    narrowed = BoardFilter(
        component_id=request.args.get("component", None, row_id),
        school_id=request.args.get("school", None, row_id),
        discipline=request.args.get("discipline", ""),
        grade_band=request.args.get("band", None, GradeBand),
        says=request.args.get("says", None, Said),
        words=request.args.get("words", "").strip()[:LONGEST_SEARCH],
    )
    mate_ids = mate_ids_of(acting)
    return render_template(
        "plans/board.html",
        board=goal_board(
            acting.db,
            acting.person,
            narrowed,
            mate_ids,
            after=request.args.get("after", None, row_id),
            like_after=request.args.get("like_after", None, row_id),
        ),
        choices=board_choices(acting.db, acting.person, mate_ids),
        narrowed=narrowed,
        policy=policy_of(acting.db, acting.person.district_id),
    )
