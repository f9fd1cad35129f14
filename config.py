"""Typed settings from the environment, one place; every default works on one machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

SHORTEST_SECRET = 32
LMS_AT_ONCE = 8
"""Each request under way costs 50 of Canvas's 600, a token request 200."""
DELIVERY_THREADS = 16
CONFIRM_AFTER = 10
"""Some LMSs show a grade that they accepted only after some seconds."""
TRANSLATIONS = Path(__file__).parent / "lti_tool" / "translations"


class ConfigError(Exception):
    """A setting with which the tool must not start; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; the names are those of the environment in lower case."""

    instance_dir: Path
    database_url: str
    broker_url: str
    keys_dir: Path
    tool_url: str
    secret_key: str = field(repr=False)
    lti_private_hosts: frozenset[str] = frozenset()
    lms_at_once: int = LMS_AT_ONCE
    """How many messages to one LMS may be under way, over all workers."""
    delivery_threads: int = DELIVERY_THREADS
    """How many messages one worker process delivers at a time."""
    confirm_after: int = CONFIRM_AFTER
    """How many seconds after a score was sent the gradebook is read back; again after three times as many."""
    smtp_url: str = field(default="", repr=False)
    """`smtps://user:password@host` or `smtp://host:25`; without one no alert goes out by e-mail."""
    alerts_from: str = ""
    """Whom alerts by e-mail are from."""
    translations_dir: Path = TRANSLATIONS
    """Catalogs by language, as in `es/LC_MESSAGES/messages.mo`."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Config:
        """Read the settings; raise `ConfigError` when one is missing or too weak to be safe."""
        env = os.environ if env is None else env
        instance_dir = Path(env.get("INSTANCE_DIR") or "instance").resolve()
        tool_url = (env.get("TOOL_URL") or "http://localhost:5000").rstrip("/")
        return cls(
            instance_dir=instance_dir,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{instance_dir / 'like_goals.sqlite3'}",
            broker_url=env.get("BROKER_URL") or "filesystem://",
            keys_dir=Path(env.get("KEYS_DIR") or "keys").resolve(),
            tool_url=tool_url,
            secret_key=_secret_key(env.get("SECRET_KEY", ""), tool_url, instance_dir),
            lti_private_hosts=frozenset((env.get("LTI_PRIVATE_HOSTS") or "").replace(",", " ").split()),
            lms_at_once=_count(env, "LMS_AT_ONCE", LMS_AT_ONCE),
            delivery_threads=_count(env, "DELIVERY_THREADS", DELIVERY_THREADS),
            confirm_after=_count(env, "CONFIRM_AFTER", CONFIRM_AFTER, least=0),
            smtp_url=_smtp_url(env.get("SMTP_URL", ""), env.get("ALERTS_FROM", "")),
            alerts_from=env.get("ALERTS_FROM", ""),
            translations_dir=Path(env.get("TRANSLATIONS_DIR") or TRANSLATIONS).resolve(),
        )

    @property
    def is_production(self) -> bool:
        """Whether people reach the tool over https, as every real LMS demands."""
        return self.tool_url.startswith("https://")


def _count(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    given = env.get(name) or str(default)
    if not given.isdecimal() or not least <= int(given) <= 256:
        raise ConfigError(f"{name} must be a number from {least} to 256.")
    return int(given)


def _smtp_url(given: str, alerts_from: str) -> str:
    if given and (not given.startswith(("smtp://", "smtps://")) or not urlsplit(given).hostname):
        raise ConfigError("SMTP_URL must look like smtps://user:password@host or smtp://host:25.")
    if given and "@" not in alerts_from:
        raise ConfigError("ALERTS_FROM must name the e-mail address that alerts are from.")
    return given


def _secret_key(given: str, tool_url: str, instance_dir: Path) -> str:
    if len(given) >= SHORTEST_SECRET:
        return given
    if given or tool_url.startswith("https://"):
        raise ConfigError(
            f"SECRET_KEY must be at least {SHORTEST_SECRET} characters long. "
            'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return _local_secret(instance_dir / "secret_key")


def _local_secret(path: Path) -> str:
    """Return the secret of a trial on this machine, made once and kept beside its data."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
