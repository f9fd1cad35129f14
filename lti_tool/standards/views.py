"""Pages of standards: frameworks, the alignment of a course, and the coverage of a framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from lti_tool.db import row_id
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import Course, GradeBand, Role
from lti_tool.standards.models import CourseAlignment, Framework, Level, Strength
from lti_tool.standards.operations import align_course, import_framework, install_sample_frameworks
from lti_tool.standards.queries import (
    alignments_of,
    coverage,
    framework_of,
    frameworks_of,
    marked_course,
    tree_of,
)
from lti_tool.standards.schemas import read_alignments, read_case_file, typed_alignments

bp = Blueprint("standards", __name__)

Demand = Callable[[Session, int], Mapping[int, int]]
"""For a district's id: how many people work on each indicator, by its id."""

DEMAND = "indicator_demand"
"""Where the application keeps its `Demand`: goals are known only to the layer above."""

STRENGTH_WORDS = {
    Strength.INTRODUCES: lazy_gettext("Introduces it"),
    Strength.DEVELOPS: lazy_gettext("Develops it"),
    Strength.DEMONSTRATES: lazy_gettext("Has people show it"),
}


@bp.app_context_processor
def offer_words() -> dict[str, Any]:
    """Let templates say the words of standards."""
    return {"strength_words": STRENGTH_WORDS, "grade_bands": list(GradeBand), "Level": Level}


@bp.get("/")
@guard(Right.EDUCATOR)
def show_frameworks(acting: Acting) -> ResponseReturnValue:
    """Show the district's frameworks."""
    return _frameworks_page(acting)


@bp.post("/samples")
@guard(Right.DESIGNER)
def install_samples(acting: Acting) -> ResponseReturnValue:
    """Bring the sample frameworks into the district."""
    _require_work_for_district(acting)
    install_sample_frameworks(acting.db, acting.person.district_id, acting.person)
    return redirect(url_for(".show_frameworks", notice="frameworks_installed"), 303)


@bp.post("/import")
@guard(Right.DESIGNER)
def import_case(acting: Acting) -> ResponseReturnValue:
    """Bring a framework into the district from a CASE package."""
    _require_work_for_district(acting)
    try:
        framework = import_framework(acting.db, acting.person, read_case_file(request.files.get("package")))
    except (InvalidInputError, ConflictError) as error:
        return _frameworks_page(acting, problem=error.message), error.status
    return redirect(url_for(".show_framework", framework_id=framework.id, notice="framework_imported"), 303)


@bp.get("/frameworks/<int:framework_id>")
@guard(Right.EDUCATOR)
def show_framework(acting: Acting, framework_id: int) -> ResponseReturnValue:
    """Show a framework as its tree."""
    framework = framework_of(acting.db, acting.person, framework_id)
    return render_template("standards/framework.html", tree=tree_of(acting.db, framework))


@bp.get("/course/<int:course_id>")
@guard(Right.DESIGNER)
def show_course(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Show the indicators of one framework, to choose those that a course serves."""
    course = _course_to_align(acting, course_id)
    framework = _chosen_framework(acting, course)
    typed = {each.indicator_id: _as_typed(each) for each in alignments_of(acting.db, course)}
    return _alignment_page(acting, course, framework, typed)


@bp.post("/course/<int:course_id>")
@guard(Right.DESIGNER)
def save_course_alignments(acting: Acting, course_id: int) -> ResponseReturnValue:
    """Save what the course serves within the framework that was shown."""
    course = _course_to_align(acting, course_id)
    framework = framework_of(acting.db, acting.person, request.form.get("framework", 0, row_id))
    try:
        align_course(acting.db, acting.person, course, framework, read_alignments(request.form))
    except InvalidInputError as error:
        shown = set(map(str, request.form.getlist("indicator", row_id)))
        chosen = (each for each in typed_alignments(request.form) if each["indicator_id"] in shown)
        typed = {int(each["indicator_id"]): each for each in chosen}
        return _alignment_page(acting, course, framework, typed, error.fields), error.status
    page = url_for(".show_course", course_id=course.id, framework=framework.id, notice="alignments_saved")
    return redirect(page, 303)


@bp.get("/coverage")
@guard(Right.DESIGNER)
def show_coverage(acting: Acting) -> ResponseReturnValue:
    """Show how many courses serve each indicator, gaps first."""
    frameworks = frameworks_of(acting.db, acting.person)
    framework = _asked_framework(acting, frameworks)
    demand = current_app.extensions[DEMAND](acting.db, acting.person.district_id)
    rows = coverage(acting.db, framework, demand) if framework else []
    return render_template("standards/coverage.html", frameworks=frameworks, framework=framework, rows=rows)


def _course_to_align(acting: Acting, course_id: int) -> Course:
    """Return the course; who designs only the launch's course aligns no other."""
    course = marked_course(acting.db, acting.person, course_id)
    designs_this = acting.launch.is_course_designer and acting.launch.course_id == course.id
    if not (designs_this or _works_for_district(acting)):
        raise NotAllowedError("You are not a designer of this course.")
    return course


def _works_for_district(acting: Acting) -> bool:
    return acting.person.has_role(Role.DESIGNER) or acting.is_administrator


def _require_work_for_district(acting: Acting) -> None:
    if not _works_for_district(acting):
        raise NotAllowedError("Frameworks belong to the whole district; its designers and administrators add them.")


def _frameworks_page(acting: Acting, problem: str = "") -> str:
    return render_template(
        "standards/frameworks.html",
        frameworks=frameworks_of(acting.db, acting.person),
        can_add=_works_for_district(acting),
        problem=problem,
    )


def _chosen_framework(acting: Acting, course: Course) -> Framework | None:
    """Return the framework asked for, else the one that the course is aligned to already, else the first."""
    aligned = [each.indicator.framework_id for each in alignments_of(acting.db, course)]
    if aligned and "framework" not in request.args:
        return framework_of(acting.db, acting.person, aligned[0])
    return _asked_framework(acting, frameworks_of(acting.db, acting.person))


def _asked_framework(acting: Acting, frameworks: list[Framework]) -> Framework | None:
    if "framework" in request.args:
        return framework_of(acting.db, acting.person, request.args.get("framework", 0, row_id))
    teachers_first = sorted(frameworks, key=lambda each: each.audience != "teacher")
    return next(iter(teachers_first), None)


def _as_typed(alignment: CourseAlignment) -> dict[str, Any]:
    return {
        "strength": alignment.strength.value,
        "grade_bands": alignment.grade_bands,
        "applies_to_all": alignment.applies_to_all,
    }


def _alignment_page(
    acting: Acting,
    course: Course,
    framework: Framework | None,
    typed: Mapping[int, Mapping[str, Any]],
    errors: Mapping[str, Any] | None = None,
) -> str:
    return render_template(
        "standards/alignment.html",
        course=course,
        frameworks=frameworks_of(acting.db, acting.person),
        framework=framework,
        tree=tree_of(acting.db, framework) if framework else None,
        typed=typed,
        errors=errors or {},
    )
