"""What the worker does for the LTI door: ask an LMS for its notices and for the rosters of marked courses."""

from __future__ import annotations

from lti_tool.db import utc_now
from lti_tool.errors import LMSError
from lti_tool.jobs import task, worker_resources
from lti_tool.launch.models import Deployment, DeploymentState
from lti_tool.launch.names import NoticeType
from lti_tool.launch.operations import rosters
from lti_tool.launch.queries import platform_of, same_clients
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.tokens import AccessTokens
from lti_tool.outbox.handlers import Delivery, handles, tells_clients

NOTICES_PATH = "/lti/notices"
tells_clients(same_clients)


@handles("notices.subscribe")
def subscribe_to_notices(delivery: Delivery) -> None:
    """Tell the LMS where notices of copied courses go; saying it again changes nothing."""
    with delivery.database.transaction() as db:
        deployment = db.get(Deployment, int(delivery.message.payload["deployment_id"]))
        if deployment is None or deployment.state is not DeploymentState.APPROVED:
            return
        platform = platform_of(db, deployment.registration, delivery.settings)
        notices_url = deployment.notices_url
    advantage = Advantage(platform, AccessTokens(delivery.database, delivery.settings.secret_key))
    advantage.subscribe(notices_url, NoticeType.CONTEXT_COPY, handler=delivery.settings.tool_url + NOTICES_PATH)


@task("launch.read_due_rosters")
def read_due_rosters() -> int:
    """Queue the reads of the rosters whose turn it is."""
    database, _ = worker_resources()
    with database.transaction() as db:
        return rosters.enqueue_due_rosters(db, utc_now())


@handles("roster.read")
def read_roster(delivery: Delivery) -> None:
    """Read a course's roster to its end, and keep who is in the course; nothing is kept of a read that failed."""
    payload = delivery.message.payload
    course_id = int(payload["course_id"])
    with delivery.database.transaction() as db:
        plan = rosters.plan_roster(db, course_id, delivery.settings)
    if plan is None:
        return
    advantage = Advantage(plan.platform, AccessTokens(delivery.database, delivery.settings.secret_key))
    try:
        members = advantage.memberships(plan.memberships_url, resource_link_id=plan.resource_link_id)
    except LMSError as error:
        with delivery.database.transaction() as db:
            rosters.note_roster(db, course_id, error.message)
        raise
    with delivery.database.transaction() as db:
        rosters.record_roster(db, course_id, members, plan.begun_at, is_confirmed=bool(payload.get("is_confirmed")))
