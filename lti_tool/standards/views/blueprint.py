"""The blueprint of standards, the words that its templates share, and what its parts ask in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, request
from flask_babel import format_decimal
from sqlalchemy.orm import Session

from lti_tool.db import row_id
from lti_tool.errors import NotAllowedError
from lti_tool.launch.acting import Acting
from lti_tool.people.models import GradeBand, Opportunity, Role
from lti_tool.standards.models import Framework, Level
from lti_tool.standards.queries import framework_of, opportunity_of
from lti_tool.standards.statements import plain_statement, shown_statement
from lti_tool.standards.views.words import template_words

bp = Blueprint("standards", __name__)
bp.add_app_template_filter(shown_statement, "statement")
bp.add_app_template_filter(plain_statement, "plain_statement")

Demand = Callable[[Session, int], Mapping[int, int]]
"""For a district's id: how many people work on each indicator, by its id."""

DEMAND = "indicator_demand"
"""Where the application keeps its `Demand`: goals are known only to the layer above."""


@bp.app_context_processor
def offer_words() -> dict[str, Any]:
    """Let templates say the words of standards."""
    return {"grade_bands": list(GradeBand), "Level": Level, **template_words()}


@bp.app_template_filter("plain_number")
def plain_number(number: Decimal) -> str:
    """Return a number as it is written in the language of the page, without zeros that say nothing."""
    return str(format_decimal(number.normalize()))


def works_for_district(acting: Acting) -> bool:
    """Return whether the person designs for the whole district, or administers it."""
    return acting.person.has_role(Role.DESIGNER) or acting.is_administrator


def require_work_for_district(acting: Acting) -> None:
    """Let only those on who design for the whole district, or administer it."""
    if not works_for_district(acting):
        raise NotAllowedError("Frameworks belong to the whole district; its designers and administrators add them.")


def asked_framework(acting: Acting, frameworks: list[Framework]) -> Framework | None:
    """Return the framework that the address names, else the one for teachers, else the first."""
    if "framework" in request.args:
        return framework_of(acting.db, acting.person, request.args.get("framework", 0, row_id))
    teachers_first = sorted(frameworks, key=lambda each: each.audience != "teacher")
    return next(iter(teachers_first), None)


def designs_course_of_launch(acting: Acting, opportunity_id: int) -> bool:
    """Return whether this is the launch's course and the person one of its designers."""
    return acting.launch.is_course_designer and acting.launch.course_id == opportunity_id


def opportunity_to_align(acting: Acting, opportunity_id: int) -> Opportunity:
    """Return an opportunity; who designs only the launch's course, or offers one thing, aligns nothing else."""
    opportunity = opportunity_of(acting.db, acting.person, opportunity_id)
    if not (opportunity.can_be_changed_by(acting.person) or designs_course_of_launch(acting, opportunity_id)):
        raise NotAllowedError("You are not a designer of this course, or the host of this offer.")
    return opportunity
