"""The first page, and changing who is at the keyboard: only a practice LMS lets one do that."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from practice_lms.current import lms, sign_in
from practice_lms.pages.blueprint import pages


@pages.get("/")
def home() -> str:
    """Show everybody, by school, each with a button to become that person."""
    return render_template("pages/home.html")


@pages.post("/people/<int:user_id>/sign-in")
def change_person(user_id: int) -> Response:
    """Become somebody and go back to the page that one came from."""
    sign_in(lms().users.get(user_id) or abort(404, "There is nobody with this number."))
    return redirect(_own_page(request.form.get("next", "")))


def _own_page(address: str) -> str:
    """Return the address when it is a path of this LMS, else the list of courses."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_path and address != "/" else url_for("pages.courses")
