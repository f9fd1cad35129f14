"""Canvas REST: groups from a CSV file (group_and_membership_importer.rb, doc/api/group_category_csv.md).

Rows with unknown people or groups, and rows of teachers, are passed over in silence and the job completes; only a file
that cannot be read as a whole fails it. People who are not named stay where they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from flask import Response, jsonify, request

from practice_lms.canvas.rest_access import ApiError, endpoint
from practice_lms.canvas.rest_groups import find_group_set, join
from practice_lms.canvas.rest_jobs import job_record, queue_job
from practice_lms.current import lms
from practice_lms.state import Enrolment, Group, GroupSet, Lms

CSV_TYPES = ("text/csv", "application/csv")
Row = dict[str, str]


@endpoint("POST", "/api/v1/group_categories/:group_category_id/import")
def import_groups(group_category_id: str) -> Response:
    """Queue the import of an uploaded `attachment` or of a raw text/csv body; answer its Progress."""
    known = lms().group_sets.get(int(group_category_id)) if group_category_id.isdigit() else None
    if known is None:
        raise ApiError(404, {"status": "not found"})
    group_set = find_group_set(group_category_id)
    if group_set.protected:
        raise ApiError(401, {"status": "unauthorized"})
    practice, (name, content) = lms(), _file()

    def work() -> str | None:
        return _import(practice, group_set, name, content)

    return jsonify(job_record(queue_job("GroupCategory", group_set.id, "course_group_import", work)))


def _file() -> tuple[str, bytes]:
    attachment = request.files.get("attachment")
    if attachment is not None:
        return attachment.filename or "", attachment.read()
    return "groups.csv" if request.mimetype in CSV_TYPES else "", request.get_data()


def _import(practice: Lms, group_set: GroupSet, name: str, content: bytes) -> str | None:
    if not name.lower().endswith(".csv"):
        return "Only CSV files are supported."
    if not content:
        return "Unable to read file"
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except UnicodeDecodeError:
        return "Invalid UTF-8"
    except csv.Error:
        return "Malformed CSV"
    for row in rows:
        _import_row(practice, group_set, {key: (value or "").strip() for key, value in row.items() if key})
    return None


def _import_row(practice: Lms, group_set: GroupSet, row: Row) -> None:
    user_id = _student(practice, group_set, row)
    group = _group(practice, group_set, row)
    if user_id is not None and group is not None:
        join(group, user_id)


def _student(practice: Lms, group_set: GroupSet, row: Row) -> int | None:
    enrolments = practice.courses[group_set.course_id].enrolments
    for user_id, role in enrolments.items():
        user = practice.users[user_id]
        named = {"canvas_user_id": str(user.id), "user_id": user.sis_id, "login_id": user.login}
        if role is Enrolment.STUDENT and _matches(row, named.items()):
            return user_id
    return None


def _matches(row: Row, names: Iterable[tuple[str, str]]) -> bool:
    # The first identifier that the row has decides.
    return next((row[column] == value for column, value in names if row.get(column)), False)


def _group(practice: Lms, group_set: GroupSet, row: Row) -> Group | None:
    in_set = [each for each in practice.groups.values() if each.set_id == group_set.id]
    if row.get("canvas_group_id") or row.get("group_id"):
        named = [
            each for each in in_set if _matches(row, (("canvas_group_id", str(each.id)), ("group_id", each.idnumber)))
        ]
        return _restored(named[0]) if named else None
    if not row.get("group_name"):
        return None
    same_name = (each for each in in_set if each.name == row["group_name"] and not each.deleted)
    return next(same_name, None) or _new_group(practice, group_set, row["group_name"])


def _restored(group: Group) -> Group:
    group.deleted = False
    return group


def _new_group(practice: Lms, group_set: GroupSet, name: str) -> Group:
    group = Group(practice.new_id(), group_set.course_id, name, set_id=group_set.id)
    practice.groups[group.id] = group
    group_set.group_ids.add(group.id)
    return group
