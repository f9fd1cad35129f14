"""The web process: `flask --app wsgi …`, `waitress-serve wsgi:app` or any other WSGI server."""

from __future__ import annotations

import logging

from config import Config
from lti_tool.app import create_app

logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
logging.getLogger("lti_tool").setLevel(logging.INFO)

app = create_app(Config.from_env())
