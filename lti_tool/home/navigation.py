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
    Right.SUPERVISOR: lazy_gettext("Supervisor"),
    Right.ADMINISTRATOR: lazy_gettext("Administrator"),
}

TABS: dict[Right, dict[str, LazyString]] = {
    Right.EDUCATOR: {
        "home.show_home": lazy_gettext("Home"),
        "plans.show_plan": lazy_gettext("My plan"),
        "plans.show_board": lazy_gettext("Goals board"),
        "plans.find_learning": lazy_gettext("Find learning"),
        "teams.show_teams": lazy_gettext("My team"),
        "home.show_my_data": lazy_gettext("My data"),
    },
    Right.DESIGNER: {
        "home.show_home": lazy_gettext("Home"),
        "home.show_courses": lazy_gettext("Courses"),
        "standards.show_opportunities": lazy_gettext("Catalogue"),
        "standards.show_coverage": lazy_gettext("Coverage"),
        "teams.show_teams": lazy_gettext("Teams"),
        "standards.show_frameworks": lazy_gettext("Frameworks"),
    },
    Right.SUPERVISOR: {
        "plans.show_queue": lazy_gettext("Queue"),
        "teams.show_supervised_teams": lazy_gettext("Teams"),
        "home.show_together": lazy_gettext("Learning together"),
    },
    Right.ADMINISTRATOR: {
        "home.show_home": lazy_gettext("Home"),
        "sync.show_sync": lazy_gettext("Sync"),
        "connections.show_connections": lazy_gettext("Connections"),
        "home.show_people": lazy_gettext("People"),
        "plans.show_policy": lazy_gettext("Policy"),
        "home.show_audit": lazy_gettext("Audit"),
    },
}

UNDER: dict[Right, dict[str, str]] = {
    Right.EDUCATOR: {"plans": "plans.show_plan", "standards": "plans.find_learning", "teams": "teams.show_teams"},
    Right.DESIGNER: {
        "standards": "standards.show_frameworks",
        "teams": "teams.show_teams",
        "deep_linking": "",
        "courses": "",
    },
    Right.SUPERVISOR: {},
    Right.ADMINISTRATOR: {"sync": "sync.show_sync", "connections": "connections.show_connections"},
}
"""The tab under which the other pages of a blueprint are found."""

BEGINS_AT = {Right.SUPERVISOR: "plans.show_queue"}
"""The first page of a view, where that is not home."""

UNDER_ANOTHER = {
    "plans.find_for_goal": "plans.find_learning",
    "plans.show_learning": "plans.find_learning",
    "plans.show_course_goals": "plans.find_learning",
    "plans.take_up": "plans.find_learning",
    "plans.show_shared_goals": "plans.show_board",
    "plans.propose_shared_goal": "plans.show_board",
    "plans.show_shared_goal": "plans.show_board",
    "plans.show_priorities": "standards.show_frameworks",
    "plans.add_priority": "standards.show_frameworks",
    "plans.change_priority": "standards.show_frameworks",
    "sync.show_paths": "home.show_courses",
    "sync.find_line_items": "home.show_courses",
    "standards.show_course": "home.show_courses",
    "standards.save_course_alignments": "home.show_courses",
    "plans.save_policy": "plans.show_policy",
    "plans.save_exemption": "plans.show_policy",
    "standards.show_opportunity": "standards.show_opportunities",
    "standards.new_opportunity": "standards.show_opportunities",
    "standards.save_new_opportunity": "standards.show_opportunities",
    "standards.edit_opportunity": "standards.show_opportunities",
    "standards.save_opportunity": "standards.show_opportunities",
    "standards.retire_opportunity": "standards.show_opportunities",
    "standards.show_alignment": "standards.show_opportunities",
    "standards.save_alignment": "standards.show_opportunities",
    "standards.show_facets": "standards.show_opportunities",
    "standards.save_facets": "standards.show_opportunities",
    "standards.show_grid": "standards.show_opportunities",
    "standards.save_row": "standards.show_opportunities",
    "home.show_person": "home.show_people",
    "home.set_school": "home.show_people",
    "home.answer_school_request": "home.show_people",
    "home.name_supervisor": "home.show_people",
    "home.name_support_reader": "home.show_people",
    "home.show_unsupervised": "home.show_people",
    "home.show_rosters": "home.show_people",
    "home.import_staff": "home.show_people",
    "plans.show_facts": "home.show_home",
    "home.show_together": "home.show_home",
    "plans.show_templates": "standards.show_frameworks",
    "plans.show_template": "standards.show_frameworks",
    "plans.edit_template": "standards.show_frameworks",
    "plans.new_template": "standards.show_frameworks",
    "plans.begin_support_plan": "plans.show_queue",
    "plans.hand_over": "plans.show_queue",
    "plans.comment": "plans.show_queue",
    "plans.decide": "plans.show_queue",
    "home.edit_profile": "home.show_my_data",
    "sync.show_reminders": "home.show_my_data",
    "sync.save_reminders": "home.show_my_data",
    "sync.send_link": "home.show_my_data",
    "home.save_profile": "home.show_my_data",
    "home.enter_admin_code": "home.show_my_data",
    "home.save_admin_code": "home.show_my_data",
    "home.pause_matching": "home.show_my_data",
    "home.confirm_erasure": "home.show_my_data",
    "home.erase_my_data": "home.show_my_data",
    "home.bring_record": "home.show_my_data",
    "home.show_shared_evidence": "plans.show_plan",
    "plans.show_hours": "home.show_my_data",
    "plans.add_hours": "home.show_my_data",
    "plans.set_licence": "home.show_my_data",
    "plans.show_transcript": "home.show_my_data",
    "plans.show_hours_of": "home.show_people",
    "plans.show_credit_types": "home.show_people",
    "plans.add_credit_type": "home.show_people",
    "plans.change_credit_type": "home.show_people",
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
    firsts = {view: BEGINS_AT.get(view, "home.show_home") for view in VIEWS if acting.has(view)}
    views = [Link(VIEWS[view], page_url(page, view), view is chosen) for view, page in firsts.items()]
    return Navigation(views, [_tab(chosen, page, label) for page, label in TABS[chosen].items()])


def _tab(view: Right, page: str, label: LazyString) -> Link:
    shared = sum(page in pages for pages in TABS.values()) > 1
    url = page_url(page, view) if shared else url_for(page)
    return Link(label, url, page == _tab_of_request(view))


def _has_page(view: Right) -> bool:
    return _tab_of_request(view) is not None


def _tab_of_request(view: Right) -> str | None:
    page = request.endpoint or ""
    if page not in TABS[view]:
        page = UNDER_ANOTHER.get(page, page)
    if page == "home.show_home":
        page = BEGINS_AT.get(view, page)
    if page in TABS[view]:
        return page
    if view is Right.SUPERVISOR and request.blueprint == "plans" and request.args.get("as") == view.value:
        return "plans.show_queue"
    return UNDER[view].get(request.blueprint or "")
