"""The page of a person's own profile: what they do, whom they teach and how they like to learn."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lti_tool.errors import InvalidInputError
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import GradeBand
from lti_tool.people.operations import ProfileWords, request_school, update_profile
from lti_tool.people.queries import schools_of_district
from lti_tool.people.schemas import ProfileForm
from lti_tool.people.words import EDUCATOR_ROLE_WORDS, EXPERIENCE_WORDS, FORMAT_WORDS, STUDENT_WORDS, TIME_WORDS
from lti_tool.standards.schemas import load_form

LIKINGS = ("students", "formats", "times")
SEVERAL = ("grade_bands", *LIKINGS)


@bp.get("/profile")
@guard(Right.EDUCATOR)
def edit_profile(acting: Acting) -> ResponseReturnValue:
    """Show what the person says of their own work; the role that the position points to is chosen beforehand."""
    person, profile = acting.person, acting.person.profile
    form = {
        "educator_role": person.likely_role or "",
        "position": person.position,
        "discipline": person.discipline,
        "school_id": person.requested_school_id,
        "experience": (profile and profile.experience) or "",
        "languages": profile.languages if profile else "",
        "grade_bands": person.grade_bands,
        **{name: getattr(profile, name) if profile else [] for name in LIKINGS},
    }
    return _profile_page(acting, form, {})


@bp.post("/profile")
@guard(Right.EDUCATOR)
def save_profile(acting: Acting) -> ResponseReturnValue:
    """Keep what the person says of their own work."""
    typed = {**request.form.to_dict(), **{name: request.form.getlist(name) for name in SEVERAL}}
    try:
        form = load_form(ProfileForm(), typed)
    except InvalidInputError as error:
        return _profile_page(acting, typed, error.fields), 422
    school_id = form.pop("school_id")
    request_school(acting.db, acting.person, int(school_id) if school_id else None)
    update_profile(acting.db, acting.person, ProfileWords(**form))
    return redirect(url_for("home.show_my_data", notice="profile_saved"), 303)


def _profile_page(acting: Acting, form: dict[str, Any], errors: Any) -> str:
    return render_template(
        "home/profile.html",
        person=acting.person,
        schools=schools_of_district(acting.db, acting.person),
        band_words={band: gettext("Grades %(band)s", band=band.value) for band in GradeBand},
        role_words=EDUCATOR_ROLE_WORDS,
        experience_words=EXPERIENCE_WORDS,
        student_words=STUDENT_WORDS,
        format_words=FORMAT_WORDS,
        time_words=TIME_WORDS,
        form=form,
        errors=errors,
    )
