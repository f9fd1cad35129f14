"""Platform notices: asked for when a launch offers them, and acted on once each."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import LaunchError
from lti_tool.launch.message import LaunchMessage
from lti_tool.launch.models import Deployment, DeploymentState, ReceivedNotice, Registration
from lti_tool.launch.names import NoticeType
from lti_tool.launch.notice import Notice
from lti_tool.launch.operations.copies import note_copy
from lti_tool.launch.operations.sessions import digest
from lti_tool.launch.operations.upserts import insert_missing
from lti_tool.lms.platform import Scope
from lti_tool.outbox.operations import enqueue

REMEMBERED = timedelta(days=90)
"""How long a notice is known again; a token itself is too old after an hour."""


def ask_for_notices(db: Session, registration: Registration, deployment: Deployment, message: LaunchMessage) -> None:
    """Have the LMS told, once, that the tool wants to hear of copied courses; a lane of its own keeps scores going."""
    wanted = NoticeType.CONTEXT_COPY in message.notice_types and Scope.NOTICE_HANDLERS in registration.scopes
    if not wanted or deployment.notices_url == message.notices_url:
        return
    deployment.notices_url = message.notices_url
    enqueue(
        db,
        kind="notices.subscribe",
        key=f"notices:{deployment.id}",
        district_id=registration.district_id,
        lane=f"notices:{registration.id}",
        payload={"deployment_id": deployment.id},
    )


def receive_notice(db: Session, registration: Registration, notice: Notice) -> bool:
    """Act on a notice; return whether it was new. Refuse one of a deployment that is not let in."""
    deployment = db.scalar(
        select(Deployment).where(
            Deployment.registration_id == registration.id,
            Deployment.deployment_id == notice.deployment_id,
            Deployment.state == DeploymentState.APPROVED,
        )
    )
    if deployment is None:
        raise LaunchError("deployment_unknown", status=403)
    db.execute(delete(ReceivedNotice).where(ReceivedNotice.received_at < utc_now() - REMEMBERED))
    row = {"registration_id": registration.id, "notice_id": notice.id, "nonce_hash": digest(notice.nonce)}
    if not insert_missing(db, ReceivedNotice, row | {"received_at": utc_now()}):
        return False
    if notice.type == NoticeType.CONTEXT_COPY:
        note_copy(db, deployment, notice.context_id, notice.origin_ids)
    return True
