"""Tests of reading plans together: words beside fields, never a number, and who is asked to read."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import Numeric, select
from sqlalchemy.orm import Session

from lti_tool.db import Base, utc_now
from lti_tool.people.models import AuditEvent, Role
from lti_tool.people.operations import name_supervisor
from lti_tool.plans.models import Goal, GrowthPlan, PlanReviewer, PlanState, ReviewComment
from lti_tool.plans.schemas import CommentForm, ReaderForm
from lti_tool.standards.models import Framework, Indicator, Level
from tests.conftest import SampleDistrict, make_person
from tests.plans.life import begun_plan, make_cast, make_live

READING_TABLES = ("plan_review", "review_comment", "plan_reviewer", "plan_change", "committee_member")


def comments(database) -> list[ReviewComment]:
    with database.reading() as db:
        return list(db.scalars(select(ReviewComment).order_by(ReviewComment.id)))


def indicator_elsewhere(db: Session, sample: SampleDistrict) -> Indicator:
    """Return an indicator of a second framework, which is under another licence."""
    framework = Framework(
        district_id=sample.district.id, identifier="elsewhere", title="Practice elsewhere", licence="CC BY-SA 4.0",
        attribution="Authors of elsewhere",
    )  # fmt: skip
    return Indicator(
        framework=framework, identifier="e-1", level=Level.INDICATOR, code="E.1", path="E.1", statement="Listens",
        position=0,
    )  # fmt: skip


def test_s2_there_is_no_column_into_which_a_reader_could_put_a_number():
    numbers = [
        f"{table}.{column.name}"
        for table in READING_TABLES
        for column in Base.metadata.tables[table].columns
        if isinstance(column.type, Numeric) or column.type.python_type in {int, float}
        if not (column.primary_key or column.foreign_keys)
    ]

    assert numbers == []


def test_s2_there_is_no_form_field_or_key_for_a_number_or_a_rating(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    supervisor = live.as_(live.cast.supervisor)
    pages = []
    live.submit()
    live.post(live.cast.supervisor, "open")
    pages.append(supervisor.get(f"/plans/{live.plan_id}/review").text)
    live.approve()
    live.post(live.cast.owner, "mid-year", words="Half of them.")
    live.post(live.cast.supervisor, "open")
    pages.append(supervisor.get(f"/plans/{live.plan_id}/review").text)
    live.post(live.cast.supervisor, "decide", do="answer", words="Go on.", rating="3", score="4")
    live.hand_in_end()
    live.post(live.cast.supervisor, "open")
    pages.append(supervisor.get(f"/plans/{live.plan_id}/review").text)
    live.post(live.cast.supervisor, "decide", do="sign", signed_name="Petra Lang", rating="3")
    document = live.as_(live.cast.owner).get(f"/my-data/plans/{live.plan_id}.json").json

    fields = {name for page in pages for name in re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page)}
    assert fields <= {"kind", "words", "field", "goal_id", "signed_name"}
    assert not [page for page in pages if re.search(r'type="(number|range)"', page)]
    assert set(ReaderForm().fields) | set(CommentForm().fields) == fields
    (plan,) = document["record"]["plans"]
    assert set(plan["reviews"][0]) - {"id"} == {"stage", "decision", "words", "signed_name", "reviewer", "at"}
    assert "rating" not in str(document)


def test_words_that_were_handed_in_keep_the_licence_of_what_they_cite_when_the_goal_moves_on(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.SUBMITTED)
    with database.transaction() as db:
        elsewhere = indicator_elsewhere(db, sample)
        for goal in db.scalars(select(Goal).where(Goal.plan_id == live.plan_id)):
            goal.indicators = [elsewhere]

    read = live.as_(live.cast.supervisor).get(f"/plans/{live.plan_id}/review", follow_redirects=True).text
    compared = live.as_(live.cast.owner).get(f"/plans/{live.plan_id}/history?before=1").text

    assert "CC0" in read
    assert "CC0" in compared
    assert "Authors of elsewhere" in compared


@pytest.mark.parametrize("words", ["", "   "])
def test_s2_a_request_to_change_something_says_what(database, sample, visit, words):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.SUBMITTED)
    supervisor = live.as_(live.cast.supervisor)
    form = {"kind": "change", "words": words, "field": "shared_with"}

    beside = supervisor.post(f"/plans/{live.plan_id}/comments", data=form)
    decided = supervisor.post(f"/plans/{live.plan_id}/decide", data={"do": "changes", "words": words})

    assert (beside.status_code, decided.status_code) == (422, 422)
    assert "Say what should change." in beside.text
    assert "Say what should change." in decided.text
    assert comments(database) == []
    assert live.state() is PlanState.SUBMITTED


def test_s2_a_comment_stands_beside_its_field_is_answered_and_settled_by_who_asked(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.CHANGES_REQUESTED)
    owner, supervisor = live.as_(live.cast.owner), live.as_(live.cast.supervisor)
    with database.reading() as db:
        goal_id = db.get_one(GrowthPlan, live.plan_id).goals[0].id
    asked = {"kind": "question", "words": "Which class?", "field": "measure", "goal_id": str(goal_id)}

    said = supervisor.post(f"/plans/{live.plan_id}/comments", data=asked)
    (comment,) = comments(database)
    owner.post(f"/plans/comments/{comment.id}/answer", data={"words": "The third grade."})
    by_owner = owner.post(f"/plans/comments/{comment.id}/settle").status_code
    page = owner.get(f"/plans/{live.plan_id}/review").text
    supervisor.post(f"/plans/comments/{comment.id}/settle")

    assert said.location.endswith(f"#goal-{goal_id}-measure")
    beside = page.split(f'id="goal-{goal_id}-measure"')[1].split('class="read-field"')[0]
    assert "Which class?" in beside
    assert "The third grade." in beside
    assert by_owner == 403
    assert comments(database)[0].resolved_at is not None


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "praise", "words": "Good", "field": "no_such_field"},
        {"kind": "praise", "words": "Good", "field": "measure"},
        {"kind": "praise", "words": "Good", "field": "measure", "goal_id": "999999"},
        {"kind": "score", "words": "Good", "field": "shared_with"},
    ],
)
def test_a_comment_beside_nothing_or_of_no_kind_is_refused(database, sample, visit, form):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.SUBMITTED)

    answer = live.as_(live.cast.supervisor).post(f"/plans/{live.plan_id}/comments", data=form)

    assert answer.status_code in {404, 422}
    assert comments(database) == []


def test_a_reader_comments_on_nothing_that_they_have_not_opened(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.submit()
    supervisor = live.cast.supervisor

    codes = [
        live.post(supervisor, "comments", kind="praise", words="Good", field="shared_with"),
        live.post(supervisor, "decide", do="agree"),
    ]

    assert codes == [409, 409]


def test_the_queue_shows_who_waits_by_the_day_until_which_an_answer_is_due(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.submit()
    with database.transaction() as db:
        cast = live.cast
        late = make_person(db, sample, "Lu Late")
        name_supervisor(db, db.merge(cast.administrator), late, db.merge(cast.supervisor))
        plan = begun_plan(db, cast, "annual")
        plan.person_id, plan.state = late.id, PlanState.SUBMITTED
        plan.submitted_at, plan.answer_by = utc_now() - timedelta(days=9), utc_now().date() + timedelta(days=5)
    supervisor = live.as_(live.cast.supervisor)

    queue = supervisor.get("/plans/queue").text
    other = live.as_(live.cast.other_supervisor).get("/plans/queue").text
    live.post(live.cast.supervisor, "open")
    live.post(live.cast.supervisor, "decide", do="agree")
    after = supervisor.get("/plans/queue").text.split("Whose plans I read")[0]

    assert queue.index("Lu Late") < queue.index("Ana Ruiz")
    assert "Nothing is learned with others yet" in queue
    assert "Nobody waits for you" in other
    assert "Ana Ruiz" not in after
    assert "Lu Late" in after


def test_whoever_supervises_somebody_has_the_queue_without_any_role_and_nobody_else_has(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)

    assert "View as" in visit(sample, cast.supervisor).get("/plans/queue").text
    assert visit(sample, cast.supervisor).get("/").location.endswith("/plans/queue")
    assert visit(sample, cast.supervisor).get("/?as=educator").status_code == 200
    assert "View as" not in visit(sample, cast.peers[0]).get("/").text


def test_a_draft_looks_to_its_supervisor_as_if_there_were_none(database, sample, visit):
    live = make_live(database, visit, sample, "annual")

    page = live.as_(live.cast.supervisor).get("/plans/queue").text

    assert "nothing is handed in" in page
    assert f"/plans/{live.plan_id}/" not in page


def test_colleagues_are_named_and_can_decline_quietly(database, sample, visit):
    live = make_live(database, visit, sample, "peers")
    cast = live.cast
    owner = live.as_(cast.owner)
    live.submit()
    first = cast.peers[0]

    fourth = owner.post(f"/plans/{live.plan_id}/readers", data={"person_id": str(cast.committee[0].id)})
    declined = live.post(first, "decline")
    gone = live.as_(first).get(f"/plans/{live.plan_id}/review").status_code
    boss = owner.post(f"/plans/{live.plan_id}/readers", data={"person_id": str(cast.supervisor.id)})
    myself = owner.post(f"/plans/{live.plan_id}/readers", data={"person_id": str(cast.owner.id)})
    another = owner.post(f"/plans/{live.plan_id}/readers", data={"person_id": str(cast.committee[0].id)})

    assert (fourth.status_code, declined, gone) == (409, 303, 404)
    assert (boss.status_code, myself.status_code, another.status_code) == (422, 404, 303)
    assert "This person supervises you." in boss.text
    with database.reading() as db:
        named = set(db.scalars(select(PlanReviewer.person_id)))
        assert named == {cast.peers[1].id, cast.peers[2].id, cast.committee[0].id}
        assert db.scalars(select(AuditEvent).filter_by(actor_id=first.id)).all() == []


def test_a_colleague_who_is_asked_is_told_on_the_first_page(database, sample, visit):
    live = make_live(database, visit, sample, "colleague")
    live.submit()

    asked, other = (live.as_(each).get("/").text for each in live.cast.peers[:2])

    assert "1 plan waits for you to read it" in asked
    assert "waits for you to read" not in other


def test_a_supervisor_cannot_decline_and_a_stranger_of_the_plan_neither(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.submit()

    assert live.post(live.cast.supervisor, "decline") == 404
    assert live.post(live.cast.peers[0], "decline") == 404


def test_an_administrator_names_and_ends_supervisors_and_sees_who_has_none(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        far = make_person(db, sample, "New Here")
    visitor = visit(sample, cast.administrator)
    before = visitor.get("/people/without-supervisor").text

    found = visitor.get(f"/people/{far.id}?search=petra").text
    named = visitor.post(f"/people/{far.id}/supervisors", data={"supervisor_id": str(cast.supervisor.id)})
    after = visitor.get("/people/without-supervisor").text
    oneself = visitor.post(f"/people/{far.id}/supervisors", data={"supervisor_id": str(far.id)})
    visitor.post(f"/people/{far.id}/supervisors/end", data={"supervisor_id": str(cast.supervisor.id)})

    assert "New Here" in before
    assert "Ana Ruiz" not in before
    assert "Name as supervisor" in found
    assert named.status_code == 303
    assert "New Here" not in after
    assert oneself.status_code == 422
    assert "New Here" in visitor.get("/people/without-supervisor").text
    with database.reading() as db:
        trail = db.scalars(select(AuditEvent).filter_by(subject_id=far.id, subject="person").order_by(AuditEvent.id))
        assert [(each.action, each.actor_id) for each in trail] == [
            ("supervisor_named", cast.administrator.id), ("supervision_ended", cast.administrator.id),
        ]  # fmt: skip


def test_the_committee_is_named_by_the_administrator_alone(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
    path = f"/people/{cast.peers[0].id}/committee"

    assert visit(sample, cast.designer).post(path).status_code == 403
    assert visit(sample, cast.administrator).post(path).status_code == 303
    assert "of the committee" in visit(sample, cast.administrator).get(f"/people/{cast.peers[0].id}").text
    assert Role.SUPERVISOR not in {grant.role for grant in cast.peers[0].grants}
