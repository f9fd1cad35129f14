"""How the tests write a goal as a browser does: a page is opened, its form is filled in and sent."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from tests.conftest import Visitor

WHY = {"educator_text": "Only a few hands go up", "student_text": "Most exit notes stay empty", "system_text": "Talk"}
CHANGE = {
    "headline": "Ask questions that all students answer",
    "practice_change": "Whiteboards twice a lesson",
    "student_result": "All of them think",
    "measure": "A count of answers",
    "due_on": "2027-05-31",
}


class Writer:
    """A person who has pages on which a goal is written open."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = ""
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.screens: list[str] = []

    def open(self, path: str) -> Writer:
        """Open a page; its hidden fields go back with the next form."""
        self._arrive(self.visitor.get(path, follow_redirects=True))
        return self

    def send(self, do: str = "next", **typed: Any) -> Writer:
        """Press a button of the page's form, as without script: every field is sent."""
        data = {**self.hidden, **typed, "do": do}
        answer = self.visitor.client.post(self.action, data=data, follow_redirects=True)
        self._arrive(answer)
        return self

    def autosave(self, **typed: Any) -> dict[str, Any]:
        """Send what is typed as the page's script does; return what it is told."""
        turn = int(self.hidden.get("turn", "0")) + 1
        self.hidden["turn"] = str(turn)
        answer = self.visitor.client.post(self.action, data={**self.hidden, **typed, "do": "autosave"})
        assert answer.status_code == 200, answer.status_code
        told: dict[str, Any] = answer.get_json()
        self.hidden["seen"], self.action = told["seen"], told["action"]
        return told

    @property
    def path(self) -> str:
        """Where the writer is, without the session."""
        return urlsplit(self.screens[-1]).path.removeprefix(self.visitor.prefix)

    def at_step(self, step: int) -> str:
        """Say where another step of what is being written is."""
        return f"{self.path.rpartition('/')[0]}/{step}"

    def _arrive(self, answer: Any) -> None:
        assert answer.status_code in {200, 409, 422}, answer.status_code
        self.page = answer.text
        self.screens.append(answer.request.path)
        goal_form = r'<form method="post"[^>]* action="([^"]+)" class="goal-form"(.*?)</form>'
        forms = re.findall(goal_form, self.page, re.DOTALL)
        if forms:
            self.action = unescape(forms[0][0])
            found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', forms[0][1])
            self.hidden = {name: unescape(value) for name, value in found}


def write_in_steps(writer: Writer, indicator_id: int, do: str = "declare", **changed: str) -> Writer:
    """Write a new goal in its four steps and save it."""
    writer.open("/plans/goals/new").send(**WHY)
    writer.send(indicator_ids=[str(indicator_id)])
    writer.send(**CHANGE | changed)
    return writer.send(do, with_whom="")
