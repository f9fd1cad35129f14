"""What a page says after something was done: the address carries a code, the sentence is here."""

from __future__ import annotations

from flask import request
from flask_babel import LazyString, lazy_gettext

NOTICES: dict[str, LazyString] = {
    "role_granted": lazy_gettext("The role is given. It works from that person's next page on."),
    "role_revoked": lazy_gettext("The role is taken back."),
    "school_set": lazy_gettext("The school is set."),
    "school_declined": lazy_gettext("The request is declined. Nobody is told; the person can ask again."),
    "profile_saved": lazy_gettext("Your profile is saved."),
    "course_marked": lazy_gettext("The course is marked as professional learning."),
    "course_unmarked": lazy_gettext("The course is no longer marked. Nothing new is read from it."),
    "admin_code_accepted": lazy_gettext("You are now an administrator of this district."),
    "lms_added": lazy_gettext("Added. Now enter the three addresses below in the LMS."),
    "deployment_approved": lazy_gettext("Let in. Its launches work from now on."),
    "deployment_refused": lazy_gettext("Left out. Its launches are turned away."),
    "rest_connected": lazy_gettext("The connection works. Completions and groups use it from now on."),
    "canvas_key_saved": lazy_gettext("The key is saved. Now let Canvas confirm it."),
    "rest_disconnected": lazy_gettext("The key is deleted. Completions are no longer read, and groups no longer kept."),
    "frameworks_installed": lazy_gettext("The sample frameworks are there."),
    "framework_imported": lazy_gettext("The framework is imported."),
    "alignments_saved": lazy_gettext("The alignment is saved. Coverage counts it from now on."),
    "goal_saved": lazy_gettext("Your goal is saved."),
    "goal_met": lazy_gettext("Your goal is met. What came of it is kept with the goal."),
    "goal_reopened": lazy_gettext("Your goal is open again."),
    "reflected": lazy_gettext("What came of your try-it is saved."),
    "declared": lazy_gettext("Your card is shared. You can change or withdraw it at any time."),
    "kept_private": lazy_gettext("Your card is saved. Only you see it."),
    "withdrawn": lazy_gettext("Your card is withdrawn. Nobody else sees it any more."),
    "course_linked": lazy_gettext("The course counts toward your goal."),
    "course_unlinked": lazy_gettext("The course no longer counts toward your goal."),
    "try_opened": lazy_gettext("A try-it is open."),
    "teams_proposed": lazy_gettext("Teams are proposed. Only designers see them until you send them."),
    "no_teams_found": lazy_gettext("No team could be made: nobody here has a like goal that both may see."),
    "team_changed": lazy_gettext("The proposals are changed."),
    "team_removed": lazy_gettext("The team is gone. Its people are free for another one."),
    "team_sent": lazy_gettext("Sent. The people see it now and answer for themselves."),
    "team_accepted": lazy_gettext("You joined. The team is formed when enough colleagues have joined."),
    "team_formed": lazy_gettext("The team is formed. Its group in the course is being made."),
    "team_declined": lazy_gettext("The invitation is deleted. Nobody is told."),
    "team_left": lazy_gettext("You left the team."),
    "team_asked": lazy_gettext("Your colleague is asked. You see the answer here."),
    "group_asked": lazy_gettext("The LMS is being asked. Load this page again in a moment."),
    "score_queued": lazy_gettext("The score is queued. The LMS is asked first, so nothing is sent twice."),
    "message_queued": lazy_gettext("It is tried now. Load this page again in a moment."),
    "lms_asked": lazy_gettext("The LMS is being asked. Load this page again in a moment."),
    "completion_asked": lazy_gettext(
        "The LMS is being asked whether you finished the course. Look again in half a minute."
    ),
    "completions_accepted": lazy_gettext("Accepted. The completions count toward goals now."),
}


def notice_of_request() -> LazyString | None:
    """Return the sentence that this page opens with, if its address names one."""
    return NOTICES.get(request.args.get("notice", ""))
