"""What the worker does for standards: give a copied course the attachments of the course it was copied from."""

from __future__ import annotations

from lti_tool.outbox.delivery import Delivery, handles
from lti_tool.standards.operations import inherit_alignments


@handles("course.copied")
def attach_copy(delivery: Delivery) -> None:
    """Attach a copied course as its nearest origin is."""
    payload = delivery.message.payload
    with delivery.database.transaction() as db:
        inherit_alignments(db, int(payload["course_id"]), [int(each) for each in payload["origin_ids"]])
