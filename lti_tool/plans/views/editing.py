"""Changing a goal: what is typed is kept beside it; where it was saved elsewhere since, both versions are merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import ConflictError, InvalidInputError, NotFoundError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.plans.merging import Clash, Merge
from lti_tool.plans.models import Goal, GoalDraft
from lti_tool.plans.operations import (
    Spot,
    autosave_draft,
    change_goal,
    drop_saved_draft,
    leave_company,
    merge_of,
    rebase_draft,
    save_draft,
)
from lti_tool.plans.queries import draft_of, drafts_of, revisions_of
from lti_tool.plans.schemas import GoalForm, sheet_of, typed_words
from lti_tool.plans.views.blueprint import bp, own_goal
from lti_tool.plans.views.sheets import AUTOSAVE, EMPTY, FIND, edit_key, errors_in, field_values, kept, sheet_values
from lti_tool.plans.views.wording import FIELD_WORDS
from lti_tool.plans.words import FIELDS, Typed, as_typed, words_of
from lti_tool.standards.schemas import load_form


@bp.get("/goals/<int:goal_id>/edit")
@guard(Right.EDUCATOR)
def edit_goal(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show a goal's words to change them, or unsaved words of it to go on with, or to read while it cannot change."""
    goal = own_goal(acting, goal_id)
    drafts = drafts_of(acting.db, acting.person, goal)
    draft = next((each for each in drafts if each.id == request.args.get("draft", None, row_id)), None)
    if not goal.can_be_edited_by(acting.person):
        return _kept_page(acting, goal, draft) if draft else redirect(url_for(".show_goal", goal_id=goal.id), 303)
    words = {**as_typed(words_of(goal)), **(draft.words if draft else {})}
    errors = errors_in(words, FIELDS) if request.args.get("check") else {}
    return _edit_page(acting, goal, words, draft=draft, drafts=drafts, errors=errors)


@bp.post("/goals/<int:goal_id>/edit")
@guard(Right.EDUCATOR)
def save_goal(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Save a goal's words; where the same ones were saved elsewhere in the meantime, keep them and ask."""
    goal, sheet = own_goal(acting, goal_id), sheet_of(request.form)
    draft_id, version = request.args.get("draft", None, row_id), request.form.get("version", 0, row_id)
    spot = Spot(draft_id, goal, version)
    try:
        typed = typed_words(request.form)
        if FIND in request.form:
            return _edit_page(acting, goal, typed)
        if request.form.get("do") == AUTOSAVE:
            draft = autosave_draft(acting.db, acting.person, typed, sheet, spot)
            return _kept(acting, goal, draft, typed, draft_id)
        change_goal(acting.db, acting.person, goal, load_form(GoalForm(), typed), version, sheet)
    except InvalidInputError as error:
        return _edit_page(acting, goal, _as_sent(), errors=error.fields), error.status
    except ConflictError as error:
        if not goal.can_be_edited_by(acting.person):
            return _edit_page(acting, goal, typed, conflict=error), error.status
        kept_draft = save_draft(acting.db, acting.person, typed, sheet, spot)
        return redirect(url_for(".merge_goal", goal_id=goal.id, change_id=kept_draft.id), 303)
    drop_saved_draft(acting.db, acting.person, goal, sheet, draft_id)
    return redirect(url_for(".show_goal", goal_id=goal.id, notice="goal_saved"), 303)


@bp.route("/goals/<int:goal_id>/changes/<int:change_id>", methods=["GET", "POST"], endpoint="merge_goal")
@guard(Right.EDUCATOR)
def merge_page(acting: Acting, goal_id: int, change_id: int) -> ResponseReturnValue:
    """Show unsaved words beside those that were saved since, field by field, and save what is decided."""
    goal, draft = own_goal(acting, goal_id), draft_of(acting.db, acting.person, change_id)
    if draft.goal_id != goal.id:
        raise NotFoundError
    if not goal.can_be_edited_by(acting.person):
        return redirect(url_for(".show_goal", goal_id=goal.id), 303)
    mine = {name: value for name, value in draft.words.items() if name in FIELDS}
    merged = merge_of(acting.db, goal, mine, draft.base_version or 0)
    if request.method == "GET":
        return _merge_page(acting, goal, draft, merged)
    decided, undecided = _decisions(merged)
    if undecided:
        return _merge_page(acting, goal, draft, merged, undecided=undecided), InvalidInputError.status
    return _save_merged(acting, goal, draft, merged.settled(decided))


@bp.get("/goals/<int:goal_id>/history")
@guard(Right.EDUCATOR)
def show_goal_history(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Show the versions of a goal's words that were saved, to its owner alone."""
    goal = own_goal(acting, goal_id)
    revisions = revisions_of(acting.db, goal)
    earlier: list[Mapping[str, Any]] = [*(each.words for each in revisions[1:]), EMPTY]
    changed = [
        [name for name in FIELD_WORDS if name != "student_cleared" and each.words.get(name) != before.get(name)]
        for each, before in zip(revisions, earlier, strict=False)
    ]
    return render_template(
        "plans/writing/history.html",
        goal=goal,
        versions=list(zip(revisions, changed, strict=True)),
        field_words=FIELD_WORDS,
        **field_values(acting, _citing(as_typed(words_of(goal)), *(each.words for each in revisions)), goal=goal),
    )


@bp.post("/goals/<int:goal_id>/leave", endpoint="leave_company")
@guard(Right.EDUCATOR)
def leave_company_now(acting: Acting, goal_id: int) -> ResponseReturnValue:
    """Work on a goal alone from now on."""
    leave_company(acting.db, acting.person, own_goal(acting, goal_id))
    return redirect(url_for(".show_goal", goal_id=goal_id, notice="goal_left"), 303)


def _kept(
    acting: Acting, goal: Goal, draft: GoalDraft | None, typed: Typed, draft_id: int | None
) -> ResponseReturnValue:
    is_divided = draft is not None and draft_id is not None and draft.id != draft_id
    page = url_for(".edit_goal", goal_id=goal.id, draft=draft.id if draft else None)
    key = edit_key(acting.person.id, goal.id)
    return kept(draft, typed, action=page, key=key, is_divided=is_divided)


def _citing(words: Typed, *others: Mapping[str, Any]) -> Typed:
    """Return words that cite whatever these others cite too, so that the page can name all of it."""
    ids = {each for version in (words, *others) for each in version.get("indicator_ids", ())}
    return {**words, "indicator_ids": sorted(ids)}


def _as_sent() -> Typed:
    """Return the form as it was sent, however wrong it is."""
    sent = {name: request.form.get(name, "") for name in FIELDS if name != "indicator_ids"}
    return {**sent, "indicator_ids": request.form.getlist("indicator_ids")}


def _decisions(merged: Merge) -> tuple[Typed, list[str]]:
    """Return what was decided of each field that clashes, and the fields of which nothing was."""
    decided = {clash.name: _decision(clash) for clash in merged.clashes}
    return decided, [name for name, value in decided.items() if value is None]


def _decision(clash: Clash) -> Any:
    match request.form.get(f"side-{clash.name}"):
        case "mine":
            return clash.mine
        case "theirs":
            return clash.theirs
        case "other" if clash.name == "indicator_ids":
            return sorted({*clash.mine, *clash.theirs})
        case "other":
            return request.form.get(f"other-{clash.name}", "")
    return None


def _save_merged(acting: Acting, goal: Goal, draft: GoalDraft, words: Typed) -> ResponseReturnValue:
    """Save what was decided over the version that the page showed; keep it where that is not possible yet."""
    version, sheet = request.form.get("version", 0, row_id), sheet_of(request.form)
    try:
        change_goal(acting.db, acting.person, goal, load_form(GoalForm(), words), version, sheet)
    except InvalidInputError:
        rebase_draft(draft, words, goal.version)
        return redirect(url_for(".edit_goal", goal_id=goal.id, draft=draft.id, check=1), 303)
    except ConflictError:
        rebase_draft(draft, words, version)
        return redirect(url_for(".merge_goal", goal_id=goal.id, change_id=draft.id), 303)
    drop_saved_draft(acting.db, acting.person, goal, sheet, draft.id)
    return redirect(url_for(".show_goal", goal_id=goal.id, notice="goal_saved"), 303)


def _kept_page(acting: Acting, goal: Goal, draft: GoalDraft) -> str:
    saved = as_typed(words_of(goal))
    words = {**saved, **draft.words}
    return render_template(
        "plans/writing/kept.html",
        goal=goal,
        draft=draft,
        changed=[name for name in FIELD_WORDS if name != "student_cleared" and words[name] != saved[name]],
        field_words=FIELD_WORDS,
        **field_values(acting, words, goal=goal),
    )


def _edit_page(
    acting: Acting,
    goal: Goal,
    words: Typed,
    *,
    draft: GoalDraft | None = None,
    drafts: Sequence[GoalDraft] = (),
    errors: Mapping[str, Any] | None = None,
    conflict: ConflictError | None = None,
) -> str:
    sent = request.form.get("version", None, row_id)
    shown = sent or (draft.base_version if draft else None) or goal.version
    return render_template(
        "plans/writing/edit.html",
        goal=goal,
        draft=draft,
        others=[each for each in drafts if each is not draft],
        action=url_for(".save_goal", goal_id=goal.id, draft=draft.id if draft else request.args.get("draft")),
        version=shown,
        key=edit_key(acting.person.id, goal.id),
        errors=errors or {},
        conflict=conflict,
        **field_values(acting, words, goal=goal),
        **sheet_values(words),
    )


def _merge_page(acting: Acting, goal: Goal, draft: GoalDraft, merged: Merge, *, undecided: Sequence[str] = ()) -> str:
    return render_template(
        "plans/writing/merge.html",
        goal=goal,
        draft=draft,
        merged=merged,
        undecided=undecided,
        field_words=FIELD_WORDS,
        **field_values(acting, _citing(merged.words, draft.words, as_typed(words_of(goal))), goal=goal),
        **sheet_values(merged.words),
    )
