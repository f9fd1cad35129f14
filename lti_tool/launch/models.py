"""Tables of the LTI door. Secrets that only need recognising are kept as SHA-256 hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from lti_tool.db import Base, text_enum, utc_now
from lti_tool.people.models import Course, District, Person, Supervision


class Family(StrEnum):
    """Whose manners a platform has: the `product_family_code` that it gives."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    OTHER = "other"


class DeploymentState(StrEnum):
    """Whether launches of a deployment are let in."""

    APPROVED = "approved"
    PENDING = "pending"
    REFUSED = "refused"


class LinkKind(StrEnum):
    """What a placed link opens."""

    PLAN = "plan"
    COURSE_GOALS = "course_goals"
    CHECKPOINT = "checkpoint"
    TEAM = "team"
    TEAM_CYCLE = "team_cycle"


class Invitation(Base):
    """Permission for one LMS to register with one district, once."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    district: Mapped[District] = relationship()


class Registration(Base):
    """One LMS that registered by one invitation, with its own endpoints and login address."""

    __tablename__ = "registration"
    __table_args__ = (Index(None, "issuer", "client_id"), Index(None, "district_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id", ondelete="CASCADE"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id", ondelete="SET NULL"))
    login_key: Mapped[str] = mapped_column(String(64), unique=True)
    """The last part of `/lti/login/<registration>`: tells apart LMSs that share issuer and client id."""
    name: Mapped[str] = mapped_column(String(200), default="")
    family: Mapped[Family] = mapped_column(text_enum(Family), default=Family.OTHER)
    version: Mapped[str] = mapped_column(String(64), default="")
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(255))
    auth_login_url: Mapped[str] = mapped_column(String(1000))
    auth_token_url: Mapped[str] = mapped_column(String(1000))
    auth_audience: Mapped[str] = mapped_column(String(1000), default="")
    key_set_url: Mapped[str] = mapped_column(String(1000))
    frame_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Origins that may frame our pages: issuer and registration endpoint; a session adds its return_url's."""
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    staff_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    disabled_at: Mapped[datetime | None]

    district: Mapped[District] = relationship()
    deployments: Mapped[list[Deployment]] = relationship(back_populates="registration")
    rest_access: Mapped[RestAccess | None] = relationship(back_populates="registration")


class Deployment(Base):
    """Where an LMS installed the tool (Core 3.1.3); the first of an invited registration is approved."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    state: Mapped[DeploymentState] = mapped_column(text_enum(DeploymentState))
    notices_url: Mapped[str] = mapped_column(String(1000), default="")
    """Where the LMS was asked for notices; empty while no launch offered them."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    registration: Mapped[Registration] = relationship(back_populates="deployments")


class RestAccess(Base):
    """The key to an LMS's REST side, given by an administrator; secrets are encrypted at rest."""

    __tablename__ = "rest_access"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    base_url: Mapped[str] = mapped_column(String(1000))
    client_id: Mapped[str] = mapped_column(String(255), default="")
    """Canvas: the API key's id."""
    client_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    access_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Moodle: the web-service token. Canvas: the current access token."""
    refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    renewing_until: Mapped[datetime | None]
    """Canvas: until when somebody is renewing the access token; nobody else does meanwhile."""
    state_hash: Mapped[str] = mapped_column(String(64), default="")
    """Canvas: hash of the state of an authorisation that is under way."""
    checked_at: Mapped[datetime | None]
    connected_as: Mapped[str] = mapped_column(String(300), default="")
    """As whom the LMS lets the tool in, in its own words."""
    problem: Mapped[str] = mapped_column(String(300), default="")
    """Why the last call was refused, in words for the administrator; empty when it worked."""
    scopes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Canvas: what was consented to; empty where that is not known, as of consents of an earlier version."""

    registration: Mapped[Registration] = relationship(back_populates="rest_access")

    @property
    def is_connected(self) -> bool:
        return self.access_token is not None and not self.problem

    def lacks_of(self, scopes: Sequence[str]) -> list[str]:
        """Return which of these nobody has consented to, as far as is known."""
        return [each for each in scopes if self.access_token and self.scopes is not None and each not in self.scopes]


class Login(Base):
    """One OIDC login, begun by the LMS and used up by exactly one launch (Security Framework 5.1.1)."""

    __tablename__ = "login"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    nonce_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    """Hash of what the browser was given to hold: the cookie's value, or what platform storage keeps."""
    deployment_id: Mapped[str] = mapped_column(String(255), default="")
    target_link_uri: Mapped[str] = mapped_column(String(1000))
    storage_target: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class LaunchSession(Base):
    """What a person works in after a launch; its key is in the path of every page."""

    __tablename__ = "launch_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    cookie_seen: Mapped[bool] = mapped_column(default=False)
    """Once the browser sent the cookie back, the key alone is no longer enough."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id", ondelete="SET NULL"))
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The course as the launch described it: how one that nobody marked yet is shown, without storing it."""
    is_course_designer: Mapped[bool] = mapped_column(default=False)
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The deep linking settings, when the launch asked for links (Deep Linking 4.4.1)."""
    return_url: Mapped[str] = mapped_column(String(1000), default="")
    locale: Mapped[str] = mapped_column(String(35), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    supervises_somebody: Mapped[bool] = column_property(
        exists().where(Supervision.supervisor_id == person_id, Supervision.ended_at.is_(None)), deferred=True
    )
    """Whether its person supervises anybody now; read with the session that acts."""

    person: Mapped[Person] = relationship()
    registration: Mapped[Registration] = relationship()
    course: Mapped[Course | None] = relationship()


class ResourceLink(Base):
    """A link that was placed in a marked course, with the line item that goes with it."""

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("course_id", "resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"))
    resource_link_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[LinkKind] = mapped_column(text_enum(LinkKind))
    title: Mapped[str] = mapped_column(String(255), default="")
    line_item_url: Mapped[str] = mapped_column(String(1000), default="")
    """As the last launch gave it, else the tool's own; empty when there is neither."""
    own_line_item_url: Mapped[str] = mapped_column(String(1000), default="")
    """The line item that the tool found or made, as launches named none."""
    placed_url: Mapped[str] = mapped_column(String(1000), default="")
    """The line item in which everybody to whom a score was owed got one; another one since is news."""
    remade_at: Mapped[datetime | None]
    """When the tool made its own line item again, as the LMS had it no more; it does so once."""
    seen_at: Mapped[datetime] = mapped_column(default=utc_now)

    course: Mapped[Course] = relationship()


class ReceivedNotice(Base):
    """A platform notice that was taken: each is acted on once, and no nonce is taken twice."""

    __tablename__ = "received_notice"
    __table_args__ = (
        UniqueConstraint("registration_id", "notice_id"),
        UniqueConstraint("registration_id", "nonce_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    notice_id: Mapped[str] = mapped_column(String(255))
    nonce_hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class ContextCopy(Base):
    """That an unmarked context is a copy of a marked course: ids alone, kept until somebody marks the copy."""

    __tablename__ = "context_copy"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id", "origin_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(String(255))
    origin_id: Mapped[str] = mapped_column(String(255))
    """The context id of the marked course."""
