"""The one journey that everything serves, step by step, each checked against what the LMS itself says afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from practice_lms.browser import JourneyError, Page
from practice_lms.cedar_valley import DESIGNER
from practice_lms.installing import administrator_of, connect_rest, open_as_administrator, register_tool
from practice_lms.people import Member
from practice_lms.state import Flavour
from practice_lms.trial import Trial

COURSE = "PD101"
PUPILS_COURSE = "SCI7"
PATIENCE = 60
Step = Callable[[], str]
Found = TypeVar("Found")


class Journey:
    """A designer, two educators, an administrator and a pupil, and what each of them does."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.designer = Member(trial.lms_url, DESIGNER)
        self.ana = Member(trial.lms_url, "ana.ruiz")
        self.ben = Member(trial.lms_url, "ben.okafor")
        self.pupil = Member(trial.lms_url, "pupil.ivy")
        self.goals: dict[str, str] = {}

    def steps(self) -> list[tuple[str, Step]]:
        """Return the steps in order: what happens, and how to do it and see that it did."""
        return [
            ("The LMS administrator adds the tool by its invitation and turns it on", self.register),
            ("The administrator connects the LMS's REST side", self.connect),
            ("The designer places a link in the course, which is marked as professional learning", self.place_link),
            ("The designer attaches the course to a standard", self.attach),
            (
                "A course for pupils that was marked by mistake is unmarked: no pupil is let in, nothing is stored",
                self.keep_pupils_out,
            ),
            ("Two educators write like goals, link the course and declare them", self.declare_goals),
            ("The designer sends the proposed team; both accept, and it is a group of the course", self.form_team),
            ("Ana finishes the course; her goal shows it and opens a try-it", self.finish_course),
            ("The worker is killed, Ana's goal is met, nothing has arrived", self.meet_goal_without_worker),
            ("The worker starts again: one score, 1 of 1", self.deliver_once),
            ("The district's administrator sees it confirmed", self.review),
        ]

    def register(self) -> str:
        register_tool(self.trial)
        page = administrator_of(self.trial).open("/tools")
        _expect("Like Goals" in page.text, f"the LMS lists no tool: {page.text[:300]}")
        return "Like Goals is in the list of tools and turned on"

    def connect(self) -> str:
        page = connect_rest(self.trial)
        return _around(page.text, "Connected")

    def place_link(self) -> str:
        self.designer.sign_in()
        self._place(self.designer, COURSE)
        columns = self.designer.gradebook(COURSE)["line_items"]
        ours = [each for each in columns if each["tool_id"]]
        _expect(len(ours) == 1 and ours[0]["score_maximum"] == 1, f"gradebook columns of the tool: {ours}")
        return f"a new column “{ours[0]['label']}”, of 1, in the gradebook of {COURSE}"

    def attach(self) -> str:
        self.designer.launch_tool_activity(COURSE)
        home = self.designer.tool("/")
        page = self.designer.browser.get(home.link(href=r"/opportunities/\d+/alignment"))
        form = page.form(action="/alignment")
        indicator = form.choices["indicator"][0][0]
        everybody = {name: ["all"] for name in ("grade_bands", "disciplines", "roles", "contexts")}
        values = {"indicator": [indicator], f"strength-{indicator}": "develops", **everybody}
        saved = self.designer.browser.submit(page, form, values)
        _expect(indicator in saved.form(action="/alignment").fields.get("indicator", []), "nothing was attached")
        return f"nothing new, as it should: the standards of {COURSE} are the district's own matter"

    def keep_pupils_out(self) -> str:
        teacher = next(
            login for login, role in self.designer.course(PUPILS_COURSE)["people"].items() if role == "teacher"
        )
        member = Member(self.trial.lms_url, teacher).sign_in()
        self._place(member, PUPILS_COURSE)
        member.launch_tool_activity(PUPILS_COURSE)
        member.browser.post(f"{member.session_url}/course/unmark")
        self.pupil.sign_in()
        link = next(each for each in self.pupil.course(PUPILS_COURSE)["activities"] if each["tool_id"])
        page = self.pupil.open(f"/launch/activities/{link['id']}")
        _expect("nothing was stored" in page.text, f"the pupil saw: {page.text[:300]}")
        administrator = administrator_of(self.trial)
        open_as_administrator(administrator, self.trial.flavour)
        people = administrator.tool("/people")
        _expect("Pupil" not in people.text, "a pupil is among the tool's people")
        return f"the pupil launched from {PUPILS_COURSE}; the tool knows nobody of that course"

    def declare_goals(self) -> str:
        for member in (self.ana, self.ben):
            self._declare(member.sign_in())
        return "nothing new, as it should: goals are no matter of the LMS"

    def _declare(self, member: Member) -> None:
        member.launch_tool_activity(COURSE)
        page = member.tool("/plans/goals/new")
        reason = {"educator_text": "Half of the exit questions showed that the aim was missed."}
        page = member.browser.submit(page, page.form(action="/goals/new"), reason)
        form = page.form(action=r"/drafts/\d+/2")
        page = member.browser.submit(page, form, {"indicator_ids": [form.choices["indicator_ids"][0][0]]})
        words = {
            "headline": "See in every lesson what each student has understood",
            "practice_change": "Two questions in each lesson that every student answers.",
            "student_result": "Students can say what they do not understand yet.",
            "measure": "Exit notes of one class, before and after.",
            "due_on": "2027-05-28",
        }
        page = member.browser.submit(page, page.form(action=r"/drafts/\d+/3"), words)
        found = member.browser.submit(page, page.form(action=r"/drafts/\d+/4"), {"do": "courses"})
        counted = member.browser.submit(found, found.form(action=r"/learning/\d+$", button="Count it"))
        goal = counted.url.split("/learning")[0].split("?")[0]
        self.goals[member.login] = goal.removeprefix(member.session_url)
        card = member.browser.get(f"{goal}/declare")
        step = {"audience": "district", "next_step": "Try exit questions with one class this month.", "do": "share"}
        member.browser.submit(card, card.form(action="/declare"), step)

    def form_team(self) -> str:
        self.designer.launch_tool_activity(COURSE)
        teams = self.designer.tool("/teams/")
        self.designer.browser.submit(teams, teams.form(action="/teams/propose"))
        proposed = self._wait(self._open_proposals, "proposals")
        _expect("Ana Ruiz" in proposed.text and "Ben Okafor" in proposed.text, f"proposed: {proposed.text[:600]}")
        self.designer.browser.submit(proposed, proposed.form(action="/teams/send"))
        for member in (self.ana, self.ben):
            mine = member.tool("/teams/")
            member.browser.submit(mine, mine.form(action=r"/teams/\d+/accept"))
        group = self._wait(lambda: next((g for g in self.ana.groups(COURSE) if len(g["members"]) == 2), None), "group")
        _expect(set(group["members"]) == {"ana.ruiz", "ben.okafor"}, f"the group is {group}")
        return f"group “{group['name']}” in “{group['set']}”: {', '.join(sorted(group['members']))}"

    def _open_proposals(self) -> Page | None:
        """Return the page of proposals once the worker has found them."""
        teams = self.designer.tool("/teams/")
        return teams if any(form.action.endswith("/teams/send") for form in teams.forms) else None

    def finish_course(self) -> str:
        course = self.ana.open(f"/courses/{self.ana.course(COURSE)['id']}")
        self.ana.browser.submit(course, course.form(action="/finish"))
        self.ana.launch_tool_activity(COURSE)
        page = self._wait(self._open_try, "open try-it")
        saved = self.ana.browser.submit(
            page,
            page.form(action=r"/try-its/\d+$"),
            {"words": "One class tried it; eighteen of twenty answered, and I changed the next lesson."},
        )
        _expect(saved.status == 200, saved.text[:300])
        progress = self.ana.course(COURSE)["progress"]["ana.ruiz"]
        return f"ana.ruiz has {progress['completed']} of {progress['required']} requirements"

    def _open_try(self) -> Page | None:
        goal = self.ana.tool(self.goals["ana.ruiz"])
        target = next((target for target, _ in goal.links if "/plans/try-its/" in target), None)
        return self.ana.browser.get(goal.link(href="/plans/try-its/")) if target else None

    def meet_goal_without_worker(self) -> str:
        self.trial.kill_workers()
        meeting = self.ana.tool(f"{self.goals['ana.ruiz']}/meet")
        words = {"words": "Exit questions are part of each lesson now; next year I try them in pairs."}
        self.ana.browser.submit(meeting, meeting.form(), words)
        cells = self._cells()
        _expect(not any(cell["score"] for cell in cells), f"a score arrived without a worker: {cells}")
        return "the cell of ana.ruiz is empty"

    def deliver_once(self) -> str:
        self.trial.start_workers()
        cell = self._wait(lambda: next((cell for cell in self._cells() if cell["score"]), None), "score")
        time.sleep(2)  # a second delivery would follow at once
        cell = next(cell for cell in self._cells() if cell["score"])
        _expect(cell["score"] == cell["score_maximum"] == 1 and cell["writes"] == 1, f"the cell is {cell}")
        return (
            f"{cell['login']}: {cell['score']:g} of {cell['score_maximum']:g}, {cell['activity_progress']}, "
            f"{cell['grading_progress']}, written {cell['writes']} time"
        )

    def review(self) -> str:
        administrator = administrator_of(self.trial)
        open_as_administrator(administrator, self.trial.flavour)
        row = ">Ana Ruiz</td>"
        self._wait(lambda: row in administrator.tool("/sync/scores?state=confirmed").html, "confirmation")
        return f"still written {next(cell for cell in self._cells() if cell['score'])['writes']} time"

    def _cells(self) -> list[dict[str, Any]]:
        book = self.designer.gradebook(COURSE)
        ours = {each["id"] for each in book["line_items"] if each["tool_id"]}
        return [cell for cell in book["grades"] if cell["line_item_id"] in ours]

    def _place(self, member: Member, label: str) -> None:
        course = member.course(label)["id"]
        tools = administrator_of(self.trial).open("/tools")
        tool_id = tools.form(action=r"/tools/\d+/active").action.split("/")[-2]
        choosing = member.launch(f"/launch/courses/{course}/tools/{tool_id}/select")
        values: dict[str, str | list[str]] = {"kind": ["course_goals"], "mark": "1", "cancel": []}
        placed = member.browser.submit(choosing, choosing.form(action="/links/"), values)
        if self.trial.flavour is Flavour.MOODLE:
            member.browser.submit(placed, placed.form(action="/course/modedit.php"))
            return
        page = member.open(f"/courses/{course}")
        member.browser.submit(page, page.form(action="/published", button=r"\bPublish\b"))

    def _wait(self, look: Callable[[], Found | None], what: str) -> Found:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.trial.check()
            found = look()
            if found:
                return found
            time.sleep(0.5)
        raise JourneyError(f"No {what} within {PATIENCE} seconds. The workers: {self.trial.tail_of_workers()}")


def _expect(is_true: bool, otherwise: str) -> None:
    if not is_true:
        raise JourneyError(otherwise)


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return text[at : at + 120]
