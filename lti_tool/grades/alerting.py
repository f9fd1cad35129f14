"""What alerts and reminders say, each in the language of whoever gets it."""

from __future__ import annotations

from config import Config
from lti_tool.grades.operations.addresses import KIND, Asking, asking_of
from lti_tool.grades.operations.alerts import WORDS, Alert, alert_of
from lti_tool.grades.operations.reminders import Reminding, reminding_of
from lti_tool.grades.posting import Letter, post, words_of
from lti_tool.outbox.handlers import Delivery, handles

CURE = "Open Like Goals from your LMS and choose Sync: it names each cause and its cure."
FOOT = "At most one message a day is sent for each cause. A district administrator chooses the recipients under Sync."
REMINDER = "Your goals"
REMINDED = ("You have {count} goal under way.", "You have {count} goals under way.")
OPEN_TOOL = "Open Like Goals from your LMS: its home says what comes next."
ADDRESS = "Is this your address?"
ASKED = "Somebody asked in Like Goals to be reminded of their goals at this address. If it was you, open {url}"
LIFE = "The link works once, for three days. If it was not you, leave it: nothing more is sent here."
NO_MORE = "This message was sent once, and holds nothing about anybody."
STOP = "You asked for this reminder under My data. To get no more of them, open {url}"


@handles("alert.send")
def send_alert(delivery: Delivery) -> None:
    """Tell those whom the district named at this moment."""
    told = delivery.message.payload
    with delivery.database.transaction() as db:
        alert = alert_of(db, delivery.message.district_id, str(told["cause"]), int(told["count"]))
    if alert is not None:
        post(delivery.settings, _alert_letter(alert), str(told["channel"]))


@handles("reminder.send")
def send_reminder(delivery: Delivery) -> None:
    """Remind somebody who asked for it, and still does."""
    with delivery.database.transaction() as db:
        reminding = reminding_of(db, int(delivery.message.payload["person_id"]))
    if reminding is not None:
        letter = _reminder_letter(reminding, delivery.settings.tool_url)
        post(delivery.settings, letter, str(delivery.message.payload["channel"]))


@handles(KIND)
def ask_address(delivery: Delivery) -> None:
    """Send the link with which somebody confirms an address."""
    with delivery.database.transaction() as db:
        asking = asking_of(db, int(delivery.message.payload["person_id"]))
    if asking is not None:
        post(delivery.settings, _asking_letter(asking, delivery.settings), "mail")


def _asking_letter(asking: Asking, settings: Config) -> Letter:
    words, url = words_of(asking.locale), f"{settings.tool_url}/reminders/confirm/{asking.token(settings.secret_key)}"
    return Letter(
        subject=words.ugettext(ADDRESS),
        text=words.ugettext(ASKED).format(url=url),
        cure=words.ugettext(LIFE),
        foot=words.ugettext(NO_MORE),
        emails=[asking.email],
    )


def _alert_letter(alert: Alert) -> Letter:
    words, said = words_of(alert.locale), WORDS[alert.cause]
    return Letter(
        subject=words.ugettext(said.subject),
        text=words.ungettext(said.one, said.many, alert.count).format(count=alert.count),
        cure=words.ugettext(CURE),
        foot=words.ugettext(FOOT),
        emails=alert.emails,
        hook_url=alert.hook_url,
        facts={"cause": alert.cause, "count": alert.count},
    )


def _reminder_letter(reminding: Reminding, tool_url: str) -> Letter:
    words, url = words_of(reminding.locale), f"{tool_url}/reminders/{reminding.token}"
    return Letter(
        subject=words.ugettext(REMINDER),
        text=words.ungettext(*REMINDED, reminding.goals).format(count=reminding.goals),
        cure=words.ugettext(OPEN_TOOL),
        foot=words.ugettext(STOP).format(url=url),
        emails=[reminding.email] if reminding.email else [],
        hook_url=reminding.hook_url,
        facts={"goals": reminding.goals},
        stop_url=url,
    )
