"""Secrets at rest: what the database holds of tokens is of no use without the tool's secret key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from lti_tool.errors import LMSAccessError


class Vault:
    """Seals and opens short texts with a key that is made from the tool's secret."""

    def __init__(self, secret_key: str) -> None:
        key = hashlib.sha256(b"like-goals vault\0" + secret_key.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> bytes:
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Return the text; raise `LMSAccessError` when it was sealed with another secret key."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise LMSAccessError(
                "The stored access cannot be read: SECRET_KEY has changed. Connect the LMS again."
            ) from None
