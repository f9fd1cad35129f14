"""Table of the access tokens that all workers share; a token request is what Canvas charges most for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base


class AccessToken(Base):
    """An Advantage access token of one registration for one set of scopes, encrypted."""

    __tablename__ = "access_token"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    scopes_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the scopes it was asked for, sorted, and of where."""
    token: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
