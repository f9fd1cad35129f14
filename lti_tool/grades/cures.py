"""What to do about a trouble, in words for the administrator, by the class of its error."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

CURES: dict[str, LazyString] = {
    "unavailable": lazy_gettext("Nothing to do: it is tried again by itself."),
    "throttled": lazy_gettext("Nothing to do: it is tried again by itself."),
    "access_lost": lazy_gettext("Renew the access under Connections. What waits is then sent by itself."),
    "waiting": lazy_gettext("Mend it in the LMS. It is tried again every day by itself, or send it now."),
    "rejected": lazy_gettext("It is not tried again by itself. Mend what the LMS names, then send it again."),
    "no_line_item": lazy_gettext(
        "In the course, place the link “This course's goals” from Like Goals, and open it once. "
        "The scores are then sent by themselves."
    ),
    "differs": lazy_gettext("Somebody changed or removed it in the LMS. Send it again, or leave it as it is there."),
    "held": lazy_gettext(
        "So many at once can mean that somebody changed the course's completion settings. "
        "Look into the course; if the people did finish, accept them."
    ),
    "untrackable": lazy_gettext("Nobody is taken for unfinished: for these people the tool simply does not know."),
    "fault": lazy_gettext("This is a fault of the tool. It is tried again by itself; tell whoever runs the tool."),
}


def cure_for(cause: str) -> LazyString | str:
    """Return what to do about this class of trouble."""
    return CURES.get(cause, "")
