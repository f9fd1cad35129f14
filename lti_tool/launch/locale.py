"""The language and the time zone of the launch; and the language of a letter, which has no launch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask, g
from flask_babel import Babel, LazyString, force_locale, get_locale, gettext


def init_app(app: Flask) -> None:
    """Translate pages into the language of the acting session and show times in its zone."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.extensions["settings"].translations_dir)
    Babel(app, locale_selector=select_locale, timezone_selector=select_time_zone)
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.filters["translated"] = translated


def select_locale() -> str:
    """Return the language of the acting session."""
    acting = g.get("acting")
    return acting.launch.locale if acting else "en"


def select_time_zone() -> str:
    """Return the time zone of the acting session."""
    acting = g.get("acting")
    return acting.launch.time_zone if acting else "UTC"


def translated(sentence: str | LazyString | None) -> str:
    """Return a sentence in the language of the page that an error, an operation or a worker wrote in English."""
    return cast("str", gettext(str(sentence))) if sentence else ""  # of no text a catalog says who made it


@contextmanager
def speaking(locale: str, translations_dir: Path) -> Iterator[None]:
    """Let gettext speak this language while the block lasts, as a page does, where there is no request."""
    with _speaker(translations_dir).app_context(), force_locale(locale):
        yield


@cache
def _speaker(translations_dir: Path) -> Flask:
    app = Flask("lti_tool")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations_dir)
    Babel(app)
    return app
