"""What the worker does for teams: propose them, make their LMS groups match them, and forget what rooms held."""

from __future__ import annotations

from lti_tool.db import utc_now
from lti_tool.errors import GaveUpError, LMSAccessError, LMSError, LMSWaitingError
from lti_tool.jobs import stopping, task, worker_resources
from lti_tool.launch.queries import platform_of
from lti_tool.lms.rest import rest_side
from lti_tool.outbox.handlers import Delivery, handles
from lti_tool.people.models import Person
from lti_tool.teams.groups import note_failure, note_group, plan_group
from lti_tool.teams.operations import joining
from lti_tool.teams.operations.announcing import COMPARE, SYNC, announce_due
from lti_tool.teams.operations.following import follow_goal
from lti_tool.teams.operations.forgetting import forget_words
from lti_tool.teams.operations.proposing import keep_proposals
from lti_tool.teams.queries import MATCH, scope_asked
from lti_tool.teams.runs import look

NOT_CONNECTED = (
    "Nobody has given the tool access to groups in this LMS yet. An administrator can under Connections, or a "
    "designer downloads the teams as a file and imports it in the LMS."
)
SOMEBODY_MISSING = (
    "Somebody of this team could not be put into the group yet. "
    "The page of the team says who, and why. Once that is mended, the group follows by itself within a day."
)
MOST_TRIES = 3
"""So often teams are searched before the designer is told that it does not work."""


@task("teams.compare_groups")
def compare_groups() -> int:
    """Queue the daily comparisons of groups with the LMS."""
    database, _ = worker_resources()
    with database.transaction() as db:
        return announce_due(db, utc_now())


@task("teams.begin_due")
def begin_due() -> int:
    """Form the teams that need not wait for a third any more."""
    database, _ = worker_resources()
    with database.transaction() as db:
        return joining.begin_due(db, utc_now())


@task("teams.forget_old_words")
def forget_old_words() -> int:
    """Delete what was said in rooms and has been kept for long enough, a little in each transaction."""
    database, _ = worker_resources()
    forgotten = 0
    while True:
        with database.transaction() as db:
            some = forget_words(db, utc_now())
        forgotten += some
        if not some or stopping.is_set():
            return forgotten


@handles(COMPARE)
@handles(SYNC)
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
            note_failure(db, team_id, error)
        raise
    with delivery.database.transaction() as db:
        problem = note_group(db, team_id, plan, read)
    if problem:
        raise LMSWaitingError(SOMEBODY_MISSING)


@handles("goal.carried")
def follow_carried_goal(delivery: Delivery) -> None:
    """Let teams go on with a goal that goes on in a later plan."""
    payload = delivery.message.payload
    with delivery.database.transaction() as db:
        follow_goal(db, int(payload["goal_id"]), int(payload["goes_on_as"]))


@handles(MATCH)
def match_teams(delivery: Delivery) -> None:
    """Propose teams among the goals of a scope; end after a few tries, that the page can say so."""
    attempts = delivery.message.attempts
    if attempts > MOST_TRIES:  # the worker itself ended in each of them, for want of memory perhaps
        raise GaveUpError
    try:
        _propose_teams(delivery)
    except Exception as error:
        if attempts < MOST_TRIES:
            raise
        raise GaveUpError from error


def _propose_teams(delivery: Delivery) -> None:
    """Find teams and keep them as proposals; no transaction is open while they are searched."""
    payload = delivery.message.payload
    looked = look(delivery.database, delivery.message.district_id, payload)
    if looked is None:
        return
    found, beside = looked
    with delivery.database.transaction() as db:
        scope = scope_asked(db, delivery.message.district_id, payload)
        actor = db.get(Person, int(payload["actor_id"]))
        if scope is not None and actor is not None:
            keep_proposals(db, actor, scope, found, message_id=delivery.message.id, beside=beside)
