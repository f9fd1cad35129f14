"""The key to an LMS's REST side as it is kept for all workers, and whose turn it is to renew it.

The turn is a lease on the row: no transaction is open while Canvas is asked, and a worker that dies in its turn
gives it back when the lease ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import Database, utc_now
from lti_tool.errors import LMSAccessError
from lti_tool.launch.models import RestAccess
from lti_tool.lms.platform import RestCredentials
from lti_tool.lms.vault import Vault

TURN = timedelta(minutes=2)
"""Longer than one question to an LMS can last."""


def kept_credentials(access: RestAccess, vault: Vault, database: Database | None = None) -> RestCredentials:
    """Return what is kept, opened; given a `database`, what is renewed on the way is kept there."""
    return RestCredentials(
        base_url=access.base_url,
        access_token=vault.open(access.access_token or b""),
        client_id=access.client_id,
        client_secret=vault.open(access.client_secret) if access.client_secret else "",
        refresh_token=vault.open(access.refresh_token) if access.refresh_token else "",
        expires_at=access.expires_at,
        keeper=KeptAccess(database, access.registration_id, vault) if database else None,
    )


class KeptAccess:
    """The row of one registration, as the calls to its LMS see it."""

    def __init__(self, database: Database, registration_id: int, vault: Vault) -> None:
        self._database, self._registration_id, self._vault = database, registration_id, vault
        self._turn: datetime | None = None

    def take_turn(self, held: RestCredentials) -> RestCredentials | None:
        """Return what is kept if it is other than `held`, `held` when it is the caller's turn, else None."""
        with self._database.transaction() as db:
            access = self._locked(db)
            if access is None or access.access_token is None:
                raise LMSAccessError("Nobody lets the tool into this LMS any more. Connect it again.")
            if self._vault.open(access.access_token) != held.access_token:
                return kept_credentials(access, self._vault, self._database)
            now = utc_now()
            if access.renewing_until is not None and access.renewing_until > now:
                return None
            self._turn = access.renewing_until = now + TURN
            return held

    def keep(self, renewed: RestCredentials) -> None:
        """Keep the new token, unless the LMS was connected anew meanwhile."""
        with self._database.transaction() as db:
            access = self._locked(db)
            if access is not None and access.renewing_until == self._turn:
                access.access_token = self._vault.seal(renewed.access_token)
                access.expires_at, access.renewing_until = renewed.expires_at, None

    def give_up(self) -> None:
        """Let somebody else renew."""
        with self._database.transaction() as db:
            access = self._locked(db)
            if access is not None and access.renewing_until == self._turn:
                access.renewing_until = None

    def _locked(self, db: Session) -> RestAccess | None:
        wanted = select(RestAccess).where(RestAccess.registration_id == self._registration_id)
        return db.scalar(wanted.with_for_update())
