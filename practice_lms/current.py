"""The LMS of this application and the person at the keyboard."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, current_app, g, session

from practice_lms.state import Lms, User


def lms() -> Lms:
    """Return the practice LMS that this application serves."""
    return cast("Lms", current_app.extensions["lms"])


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


def hold_lock(blueprint: Blueprint) -> Blueprint:
    """Let every request of a blueprint have the LMS to itself; its views must not wait for anybody over HTTP."""
    blueprint.before_request(_acquire)
    blueprint.teardown_request(_release)
    return blueprint


def _acquire() -> None:
    lms().lock.acquire()
    g.holds_lock = True


def _release(_error: BaseException | None) -> None:
    if g.pop("holds_lock", False):
        lms().lock.release()
