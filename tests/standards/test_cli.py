"""`flask standards import`: one line of what was done, one sentence of what is wrong, and little memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lti_tool.people.models import District
from lti_tool.standards.models import Framework
from tests.standards.packages import item, link, package, small_package, uid
from tests.standards.test_tables import OURS
from tests.standards.test_updates import next_version


@pytest.fixture
def run(app):
    def run(path: Path, *more: str):
        return app.test_cli_runner().invoke(
            args=["standards", "import", str(path), "--district", "Cedar Valley", *more]
        )

    return run


def written(tmp_path: Path, data: object, name: str = "package.json") -> Path:
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_a_package_is_imported_with_one_line_and_brought_up_to_date_with_another(database, sample, run, tmp_path):
    first = run(written(tmp_path, small_package()))
    again = run(written(tmp_path, next_version()))

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == "Imported: Our practice, 4 items\n"
    assert first.stderr == "4 of 4 items\n"
    assert again.stdout == (
        "Updated: Our practice, 5 items "
        "(1 added, 1 reworded, 1 moved, 0 gone, 0 retired, 0 replaced, 0 grouped, 0 changed, 0 reordered)\n"
    )


def test_a_table_carries_the_licence_and_the_authors_that_are_named_beside_it_and_keeps_them(
    database, sample, run, tmp_path
):
    path = written(tmp_path, OURS, "Ours.csv")
    run(path, "--licence", "CC BY 4.0 https://example.test/by", "--attribution", "The district")
    run(path)

    with database.reading() as db:
        framework = db.scalars(select(Framework)).one()
    assert (framework.licence, framework.attribution) == ("CC BY 4.0 https://example.test/by", "The district")


def test_what_was_odd_is_said_after_an_import(database, sample, run, tmp_path):
    odd = package([item("A"), item("B")], [link("isChildOf", "A", "doc", 1), link("isChildOf", "B", "nowhere", 1)])

    done = run(written(tmp_path, odd))

    assert done.exit_code == 0
    assert done.stderr.splitlines()[1:] == [
        "Items whose parent is not in the file; they come under the framework itself: 1 (B)"
    ]


def test_a_table_is_imported_under_the_name_of_its_file_or_a_title(database, sample, run, tmp_path):
    assert run(written(tmp_path, OURS, "Our standards.csv")).stdout == "Imported: Our standards, 3 items\n"
    assert run(written(tmp_path, OURS, "x.csv"), "--title", "Practice").stdout == "Imported: Practice, 3 items\n"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("p.json", package([item("A"), {"identifier": uid("B"), "humanCodingScheme": "B"}], []),
         "Item number 2 (B) has no fullStatement."),
        ("p.json", package([item("A"), item("B")], [link("isChildOf", "A", "B"), link("isChildOf", "B", "A")]),
         "The tree runs in a circle at A (Item number 1)"),
        ("p.json", "{", "This file is not a CASE package."),
        ("p.csv", "code,statement\nA,\n", "Line 2 (A) has no statement."),
    ],
)  # fmt: skip
def test_a_malformed_file_ends_with_status_2_names_the_item_and_changes_nothing(
    database, sample, run, tmp_path, name, data, said
):
    path = written(tmp_path, data, name)
    done = run(path)
    nowhere = run(path, "--district", "Nowhere Valley")

    assert (done.exit_code, nowhere.exit_code) == (2, 2)
    assert done.stdout == ""
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Framework)) == 0
        assert db.scalars(select(District.name)).all() == ["Cedar Valley"]
