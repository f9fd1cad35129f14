"""The bar of tabs: one set for each thing a person can be here, and a plain switch between the sets.

Which set shows follows from the page itself, or from `?as=` on a page that several sets have. No cookie remembers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import LazyString, lazy_gettext

from lti_tool.launch.acting import Acting, Right


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the bar."""

    label: LazyString
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """What the bar shows: the switch and the tabs of the chosen view."""

    views: list[Link]
    tabs: list[Link]


VIEWS: dict[Right, LazyString] = {
    Right.EDUCATOR: lazy_gettext("Educator"),
    Right.DESIGNER: lazy_gettext("Designer"),
    Right.ADMINISTRATOR: lazy_gettext("Administrator"),
}

TABS: dict[Right, dict[str, LazyString]] = {
    Right.EDUCATOR: {
        "home.show_home": lazy_gettext("Home"),
        "plans.show_plan": lazy_gettext("My plan"),
        "plans.show_board": lazy_gettext("Goals board"),
        "teams.show_teams": lazy_gettext("My team"),
        "plans.show_course_goals": lazy_gettext("This course's goals"),
        "home.show_my_data": lazy_gettext("My data"),
    },
    Right.DESIGNER: {
        "home.show_home": lazy_gettext("Home"),
        "home.show_courses": lazy_gettext("Courses"),
        "standards.show_coverage": lazy_gettext("Coverage"),
        "teams.show_teams": lazy_gettext("Teams"),
        "standards.show_frameworks": lazy_gettext("Frameworks"),
    },
    Right.ADMINISTRATOR: {
        "home.show_home": lazy_gettext("Home"),
        "sync.show_sync": lazy_gettext("Sync"),
        "connections.show_connections": lazy_gettext("Connections"),
        "home.show_people": lazy_gettext("People"),
    },
}

UNDER: dict[Right, dict[str, str]] = {
    Right.EDUCATOR: {"plans": "plans.show_plan", "teams": "teams.show_teams"},
    Right.DESIGNER: {
        "standards": "standards.show_frameworks",
        "teams": "teams.show_teams",
        "deep_linking": "",
        "courses": "",
    },
    Right.ADMINISTRATOR: {"sync": "sync.show_sync", "connections": "connections.show_connections"},
}
"""The tab under which the other pages of a blueprint are found."""

UNDER_ANOTHER = {
    "standards.show_course": "home.show_courses",
    "standards.save_course_alignments": "home.show_courses",
    "home.show_person": "home.show_people",
    "home.set_school": "home.show_people",
    "home.answer_school_request": "home.show_people",
    "home.edit_profile": "home.show_my_data",
    "home.save_profile": "home.show_my_data",
    "home.enter_admin_code": "home.show_my_data",
    "home.save_admin_code": "home.show_my_data",
    "home.confirm_erasure": "home.show_my_data",
    "home.erase_my_data": "home.show_my_data",
}


def views_of(acting: Acting) -> list[Right]:
    """Return the views that a person has, the one to begin with first.

    A launch from a course that nobody marked yet begins with its designer, who decides what it is.
    """
    begins = Right.DESIGNER if acting.course is None and acting.launch.context.get("id") else Right.ADMINISTRATOR
    return sorted((right for right in reversed(VIEWS) if acting.has(right)), key=lambda right: right is not begins)


def current_view(acting: Acting) -> Right:
    """Return the view to show: the one asked for, else the first that has this page."""
    views = views_of(acting)
    asked = [view for view in views if view.value == request.args.get("as")]
    return next(iter(asked + [view for view in views if _has_page(view)] + views))


def page_url(page: str, view: Right, **values: Any) -> str:
    """Return the address of a page that several views have, in this view."""
    return url_for(page, **values | {"as": view.value})


def navigation_for(acting: Acting) -> Navigation:
    """Return the bar for the page that is being shown."""
    chosen = current_view(acting)
    views = [Link(VIEWS[view], page_url("home.show_home", view), view is chosen) for view in VIEWS if acting.has(view)]
    return Navigation(
        views, [_tab(chosen, page, label) for page, label in TABS[chosen].items() if _is_open(page, acting)]
    )


def _is_open(page: str, acting: Acting) -> bool:
    return page != "plans.show_course_goals" or acting.course is not None


def _tab(view: Right, page: str, label: LazyString) -> Link:
    shared = sum(page in pages for pages in TABS.values()) > 1
    url = page_url(page, view) if shared else url_for(page)
    return Link(label, url, page == _tab_of_request(view))


def _has_page(view: Right) -> bool:
    return _tab_of_request(view) is not None


def _tab_of_request(view: Right) -> str | None:
    page = UNDER_ANOTHER.get(request.endpoint or "", request.endpoint or "")
    if page in TABS[view]:
        return page
    return UNDER[view].get(request.blueprint or "")
