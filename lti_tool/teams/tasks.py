"""What the worker does for teams: make the group in the LMS course match the team."""

from __future__ import annotations

from lti_tool.errors import LMSAccessError, LMSError, LMSWaitingError
from lti_tool.launch.queries import platform_of
from lti_tool.lms.rest import rest_side
from lti_tool.outbox.delivery import Delivery, handles
from lti_tool.teams.groups import note_failure, note_group, plan_group

NOT_CONNECTED = (
    "Nobody has given the tool access to groups in this LMS yet. An administrator can under Connections, or a "
    "designer downloads the teams as a file and imports it in the LMS."
)
SOMEBODY_MISSING = (
    "Somebody of this team is not enrolled in the course, or has not opened the tool there. "
    "The page of the team says who. Once that is mended, the group follows by itself within a day."
)


@handles("group")
def sync_group(delivery: Delivery) -> None:
    """Make the group as the team is, read it back, and keep what was found."""
    team_id = int(delivery.message.payload["team_id"])
    with delivery.database.transaction() as db:
        plan = plan_group(db, team_id)
        platform = platform_of(db, plan.registration, delivery.settings, delivery.database) if plan else None
    if plan is None or platform is None:
        return
    side = rest_side(platform)
    try:
        if side is None:
            raise LMSAccessError(NOT_CONNECTED)
        read = side.sync_group(plan.course_id, plan.spec)
    except LMSError as error:
        with delivery.database.transaction() as db:
            note_failure(db, team_id, error.message)
        raise
    with delivery.database.transaction() as db:
        problem = note_group(db, team_id, plan, read)
    if problem:
        raise LMSWaitingError(SOMEBODY_MISSING)
