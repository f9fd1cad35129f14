"""Canvas's CSV import of groups, edge by edge (group_and_membership_importer.rb)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from practice_lms.state import Flavour
from tests.practice_lms.rest_fixtures import ADA, BEN, TEACHER, Practice, make_practice


@pytest.fixture
def canvas() -> Practice:
    return make_practice(Flavour.CANVAS)


@pytest.fixture
def category(canvas: Practice) -> int:
    return canvas.make_category()


def import_csv(canvas: Practice, category: int, text: str | bytes, name: str = "groups.csv") -> dict[str, Any]:
    content = text if isinstance(text, bytes) else text.encode()
    data = {"attachment": (io.BytesIO(content), name)}
    return dict(canvas.rest("POST", f"/api/v1/group_categories/{category}/import", data=data).json)


def finish(canvas: Practice, job: dict[str, Any]) -> dict[str, Any]:
    for _ in range(2):
        job = dict(canvas.rest("GET", job["url"].removeprefix("http://lms.example")).json)
    return job


def test_an_import_is_queued_then_running_then_completed(canvas, category):
    job = import_csv(canvas, category, f"canvas_user_id,group_name\n{ADA},Literacy\n")
    address = job["url"].removeprefix("http://lms.example")

    states = [job["workflow_state"], *(canvas.rest("GET", address).json["workflow_state"] for _ in range(3))]

    assert (job["context_type"], job["context_id"], job["tag"]) == ("GroupCategory", category, "course_group_import")
    assert states == ["queued", "running", "completed", "completed"]
    (group,) = canvas.rest("GET", f"/api/v1/group_categories/{category}/groups").json
    assert (group["name"], canvas.members_of(group["id"])) == ("Literacy", [ADA])


def test_an_import_passes_over_strangers_teachers_and_unknown_groups_in_silence(canvas, category):
    group = canvas.make_group(category)
    rows = f"login_id,canvas_group_id\nada,{group}\nnobody,{group}\nsid,{group}\ntess,{group}\nben,99999\n"

    job = finish(canvas, import_csv(canvas, category, rows))

    assert (job["workflow_state"], job["completion"], job["message"]) == ("completed", 100, None)
    assert canvas.members_of(group) == [ADA]


def test_an_import_moves_the_people_it_names_and_leaves_the_others(canvas, category):
    group = canvas.make_group(category, "Old")
    canvas.put_members(group, ADA, BEN)

    finish(canvas, import_csv(canvas, category, "user_id,group_name\nSIS-Ada,New\n"))

    new = canvas.rest("GET", f"/api/v1/group_categories/{category}/groups").json[1]
    assert canvas.members_of(group) == [BEN]
    assert canvas.members_of(new["id"]) == [ADA]


def test_an_import_brings_a_deleted_group_back_by_its_id(canvas, category):
    group = canvas.make_group(category)
    canvas.rest("DELETE", f"/api/v1/groups/{group}")

    finish(canvas, import_csv(canvas, category, f"canvas_user_id,canvas_group_id\n{ADA},{group}\n"))

    assert canvas.members_of(group) == [ADA]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b'canvas_user_id,group_name\n"1"x,"', "groups.csv", "Malformed CSV"),
        (b"\xff\xfe", "groups.csv", "Invalid UTF-8"),
        (b"", "groups.csv", "Unable to read file"),
        (b"canvas_user_id,group_name\n", "groups.pdf", "Only CSV files are supported."),
    ],
)
def test_only_a_file_that_cannot_be_read_fails_the_job(canvas, category, content, name, message):
    job = finish(canvas, import_csv(canvas, category, content, name))

    assert (job["workflow_state"], job["message"]) == ("failed", message)


def test_a_raw_csv_body_is_taken_as_well(canvas, category):
    address = f"/api/v1/group_categories/{category}/import"

    job = canvas.rest("POST", address, data=f"canvas_user_id,group_name\n{ADA},Raw\n", content_type="text/csv").json

    assert finish(canvas, job)["workflow_state"] == "completed"


def test_imports_into_unknown_and_protected_categories_are_refused_in_their_own_words(canvas, category):
    canvas.lms.group_sets[category].protected = True

    protected = canvas.rest("POST", f"/api/v1/group_categories/{category}/import", data={})
    unknown = canvas.rest("POST", "/api/v1/group_categories/99999/import", data={})

    assert (protected.status_code, protected.json) == (401, {"status": "unauthorized"})
    assert (unknown.status_code, unknown.json) == (404, {"status": "not found"})


def test_a_job_shows_itself_only_to_who_started_it(canvas, category):
    address = import_csv(canvas, category, "login_id,group_name\n")["url"].removeprefix("http://lms.example")

    assert canvas.rest("GET", address, ADA).status_code == 403
    assert canvas.rest("GET", address, TEACHER).status_code == 200
    assert canvas.rest("GET", "/api/v1/progress/99999").status_code == 404
