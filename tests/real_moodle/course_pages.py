"""Pages of a Moodle course: adding activities, what completes them and the course, opening them, the gradebook."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from io import StringIO
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from practice_lms.browser import JourneyError, Page, Value
from tests.real_moodle.moodle_site import Account, MoodleBrowser, MoodleCourse

MANUAL, AUTOMATIC = "1", "2"
"""COMPLETION_TRACKING_MANUAL and _AUTOMATIC (lib/completionlib.php)."""
RETURNED = re.compile(r"amd\.init\((.*?)\);\s*M\.util\.js_complete\('mod_lti/contentitem_return'\)", re.DOTALL)
"""How contentitem_return.php hands the chosen link to the script of the activity's form."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of a course, by its course module."""

    cmid: int
    name: str


@dataclass(frozen=True, slots=True)
class GradeChange:
    """One line of the grade history."""

    item: str
    old: str
    new: str
    source: str
    overridden: bool


# the teacher


def add_manual_activity(teacher: MoodleBrowser, course: MoodleCourse, text: str) -> Activity:
    """Add a text that each learner marks as done."""
    page = teacher.open(f"/course/modedit.php?add=label&type=&course={course.id}&section=0&return=0")
    values = {"introeditor[text]": f"<p>{text}</p>", "completion": MANUAL, "showdescription": "1"}
    return _saved(teacher, page, values, text)


def open_link_chooser(teacher: MoodleBrowser, course: MoodleCourse, tool_id: int) -> Page:
    """Press "Select content" on the form of a new activity of the tool; return the tool's page."""
    return teacher.open(f"/mod/lti/contentitem.php?id={tool_id}&course={course.id}&title=&text=")


def chosen_link(page: Page) -> Any:
    """Return what Moodle made of the tool's answer: the values for its form, or null."""
    found = RETURNED.search(page.html)
    if "contentitem_return.php" not in page.url or found is None:
        raise JourneyError(f"Moodle did not take the tool's answer ({page.url}): {page.text[-600:]}")
    return json.loads(found[1])


def add_tool_activity(
    teacher: MoodleBrowser, course: MoodleCourse, tool_id: int, chosen: Mapping[str, Any]
) -> Activity:
    """Save the activity whose form the chosen link filled in; it completes by receiving a grade."""
    page = teacher.open(f"/course/modedit.php?add=lti&type=&course={course.id}&section=0&return=0&typeid={tool_id}")
    values = _filled_in(chosen)
    if chosen.get("instructorchoiceacceptgrades"):
        values |= {"completion": AUTOMATIC, "completionusegrade": "1", "completionpassgrade": "0"}
    return _saved(teacher, page, values, str(chosen["name"]))


def _filled_in(chosen: Mapping[str, Any]) -> dict[str, Value]:
    """Fill the form in as mod/lti/amd/src/contentitem.js does."""
    plain = (
        "name", "toolurl", "securetoolurl", "instructorcustomparameters", "icon", "secureicon", "launchcontainer",
        "lineitemresourceid", "lineitemtag", "lineitemsubreviewurl", "lineitemsubreviewparams",
    )  # fmt: skip
    values: dict[str, Value] = {name: str(chosen.get(name) or "") for name in plain}
    values["introeditor[text]"] = chosen.get("introeditor", {}).get("text", "")
    values["instructorchoiceacceptgrades"] = str(chosen.get("instructorchoiceacceptgrades", 1))
    if chosen.get("instructorchoiceacceptgrades"):
        values["grade[modgrade_type]"] = "point"
        values["grade[modgrade_point]"] = str(chosen.get("grade_modgrade_point", 100))
    return values


def _saved(teacher: MoodleBrowser, page: Page, values: Mapping[str, Value], name: str) -> Activity:
    before = _activities(page.url, teacher)
    teacher.press(page, page.form(action="modedit.php", button="Save"), values, "submitbutton2")
    (new,) = _activities(page.url, teacher) - before
    return Activity(new, name)


def _activities(form_url: str, person: MoodleBrowser) -> set[int]:
    course_id = int(re.findall(r"course=(\d+)", form_url)[0])
    state = json.loads(person.ajax("core_courseformat_get_state", courseid=course_id))
    return {int(each["id"]) for each in state["cm"]}


def turn_off_grade(teacher: MoodleBrowser, activity: Activity) -> None:
    """Let an activity take no grades any more: Moodle deletes its column."""
    page = teacher.open(f"/course/modedit.php?update={activity.cmid}&return=0")
    form = page.form(action="modedit.php", button="Save")
    values = {"instructorchoiceacceptgrades": "0", "unlockcompletion": "1"}
    page = teacher.submit(page, form, values)
    form = page.form(action="modedit.php", button="Save")
    values = {"instructorchoiceacceptgrades": "0", "completion": "0"}
    teacher.press(page, form, values, "submitbutton2")


def unenrol(teacher: MoodleBrowser, course: MoodleCourse, person: Account) -> None:
    """Take somebody off a course (Participants)."""
    page = teacher.open(f"/user/index.php?id={course.id}")
    row = next(each for each in re.split(r"<tr\b", page.html) if f"user/view.php?id={person.id}&" in each)
    address = unescape(re.findall(r'href="([^"]+unenroluser\.php[^"]+)"', row)[0])
    asked = teacher.get(address)
    teacher.submit(asked, asked.form(action="unenroluser.php", button="Continue"))


def complete_course_by(teacher: MoodleBrowser, course: MoodleCourse, *activities: Activity) -> None:
    """Set that the course is complete when all these activities are."""
    page = teacher.open(f"/course/completion.php?id={course.id}")
    form = page.form(action="completion.php", button="Save changes")
    criteria = {f"criteria_activity[{each.cmid}]": "1" for each in activities}
    teacher.press(page, form, {**criteria, "overall_aggregation": "1"}, "submitbutton")


def delete_course_completions(teacher: MoodleBrowser, course: MoodleCourse) -> None:
    """Delete who completed a course, by which its settings are unlocked (Course completion)."""
    page = teacher.open(f"/course/completion.php?id={course.id}")
    form = page.form(action="completion.php", button="Unlock")
    name, value, _ = next(each for each in form.buttons if each[0] == "settingsunlock")
    teacher.submit(page, form, {name: value})


def override_grade(teacher: MoodleBrowser, course: MoodleCourse, item: int, person: Account, grade: str) -> None:
    """Give a grade by hand in the gradebook, over the tool's."""
    page = teacher.open(f"/grade/edit/tree/grade.php?courseid={course.id}&itemid={item}&userid={person.id}")
    form = page.form(action="grade.php", button="Save")
    teacher.press(page, form, {"overridden": "1", "finalgrade": grade}, "submitbutton")


def lock_grade(teacher: MoodleBrowser, course: MoodleCourse, item: int, person: Account, *, locked: bool) -> None:
    """Lock somebody's grade in the gradebook, or unlock it."""
    page = teacher.open(f"/grade/edit/tree/grade.php?courseid={course.id}&itemid={item}&userid={person.id}")
    form = page.form(action="grade.php", button="Save")
    teacher.press(page, form, {"locked": "1" if locked else "0"}, "submitbutton")


def grade_item_of(teacher: MoodleBrowser, course: MoodleCourse, activity: Activity) -> int:
    """Return the id of an activity's gradebook column, as the grade history's list of columns has it."""
    page = teacher.open(f"/grade/report/history/index.php?id={course.id}")
    form = page.form(action="report/history")
    return next(int(value) for value, label in form.choices["itemid"] if label == activity.name)


def grade_history(teacher: MoodleBrowser, course: MoodleCourse, item: int, person: Account) -> list[GradeChange]:
    """Return every change of one grade, the oldest first (Gradebook: Grade history, as a file)."""
    asked = {"id": course.id, "showreport": 1, "download": "csv", "itemid": item, "userids": person.id}
    answer = teacher.open(f"/grade/report/history/index.php?{urlencode(asked)}")
    rows = csv.DictReader(StringIO(answer.html.lstrip("\ufeff")))
    changes = [_change({name.strip(): value.strip() for name, value in row.items()}) for row in rows]
    return changes[::-1]


def emptied(history: Sequence[GradeChange]) -> list[GradeChange]:
    """Return the lines that take a grade away; of two lines of one second Moodle tells no grade before."""
    return [after for before, after in pairwise(history) if before.new and not after.new]


def _change(row: Mapping[str, str]) -> GradeChange:
    return GradeChange(
        row["Grade item"], row["Original grade"], row["Revised grade"], row["Source"], row["Overridden"] == "Yes"
    )


# everybody


def open_activity(person: MoodleBrowser, activity: Activity) -> Page:
    """Open an activity of the tool: Moodle's page, then the tool's in its frame."""
    page = person.open(f"/mod/lti/view.php?id={activity.cmid}")
    frame = next((each for each in page.frames if "launch.php" in each), "")
    if not frame:
        raise JourneyError(f"{page.url} shows no tool: {page.text[:600]}")
    return person.get(frame)


def mark_done(person: MoodleBrowser, activity: Activity, *, done: bool = True) -> None:
    """Press "Mark as done" at an activity."""
    person.ajax("core_completion_update_activity_completion_status_manually", cmid=activity.cmid, completed=done)


def own_grades(person: MoodleBrowser, course: MoodleCourse) -> str:
    """Return the text of somebody's own page of grades."""
    return person.open(f"/grade/report/user/index.php?id={course.id}").text
