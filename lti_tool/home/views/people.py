"""The administrator's pages of people: who there is, what each may do, and where they work."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from lti_tool.db import row_id
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.people import operations, queries
from lti_tool.people.models import Role
from lti_tool.people.schemas import RoleForm, SchoolAnswerForm, SchoolForm
from lti_tool.plans.operations import end_committee_membership, name_committee_member, name_support_reader
from lti_tool.plans.queries import is_on_committee
from lti_tool.standards.schemas import load_form

LONGEST_SEARCH = 200
OFFERED = (Role.ADMINISTRATOR, Role.DESIGNER)
"""The roles that open a page; one that does not is shown only to whoever has it."""


@bp.get("/people")
@guard(Right.ADMINISTRATOR)
def show_people(acting: Acting) -> ResponseReturnValue:
    """Show the district's people by name."""
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    page = queries.people_of_district(
        acting.db, acting.person, search=search, after=request.args.get("after", type=row_id)
    )
    return render_template(
        "home/people.html",
        page=page,
        search=search,
        asking=queries.school_requests(acting.db, acting.person),
        asking_count=queries.count_school_requests(acting.db, acting.person),
    )


@bp.get("/people/<int:person_id>")
@guard(Right.ADMINISTRATOR)
def show_person(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Show one person's roles and school, to change them."""
    return _person_page(acting, person_id, {})


@bp.post("/people/<int:person_id>/roles")
@guard(Right.ADMINISTRATOR)
def grant_role(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Give a role."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    operations.grant_role(acting.db, person, _role(), source="administrator", granted_by=acting.person)
    return redirect(url_for("home.show_person", person_id=person.id, notice="role_granted"), 303)


@bp.post("/people/<int:person_id>/roles/revoke")
@guard(Right.ADMINISTRATOR)
def revoke_role(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Take a role back."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    operations.revoke_role(acting.db, acting.person, person, _role())
    back = url_for("home.show_person", person_id=person.id, notice="role_revoked")
    return redirect(back if acting.is_administrator else url_for("home.show_home", notice="role_revoked"), 303)


@bp.post("/people/<int:person_id>/school")
@guard(Right.ADMINISTRATOR)
def set_school(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Say where somebody works: at a known school, or at one that is new here."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    try:
        form = SchoolForm().load(request.form.to_dict())
    except ValidationError as error:
        return _person_page(acting, person_id, error.messages_dict), 422
    known = {str(school.id): school for school in queries.schools_of_district(acting.db, acting.person)}
    school = known.get(form["school_id"])
    if form["school_id"] and school is None:
        return _person_page(acting, person_id, {"school_id": ["Choose a school from the list."]}), 422
    if form["new_school"]:
        school = operations.find_or_create_school(acting.db, acting.person, form["new_school"])
    operations.set_school(acting.db, acting.person, person, school)
    return redirect(url_for("home.show_person", person_id=person.id, notice="school_set"), 303)


@bp.post("/people/<int:person_id>/school-request")
@guard(Right.ADMINISTRATOR)
def answer_school_request(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Confirm or decline the school that somebody asked for."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    form = load_form(SchoolAnswerForm(), request.form.to_dict())
    school_id, is_confirmed = int(form["school_id"] or 0), form["answer"] == "confirm"
    operations.answer_school_request(acting.db, acting.person, person, school_id, is_confirmed=is_confirmed)
    notice = "school_set" if is_confirmed else "school_declined"
    return redirect(url_for("home.show_person", person_id=person.id, notice=notice), 303)


@bp.get("/people/without-supervisor")
@guard(Right.ADMINISTRATOR)
def show_unsupervised(acting: Acting) -> ResponseReturnValue:
    """Show who is supervised by nobody yet, so that nobody reads their plan."""
    after = request.args.get("after", type=row_id)
    page = queries.people_without_supervisor(acting.db, acting.person, after=after)
    return render_template("home/unsupervised.html", page=page)


@bp.post("/people/<int:person_id>/supervisors")
@guard(Right.ADMINISTRATOR)
def name_supervisor(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Let somebody supervise a person."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    supervisor = queries.person_of_district(acting.db, acting.person, _id_in_form("supervisor_id"))
    operations.name_supervisor(acting.db, acting.person, person, supervisor)
    return redirect(url_for("home.show_person", person_id=person.id, notice="supervisor_named"), 303)


@bp.post("/people/<int:person_id>/supervisors/end")
@guard(Right.ADMINISTRATOR)
def end_supervision(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Let somebody no longer supervise a person."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    operations.end_supervision(acting.db, acting.person, person, _id_in_form("supervisor_id"))
    return redirect(url_for("home.show_person", person_id=person.id, notice="supervision_ended"), 303)


@bp.post("/people/<int:person_id>/support-reader", endpoint="name_support_reader")
@guard(Right.ADMINISTRATOR)
def choose_support_reader(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Say who reads the support plan that a person may have; whether there is one is not told."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    reader = queries.person_of_district(acting.db, acting.person, _id_in_form("person_id"))
    name_support_reader(acting.db, acting.person, person, reader)
    return redirect(url_for("home.show_person", person_id=person.id, notice="support_reader_named"), 303)


@bp.post("/people/<int:person_id>/committee")
@guard(Right.ADMINISTRATOR)
def change_committee(acting: Acting, person_id: int) -> ResponseReturnValue:
    """Let a person read for the district's committee, or no longer."""
    person = queries.person_of_district(acting.db, acting.person, person_id)
    change = end_committee_membership if request.form.get("do") == "end" else name_committee_member
    change(acting.db, acting.person, person)
    return redirect(url_for("home.show_person", person_id=person.id, notice="committee_changed"), 303)


def _person_page(acting: Acting, person_id: int, errors: dict[str, list[str]]) -> str:
    shown = queries.person_of_district(acting.db, acting.person, person_id)
    supervisors = queries.supervisors_of(acting.db, shown)
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    found = queries.people_of_district(acting.db, acting.person, search=search).people if search else []
    return render_template(
        "home/person.html",
        shown=shown,
        schools=queries.schools_of_district(acting.db, acting.person),
        roles=[role for role in Role if role in OFFERED or shown.has_role(role)],
        supervisors=supervisors,
        leading=queries.leaders_of(acting.db, shown),
        is_on_committee=is_on_committee(acting.db, shown),
        search=search,
        found=[each for each in found if each.id not in {shown.id, *(other.id for other in supervisors)}],
        errors=errors,
        form=request.form,
    )


def _id_in_form(name: str) -> int:
    try:
        return row_id(request.form.get(name, ""))
    except ValueError:
        raise NotFoundError from None


def _role() -> Role:
    try:
        return Role(RoleForm().load(request.form.to_dict())["role"])
    except ValidationError as error:
        raise InvalidInputError(fields=error.messages_dict) from error
