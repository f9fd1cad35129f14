"""Frameworks from tables (CSV): the columns of ours and of OpenSALT's, and what is wrong with one."""

from __future__ import annotations

from io import BytesIO

import pytest

from lti_tool.errors import InvalidInputError
from lti_tool.standards.case import Oddity, Package, read_file, read_sheet

OURS = (
    "code,parent_code,title,statement,grade_bands,roles,disciplines\n"
    "A,,Learning,What learning is,,,\n"
    'A.1,A,,"Plans, with\na line break and ""quotes""",K-2|3-5,teacher|coach,Mathematics\n'
    "A.2,A,,Asks questions,,,\n"
)


def read(text: str, *, title: str = "Our practice", district_id: int = 1) -> Package:
    return read_sheet(BytesIO(text.encode()), title=title, district_id=district_id)


def test_a_table_is_read_as_its_tree_with_its_facets():
    found = read(OURS)

    assert [(each.path, each.title) for each in found.items] == [("A", "Learning"), ("A/A.1", ""), ("A/A.2", "")]
    planned = found.items[1]
    assert planned.statement == 'Plans, with\na line break and "quotes"'
    assert (planned.grade_bands, planned.roles, planned.disciplines) == (
        ("K-2", "3-5"), ("teacher", "coach"), ("Mathematics",),
    )  # fmt: skip
    assert (found.title, found.licence) == ("Our practice", "")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_a_spreadsheet_program_is_the_same_table(mark, delimiter):
    lines = [["code", "parent_code", "statement"], ["A", "", "What A says"], ["A.1", "A", "What A.1 says"]]
    plain = "\n".join(",".join(line) for line in lines)

    assert read(mark + "\r\n".join(delimiter.join(line) for line in lines) + "\r\n") == read(plain)


def test_the_columns_of_opensalt_are_understood():
    text = (
        "Identifier,fullStatement,Human Coding Scheme,sequenceNumber,Abbreviated Statement,Education Level,"
        "Is Child Of\n"
        "id-a,What A says,A,2,Short,09,\nid-b,What B says,B,1,,,\nid-c,What C says,C,1,,,id-a\nid-d,D says,D,2,,,A\n"
    )

    found = read(text)

    assert [(each.path, each.identifier) for each in found.items] == [
        ("B", "id-b"), ("A", "id-a"), ("A/C", "id-c"), ("A/D", "id-d"),
    ]  # fmt: skip
    assert (found.items[1].title, found.items[1].grade_bands) == ("Short", ("09",))


def test_where_no_parent_is_named_a_dotted_code_tells_it_and_that_is_said():
    found = read("HumanCodingScheme,fullStatement\nA.B,One\nA.B.C,Two\nA.B.C.L,Three\nX,Four\n")

    assert [each.path for each in found.items] == ["A.B", "A.B/A.B.C", "A.B/A.B.C/A.B.C.L", "X"]
    assert [(note.kind, note.count) for note in found.notes] == [(Oddity.PARENT_FROM_CODE, 2)]


def test_the_same_line_is_the_same_item_each_time_and_in_no_other_framework():
    first, again = read(OURS), read(OURS.replace("Asks questions", "Asks open questions"))
    elsewhere, other = read(OURS, district_id=2), read(OURS, title="Another")

    assert [each.identifier for each in first.items] == [each.identifier for each in again.items]
    assert first.identifier == read(OURS, title=" our PRACTICE ").identifier
    identifiers = [{each.identifier for each in found.items} for found in (first, elsewhere, other)]
    assert len(set.union(*identifiers)) == 9


def test_what_is_odd_in_a_table_is_said():
    found = read("code,parent_code,statement\nA,,One\nA,,One\nB,nowhere,Two\nC,a,Three\n,,\n")

    assert {note.kind: note.examples for note in found.notes} == {
        Oddity.MERGED: ["A"], Oddity.UNKNOWN_PARENT: ["B"],
    }  # fmt: skip
    assert [each.path for each in found.items] == ["A", "A/C", "B"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not name its columns"),
        ("a,b\n1,2\n", "does not name its columns"),
        ("code,statement\nA,What\nB,\n", "Line 3 (B) has no statement"),
        ("code,statement\n,What\n", "Line 2 has no code"),
        ('code,statement\nA,"What\n', "cannot be read as CSV"),
        ("code,statement\nA,One\nB,Two\nA,Three\n", "Line 4 has the code A, as Line 2 has, and says something else"),
        ("code,statement\n", "no items"),
        ("code,parent_code,statement\nA,B,One\nB,A,Two\n", "circle at A (Line 2): A is under B is under A"),
        ("identifier,statement\n" + "x" * 65 + ",What\n", "Line 2"),
        ("code,statement\nA,a\0b\n", "no database keeps"),
    ],
)
def test_a_malformed_table_is_refused_with_the_line_and_what_to_do(text, said):
    with pytest.raises(InvalidInputError) as refused:
        read(text)

    assert said in refused.value.message


def test_a_table_in_another_encoding_says_how_to_save_it():
    with pytest.raises(InvalidInputError, match="CSV UTF-8"):
        read_sheet(BytesIO("code,statement\nA,Größe\n".encode("cp1252")), title="Ours", district_id=1)


def test_a_table_without_a_title_is_called_as_its_file():
    assert read_file(BytesIO(OURS.encode()), "Our standards.CSV", 1).title == "Our standards"
