"""How a letter leaves: by e-mail over SMTP, or as JSON to a web hook."""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from config import Config
from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSUnavailableError
from lti_tool.lms.http import gateway

TIME_OUT = 20.0
NO_MAIL = "This installation sends no e-mail: SMTP_URL is not set. Use a web hook, or ask whoever runs the tool."
REFUSED = "The mail server refused the alert. Check the addresses; whoever runs the tool checks SMTP_URL."
HOOK_REFUSED = "The web hook does not let the alert in. Check its address where it was named."
NOT_SAFE = "The mail server offers no encryption, and a password is not sent without. Use smtps:// in SMTP_URL."


@dataclass(frozen=True, slots=True)
class Letter:
    """What to say, and to whom; it never names anybody and holds no word of a goal."""

    subject: str
    text: str
    cure: str
    foot: str
    emails: Sequence[str] = ()
    hook_url: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What a web hook is told beside the words."""
    stop_url: str = ""
    """Where no more of these can be asked for."""


def post(settings: Config, letter: Letter, channel: str) -> None:
    """Send a letter by `mail` or to the `hook`, where it has such an address."""
    if channel == "mail" and letter.emails:
        _mail(settings, letter)
    elif channel == "hook" and letter.hook_url:
        _call_hook(settings, letter)


def _call_hook(settings: Config, letter: Letter) -> None:
    content = {"text": f"Like Goals: {letter.subject}. {letter.text} {letter.cure}", **letter.facts}
    headers = {"Content-Type": "application/json", "Accept": "*/*"}
    try:
        gateway(settings.lti_private_hosts).send("POST", letter.hook_url, headers=headers, data=json.dumps(content))
    except LMSAccessError as error:
        raise LMSRejectedError(HOOK_REFUSED, http_status=error.http_status) from None


def _mail(settings: Config, letter: Letter) -> None:
    if not settings.smtp_url:
        raise LMSRejectedError(NO_MAIL)
    try:
        with _server(settings.smtp_url) as server:
            server.send_message(_message(settings, letter))
    except smtplib.SMTPRecipientsRefused as error:
        is_final = all(code >= 500 for code, _words in error.recipients.values())
        raise (LMSRejectedError if is_final else LMSUnavailableError)(REFUSED) from None
    except smtplib.SMTPResponseException as error:
        is_final = error.smtp_code >= 500
        raise (LMSRejectedError if is_final else LMSUnavailableError)(REFUSED, http_status=None) from None
    except (smtplib.SMTPException, OSError):
        raise LMSUnavailableError("The mail server could not be reached, or broke off.") from None


def _message(settings: Config, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"Like Goals: {letter.subject}"
    message["From"] = settings.alerts_from
    message["To"] = ", ".join(letter.emails)
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop_url:  # RFC 8058: a mail program offers it as a button
        message["List-Unsubscribe"] = f"<{letter.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(f"{letter.text}\n\n{letter.cure}\n\n{letter.foot}\n")
    return message


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """Yield a connection to the mail server, encrypted where it can be, always where there is a password."""
    parts, context = urlsplit(url), ssl.create_default_context()
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIME_OUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIME_OUT)
    with server:
        server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        elif parts.scheme == "smtp" and parts.password:
            raise LMSRejectedError(NOT_SAFE)
        if parts.password:
            server.login(unquote(parts.username or ""), unquote(parts.password))
        yield server
