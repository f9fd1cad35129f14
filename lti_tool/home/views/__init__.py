"""Pages that look across features, and the frame that every page has."""

from __future__ import annotations

from flask import Flask, g

from lti_tool.home import errors
from lti_tool.home.moments import exact_moment, said_appointment, said_moment
from lti_tool.home.navigation import Navigation, navigation_for
from lti_tool.home.notices import notice_of_request
from lti_tool.home.views import (  # noqa: F401  # they add their pages to the blueprint
    audit,
    bring,
    courses,
    home,
    my_data,
    people,
    profile,
    shared_evidence,
    staff,
    together,
)
from lti_tool.home.views.blueprint import bp
from lti_tool.people.counts import said_count

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Offer to all templates what the frame of a page needs, and show every error on one page."""
    errors.init_app(app)
    app.jinja_env.filters.update(
        said_moment=said_moment, exact_moment=exact_moment, said_appointment=said_appointment, said_count=said_count
    )
    app.jinja_env.globals.update(navigation=navigation_for_page, notice=notice_of_request)


def navigation_for_page() -> Navigation | None:
    """Return the bar of tabs, where somebody acts."""
    acting = g.get("acting")
    return navigation_for(acting) if acting and not g.get("bar_is_hidden") else None
