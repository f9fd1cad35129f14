"""Keeps session keys and invitations out of access logs: whoever reads a log must not be able to act for others."""

from __future__ import annotations

import logging
import re

SECRETS = re.compile(
    r"(/s/|(?<!/sync)/reminders/(?:confirm/)?|[?&](?:invitation|registration_token|code|state)=)[^/?&\s\"]+"
)
LOGGERS = ("werkzeug", "gunicorn.access")


class SecretsFilter(logging.Filter):
    """Cuts secrets from the addresses of a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRETS.sub(r"\1…", record.getMessage()), ()
        return True


def install() -> None:
    """Put the filter on the access logs of the servers that the tool runs under."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, SecretsFilter) for each in logger.filters):
            logger.addFilter(SecretsFilter())
