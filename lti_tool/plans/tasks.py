"""What the worker does for plans: let those be active that waited for what a district does not ask for any more."""

from __future__ import annotations

from lti_tool.outbox.handlers import Delivery, handles
from lti_tool.plans.operations.plans import activate_approved_plans


@handles("plans.activate")
def activate_plans(delivery: Delivery) -> None:
    """Go on with the plans of a large district, some in each transaction, by the policy as it is then."""
    after: int | None = int(delivery.message.payload["after"])
    while after is not None:
        with delivery.database.transaction() as db:
            after = activate_approved_plans(db, delivery.message.district_id, after=after)
