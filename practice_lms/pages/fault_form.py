"""Faults by hand: the small page over what `/practice/faults` offers scripts."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from practice_lms.faults import Fault, Kind, faults
from practice_lms.pages.blueprint import pages

FAULT_WORDS = {
    Kind.REFUSE: "Answer 503, as when the server is away",
    Kind.DROP: "Drop the connection without an answer",
    Kind.DELAY: "Answer late",
    Kind.TIME_OUT: "Do not answer for a while, then 504",
    Kind.THROTTLE: "Throttle: too many requests",
    Kind.GARBAGE: "Answer with something that is not JSON",
    Kind.PAGE: "Answer with a page, as under maintenance",
    Kind.REDIRECT: "Send to another address, as under maintenance",
    Kind.FORGET_LINE_ITEM: "Forget the line item that is asked for",
    Kind.ROTATE_KEYS: "Sign with a new key from then on",
}


@pages.get("/faults")
def fault_form() -> str:
    """Show which faults are on, and a form to switch one on."""
    return render_template("pages/faults.html", faults=faults().active(), fault_words=FAULT_WORDS)


@pages.post("/faults")
def add_fault() -> Response:
    """Switch a fault on."""
    faults().add(_asked_fault())
    return redirect(url_for("pages.fault_form"))


@pages.post("/faults/clear")
def clear_faults() -> Response:
    """Switch all faults off."""
    faults().clear()
    return redirect(url_for("pages.fault_form"))


def _asked_fault() -> Fault:
    form = request.form
    try:
        return Fault(
            Kind(form.get("kind", "")),
            form.get("path_prefix", "/"),
            int(form["times"]) if form.get("times") else None,
            float(form.get("seconds") or 1),
        )
    except ValueError:
        abort(400, "Choose what should go wrong, and enter plain numbers.")
