"""What a school or the district learns together: facts about all, for those who lead."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.errors import NotAllowedError, NotFoundError
from lti_tool.home.queries.together import together_in
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people.models import School
from lti_tool.people.queries import schools_of_district


@bp.get("/together")
@guard(Right.EDUCATOR)
def show_together(acting: Acting) -> ResponseReturnValue:
    """Show the facts of a school, or of the whole district."""
    schools = _schools(acting)
    asked = request.args.get("school", None, row_id)
    school = next((each for each in schools if each.id == asked), None)
    if asked is not None and school is None:
        raise NotFoundError
    if school is None and not acting.is_administrator:
        school = schools[0]
    found = together_in(acting.db, acting.person, school.id if school else None)
    return render_template("home/together.html", together=found, school=school, schools=schools)


def _schools(acting: Acting) -> list[School]:
    """Return the schools whose facts the person may read: all for administrators, the own one for supervisors."""
    schools = list(schools_of_district(acting.db, acting.person))
    if acting.is_administrator:
        return schools
    own = [each for each in schools if each.id == acting.person.school_id]
    if not acting.is_supervisor:
        raise NotAllowedError("These facts are for those who lead a school or the district.")
    if not own:
        raise NotAllowedError("No school is known for you yet. An administrator can set it under People.")
    return own
