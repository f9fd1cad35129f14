"""What the pages share on which a goal is written: the fields of each step, and the answer to an autosave."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, format_time, gettext, lazy_gettext

from lti_tool.db import LARGEST_ID
from lti_tool.errors import InvalidInputError
from lti_tool.launch.acting import Acting
from lti_tool.plans.models import SOURCES, WORTH_SAYING, Goal, GoalDraft, RationaleKind
from lti_tool.plans.queries import priorities_for
from lti_tool.plans.schemas import GoalForm, digests_of
from lti_tool.plans.student_signs import names_in, signs_of_student
from lti_tool.plans.views.wording import KIND_WORDS, SIGN_WORDS, SOURCE_WORDS
from lti_tool.plans.words import FIELDS, SLOT_FIELDS, Typed
from lti_tool.standards.digests import digest
from lti_tool.standards.queries import Branch, trees_of
from lti_tool.standards.schemas import load_form
from lti_tool.standards.statements import plain_statement

AUTOSAVE = "autosave"
FIND = "find_indicators"
"""The button by which a word is looked for in the large frameworks, without a script."""
STEP_FIELDS: dict[int, tuple[str, ...]] = {
    1: SLOT_FIELDS,
    2: ("indicator_ids",),
    3: ("headline", "kind", "practice_change", "student_result", "measure", "due_on"),
    4: ("with_whom",),
}
LAST_STEP = max(STEP_FIELDS)
MOST_NAMES = 3
EMPTY: Typed = {name: [] if name == "indicator_ids" else "" for name in FIELDS}


def step_of(field: str) -> int:
    """Return the step that a field is written in."""
    return next((step for step, names in STEP_FIELDS.items() if field in names), LAST_STEP)


def sheet_values(words: Typed, names: Sequence[str] = FIELDS) -> dict[str, Any]:
    """Return what a page hands out to its form: which page it is, and what its fields hold."""
    return {"sheet": secrets.token_hex(12), "seen": _seen({name: words[name] for name in names})}


def field_values(acting: Acting, words: Typed, *, goal: Goal | None = None, with_trees: bool = True) -> dict[str, Any]:
    """Return what the fields of a goal are shown with."""
    find = request.form.get("find", "").strip()
    trees = trees_of(acting.db, acting.person, chosen=chosen_ids(words), find=find) if with_trees else []
    return {
        "words": words,
        "source_options": {kind: _options(SOURCE_WORDS, fitting) for kind, fitting in SOURCES.items()},
        "kind_options": _options(KIND_WORDS, KIND_WORDS),
        "priority_options": _priority_options(acting, words, goal),
        "signs": [SIGN_WORDS[sign] for sign in signs_of_student(words["student_text"])],
        "student_names": names_asked_about(words),
        "student_digest": digest(words["student_text"]),
        "trees": trees,
        "find": find,
        "chosen": set(words["indicator_ids"]),
        "indicator_names": dict(name for tree in trees for branch in tree.branches for name in _names(branch)),
        "gaps": [name for name in WORTH_SAYING if not words[name]],
    }


def names_asked_about(words: Typed) -> list[str]:
    """Return the names that the words about students may hold, where nothing in them has to be answered anyway."""
    text = str(words.get("student_text", ""))
    return [] if signs_of_student(text) else names_in(text)[:MOST_NAMES]


def _options(said: Mapping[Any, LazyString], choices: Iterable[Any]) -> list[tuple[str, LazyString]]:
    return [("", lazy_gettext("Not said")), *((each.value, said[each]) for each in choices)]


def _priority_options(acting: Acting, words: Typed, goal: Goal | None) -> list[tuple[str, Any]]:
    """Return what can be chosen, in the words that the goal was written for where it has one."""
    options: dict[str, Any] = {str(each.id): each.text for each in priorities_for(acting.db, acting.person)}
    known = goal.rationale(RationaleKind.SYSTEM) if goal else None
    if known is not None and known.priority_id is not None:
        options[str(known.priority_id)] = known.priority_text
    if words["system_priority_id"]:
        options.setdefault(words["system_priority_id"], lazy_gettext("a priority that is not offered any more"))
    return [("", lazy_gettext("None of these")), *options.items()] if options else []


def _names(branch: Branch) -> Iterator[tuple[str, str]]:
    yield str(branch.item.id), f"{branch.item.code} {plain_statement(branch.item.statement)}"
    for child in branch.children:
        yield from _names(child)


def errors_in(words: Mapping[str, Any], names: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return what is wrong with these fields as they are typed now."""
    try:
        load_form(GoalForm(), words)
    except InvalidInputError as error:
        return {name: said for name, said in error.fields.items() if name in names}
    return {}


def choice_errors(acting: Acting, words: Typed, step: int) -> dict[str, Sequence[str]]:
    """Return which choices of a step are missing or gone: of a priority that may be, of indicators that must be."""
    if step == step_of("system_priority_id"):
        offered = {"", *(str(each.id) for each in priorities_for(acting.db, acting.person))}
        gone = gettext("This priority is not offered any more. Choose again.")
        return {} if words["system_priority_id"] in offered else {"system_priority_id": [gone]}
    chooses = step == step_of("indicator_ids")
    trees = trees_of(acting.db, acting.person, chosen=chosen_ids(words)) if chooses else []
    known = {number for tree in trees for branch in tree.branches for number, _ in _names(branch)}
    if not trees or (words["indicator_ids"] and known.issuperset(words["indicator_ids"])):
        return {}
    return {"indicator_ids": [gettext("Choose at least one indicator that this goal works on.")]}


def chosen_ids(words: Typed) -> list[int]:
    """Return the ids of the indicators in words as typed; what cannot be one is left out."""
    return [
        int(each) for each in words["indicator_ids"] if re.fullmatch("[0-9]{1,10}", each) and int(each) <= LARGEST_ID
    ]


def step_key(person_id: int, draft_id: int | None, step: int) -> str:
    """Return what the browser calls the words of a step that it keeps in its tab."""
    return f"{person_id}-goal-{draft_id or 'new'}-{step}"


def edit_key(person_id: int, goal_id: int) -> str:
    """Return what the browser calls the words of a goal that it keeps in its tab."""
    return f"{person_id}-edit-{goal_id}"


def kept(draft: GoalDraft | None, words: Typed, *, action: str, key: str, is_divided: bool) -> ResponseReturnValue:
    """Answer an autosave: what to say, and where the form and the page's own address lead from now on."""
    said = _said_kept(draft) if draft else ""
    if names := names_asked_about(words):
        said += ". " + gettext("Is %(names)s a student? Then better leave the name out.", names=", ".join(names))
    if is_divided:
        said += ". " + gettext("The same words were changed on another page; both are kept.")
    return jsonify(said=said, seen=_seen(words), action=action, key=key)


def _said_kept(draft: GoalDraft) -> str:
    """Say when words were kept; those over a known goal are in it only once they are saved there."""
    is_beside = draft.goal_id is not None
    said: str = gettext("Kept %(time)s, not in the goal yet") if is_beside else gettext("Saved %(time)s")
    return said % {"time": format_time(draft.saved_at, "short")}


def _seen(words: Typed) -> str:
    """Return the digests in a text without a space, which no error page takes for something that was typed."""
    return json.dumps(digests_of(words), separators=(",", ":"))
