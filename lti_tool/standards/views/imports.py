"""Pages of an import: choosing what comes in, looking at what it changes, and watching it come."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.launch.acting import Acting, Right, database, guard
from lti_tool.standards.models import FrameworkImport, ImportState
from lti_tool.standards.operations import cancel_import, confirm_import, lock_import, offer_address, offer_package
from lti_tool.standards.queries import import_of
from lti_tool.standards.schemas import LARGEST_FILE, read_address, read_upload
from lti_tool.standards.views.blueprint import bp, require_work_for_district
from lti_tool.standards.views.frameworks import frameworks_page
from lti_tool.standards.views.words import ODDITY_WORDS

CHANGE_WORDS = {
    "added": lazy_gettext("Added"),
    "reworded": lazy_gettext("Changed wording"),
    "moved": lazy_gettext("Moved"),
    "gone": lazy_gettext("Gone, and cited nowhere: removed"),
    "retired": lazy_gettext("Gone or out of use, but cited: kept with a date"),
    "replaced": lazy_gettext("Replaced by another item"),
    "changed": lazy_gettext("Changed in what is said beside the words: for whom it is, its days, its kind"),
    "reordered": lazy_gettext("Its parts come in another order"),
    "grouped": lazy_gettext("Now a group of other items; where it is cited it can still be chosen"),
}


@bp.post("/import")
@guard(Right.DESIGNER, holds_transaction=False, largest=LARGEST_FILE)
def start_import(acting: Acting) -> ResponseReturnValue:
    """Read what is to be imported, or have it fetched, and go on to what it would change."""
    require_work_for_district(acting)
    typed, file = request.form.get("address", "").strip(), request.files.get("package")
    try:
        if typed:
            address = read_address(typed)
            with database().transaction() as db:
                batch = offer_address(db, acting.person, address)
        else:
            package = read_upload(file, acting.person.district_id, request.form)
            with database().transaction() as db:
                batch = offer_package(db, acting.person, package, (file.filename or "") if file else "")
    except InvalidInputError as error:
        return frameworks_page(acting, problem=error.message, typed=typed), error.status
    return redirect(url_for(".show_import", import_id=batch.id), 303)


@bp.get("/imports/<int:import_id>")
@guard(Right.DESIGNER)
def show_import(acting: Acting, import_id: int) -> ResponseReturnValue:
    """Show where an import stands: what it would change, how far it is, or what it did."""
    require_work_for_district(acting)
    return _import_page(import_of(acting.db, acting.person, import_id))


@bp.get("/imports/<int:import_id>/progress.json")
@guard(Right.DESIGNER)
def show_progress(acting: Acting, import_id: int) -> ResponseReturnValue:
    """Give how far an import is, for the page that watches it."""
    require_work_for_district(acting)
    batch = import_of(acting.db, acting.person, import_id)
    return {"state": batch.state.value, "done": batch.done, "total": batch.total}


@bp.post("/imports/<int:import_id>", endpoint="confirm_import")
@guard(Right.DESIGNER)
def confirm_import_page(acting: Acting, import_id: int) -> ResponseReturnValue:
    """Import what waits."""
    require_work_for_district(acting)
    batch = lock_import(acting.db, acting.person, import_id)
    try:
        confirm_import(acting.db, acting.person, batch)
    except ConflictError as error:
        return _import_page(batch, problem=error.message), error.status
    return redirect(url_for(".show_import", import_id=batch.id), 303)


@bp.post("/imports/<int:import_id>/cancel", endpoint="cancel_import")
@guard(Right.DESIGNER)
def cancel_import_page(acting: Acting, import_id: int) -> ResponseReturnValue:
    """Give an import up."""
    require_work_for_district(acting)
    batch = lock_import(acting.db, acting.person, import_id)
    try:
        cancel_import(acting.db, acting.person, batch)
    except ConflictError as error:
        return _import_page(batch, problem=error.message), error.status
    return redirect(url_for(".show_frameworks", notice="import_cancelled"), 303)


def _import_page(batch: FrameworkImport, problem: str = "") -> str:
    return render_template(
        "standards/import.html",
        batch=batch,
        summary=batch.summary,
        problem=problem,
        oddity_words={kind.value: words for kind, words in ODDITY_WORDS.items()},
        change_words=CHANGE_WORDS,
        ImportState=ImportState,
    )
