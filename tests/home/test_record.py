"""Tests of taking one's whole record away and bringing it to another instance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from config import Config
from lti_tool.app import create_app
from lti_tool.db import Base, Database, utc_now
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.home.record import bring_record, document_of, read_plan, read_record, read_record_file
from lti_tool.home.record.checking import CHANGED, FOREIGN, LONGEST_RECORD, TOO_LARGE
from lti_tool.home.record.document import portable
from lti_tool.home.record.parts import PARTS
from lti_tool.people.models import Course, Identity, MatchingPause, Opportunity, OpportunityKind, Person
from lti_tool.plans.canonical import content_hash
from lti_tool.plans.models import (
    Activity,
    Audience,
    Brought,
    CreditType,
    Declaration,
    EntrySource,
    Evidence,
    EvidenceKind,
    Goal,
    GoalState,
    GrowthPlan,
    LedgerEntry,
    TryIt,
)
from lti_tool.plans.operations import EntryWords, add_hours_by_hand
from lti_tool.plans.queries import hours_of
from lti_tool.standards.models import Framework, Indicator
from lti_tool.standards.queries import trees_of
from lti_tool.teams.models import Team
from tests.conftest import empty_tables, make_district, make_person
from tests.full_district import FullDistrict, make_full_district

LAST_YEAR = datetime(2025, 11, 3, 10, 2, 30, 123456, tzinfo=UTC)


@pytest.fixture
def full(database) -> FullDistrict:
    with database.transaction() as db:
        full = make_full_district(db)
        _add_last_year(db, full)
    return full


@pytest.fixture(scope="module")
def second_instance(tmp_path_factory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("elsewhere")
    settings = {
        "DATABASE_URL": f"sqlite:///{home / 'elsewhere.sqlite3'}", "INSTANCE_DIR": str(home / "instance"),
        "KEYS_DIR": str(home / "keys"), "TOOL_URL": "http://elsewhere.test", "BROKER_URL": "memory://",
    }  # fmt: skip
    app = create_app(Config.from_env(settings))
    Base.metadata.create_all(app.extensions["database"].engine)
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def elsewhere(second_instance) -> Iterator[Flask]:
    """Yield a second instance with a database of its own, in which nobody has anything yet."""
    yield second_instance
    empty_tables(second_instance.extensions["database"])


def _add_last_year(db: Session, full: FullDistrict) -> None:
    """Give Ana a plan of the year before with a bit of everything that a record can hold."""
    person = db.get_one(Person, full.educator.id)
    db.add(MatchingPause(person_id=person.id, since=LAST_YEAR))
    outside = Opportunity(
        district_id=person.district_id, kind=OpportunityKind.EXTERNAL, title="County conference", hours=Decimal("6.5"),
        provider="The county", url="https://example.test/conference",
    )  # fmt: skip
    plan = GrowthPlan(district_id=person.district_id, person_id=person.id, school_year=2025, created_at=LAST_YEAR)
    indicators = list(db.scalars(select(Indicator).order_by(Indicator.position)))
    goal = Goal(
        plan=plan, headline="Grüße am Morgen", state=GoalState.MET, met_at=LAST_YEAR, announced_at=LAST_YEAR,
        results_statement="It helped.\nNext: the other class.", indicators=indicators[2:5], due_on=date(2026, 5, 31),
    )  # fmt: skip
    goal.declaration = Declaration(audience=Audience.SCHOOL, school_id=person.school_id, next_step="Ask Ben")
    counted = Activity(plan=plan, goal=goal, opportunity=outside, completed_at=LAST_YEAR)
    goal.tries.append(TryIt(opportunity=outside, reflection="Tried it.", done_at=LAST_YEAR))
    plan.activities.append(Activity(plan=plan, opportunity_id=full.sample.course.id))
    goal.evidence.append(
        Evidence(
            kind=EvidenceKind.STUDENT_WORK,
            title="Notebooks",
            reflection="Most of them write more.",
            dated_on=date(2026, 3, 1),
            activity=counted,
            indicators=indicators[3:5],
            holds_students=True,
            attested_at=LAST_YEAR,
            audience=Audience.DISTRICT,
        )
    )
    db.add_all([plan, goal])
    db.flush()
    credit_type = db.scalars(select(CreditType).where(CreditType.name == "Clock hours")).one()
    for title, source, values in (
        ("County conference", EntrySource.ACTIVITY, {"opportunity_id": outside.id, "activity_id": counted.id}),
        ("Growth plan 2025/2026", EntrySource.AWARD, {"plan_id": plan.id}),
        ("A mistake", EntrySource.BY_HAND, {"withdrawn_at": LAST_YEAR}),
    ):
        db.add(LedgerEntry(
            district_id=person.district_id, person_id=person.id, credit_type=credit_type, quantity=Decimal("6.5"),
            hours=Decimal("6.5"), earned_on=LAST_YEAR.date(), source=source, title=title, **values,
        ))  # fmt: skip


def exported(database: Database, person: Person) -> dict[str, Any]:
    """Return the file that this person takes away, as it is read again from its text."""
    with database.reading() as db:
        document = document_of(read_record(db, db.get_one(Person, person.id)), utc_now())
    return dict(json.loads(json.dumps(document)))


def arrive(app: Flask, name: str = "Ana Ruiz") -> tuple[Database, Person]:
    """Return the other instance's database, and the person as their first launch there made them."""
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        sample = make_district(db, "Elsewhere")
        person = make_person(db, sample, name, position="", grade_bands=(), discipline="")
    return database, person


def brought(database: Database, person: Person, document: dict[str, Any]) -> dict[str, Any]:
    """Bring a file, and return what the person would take away from there."""
    with database.transaction() as db:
        bring_record(db, db.get_one(Person, person.id), read_record_file(json.dumps(document)))
    return exported(database, person)


def totals(database: Database, person: Person) -> list[tuple[str, int, Decimal, Decimal]]:
    with database.reading() as db:
        found = hours_of(db, db.get_one(Person, person.id)).totals
        return [(each.credit_type.name, each.school_year, each.earned, each.counted) for each in found]


def test_s19_an_educator_s_export_comes_into_an_empty_instance_with_an_equal_content_hash(full, database, elsewhere):
    taken = exported(database, full.educator)

    there, person = arrive(elsewhere)
    again = brought(there, person, taken)

    assert again["content_hash"] == taken["content_hash"]
    assert portable(again["record"]) != {}
    assert len(again["record"]["plans"]) == 2
    assert {each["headline"] for plan in again["record"]["plans"] for each in plan["goals"]} == {
        "Grüße am Morgen", "Ask questions that every pupil has to think about",
    }  # fmt: skip


def test_s19_a_record_goes_from_instance_to_instance_and_back_with_the_same_hash(full, database, elsewhere):
    taken = exported(database, full.educator)
    there, person = arrive(elsewhere)
    again = brought(there, person, taken)
    with database.transaction() as db:
        home = make_district(db, "A third district")
        returned = make_person(db, home, "Ana Ruiz", position="", grade_bands=(), discipline="")

    back = brought(database, returned, again)

    assert back["content_hash"] == taken["content_hash"]
    assert [each["district"] for each in back["here"]["places"]] == ["Elsewhere"]


def test_s19_ledger_totals_by_credit_type_and_period_are_the_same_after_bringing_them(full, database, elsewhere):
    there, person = arrive(elsewhere)
    brought(there, person, exported(database, full.educator))

    assert totals(there, person) == totals(database, full.educator)
    assert ("Clock hours", 2025, Decimal("13.00"), Decimal("13.00")) in totals(there, person)


def test_s19_the_record_is_whole_after_the_team_and_its_course_are_deleted(full, database, elsewhere):
    before = totals(database, full.educator)
    with database.transaction() as db:
        db.execute(delete(Team))
        db.execute(delete(Course))
        db.execute(delete(Opportunity).where(Opportunity.id == full.sample.course.id))
    taken = exported(database, full.educator)
    there, person = arrive(elsewhere)

    again = brought(there, person, taken)

    assert again["content_hash"] == taken["content_hash"]
    assert taken["record"]["teams"] == []
    assert totals(there, person) == before
    assert "Formative assessment" in {each["title"] for each in again["record"]["ledger"]}


def test_s19_teams_and_completions_of_before_are_told_in_words_and_stay_in_the_record(full, database, elsewhere):
    there, person = arrive(elsewhere)

    again = brought(there, person, exported(database, full.educator))

    (team,) = again["record"]["teams"]
    assert team["team"] == {"name": "Amber Heron", "state": "formed", "course": "Formative assessment"}
    assert again["record"]["completions"][0]["course"] == "Formative assessment"
    with there.reading() as db:
        assert db.scalar(select(func.count()).select_from(Team)) == 0


def test_what_is_brought_is_seen_by_its_owner_alone(full, database, elsewhere):
    there, person = arrive(elsewhere)
    brought(there, person, exported(database, full.educator))

    with there.reading() as db:
        assert set(db.scalars(select(Declaration.audience))) == {Audience.PRIVATE}
        assert set(db.scalars(select(Evidence.audience))) == {Audience.PRIVATE}


def test_learning_and_standards_that_came_with_a_record_are_offered_to_nobody(full, database, elsewhere):
    there, person = arrive(elsewhere)
    brought(there, person, exported(database, full.educator))

    with there.reading() as db:
        kept = db.get_one(Person, person.id)
        learning = db.scalars(select(Opportunity).where(Opportunity.title != "")).all()
        offered_before = {"County conference", "Formative assessment", "Come and see wait time"}
        assert {each.title for each in learning if each.retired_on} == offered_before
        assert all(each.retired_at for each in db.scalars(select(Framework)))
        assert trees_of(db, kept) == []


def test_indicators_that_the_new_district_knows_are_found_by_their_identifiers(full, database, elsewhere):
    with elsewhere.extensions["database"].transaction() as db:
        there_already = make_full_district(db, "Elsewhere")
        person = make_person(db, there_already.sample, "Ana Again", position="", grade_bands=(), discipline="")
    there: Database = elsewhere.extensions["database"]
    taken = exported(database, full.educator)

    again = brought(there, person, taken)

    assert again["content_hash"] == taken["content_hash"]
    with there.reading() as db:
        assert db.scalar(select(func.count()).select_from(Framework)) == 1


def test_a_kind_of_credit_that_means_something_else_there_keeps_what_it_meant(full, database, elsewhere):
    there, person = arrive(elsewhere)
    with there.transaction() as db:
        db.add(CreditType(district_id=person.district_id, name="CEU", unit="CEU", hours_per_unit=Decimal(15)))
    taken = exported(database, full.educator)

    again = brought(there, person, taken)

    assert again["content_hash"] == taken["content_hash"]
    with there.reading() as db:
        entry = db.scalars(select(LedgerEntry).where(LedgerEntry.title == "County reading conference")).one()
        assert (entry.hours, entry.credit_type.hours_per_unit) == (Decimal(5), Decimal(10))
        assert entry.credit_type.retired_at
        assert entry.brought_at


def test_a_record_is_not_brought_to_where_one_has_begun(full, database, elsewhere):
    there, person = arrive(elsewhere)
    with there.transaction() as db:
        words = EntryWords("A walk", Decimal(1), "Clock hours", date(2026, 9, 1))
        add_hours_by_hand(db, db.get_one(Person, person.id), words)

    with pytest.raises(ConflictError, match="where there is none yet"):
        brought(there, person, exported(database, full.educator))

    with there.reading() as db:
        assert db.scalar(select(func.count()).select_from(GrowthPlan)) == 0


def test_everything_brought_is_erased_with_the_person(full, database, elsewhere):
    there, person = arrive(elsewhere)
    brought(there, person, exported(database, full.educator))

    with there.transaction() as db:
        db.execute(delete(Person).where(Person.id == person.id))

    with there.reading() as db:
        for model in (GrowthPlan, Goal, Evidence, LedgerEntry, Brought):
            assert db.scalar(select(func.count()).select_from(model)) == 0, model


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", FOREIGN),
        (b"\xff\xfe", FOREIGN),
        (b"[" * 200_000, FOREIGN),
        (b'{"CFDocument": {}}', FOREIGN),
        (b'{"schema": "like-goals-transcript/1"}', FOREIGN),
        (b'{"schema": "like-goals-record/9"}', "another version"),
        (b'{"schema": "like-goals-record/1", "record": []}', CHANGED),
        (b'{"schema": "like-goals-record/1", "record": {"plans": [1]}, "content_hash": "x"}', CHANGED),
        (b"x" * (LONGEST_RECORD + 1), TOO_LARGE),
    ],
)
def test_a_file_that_is_no_record_is_refused_with_a_sentence(content, said):
    with pytest.raises(InvalidInputError, match=said[:60]):
        read_record_file(content)


def test_a_file_whose_words_were_changed_is_refused(full, database):
    taken = exported(database, full.educator)
    taken["record"]["plans"][0]["goals"][0]["state"] = "met"

    with pytest.raises(InvalidInputError, match="was changed"):
        read_record_file(json.dumps(taken))


def first_evidence(own: dict[str, Any]) -> dict[str, Any]:
    evidence: dict[str, Any] = own["plans"][0]["goals"][0]["evidence"][0]
    return evidence


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda own: own["plans"][0].update(school_year="2026"), "plans 1, school_year cannot be read"),
        (lambda own: own["plans"][0].update(school_year=2**40), "plans 1, school_year cannot be read"),
        (lambda own: own["plans"][0].update(school_year=None), "plans 1, school_year is empty"),
        (lambda own: own["plans"][0].update(secret=1), "plans 1 does not say what it should"),
        (lambda own: own["plans"][0]["goals"][0].update(headline="x" * 141), "goals 1, headline cannot be read"),
        (lambda own: own["plans"][0]["goals"][0].update(state="brilliant"), "goals 1, state cannot be read"),
        (lambda own: own["plans"][0]["goals"][0].update(created_at="2026-01-01"), "created_at cannot be read"),
        (lambda own: own["plans"][0]["goals"][0].update(key="plans-1"), "has no name of its own"),
        (lambda own: first_evidence(own).update(url="javascript:alert(1)"), "url cannot be read"),
        (lambda own: first_evidence(own).update(activity="goals-1"), "is not there"),
        (lambda own: own["plans"][0]["goals"][0]["indicators"][0].update(indicator=7), "does not say what it should"),
        (lambda own: own["plans"][0]["activities"].append({}), "activities 3 does not say what it should"),
        (lambda own: own["plans"][0]["activities"].append(own["plans"][0]["activities"][0]), "twice"),
        (lambda own: own["ledger"][0].update(quantity="-1.00"), "quantity cannot be read"),
        (lambda own: own["ledger"][0].update(quantity="NaN"), "quantity cannot be read"),
        (lambda own: own["ledger"][0]["credit_type"].update(hours_per_unit="0.00"), "has no hours"),
        (lambda own: own["teams"][0].update(team=[1]), "teams 1 cannot be read"),
        (lambda own: own.update(licence_cycles={"key": "x"}), "does not say what it should"),
    ],
)  # fmt: skip
def test_a_record_in_which_something_does_not_fit_is_refused_and_changes_nothing(
    full, database, elsewhere, spoil, said
):
    taken = exported(database, full.educator)
    spoil(taken["record"])
    there, person = arrive(elsewhere)

    taken["content_hash"] = content_hash(portable(taken["record"]))
    with pytest.raises(InvalidInputError, match=said), there.transaction() as db:
        bring_record(db, db.get_one(Person, person.id), read_record_file(json.dumps(taken)))

    with there.reading() as db:
        for model in (GrowthPlan, Goal, LedgerEntry, Brought, Framework):
            assert db.scalar(select(func.count()).select_from(model)) == 0


def test_the_page_shows_what_is_in_a_file_before_it_is_brought(full, database, visit):
    taken = exported(database, full.educator)
    with database.transaction() as db:
        home = make_district(db, "A second district")
        newcomer = make_person(db, home, "Ana Ruiz", position="")
    visitor = visit(home, newcomer)

    looked_at = visitor.post("/my-data/bring", data={"file": (BytesIO(json.dumps(taken).encode()), "record.json")})
    with database.reading() as db:
        nothing = db.scalar(select(func.count()).select_from(GrowthPlan).where(GrowthPlan.person_id == newcomer.id))
    done = visitor.post("/my-data/bring", data={"record": json.dumps(taken)}, content_type="multipart/form-data")

    assert "Cedar Valley" in looked_at.text
    assert "Nothing is brought yet." in looked_at.text
    assert nothing == 0
    assert done.status_code == 303
    assert "Grüße am Morgen" in visitor.get("/my-data").text
    assert "What came with my record from elsewhere" in visitor.get("/my-data").text
    assert exported(database, newcomer)["content_hash"] == taken["content_hash"]
    refused = visitor.post("/my-data/bring", data={"record": json.dumps(taken)}, content_type="multipart/form-data")
    assert refused.status_code == 409


def test_the_page_refuses_a_foreign_file_in_words(full, visit):
    response = visit(full.sample, full.designer).post("/my-data/bring", data={"file": (BytesIO(b"{}"), "a.json")})

    assert response.status_code == 422
    assert FOREIGN in response.text


def sent_as_file(content: bytes) -> dict[str, Any]:
    """Return what a browser sends for a file; the test client would leave a file of its own open for a large one."""
    head = b'--part\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n'
    return {"data": head + content + b"\r\n--part--\r\n", "content_type": "multipart/form-data; boundary=part"}


def test_the_page_takes_a_record_larger_than_other_forms_and_no_larger_than_8_mb(full, visit):
    visitor = visit(full.sample, full.designer)

    large = visitor.post("/my-data/bring", **sent_as_file(b"x" * (3 * 1024 * 1024)))
    too_large = visitor.post("/my-data/bring", **sent_as_file(b"x" * (LONGEST_RECORD + 100_000)))

    assert (large.status_code, too_large.status_code) == (422, 413)


def test_the_command_brings_a_record_to_whoever_the_lms_knows_by_that_sub(full, database, elsewhere, tmp_path):
    file = tmp_path / "record.json"
    taken = exported(database, full.educator)
    file.write_text(json.dumps(taken))
    there, _ = arrive(elsewhere)
    command = ["people", "import-record", str(file), "--district", "Elsewhere", "--sub", "ana-1"]

    done = elsewhere.test_cli_runner().invoke(args=command)
    again = elsewhere.test_cli_runner().invoke(args=command)

    with there.reading() as db:
        person = db.scalars(select(Identity).where(Identity.sub == "ana-1")).one().person
    assert done.output == f"The record belongs to person {person.id} now.\n"
    assert again.exit_code == 1
    assert "where there is none yet" in again.output
    assert exported(there, person)["content_hash"] == taken["content_hash"]


def test_the_command_says_when_no_lms_of_the_district_is_known(elsewhere, tmp_path):
    file = tmp_path / "record.json"
    file.write_text("{}")
    command = ["people", "import-record", str(file), "--district", "Nowhere", "--sub", "1"]

    assert "No LMS of this district is known." in elsewhere.test_cli_runner().invoke(args=command).output


def test_s8_an_educator_downloads_the_whole_plan(full, database, visit):
    with database.reading() as db:
        plan = db.scalars(
            select(GrowthPlan).where(GrowthPlan.person_id == full.educator.id, GrowthPlan.school_year == 2025)
        ).one()

    response = visit(full.sample, full.educator).get(f"/my-data/plans/{plan.id}.json")

    document = json.loads(response.data)
    (told,) = document["record"]["plans"]
    (goal,) = told["goals"]
    assert "attachment" in response.headers["Content-Disposition"]
    assert document["record"].keys() == {"plans"}
    assert document["content_hash"] == content_hash(portable(document["record"]))
    assert (goal["results_statement"], goal["card"]["next_step"]) == ("It helped.\nNext: the other class.", "Ask Ben")
    assert [len(goal[part]) for part in ("indicators", "try_its", "evidence")] == [3, 1, 1]
    assert len(told["activities"]) == 2


def test_s8_nobody_else_downloads_the_plan(full, database, visit):
    path = f"/my-data/plans/{full.ids['plan_id']}.json"

    assert visit(full.sample, full.administrator).get(path).status_code == 404
    assert visit(full.sample, full.educator).get(path).status_code == 200


def test_a_plan_alone_reads_the_same_as_within_the_whole_record(full, database):
    with database.reading() as db:
        alone = document_of(read_plan(db, db.get_one(Person, full.educator.id), full.ids["plan_id"]), utc_now())
    whole = exported(database, full.educator)

    within = next(each for each in whole["record"]["plans"] if each["school_year"] == 2026)
    assert json.loads(json.dumps(alone["record"]["plans"][0])) | {"key": ""} == within | {"key": ""}


def hanging_tables() -> set[str]:
    """Return the tables whose rows go when the person goes, directly or by what hangs on them."""
    found, more = {"person"}, True
    while more:
        hanging = {
            table.name
            for table in Base.metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table.name in found and key.ondelete == "CASCADE"
        }
        more = not hanging <= found
        found |= hanging
    return found | {"audit_event"}


TOLD_OTHERWISE = {
    "completion_step": "the completion tells when it was noticed and taken back",
    "score_step": "the score tells when it was sent and confirmed",
    "brought": "what came with a record is told as the rows and the words that it stands for",
    "placement": "it compares the people of a proposal that only designers see, and goes when it is sent",
}


def test_every_table_that_hangs_on_a_person_has_its_part_in_the_record():
    told = {part.model.__table__.name for part in PARTS}  # type: ignore[attr-defined]

    assert hanging_tables() - told - TOLD_OTHERWISE.keys() == set()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_column_of_a_part_is_told_or_left_out_with_a_reason(part):
    table = part.model.__table__
    placed = [*part.fields, *part.refs, *part.shared, *part.left_out]
    known = {part.by} | ({"id"} if "id" in table.columns else set())

    assert {column.name for column in table.columns} - known == set(placed)
    assert len(placed) == len(set(placed))
    assert all(part.left_out.values())
    assert part.only_here <= set(placed)
