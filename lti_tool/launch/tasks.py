"""What the worker does for the LTI door: ask an LMS for its notices."""

from __future__ import annotations

from lti_tool.launch.models import Deployment, DeploymentState
from lti_tool.launch.names import NoticeType
from lti_tool.launch.queries import platform_of
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.tokens import AccessTokens
from lti_tool.outbox.delivery import Delivery, handles

NOTICES_PATH = "/lti/notices"


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
