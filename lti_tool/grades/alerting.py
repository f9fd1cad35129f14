"""What alerts and reminders say, each in the language of whoever gets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext, ngettext

from config import Config
from lti_tool.grades.operations.addresses import KIND, Asking, asking_of
from lti_tool.grades.operations.alerts import TEST, Alert, alert_of
from lti_tool.grades.operations.reminders import Reminding, reminding_of
from lti_tool.grades.posting import Letter, post
from lti_tool.launch.locale import speaking
from lti_tool.outbox.handlers import Delivery, handles


@dataclass(frozen=True, slots=True)
class Words:
    """What an alert says of its cause, and of how much it holds up."""

    subject: LazyString
    count: Callable[[int], str]


WORDS = {
    "access_lost": Words(
        lazy_gettext("An LMS does not let the tool in"),
        lambda count: ngettext(
            "%(num)d delivery waits until its access is renewed.",
            "%(num)d deliveries wait until its access is renewed.",
            count,
        ),
    ),
    "waiting": Words(
        lazy_gettext("Scores wait for somebody"),
        lambda count: ngettext(
            "%(num)d delivery waits until something is mended in the LMS.",
            "%(num)d deliveries wait until something is mended in the LMS.",
            count,
        ),
    ),
    "rejected": Words(
        lazy_gettext("Deliveries were refused"),
        lambda count: ngettext(
            "%(num)d delivery was refused in the last day and is not tried again.",
            "%(num)d deliveries were refused in the last day and are not tried again.",
            count,
        ),
    ),
    "late": Words(
        lazy_gettext("Deliveries are late"),
        lambda count: ngettext(
            "%(num)d delivery has waited for more than two hours.",
            "%(num)d deliveries have waited for more than two hours.",
            count,
        ),
    ),
    "held": Words(
        lazy_gettext("Completions wait for a decision"),
        lambda count: ngettext(
            "%(num)d completion came or was taken back as an error would be, and waits until somebody decides.",
            "%(num)d completions came or were taken back as an error would be, and wait until somebody decides.",
            count,
        ),
    ),
    "placeless": Words(
        lazy_gettext("Scores have no place in the gradebook"),
        lambda count: ngettext(
            "%(num)d score has waited for more than three days for a place in the gradebook.",
            "%(num)d scores have waited for more than three days for a place in the gradebook.",
            count,
        ),
    ),
    TEST: Words(lazy_gettext("A test"), lambda _count: gettext("This is how an alert looks. Nothing is wrong.")),
}
"""By cause; the code of the cause is what is kept."""


@handles("alert.send")
def send_alert(delivery: Delivery) -> None:
    """Tell those whom the district named at this moment."""
    told = delivery.message.payload
    with delivery.database.transaction() as db:
        alert = alert_of(db, delivery.message.district_id, str(told["cause"]), int(told["count"]))
    if alert is not None:
        with speaking(alert.locale, delivery.settings.translations_dir):
            letter = _alert_letter(alert)
        post(delivery.settings, letter, str(told["channel"]))


@handles("reminder.send")
def send_reminder(delivery: Delivery) -> None:
    """Remind somebody who asked for it, and still does."""
    with delivery.database.transaction() as db:
        reminding = reminding_of(db, int(delivery.message.payload["person_id"]))
    if reminding is not None:
        with speaking(reminding.locale, delivery.settings.translations_dir):
            letter = _reminder_letter(reminding, delivery.settings.tool_url)
        post(delivery.settings, letter, str(delivery.message.payload["channel"]))


@handles(KIND)
def ask_address(delivery: Delivery) -> None:
    """Send the link with which somebody confirms an address."""
    with delivery.database.transaction() as db:
        asking = asking_of(db, int(delivery.message.payload["person_id"]))
    if asking is not None:
        with speaking(asking.locale, delivery.settings.translations_dir):
            letter = _asking_letter(asking, delivery.settings)
        post(delivery.settings, letter, "mail")


def _alert_letter(alert: Alert) -> Letter:
    said = WORDS[alert.cause]
    return Letter(
        subject=str(said.subject),
        text=said.count(alert.count),
        cure=gettext("Open Like Goals from your LMS and choose Sync: it names each cause and its cure."),
        foot=gettext(
            "At most one message a day is sent for each cause. "
            "A district administrator chooses the recipients under Sync."
        ),
        emails=alert.emails,
        hook_url=alert.hook_url,
        facts={"cause": alert.cause, "count": alert.count},
    )


def _reminder_letter(reminding: Reminding, tool_url: str) -> Letter:
    url = f"{tool_url}/reminders/{reminding.token}"
    return Letter(
        subject=gettext("Your goals"),
        text=ngettext("You have %(num)d goal under way.", "You have %(num)d goals under way.", reminding.goals),
        cure=gettext("Open Like Goals from your LMS: its home says what comes next."),
        foot=gettext("You asked for this reminder under My data. To get no more of them, open %(url)s", url=url),
        emails=[reminding.email] if reminding.email else [],
        hook_url=reminding.hook_url,
        facts={"goals": reminding.goals},
        stop_url=url,
    )


def _asking_letter(asking: Asking, settings: Config) -> Letter:
    url = f"{settings.tool_url}/reminders/confirm/{asking.token(settings.secret_key)}"
    return Letter(
        subject=gettext("Is this your address?"),
        text=gettext(
            "Somebody asked in Like Goals to be reminded of their goals at this address. If it was you, open %(url)s",
            url=url,
        ),
        cure=gettext("The link works once, for three days. If it was not you, leave it: nothing more is sent here."),
        foot=gettext("This message was sent once, and holds nothing about anybody."),
        emails=[asking.email],
    )
