"""Deployments: the first of a registration comes with its invitation, later ones wait for the administrator."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_tool.launch.models import Deployment, DeploymentState, Registration
from lti_tool.people.models import Person
from lti_tool.people.operations import record_audit

OF_REGISTRATION = select(Deployment).where(Deployment.registration_id == bindparam("registration"))
"""Built once: building a statement costs more than running it."""


def meet_deployment(db: Session, registration: Registration, deployment_id: str) -> Deployment:
    """Return the deployment of a launch; one that was never seen is noted, and let in if it is the first."""
    known = db.scalars(OF_REGISTRATION, {"registration": registration.id}).all()
    for deployment in known:
        if deployment.deployment_id == deployment_id:
            return deployment
    state = DeploymentState.PENDING if known else DeploymentState.APPROVED
    new = Deployment(registration_id=registration.id, deployment_id=deployment_id, state=state)
    db.add(new)
    db.flush()  # courses and sessions name it
    return new


def decide_deployment(db: Session, actor: Person, deployment: Deployment, state: DeploymentState) -> None:
    """Let launches of a deployment in, or keep them out."""
    if deployment.state is not state:
        deployment.state = state
        record_audit(db, actor, f"deployment_{state.value}", "deployment", deployment.id)
