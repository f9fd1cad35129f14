"""The pages of completions: which came in, and the whole story of one."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, lazy_gettext

from lti_tool.db import row_id
from lti_tool.grades.filters import Standing
from lti_tool.grades.models import Completion, CompletionSource
from lti_tool.grades.queries.completions import all_completions_of, completions_of, standing_of
from lti_tool.grades.queries.courses import course_of
from lti_tool.grades.queries.standings import lmss_of
from lti_tool.grades.queries.stories import story_of_completion
from lti_tool.grades.schemas import chosen_completions
from lti_tool.grades.timeline import timeline
from lti_tool.grades.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.downloads import table_download
from lti_tool.people.tables import csv_text

EXPORTED = ("completion", "person", "name", "course", "course_title", "standing", "source", "completed", "noticed")
STANDING_WORDS: dict[Standing, tuple[LazyString, str]] = {
    Standing.COUNTS: (lazy_gettext("Counts"), "ok"),
    Standing.HELD: (lazy_gettext("Held"), "attention"),
    Standing.LEFT_OUT: (lazy_gettext("Left out"), "neutral"),
    Standing.RECALLED: (lazy_gettext("Counts, taken back by the LMS"), "attention"),
    Standing.TAKEN_BACK: (lazy_gettext("Taken back"), "neutral"),
}
SOURCE_WORDS: dict[CompletionSource, LazyString] = {
    CompletionSource.MOODLE: lazy_gettext("Moodle's completions"),
    CompletionSource.CANVAS: lazy_gettext("Canvas's completions"),
    CompletionSource.LINE_ITEM: lazy_gettext("Results of a line item"),
    CompletionSource.CHECKPOINT: lazy_gettext("A checkpoint"),
    CompletionSource.FILE: lazy_gettext("A file"),
}


@bp.get("/completions")
@guard(Right.ADMINISTRATOR)
def show_completions(acting: Acting) -> ResponseReturnValue:
    """List the completions that are chosen, the newest first."""
    chosen = chosen_completions(request.args)
    return render_template(
        "sync/completions.html",
        page=completions_of(acting.db, acting.person, chosen, before=request.args.get("before", None, row_id)),
        chosen=chosen,
        address=chosen.as_address(),
        course=course_of(acting.db, acting.person, chosen.course_id) if chosen.course_id else None,
        lmss=lmss_of(acting.db, acting.person),
        standing_of=standing_of,
        standing_words=STANDING_WORDS,
        source_words=SOURCE_WORDS,
    )


@bp.get("/completions.csv")
@guard(Right.ADMINISTRATOR)
def export_completions(acting: Acting) -> ResponseReturnValue:
    """Download the completions that are chosen."""
    found = all_completions_of(acting.db, acting.person, chosen_completions(request.args))
    text = csv_text(EXPORTED, (_row(each) for each in found))
    return table_download(text, "completions.csv")


@bp.get("/completions/<int:completion_id>")
@guard(Right.ADMINISTRATOR)
def show_completion(acting: Acting, completion_id: int) -> ResponseReturnValue:
    """Tell a completion's whole story: how it came in, what it counted toward, and each try to send its scores."""
    story = story_of_completion(acting.db, acting.person, completion_id)
    return render_template(
        "sync/completion.html",
        story=story,
        completion=story.completion,
        events=timeline(story),
        standing_of=standing_of,
        standing_words=STANDING_WORDS,
        source_words=SOURCE_WORDS,
    )


def _row(completion: Completion) -> list[str]:
    moments = (completion.completed_at, completion.noticed_at)
    times = [moment.isoformat(timespec="seconds") if moment else "" for moment in moments]
    words = (completion.person.name, str(completion.course_id), completion.course.title)
    standing = standing_of(completion).value
    return [str(completion.id), str(completion.person_id), *words, standing, completion.source.value, *times]
