"""The audit page: who did what in the review, with connections and with roles."""

from __future__ import annotations

from datetime import UTC, date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import row_id
from lti_tool.home.audit_words import AREA_WORDS, WORDS, Area
from lti_tool.home.queries.audit import AuditEntry, AuditFilter, all_audit_entries, audit_page
from lti_tool.home.views.blueprint import bp
from lti_tool.launch.acting import Acting, Right, guard
from lti_tool.launch.downloads import table_download
from lti_tool.people.tables import csv_text

LONGEST_NAME = 100
EXPORTED = ("event", "at", "actor", "actor_name", "action", "words", "subject", "subject_id", "about", "count")


@bp.get("/audit")
@guard(Right.ADMINISTRATOR)
def show_audit(acting: Acting) -> ResponseReturnValue:
    """Show what was done, the newest first."""
    chosen = _chosen()
    return render_template(
        "home/audit.html",
        page=audit_page(acting.db, acting.person, chosen, before=request.args.get("before", None, row_id)),
        chosen=chosen,
        address=_address(chosen),
        areas=AREA_WORDS,
        words=WORDS,
    )


@bp.get("/audit.csv")
@guard(Right.ADMINISTRATOR)
def export_audit(acting: Acting) -> ResponseReturnValue:
    """Download what the page's filter shows."""
    text = csv_text(EXPORTED, (_row(each) for each in all_audit_entries(acting.db, acting.person, _chosen())))
    return table_download(text, "audit.csv")


def _chosen() -> AuditFilter:
    """Return which events an address asks for; what makes no sense narrows nothing."""
    return AuditFilter(
        area=request.args.get("area", None, Area),
        name=request.args.get("name", "").strip()[:LONGEST_NAME],
        since=request.args.get("since", None, date.fromisoformat),
    )


def _address(chosen: AuditFilter) -> dict[str, str]:
    asked = {"area": chosen.area or "", "name": chosen.name, "since": chosen.since.isoformat() if chosen.since else ""}
    return {name: str(value) for name, value in asked.items() if value}


def _row(entry: AuditEntry) -> list[str]:
    event = entry.event
    at = event.at.astimezone(UTC).isoformat(timespec="seconds")
    what = [event.action, str(WORDS[event.action]), event.subject, str(event.subject_id), entry.about]
    return [str(event.id), at, str(event.actor_id or ""), entry.actor, *what, str(event.detail.get("count", ""))]
