"""Who may see and do what with a plan, by its shape and state: the table, and each of its cells over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import ColumnElement, RowMapping, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from lti_tool.db import Base, utc_now
from lti_tool.people.models import Person, Role
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience, Goal, GrowthPlan, PlanState
from lti_tool.plans.operations import declare_goal
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import make_district, make_person
from tests.plans.conftest import indicator
from tests.plans.life import Live, make_live, template

READING = "see words why history"
GROWING = "meet declare evidence"
TABLE = {
    # state:             what its owner may do                                what its reader may do
    "draft":             (f"{READING} {GROWING} withdraw edit replace share submit",  ""),
    "handed in":         (f"{READING} {GROWING} withdraw recall",             "see"),
    "submitted":         (f"{READING} {GROWING} withdraw",                    f"{READING} comment decide"),
    "changes_requested": (f"{READING} {GROWING} withdraw edit replace share submit",  f"{READING} comment"),
    "approved":          (f"{READING} {GROWING} withdraw edit replace share middle",  f"{READING} comment"),
    "active":            (f"{READING} {GROWING} withdraw edit replace share middle",  f"{READING} comment"),
    "mid_year_done":     (f"{READING} {GROWING} withdraw edit replace share close",   f"{READING} comment"),
    "final_submitted":   (f"{READING} {GROWING} withdraw",                    f"{READING} comment decide"),
    "closed":            (f"{READING} carry-over",                            READING),
    "withdrawn":         (f"{READING} evidence carry-over",                   ""),
    "superseded":        (f"{READING} evidence carry-over",                   READING),
}  # fmt: skip
"""Of a plan with everything in it: an annual one, which a supervisor reads."""
ENDED = ("closed", "withdrawn", "superseded")
OF_SUPPORT = {"withdraw", "declare", "carry-over"}
"""What nobody does with a support plan: it is shared with nobody and ends with itself."""
WITH_NAMED_READERS, WITHOUT_MIDDLE = ("peers", "colleague"), ("licence", "peers", "colleague")
STATES = {
    "annual": tuple(TABLE),
    "licence": ("handed in", "submitted", "active", "closed"),
    "peers": ("handed in", "submitted", "active", "closed"),
    "colleague": ("handed in", "submitted", "active", "closed"),
    "support": ("draft", "handed in", "submitted", "active", "closed"),
    "none": ("draft", "active", "mid_year_done", "closed", "withdrawn"),
}
"""The states of each shape that are tested: all of one, and of the others those in which they may differ."""
OFTEN = {
    "annual": ("draft", "submitted", "active", "final_submitted"), "peers": ("submitted", "active"),
    "support": ("active",), "none": ("active",),
}  # fmt: skip
"""Those of which most others are made; these others are left to the long tests."""
READS_HOURS = ("owner", "supervisor", "administrator")
"""Whoever reads the owner's hours, of whatever plan and in whatever state it is."""
WHY, MEASURE = "Exit notes were often empty.", "Exit notes, before and after."
SHARED = {
    "shared_kind": "mentor", "shared_with": "A mentor", "shared_purpose": "To see", "shared_rhythm": "Monthly",
    "shared_products": "Notes",
}  # fmt: skip
NAMES = {
    "growth_plan", "goal", "goal_indicator", "goal_rationale", "goal_revision", "declaration", "evidence",
    "evidence_indicator", "activity", "try_it", "plan_reviewer", "plan_change", "plan_snapshot", "plan_review",
    "review_comment", "ledger_entry", "outbox_message",
}  # fmt: skip
EVIDENCE = {"kind": "words", "title": "Notes", "reflection": "More.", "dated_on": "2026-11-02", "audience": "private"}


def owner_may(shape: str, state: str) -> set[str]:
    """Return what the table says of an owner, with what is different for a shape."""
    may = set(TABLE[state][0].split())
    if shape == "support":
        may -= OF_SUPPORT
    if shape in WITHOUT_MIDDLE and state == "active":
        may = may - {"middle"} | {"close"}
    if shape in WITH_NAMED_READERS and state not in ENDED:
        may |= {"readers"}
    return may


KEPT = [table for table in Base.metadata.sorted_tables if table.name in NAMES]


def status(answer: Any) -> int:
    code: int = answer.status_code
    return code


def shows(words: str) -> Callable[[Any, Live, int], bool]:
    """Return the act of looking for these words wherever the plan could be read."""

    def look(visitor: Any, live: Live, goal_id: int) -> bool:
        pages = (f"/plans/{live.plan_id}/review", f"/plans/goals/{goal_id}", f"/plans/{live.plan_id}/print")
        return any(words in visitor.get(page).text for page in pages)

    return look


def sends(what: str, **data: str) -> Callable[[Any, Live, int], bool]:
    def send(visitor: Any, live: Live, _goal_id: int) -> bool:
        return status(visitor.post(f"/plans/{live.plan_id}/{what}", data=data)) == 303

    return send


def sends_of_goal(what: str, **data: str) -> Callable[[Any, Live, int], bool]:
    def send(visitor: Any, _live: Live, goal_id: int) -> bool:
        return status(visitor.post(f"/plans/goals/{goal_id}/{what}", data=data)) == 303

    return send


def takes_a_reader_out(visitor: Any, live: Live, goal_id: int) -> bool:
    with live.database.reading() as db:
        named = [each.person_id for each in db.get_one(GrowthPlan, live.plan_id).readers]
    return sends("readers", do="remove", person_id=str(named[0] if named else 1))(visitor, live, goal_id)


def carries_over(visitor: Any, live: Live, goal_id: int) -> bool:
    with live.database.reading() as db:
        annual = str(template(db, live.cast, "annual").id)
    return sends("carry-over", template=annual)(visitor, live, goal_id)


def edits(visitor: Any, live: Live, goal_id: int) -> bool:
    with live.database.reading() as db:
        goal = db.get_one(Goal, goal_id)
        words = {name: getattr(goal, name) for name in ("headline", "practice_change", "student_result", "due_on")}
        words |= {f"{place}_text": WHY for place in ("educator", "student", "system")}
        words |= {"measure": MEASURE, "version": goal.version}
        ids = [str(each.id) for each in goal.indicators]
    return status(visitor.post(f"/plans/goals/{goal_id}/edit", data={**words, "indicator_ids": ids})) == 303


def moves_to_what_came_after(visitor: Any, live: Live, goal_id: int) -> bool:
    with live.database.reading() as db:
        old = db.get_one(Goal, goal_id).indicators[0].id
    return sends_of_goal(f"indicators/{old}/replaced", answer="move")(visitor, live, goal_id)


def decides(visitor: Any, live: Live, goal_id: int) -> bool:
    ways = (("agree", ""), ("answer", "Go on."), ("sign", "Well said."))
    return any(sends("decide", do=do, words=words, signed_name="A name")(visitor, live, goal_id) for do, words in ways)


ACTS: dict[str, Callable[[Any, Live, int], bool]] = {
    "see": lambda visitor, live, _: status(visitor.get(f"/plans/{live.plan_id}/review")) == 200,
    "words": shows(MEASURE),
    "why": shows(WHY),
    "history": lambda visitor, live, _: status(visitor.get(f"/plans/{live.plan_id}/history")) == 200,
    "comment": sends("comments", field="shared_with", kind="praise", words="Well said."),
    "edit": edits,
    "replace": moves_to_what_came_after,
    "decide": decides,
    "submit": sends("submit"),
    "recall": sends("recall"),
    "close": sends("end", results_statement="It worked.", outcome="met"),
    "middle": sends("mid-year", words="Half of them."),
    "share": sends("shared", **SHARED),
    "withdraw": sends("withdraw"),
    "meet": sends_of_goal("meet", words="Most of them say it now."),
    "declare": sends_of_goal("declare", audience="district", next_step="Another class"),
    "evidence": sends_of_goal("evidence", **EVIDENCE),
    "readers": takes_a_reader_out,
    "carry-over": carries_over,
    "hours": lambda visitor, live, _: status(visitor.get(f"/plans/hours/of/{live.cast.owner.id}")) == 200,
}


def make_people(live: Live) -> dict[str, tuple[Any, Any]]:
    """Return everybody of the table with the district that they come from."""
    sample, cast = live.cast.sample, live.cast
    with live.database.transaction() as db:
        mate, near = make_person(db, sample, "Tim Mate"), make_person(db, sample, "Sia Near")
        away = make_person(db, sample, "Dee Away", school=1)
        far = make_district(db, "Far Valley")
        stranger = make_person(db, far, "Fay Far", *Role)
    with live.database.transaction() as db:
        owner = db.get_one(Person, cast.owner.id)
        goal = db.scalars(select(Goal).filter_by(plan_id=live.plan_id).order_by(Goal.id)).all()[0]
        goal.indicators[0].replaced_by = indicator(db, "T2.2b")
        if not goal.plan.is_restricted:
            declare_goal(db, owner, goal, CardWords(Audience.DISTRICT))
        team = Team(district_id=sample.district.id, course_id=sample.course.id, name="Amber Wren")
        team.state, team.formed_at = TeamState.FORMED, utc_now()
        team.members = [
            TeamMember(person_id=each.id, state=MemberState.ACCEPTED, goal_id=goal.id if each is owner else None)
            for each in (owner, mate)
        ]
        db.add(team)
    live.show_evidence(live.rules().fewest_evidence)
    return {
        "owner": (sample, cast.owner), "supervisor": (sample, cast.supervisor), "teammate": (sample, mate),
        "school peer": (sample, near), "district peer": (sample, away),
        "other supervisor": (sample, cast.other_supervisor), "committee member": (sample, cast.committee[0]),
        "named peer": (sample, cast.peers[0]), "designer": (sample, cast.designer),
        "administrator": (sample, cast.administrator), "stranger": (far, stranger),
    }  # fmt: skip


def reader_of(live: Live) -> str:
    """Return which of these people is the reader of a plan of this shape, if anybody is."""
    return {
        "annual": "supervisor", "support": "supervisor", "licence": "committee member", "peers": "named peer",
        "colleague": "named peer", "none": "",
    }[live.key]  # fmt: skip


def bring_to(live: Live, state: str) -> None:
    if state == "handed in":
        live.submit()
    elif state == "approved":  # where a policy holds an approved plan back
        live.bring_to(PlanState.ACTIVE)
        with live.database.transaction() as db:
            db.execute(update(GrowthPlan).where(GrowthPlan.id == live.plan_id).values(state=PlanState.APPROVED))
    else:
        live.bring_to(PlanState(state))


Rows = dict[Table, dict[tuple[Any, ...], dict[str, Any]]]


def rows_of(live: Live) -> Rows:
    """Return all that is kept of plans, by its key."""
    with live.database.reading() as db:
        return {
            table: {tuple(row[each.name] for each in table.primary_key): dict(row) for row in _all(db, table)}
            for table in KEPT
        }


def _all(db: Session, table: Table) -> Sequence[RowMapping]:
    return db.execute(select(table)).mappings().all()


def put_back(live: Live, before: Rows) -> None:
    """Undo whatever an act did, so that the next one finds the plan as it was."""
    now = rows_of(live)
    with live.database.transaction() as db:
        for table in reversed(KEPT):
            for key in now[table].keys() - before[table].keys():
                db.execute(delete(table).where(*_is(table, key)))
        for table in KEPT:
            for key, row in before[table].items():
                if key not in now[table]:
                    db.execute(insert(table).values(row))
                elif row != now[table][key]:
                    db.execute(update(table).where(*_is(table, key)).values(row))


def _is(table: Table, key: tuple[Any, ...]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(table.primary_key, key, strict=True)]


@pytest.mark.parametrize(
    ("shape", "state"),
    [
        pytest.param(shape, state, marks=[] if state in OFTEN.get(shape, ()) else [pytest.mark.long])
        for shape, states in STATES.items()
        for state in states
    ],
)
def test_s8_each_cell_of_the_table_of_rights(database, sample, visit, shape, state):
    live = make_live(database, visit, sample, shape)
    people = make_people(live)
    bring_to(live, state)
    with database.reading() as db:
        goal_id = db.scalars(select(Goal.id).filter_by(plan_id=live.plan_id).order_by(Goal.id)).all()[0]
    before = rows_of(live)

    found: dict[str, set[str]] = {}
    for who, (home, person) in people.items():
        visitor, found[who] = visit(home, person), set()
        for act, do in ACTS.items():
            if do(visitor, live, goal_id):
                found[who].add(act)
                put_back(live, before)
    changed_by_what_was_refused = rows_of(live) != before

    expected = {who: {"hours"} if who in READS_HOURS else set() for who in people}
    expected["owner"] |= owner_may(shape, state)
    if reader_of(live):
        expected[reader_of(live)] |= set(TABLE[state][1].split())
    assert found == expected
    assert not changed_by_what_was_refused


@pytest.mark.parametrize("state", ["submitted", "active", "closed"])
def test_s8_a_supervisor_cannot_change_a_goal_s_words(database, sample, visit, state):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState(state))
    with database.reading() as db:
        goal = db.scalars(select(Goal).filter_by(plan_id=live.plan_id)).all()[0]
    words = {"headline": "Taken over", "version": goal.version}

    for reader, code in ((live.cast.supervisor, 403), (live.cast.other_supervisor, 404), (live.cast.peers[0], 404)):
        answer = live.as_(reader).post(f"/plans/goals/{goal.id}/edit", data=words)
        assert answer.status_code == code
        assert goal.headline not in answer.text
    with database.reading() as db:
        assert db.get_one(Goal, goal.id).headline == goal.headline


def test_whoever_no_longer_supervises_reads_nothing_any_more(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.SUBMITTED)
    supervisor, administrator = live.as_(live.cast.supervisor), live.as_(live.cast.administrator)
    before = supervisor.get(f"/plans/{live.plan_id}/review").status_code

    administrator.post(
        f"/people/{live.cast.owner.id}/supervisors/end", data={"supervisor_id": str(live.cast.supervisor.id)}
    )

    assert before == 200
    assert supervisor.get(f"/plans/{live.plan_id}/review").status_code == 404
    assert live.post(live.cast.supervisor, "decide", do="agree") == 404
