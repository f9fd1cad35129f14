"""The blueprint of the pages that look across features."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("home", __name__)
