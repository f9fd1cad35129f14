"""What to do about a trouble, in words for the administrator, by the class of its error."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

CURES: dict[str, LazyString] = {
    "unavailable": lazy_gettext("Nothing to do: it is tried again by itself."),
    "throttled": lazy_gettext("Nothing to do: it is tried again by itself."),
    "strange": lazy_gettext(
        "Nothing to do while the LMS is under maintenance: it is tried again by itself. Where it lasts for days, look "
        "whether the LMS has another address by now; it is then registered anew."
    ),
    "access_lost": lazy_gettext("Renew the access under Connections. What waits is then sent by itself."),
    "waiting": lazy_gettext(
        "Mend it in the LMS. It is tried again every day by itself, after a month every week; or send it now. Where "
        "nobody can mend it, leave it as it is."
    ),
    "rejected": lazy_gettext(
        "It is not tried again by itself. Mend what the LMS names, then send it again; or leave it as it is."
    ),
    "no_line_item": lazy_gettext(
        "In the course, place the link “This course's goals” from Like Goals, and open it once. Where it has no place "
        "in the gradebook, the tool makes one if the LMS lets it. The scores are then sent by themselves."
    ),
    "not_marked": lazy_gettext(
        "Mark the course as professional learning again: the scores are then sent by themselves. Or leave them as they "
        "are."
    ),
    "differs": lazy_gettext("Somebody changed or removed it in the LMS. Send it again, or leave it as it is there."),
    "person_left": lazy_gettext(
        "Nothing to do where it is right that the person left: leave it as it is. Otherwise enrol the person again in "
        "the LMS, then send it again."
    ),
    "line_item_gone": lazy_gettext(
        "Where the tool made the line item itself, it makes another one once, and sends the scores to it. Else restore "
        "it in the LMS and send the scores again, or give the link another place in the gradebook and open it once; or "
        "leave them as they are."
    ),
    "stray": lazy_gettext("Somebody entered it in the LMS. Leave it as it is, or remove it there."),
    "held": lazy_gettext(
        "They do not count yet. Many at once, or old dates, can mean that somebody changed the course's completion "
        "settings. Look who and when; accept those who did finish, leave out the others."
    ),
    "recalled": lazy_gettext(
        "They count until you decide. Many at once can mean that somebody changed the course's completion settings."
    ),
    "taken_back": lazy_gettext("They do not count any more. The educators were asked whether they finished."),
    "untrackable": lazy_gettext("Nobody is taken for unfinished: for these people the tool simply does not know."),
    "late": lazy_gettext("Nothing has taken it up: tell whoever runs the tool that no worker may be running."),
    "gave_up": lazy_gettext(
        "This is a fault of the tool, and it is not tried again by itself. Tell whoever runs the tool; once it is "
        "mended, send it again."
    ),
    "fault": lazy_gettext("This is a fault of the tool. It is tried again by itself; tell whoever runs the tool."),
}

CAUSES: dict[str, LazyString] = {
    "unavailable": lazy_gettext("The LMS does not answer"),
    "throttled": lazy_gettext("The LMS asks for fewer requests"),
    "strange": lazy_gettext("The LMS answers with something else"),
    "access_lost": lazy_gettext("The LMS does not let the tool in"),
    "waiting": lazy_gettext("Something is to be mended in the LMS"),
    "rejected": lazy_gettext("The LMS refused it"),
    "no_line_item": lazy_gettext("No place in the gradebook"),
    "not_marked": lazy_gettext("The course is not marked any more"),
    "differs": lazy_gettext("The gradebook shows something else"),
    "person_left": lazy_gettext("The person left the course"),
    "line_item_gone": lazy_gettext("The line item is gone"),
}
"""What can stand in the way of a score, in a few words to choose from."""


def cure_for(cause: str) -> LazyString | str:
    """Return what to do about this class of trouble."""
    return CURES.get(cause, "")
