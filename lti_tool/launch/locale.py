"""The language and the time zone of the launch."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import Babel, get_locale


def init_app(app: Flask) -> None:
    """Translate pages into the language of the acting session and show times in its zone."""
    Babel(app, locale_selector=select_locale, timezone_selector=select_time_zone)
    app.jinja_env.globals["get_locale"] = get_locale


def select_locale() -> str:
    """Return the language of the acting session."""
    acting = g.get("acting")
    return acting.launch.locale if acting else "en"


def select_time_zone() -> str:
    """Return the time zone of the acting session."""
    acting = g.get("acting")
    return acting.launch.time_zone if acting else "UTC"
