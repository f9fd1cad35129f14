"""CASE packages as they come: each awkward way by its name, and each malformed one with the item that is wrong."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest

from lti_tool.errors import InvalidInputError
from lti_tool.standards.case import Oddity, Package, read_package
from lti_tool.standards.models import LONGEST_PATH, Level
from lti_tool.standards.statements import plain_statement, shown_statement
from tests.standards.packages import as_file, item, link, node, package, read, small_package, uid


def paths(found: Package) -> list[str]:
    return [each.path for each in found.items]


def oddities(found: Package) -> dict[Oddity, tuple[int, list[str]]]:
    return {note.kind: (note.count, note.examples) for note in found.notes}


TREE = ["A", "A/A.1", "A/A.1/A.1.a", "A/A.1/A.1.b"]


def test_a_plain_package_is_read_as_its_tree():
    found = read(small_package(version="2026", adoptionStatus="Adopted"))

    assert paths(found) == TREE
    assert [each.level for each in found.items] == [Level.DOMAIN, Level.COMPONENT, Level.INDICATOR, Level.INDICATOR]
    assert (found.title, found.version, found.attribution, found.adoption_status) == (
        "Our practice", "2026", "The district", "Adopted",
    )  # fmt: skip
    assert found.notes == ()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda data: {"CFPackage": data},
        lambda data: [data],
        lambda data: {"data": {"CFPackage": [data]}},
        lambda data: {"status": {"code": 200}, "data": [data], "CFDefinitions": {"CFItemTypes": [{"CFItems": []}]}},
        lambda data: {"CFAssociations": data["CFAssociations"], "CFItems": data["CFItems"], "CFRubrics": None,
                      "CFDocument": data["CFDocument"]},
    ],
    ids=["CFPackage", "list of one", "nested in data", "beside other things", "document last"],
)  # fmt: skip
def test_a_wrapped_package_is_the_same_package(wrap):
    assert read(wrap(small_package())) == read(small_package())


def test_an_education_level_is_a_text_or_a_list():
    data = package([item("A", educationLevel="09"), item("B", educationLevel=["09", "10", "09"])], [])

    assert [each.grade_bands for each in read(data).items] == [("09",), ("09", "10")]


@pytest.mark.parametrize("form", ["uri", "identifier", "object", "object without identifier"])
def test_a_uri_is_text_or_an_object(form):
    data = small_package(licenseURI="https://example.test/licence")
    for each in data["CFAssociations"]:
        for end in ("originNodeURI", "destinationNodeURI"):
            whole = each[end]
            each[end] = {
                "uri": whole["uri"], "identifier": whole["identifier"], "object": whole,
                "object without identifier": {"uri": whole["uri"]},
            }[form]  # fmt: skip

    found = read(data)

    assert paths(found) == TREE
    assert found.licence == "https://example.test/licence"


def test_an_item_is_found_by_an_address_that_does_not_end_with_its_identifier():
    data = package(
        [item("A", uri="https://server.test/items/7"), item("B", uri="https://server.test/items/8")],
        [{"associationType": "isChildOf", "originNodeURI": "https://server.test/items/8",
          "destinationNodeURI": {"title": "A", "uri": "https://server.test/items/7"}}],
    )  # fmt: skip

    assert paths(read(data)) == ["A", "A/B"]


def test_an_item_is_found_by_its_identifier_in_any_case_and_with_space_around_it():
    data = small_package()
    for each in data["CFItems"]:
        each["identifier"] = f" {each['identifier'].upper()}"

    assert paths(read(data)) == TREE


def test_a_dangling_item_is_kept_under_the_framework_and_said():
    data = small_package()
    data["CFItems"].append(item("Lost"))
    data["CFAssociations"] += [link("isChildOf", "Lost", "nowhere"), link("isChildOf", "nobody", "A")]

    found = read(data)

    assert [each.parent for each in found.items if each.code == "Lost"] == [None]
    assert oddities(found) == {Oddity.UNKNOWN_PARENT: (1, ["Lost"]), Oddity.UNKNOWN_LINK: (1, [uid("nobody")])}


def test_identical_repeats_are_merged_and_said():
    data = small_package()
    data["CFItems"].append(item("A.1.a"))

    found = read(data)

    assert paths(found) == TREE
    assert oddities(found) == {Oddity.MERGED: (1, ["A.1.a"])}


def test_of_contradictory_repeats_the_first_is_taken_and_said():
    data = small_package()
    data["CFItems"].append(item("A.1.a", fullStatement="Something else"))

    found = read(data)

    assert [each.statement for each in found.items if each.code == "A.1.a"] == ["What A.1.a says"]
    assert oddities(found) == {Oddity.CONTRADICTORY: (1, ["A.1.a"])}


def test_items_in_any_order_come_in_the_order_of_their_numbers():
    data = small_package()
    data["CFItems"].reverse()
    data["CFAssociations"].reverse()

    assert paths(read(data)) == TREE


def test_items_without_a_code_are_called_by_their_number():
    data = small_package()
    for each in data["CFItems"]:
        del each["humanCodingScheme"]

    found = read(data)

    assert paths(found) == ["1", "1/1", "1/1/1", "1/1/2"]
    assert oddities(found)[Oddity.NO_CODE][0] == 4


def test_equal_sequence_numbers_keep_the_order_of_the_file_and_are_said():
    data = small_package()
    for each in data["CFAssociations"]:
        each["sequenceNumber"] = "1"

    found = read(data)

    assert paths(found) == TREE
    assert oddities(found) == {Oddity.SAME_NUMBER: (2, ["A.1.a", "A.1.b"])}


def test_of_several_parents_the_first_wins_and_it_is_said():
    data = small_package()
    data["CFAssociations"].append(link("isChildOf", "A.1.b", "A", 9))

    found = read(data)

    assert paths(found) == TREE
    assert oddities(found) == {Oddity.SEVERAL_PARENTS: (1, ["A.1.b"])}


def test_items_without_any_association_come_under_the_framework_and_are_said():
    found = read(package([item("B"), item("A")], []))

    assert paths(found) == ["B", "A"]
    assert oddities(found) == {Oddity.UNPLACED: (2, ["B", "A"])}


@pytest.mark.parametrize("levels", [8, 40, 100])
def test_a_tree_of_any_sensible_depth_is_read(levels):
    names = [f"Standard {level} of a very long code" for level in range(levels)]
    parents = ["doc", *names]
    found = read(
        package(
            [item(each) for each in names],
            [link("isChildOf", *ends) for ends in zip(names, parents, strict=False)],
        )
    )

    assert [each.level for each in found.items] == [Level.DOMAIN, *[Level.COMPONENT] * (levels - 2), Level.INDICATOR]
    assert max(len(each.path) for each in found.items) <= LONGEST_PATH
    assert len({each.path for each in found.items}) == levels
    assert all(each.path.startswith(found.items[0].path) for each in found.items)


def test_a_tree_without_end_is_refused_with_the_item_that_is_too_deep():
    names = [str(level) for level in range(2000)]
    links = [link("isChildOf", *ends) for ends in zip(names, ["doc", *names], strict=False)]

    with pytest.raises(InvalidInputError, match=r"Item number 101 \(100\) is nested too deeply"):
        read(package([item(each) for each in names], links))


def test_equal_codes_under_one_parent_have_paths_of_their_own():
    data = package([{**item(name), "humanCodingScheme": "1/2"} for name in "XYZ"], [])

    assert paths(read(data)) == ["1-2", "1-2 (2)", "1-2 (3)"]


def test_what_else_case_says_is_kept():
    data = package(
        [item("A", abbreviatedStatement="Short", CFItemType="Standard", statusEndDate="2026-08-31", notes="Why",
              subject=["Mathematics"], conceptKeywords="ask", licenseURI="https://example.test/l"), item("B")],
        [link("exactMatchOf", "A", "elsewhere"), link("replacedBy", "A", "B"), link("related to", "B", "A")],
        publisher="A publisher", subject=["teacher", "Mathematics"],
    )  # fmt: skip

    found = read(data)
    first, second = found.items

    assert (first.title, first.ends_on, first.disciplines) == ("Short", "2026-08-31", ("Mathematics",))
    assert first.details["associations"] == [["exactMatchOf", node("elsewhere")]]
    assert second.details["associations"] == [["ext:relatedto", node("A")]]
    assert (first.details["CFItemType"], first.details["conceptKeywords"]) == ("Standard", ["ask"])
    assert found.replacements == ((uid("A"), uid("B")),)
    assert (found.audience, found.details["publisher"]) == ("teacher", "A publisher")


@pytest.mark.parametrize(
    ("statement", "shown", "plain"),
    [
        ("Asks **open** and *short* questions", "Asks <strong>open</strong> and <em>short</em> questions",
         "Asks open and short questions"),
        ("Plans:\r\n\r\n- one\r\n* two\n1. three", "Plans:<br>• one<br>• two<br>1. three",
         "Plans: • one • two 1. three"),
        ("# Head\n| a | b |\n| --- | --- |\n| c | d |", "Head<br>a · b<br>c · d", "Head a · b c · d"),
        ("<p>Uses <b>talk</b></p><script>alert(1)</script>", "Uses talk<br>&lt;script&gt;alert(1)&lt;/script&gt;",
         "Uses talk <script>alert(1)</script>"),
        ("&lt;img src=x onerror=y&gt;", "&lt;img src=x onerror=y&gt;", "<img src=x onerror=y>"),
        ("snake_case_word 5 * 3 * 2 $x_1^2$", "snake_case_word 5 * 3 * 2 $x_1^2$", "snake_case_word 5 * 3 * 2 $x_1^2$"),
        ("*a **b* c**", "*a <strong>b* c</strong>", "a b c"),
    ],
    ids=["emphasis", "lists", "headings and tables", "HTML", "HTML in entities", "no marks", "crossed marks"],
)  # fmt: skip
def test_markdown_in_a_statement_is_shown_plainly_and_never_as_html(statement, shown, plain):
    assert shown_statement(statement) == shown
    assert plain_statement(statement) == plain


def test_markdown_is_kept_as_it_was_written():
    text = "This has a _table_:\r\n\r\n| A | B |\r\n| --- | --- |"

    assert read(package([item("A", fullStatement=text)], [])).items[0].statement == text


def without(data: dict[str, Any], *path: Any) -> dict[str, Any]:
    at: Any = data
    for each in path[:-1]:
        at = at[each]
    del at[path[-1]]
    return data


def changed(data: dict[str, Any], value: Any, *path: Any) -> dict[str, Any]:
    at: Any = data
    for each in path[:-1]:
        at = at[each]
    at[path[-1]] = value
    return data


def in_a_circle() -> dict[str, Any]:
    data = small_package()
    data["CFAssociations"][0] = link("isChildOf", "A", "A.1", 1)
    return data


MALFORMED = {
    "no statement": (lambda: without(small_package(), "CFItems", 2, "fullStatement"),
                     "Item number 3 (A.1.a) has no fullStatement"),
    "empty statement": (lambda: changed(small_package(), " ", "CFItems", 1, "fullStatement"), "Item number 2 (A.1)"),
    "no identifier": (lambda: without(small_package(), "CFItems", 3, "identifier"),
                      "Item number 4 (A.1.b) has no identifier"),
    "a long identifier": (lambda: changed(small_package(), "x" * 65, "CFItems", 0, "identifier"), "Item number 1 (A)"),
    "a number as identifier": (lambda: changed(small_package(), 7, "CFItems", 0, "identifier"), "Item number 1 (A)"),
    "an item that is text": (lambda: changed(small_package(), "A", "CFItems", 1), "Item number 2 is not an object"),
    "no origin": (lambda: without(small_package(), "CFAssociations", 1, "originNodeURI"),
                  "Association number 2 (isChildOf)"),
    "no type": (lambda: without(small_package(), "CFAssociations", 1, "associationType"), "Association number 2"),
    "a circle": (in_a_circle, "The tree runs in a circle at A (Item number 1): A is under A.1 is under A."),
    "under itself": (lambda: package([item("A")], [link("isChildOf", "A", "A")]), "A is under A"),
    "no day": (lambda: changed(small_package(), "soon", "CFItems", 2, "statusEndDate"),
               "Item number 3 (A.1.a) has the statusEndDate “soon”"),
    "NUL": (lambda: changed(small_package(), "a\0", "CFItems", 2, "fullStatement"), "Item number 3 (A.1.a) holds"),
    "half a character": (lambda: json.loads(json.dumps(small_package()).replace("What A.1.a", "\\\\ud800".replace(
        "\\\\", "\\"))), "Item number 3 (A.1.a) holds"),
    "no items": (lambda: package([], []), "no items"),
    "no document": (lambda: without(small_package(), "CFDocument"), "not a CASE package. There is no CFDocument"),
    "no title": (lambda: without(small_package(), "CFDocument", "title"), "not a CASE package. Its CFDocument has no"),
    "two frameworks": (lambda: {"data": [small_package(), small_package()]}, "several frameworks"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_package_is_refused_with_the_item_and_what_to_do(name):
    make, said = MALFORMED[name]
    content = json.dumps(make()).encode()

    with pytest.raises(InvalidInputError) as refused:
        read_package(BytesIO(content))

    assert said in refused.value.message
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"\xff\xfe", b"[1]", b"{}", b'{"a":' * 2000, b"[" * 100_000, b"null", b"{} {}",
     as_file(small_package())[:-2], as_file(small_package()) + b"}", b'{"CFItems": [{}}'],
)  # fmt: skip
def test_a_file_that_is_no_package_is_refused_with_a_sentence(content):
    with pytest.raises(InvalidInputError, match=r"not a CASE package|has no identifier|too many lists"):
        read_package(BytesIO(content))


NESTED = "[" * 500 + "]" * 500


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("9" * 5000, "too long, or too many lists within each other; the last item that could be read is A.1."),
        (NESTED, "Item number 3 (A.1.a) holds what no database keeps"),
        ("[" * 100_000, "too many lists within each other; the last item that could be read is A.1."),
        ("1e999", "Item number 3 (A.1.a) holds what no database keeps: a broken character, a number without end"),
        ('[{"deep": -Infinity}]', "Item number 3 (A.1.a) holds"),
        ("NaN", "Item number 3 (A.1.a) holds"),
    ],
)
def test_a_value_that_no_database_keeps_is_refused_with_the_item(value, said):
    data = small_package()
    data["CFItems"][2]["extensions"] = {"ours": "HERE"}
    content = as_file(data).replace(b'"HERE"', value.encode())

    with pytest.raises(InvalidInputError) as refused:
        read_package(BytesIO(content))

    assert said in refused.value.message


def test_a_file_that_breaks_off_says_how_far_it_could_be_read():
    content = as_file(small_package())
    content = content[: content.index(b"A.1.b")]

    with pytest.raises(InvalidInputError, match=r"the last item that could be read is A\.1\.a"):
        read_package(BytesIO(content))


def test_a_byte_order_mark_and_words_of_any_script_are_read():
    data = package([item("A", fullStatement="Größe, 教える 🙂" * 30_000)], [])

    assert read_package(BytesIO(b"\xef\xbb\xbf" + as_file(data))) == read(data)
