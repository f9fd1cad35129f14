"""The audit page: who did what in the review and with connections, and nothing of anybody's plan."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.home.audit_words import ACTIONS, Area
from lti_tool.people.models import AuditEvent, Role
from lti_tool.people.operations import record_audit
from tests.conftest import make_district, make_person
from tests.query_counter import count_queries


@pytest.fixture
def administrator(database, sample):
    with database.transaction() as db:
        return make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)


@pytest.fixture
def done(database, sample, administrator):
    """Let several people do several things; one of them long ago."""
    with database.transaction() as db:
        nora = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
        record_audit(db, administrator, "completions_leave_out", "course", sample.course.id, count=7)
        record_audit(db, nora, "course_marked", "course", sample.course.id).at = utc_now() - timedelta(days=90)
        record_audit(db, administrator, "score_sent_again", "score", 41)
        record_audit(db, nora, "goal_saved", "goal", 5)


def entries(visitor, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(visitor.get(f"/audit.csv?{query}").text)))


def test_administrators_read_who_did_what_and_nothing_of_plans(sample, visit, administrator, done):
    page = visit(sample, administrator).get("/audit").text

    for words in ("Omar Said", "Left held completions out", "(7)", "Formative assessment", "/sync/scores/41",
                  "Nora Field", "Marked a course"):  # fmt: skip
        assert words in page, words
    assert "goal" not in page.split("<h1")[1].split("plans is theirs")[1]


def test_page_and_file_keep_to_one_filter(sample, visit, administrator, done):
    visitor = visit(sample, administrator)
    yesterday = (utc_now() - timedelta(days=1)).date()

    found = {query: [entry["action"] for entry in entries(visitor, query)]
             for query in ("area=connections", "name=omar", f"since={yesterday}", "area=nonsense&since=x")}  # fmt: skip

    assert list(found.values()) == [
        ["course_marked"], ["completions_leave_out", "score_sent_again"],
        ["completions_leave_out", "score_sent_again"], ["completions_leave_out", "course_marked", "score_sent_again"],
    ]  # fmt: skip
    assert "Left held completions out" not in visitor.get("/audit?area=connections").text


def test_nobody_reads_of_another_district_or_without_being_its_administrator(database, visit, sample, done):
    with database.transaction() as db:
        elsewhere = make_district(db, "Elsewhere")
        stranger = make_person(db, elsewhere, "Sam Stone", Role.ADMINISTRATOR)
        designer = make_person(db, sample, "Ada Long", Role.DESIGNER)

    assert "Nothing was done here yet" in visit(elsewhere, stranger).get("/audit").text
    assert visit(sample, designer).get("/audit").status_code == 403


def test_many_entries_are_paged_and_ask_the_database_no_more_often(database, sample, visit, administrator, done):
    visitor = visit(sample, administrator)
    with count_queries(database) as few:
        visitor.get("/audit")
    with database.transaction() as db:
        for number in range(60):
            action = list(ACTIONS[Area.REVIEW])[number % 5]
            db.add(AuditEvent(
                district_id=sample.district.id, actor_id=administrator.id, action=action, subject="course",
                subject_id=sample.course.id, detail={},
            ))  # fmt: skip

    with count_queries(database) as many:
        page = visitor.get("/audit").text

    assert len(many) <= len(few)
    assert "Older entries" in page
