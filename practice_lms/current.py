"""The LMS of this application and the person at the keyboard."""

from __future__ import annotations

from typing import cast

from flask import abort, current_app, session

from practice_lms.state import Lms, User


def lms() -> Lms:
    """Return the practice LMS that this application serves."""
    return cast(Lms, current_app.extensions["lms"])


def signed_in_user() -> User | None:
    """Return who is signed in, or None."""
    return lms().users.get(session.get("user_id", 0))


def current_user() -> User:
    """Return who is signed in; answer 403 when nobody is."""
    user = signed_in_user()
    if user is None:
        abort(403, "Nobody is signed in. Choose who you are on the first page.")
    return user


def sign_in(user: User) -> None:
    """Make somebody the person at the keyboard."""
    session["user_id"] = user.id
