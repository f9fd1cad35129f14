"""Tests that the words of a framework are shown as they are meant, and nowhere without the licence they are under."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.standards.models import Framework, Indicator
from tests.full_district import FullDistrict, make_full_district
from tests.house.walking import addresses

LICENCE, AUTHORS = "CC BY-ND 4.0", "Framework authors of Cedar Valley"
MARKED = "by heart"
ASKED = {
    "plans.find_learning": "?words=A.1.a",
    "plans.show_history": "?before=&after=1",
    "standards.new_opportunity": "?kind=open_door&indicator={indicator_id}",
}
"""Pages that show indicators when they are asked in a certain way."""


@pytest.mark.parametrize("role", ["educator", "designer", "administrator", "supervisor"])
def test_whatever_shows_a_statement_shows_its_framework_s_licence_and_none_of_its_marks(app, database, visit, role):
    with database.transaction() as db:
        full = make_full_district(db)
        statements = _licensed_statements(db, full)
    visitor = visit(full.sample, getattr(full, role), is_course_designer=role == "designer")

    texts = list(_texts(app, visitor, full))
    shown = {path: text for path, text, _ in texts if any(each in text for each in statements)}
    pages = {path: text for path, text, kind in texts if kind == "text/html" and MARKED in text}

    assert min(len(shown), len(pages)) > 3
    bare = sorted(path for path, text in shown.items() if LICENCE not in text or AUTHORS not in text)
    assert bare == [], "\n".join(bare)
    marked = sorted(path for path, text in pages.items() if f"**{MARKED}" in text or f"{MARKED}**" in text)
    assert marked == [], "\n".join(marked)


def _licensed_statements(db: Session, full: FullDistrict) -> list[str]:
    """Give the district's framework a licence that nothing else has, and its items marks; return what they said."""
    framework = db.get_one(Framework, full.ids["framework_id"])
    framework.licence, framework.attribution = LICENCE, AUTHORS
    items = db.scalars(select(Indicator).where(Indicator.framework_id == framework.id)).all()
    said = [item.statement for item in items]
    for item in items:
        item.statement = f"{item.statement}, **{MARKED}**"
    return said


def _texts(app: Any, visitor: Any, full: FullDistrict) -> Iterator[tuple[str, str, str]]:
    """Yield each path, for each of two indicators, with what is answered there and of which kind that is."""
    seen = set()
    for ids in (full.ids, full.ids | {"indicator_id": full.ids["indicator_id"] - 2}):
        for address in addresses(app, ids):
            path = address.path + ASKED.get(address.endpoint, "").format_map(ids)
            if address.method != "GET" or path in seen:
                continue
            seen.add(path)
            answer = visitor.get(path)
            if answer.status_code == 200:
                yield path, unescape(answer.text), answer.mimetype
