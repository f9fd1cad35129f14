"""What the audit page tells of: who did what in the review, with connections and with roles, in words."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import LazyString, lazy_gettext


class Area(StrEnum):
    """Where something was done."""

    REVIEW = "review"
    CONNECTIONS = "connections"
    ROLES = "roles"


AREA_WORDS: dict[Area, LazyString] = {
    Area.REVIEW: lazy_gettext("Review of completions and scores"),
    Area.CONNECTIONS: lazy_gettext("Connections and courses"),
    Area.ROLES: lazy_gettext("Roles and supervision"),
}
ACTIONS: dict[Area, dict[str, LazyString]] = {
    Area.REVIEW: {
        "score_sent_again": lazy_gettext("Had a score sent again"),
        "scores_sent_again": lazy_gettext("Had scores sent again together"),
        "resend_stopped": lazy_gettext("Stopped sending scores again"),
        "score_left": lazy_gettext("Left a score as it is"),
        "result_left": lazy_gettext("Left a result as it is that the tool knows nothing of"),
        "message_sent_again": lazy_gettext("Had something that waited tried again"),
        "completions_accept": lazy_gettext("Accepted held completions"),
        "completions_leave_out": lazy_gettext("Left held completions out"),
        "completions_take_back": lazy_gettext("Took back completions, as the LMS did"),
        "completions_keep": lazy_gettext("Let completions count that the LMS took back"),
        "completions_seen": lazy_gettext("Saw completions that the LMS took back"),
        "completions_asked": lazy_gettext("Had the LMS asked who finished"),
        "completions_from_file": lazy_gettext("Recorded completions from a file"),
        "completions_file_taken_back": lazy_gettext("Took back completions that came from files"),
        "alerts_saved": lazy_gettext("Chose who is told when scores do not arrive"),
        "alert_tested": lazy_gettext("Sent a test alert"),
    },
    Area.CONNECTIONS: {
        "registration_added": lazy_gettext("Added an LMS"),
        "deployment_approved": lazy_gettext("Let a deployment in"),
        "deployment_refused": lazy_gettext("Left a deployment out"),
        "rest_connected": lazy_gettext("Connected an LMS"),
        "rest_key_saved": lazy_gettext("Saved the key of an LMS"),
        "rest_disconnected": lazy_gettext("Deleted the key of an LMS"),
        "course_marked": lazy_gettext("Marked a course as professional learning"),
        "course_unmarked": lazy_gettext("Took the mark from a course"),
        "completions_by_line_item": lazy_gettext("Let a line item say who finished"),
        "completions_by_lms": lazy_gettext("Let the LMS itself say who finished"),
        "completions_by_checkpoint": lazy_gettext("Changed whether a checkpoint finishes a course"),
        "finishing_item_asked": lazy_gettext("Had a line item made for who finished"),
        "roster_asked": lazy_gettext("Had a roster read"),
        "roster_confirmed": lazy_gettext("Confirmed a roster that had changed much"),
    },
    Area.ROLES: {
        "role_granted": lazy_gettext("Gave a role"),
        "role_revoked": lazy_gettext("Took a role back"),
        "supervisor_named": lazy_gettext("Named a supervisor"),
        "supervision_ended": lazy_gettext("Ended a supervision"),
        "school_set": lazy_gettext("Set somebody's school"),
    },
}
WORDS = {action: words for actions in ACTIONS.values() for action, words in actions.items()}
