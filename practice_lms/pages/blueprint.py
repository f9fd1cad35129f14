"""The one blueprint of the pages, with what every template may use and how a refusal looks."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from werkzeug.exceptions import HTTPException

from practice_lms.cedar_valley import DISTRICT_OFFICE, PUPIL, SCHOOLS
from practice_lms.current import hold_lock, lms, signed_in_user
from practice_lms.pages.access import may_teach
from practice_lms.pages.placements import navigation_tools
from practice_lms.pages.words import ENROLMENT_WORDS, REQUIREMENT_WORDS, WORDS
from practice_lms.state import Flavour, User

pages = hold_lock(Blueprint("pages", __name__))


@pages.app_context_processor
def page_context() -> dict[str, Any]:
    """Give the templates, those of the LTI side among them, the words of this flavour and who is signed in."""
    the_lms = lms()
    return {
        "lms": the_lms,
        "words": WORDS[the_lms.flavour],
        "enrolment_words": ENROLMENT_WORDS[the_lms.flavour],
        "requirement_words": REQUIREMENT_WORDS,
        "me": signed_in_user(),
        "people_by_place": people_by_place(list(the_lms.users.values())),
        "platform_storage": current_app.config["PLATFORM_STORAGE"] if the_lms.flavour is Flavour.CANVAS else "none",
        "may_teach": may_teach,
        "navigation_of": partial(navigation_tools, the_lms),
    }


def people_by_place(users: list[User]) -> dict[str, list[User]]:
    """Return the people of each school and of the district office, by name, and the pupils apart."""
    by_name = sorted(users, key=lambda user: (user.given_name, user.family_name))
    staff = [user for user in by_name if user.role != PUPIL]
    places = {place: [user for user in staff if user.school == place] for place in (*SCHOOLS, DISTRICT_OFFICE)}
    return places | {"Pupils": [user for user in by_name if user.role == PUPIL]}


@pages.app_template_filter("moment")
def moment(at: datetime | None) -> str:
    """Write a moment as people say it, in UTC."""
    return f"{at.day} {at:%b %Y, %H:%M} UTC" if at else ""


@pages.app_template_filter("number")
def number(value: float | None) -> str:
    """Write a score without needless decimals; an empty cell is a dash."""
    return "\N{EN DASH}" if value is None else f"{value:g}"


@pages.errorhandler(HTTPException)
def show_refusal(error: HTTPException) -> tuple[str, int]:
    """Show what went wrong on a page of the LMS, with the bar to change person still there."""
    return render_template("pages/refusal.html", error=error), error.code or 500


@pages.after_request
def forbid_framing_elsewhere(response: Response) -> Response:
    """Allow frames of this LMS only, as Moodle does (lib/outputlib.php, `allowframembedding` off)."""
    response.headers["X-Frame-Options"] = "sameorigin"
    return response
