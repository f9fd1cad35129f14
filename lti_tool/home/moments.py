"""Times as people say them, in the language and the time zone of the launch."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import format_date, format_datetime, format_time, gettext, to_user_timezone

from lti_tool.db import utc_now


def said_moment(moment: datetime | date) -> str:
    """Return "today 10:02", "yesterday 10:02", or the date; the year where it is not this one."""
    if not isinstance(moment, datetime):
        return _said_day(moment, to_user_timezone(utc_now()).date())
    today, day = to_user_timezone(utc_now()).date(), to_user_timezone(moment).date()
    if day == today:
        return str(gettext("today %(time)s", time=format_time(moment, "short")))
    if day == today - timedelta(days=1):
        return str(gettext("yesterday %(time)s", time=format_time(moment, "short")))
    return _said_day(day, today)


def said_appointment(moment: datetime) -> str:
    """Return the day as people say it and the time of day, for what happens at a certain hour."""
    said, clock = said_moment(moment), str(format_time(moment, "short"))
    return said if clock in said else f"{said}, {clock}"


def exact_moment(moment: datetime | date) -> str:
    """Return the whole date, with the time and its zone where there is one."""
    return str(format_datetime(moment, "full") if isinstance(moment, datetime) else format_date(moment, "full"))


def _said_day(day: date, today: date) -> str:
    return str(format_date(day, "d MMM" if day.year == today.year else "d MMM y", rebase=False))
