"""The pages on which somebody asks to be reminded of the own goals, and asks for no more of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from config import Config
from lti_tool.grades.models import Reminder
from lti_tool.grades.operations import addresses, reminders
from lti_tool.grades.schemas import ReminderForm
from lti_tool.grades.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, database, guard, public

public_bp = Blueprint("reminders", __name__)


@bp.get("/reminders")
@guard(Right.EDUCATOR)
def show_reminders(acting: Acting) -> ResponseReturnValue:
    """Show whether, how often and where the person is reminded."""
    saved = acting.db.get(Reminder, acting.person.id)
    given = {"emails": saved.email, "hook_url": saved.hook_url, "frequency": saved.frequency.value} if saved else {}
    return _page(acting, given or {"emails": acting.person.email})


@bp.post("/reminders")
@guard(Right.EDUCATOR)
def save_reminders(acting: Acting) -> ResponseReturnValue:
    """Remind the person from now on."""
    try:
        given = ReminderForm().load(request.form.to_dict())
    except ValidationError as error:
        return _page(acting, request.form, dict(error.messages_dict)), 422
    saved = reminders.save_reminder(
        acting.db, acting.person, given["frequency"], email=next(iter(given["emails"]), ""),
        hook_url=given["hook_url"], locale=acting.launch.locale,
    )  # fmt: skip
    notice = "reminder_link_sent" if saved.waits_for_address else "reminders_saved"
    return redirect(url_for("sync.show_reminders", notice=notice), 303)


@bp.post("/reminders/link")
@guard(Right.EDUCATOR)
def send_link(acting: Acting) -> ResponseReturnValue:
    """Send the link that confirms the address once more."""
    addresses.send_link_again(acting.db, acting.person)
    return redirect(url_for("sync.show_reminders", notice="reminder_link_sent"), 303)


@bp.post("/reminders/stop")
@guard(Right.EDUCATOR)
def stop_reminders(acting: Acting) -> ResponseReturnValue:
    """Remind the person no more."""
    reminders.stop_reminder(acting.db, acting.person)
    return redirect(url_for("sync.show_reminders", notice="reminders_stopped"), 303)


@public_bp.get("/confirm/<token>")
@public
def ask_to_confirm(token: str) -> ResponseReturnValue:
    """Ask whether reminders may come to the address: whatever looks at links in mails must not say yes."""
    with database().reading() as db:
        return _link_page(addresses.reminder_by_link(db, _settings().secret_key, token), token)


@public_bp.post("/confirm/<token>")
@public
def confirm_by_link(token: str) -> ResponseReturnValue:
    """Let reminders come to the address of whoever has the link; it works once."""
    with database().transaction() as db:
        reminder = addresses.reminder_by_link(db, _settings().secret_key, token)
        if reminder is not None:
            addresses.confirm_address(reminder)
        return _link_page(reminder, "")


@public_bp.get("/<token>")
@public
def ask_to_stop(token: str) -> ResponseReturnValue:
    """Ask whether the reminders are to stop: whatever looks at links in mails must not stop them."""
    with database().reading() as db:
        reminders.reminder_by_token(db, token)
    return render_template("sync/stop_reminders.html", token=token)


@public_bp.post("/<token>")
@public
def stop_by_link(token: str) -> ResponseReturnValue:
    """Stop the reminders of whoever has the link; a mail program can ask for it too (RFC 8058)."""
    with database().transaction() as db:
        db.delete(reminders.reminder_by_token(db, token))
    return render_template("sync/stop_reminders.html", token="")


def _page(acting: Acting, given: Mapping[str, Any], errors: Mapping[str, Any] | None = None) -> str:
    saved = acting.db.get(Reminder, acting.person.id)
    sends_mail = bool(_settings().smtp_url)
    return render_template("sync/reminders.html", given=given, errors=errors or {}, saved=saved, sends_mail=sends_mail)


def _link_page(reminder: Reminder | None, token: str) -> ResponseReturnValue:
    page = render_template("sync/confirm_address.html", is_good=reminder is not None, token=token)
    return page, 200 if reminder else 404


def _settings() -> Config:
    return cast("Config", current_app.extensions["settings"])
