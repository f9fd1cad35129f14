"""The web process: `flask --app wsgi …`, `waitress-serve wsgi:app` or any other WSGI server."""

from __future__ import annotations

from config import Config
from lti_tool.app import create_app

app = create_app(Config.from_env())
