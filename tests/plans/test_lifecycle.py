"""Tests of the life of plans: templates by version, states with history, and what has to be there at each step."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import select, update

from lti_tool.db import utc_now
from lti_tool.people.models import AuditEvent, Person
from lti_tool.plans.models import (
    Activity,
    Goal,
    GoalState,
    GrowthPlan,
    PlanChange,
    PlanOutcome,
    PlanSnapshot,
    PlanState,
    PlanTemplate,
    TemplateVersion,
)
from lti_tool.plans.operations import (
    GoalWords,
    create_goal,
    install_starter_templates,
    publish_template,
    save_next_version,
)
from lti_tool.plans.queries import goals_of
from lti_tool.standards.models import Framework
from tests.conftest import make_course, make_person
from tests.plans.conftest import indicator
from tests.plans.life import (
    CODES,
    begun_plan,
    make_cast,
    make_live,
    template,
    whole_goal,
    whole_plan,
)

SHAPES = ["annual", "licence", "peers", "colleague", "support"]


def plan_now(database, plan_id) -> GrowthPlan:
    with database.reading() as db:
        plan: GrowthPlan = db.get_one(GrowthPlan, plan_id)
        return plan


def steps_of(database, plan_id) -> list[tuple[str, int | None]]:
    with database.reading() as db:
        found = db.scalars(select(PlanChange).filter_by(plan_id=plan_id).order_by(PlanChange.id))
        return [(change.to_state.value, change.actor_id) for change in found]


def test_s1_the_five_shapes_that_ship_load_once(database, sample):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        again = install_starter_templates(db, cast.designer)
        found = db.scalars(select(PlanTemplate).order_by(PlanTemplate.id)).all()
        rules = {each.key: each.current for each in found}

    assert again == []
    assert list(rules) == SHAPES
    assert [each.is_default for each in found] == [True, False, False, False, False]
    assert (rules["annual"].fewest_goals, rules["annual"].most_goals, rules["annual"].has_mid_year) == (2, 4, True)
    assert (rules["licence"].months, rules["licence"].quorum, rules["licence"].reviewers) == (60, 2, 3)
    assert (rules["peers"].quorum, rules["peers"].fewest_standards, rules["peers"].collaboration) == (2, 2, "required")
    assert (rules["colleague"].hours_award, rules["colleague"].start_month) == (25, 7)
    assert (rules["support"].most_days, rules["support"].is_restricted) == (180, True)


@pytest.mark.parametrize("key", SHAPES)
def test_s1_a_plan_of_each_shape_goes_from_draft_to_closed_by_its_own_rule(database, sample, visit, key):
    live = make_live(database, visit, sample, key)
    owner = live.cast.owner

    live.submit()
    live.approve()
    has_mid_year = plan_now(database, live.plan_id).mid_year_at is None and key in {"annual", "support"}
    if has_mid_year:
        live.come_to_mid_year()
    live.hand_in_end()
    live.sign()
    live.acknowledge()

    plan = plan_now(database, live.plan_id)
    assert (plan.state, plan.outcome) == (PlanState.CLOSED, PlanOutcome.PARTLY)
    steps = [state for state, _ in steps_of(database, live.plan_id)]
    middle = ["mid_year_done"] if has_mid_year else []
    assert steps == ["draft", "submitted", "approved", "active", *middle, "final_submitted", "closed"]
    assert steps_of(database, live.plan_id)[-1][1] == owner.id


def test_s1_a_plan_that_nobody_reads_goes_from_draft_to_closed_and_on_by_its_owner_alone(database, sample, visit):
    live = make_live(database, visit, sample, "none")
    owner, others = live.as_(live.cast.owner), (live.cast.supervisor, live.cast.committee[0], live.cast.administrator)

    live.submit()
    active = live.state()
    live.come_to_mid_year()
    middle = live.state()
    live.hand_in_end()
    read = [live.as_(each).get(f"/plans/{live.plan_id}/review").status_code for each in others]
    waits = [f"/plans/{live.plan_id}" in live.as_(each).get("/plans/queue").text for each in others]
    offered = owner.get(f"/plans/{live.plan_id}").text
    with database.reading() as db:
        on = {"template": str(template(db, live.cast, "annual").id)}

    assert (active, middle, live.state()) == (PlanState.ACTIVE, PlanState.MID_YEAR_DONE, PlanState.CLOSED)
    assert (read, waits) == ([404, 404, 404], [False, False, False])
    assert "Go on in a new plan" in offered
    assert owner.post(f"/plans/{live.plan_id}/carry-over", data=on).status_code == 303
    owner_id = live.cast.owner.id
    assert steps_of(database, live.plan_id) == [
        (state, owner_id)
        for state in ("draft", "submitted", "approved", "active", "mid_year_done", "final_submitted", "closed")
    ]


def test_s1_a_plan_that_nobody_reads_waits_for_nobody(database, sample, visit):
    live = make_live(database, visit, sample, "none")
    live.submit()

    page = live.as_(live.cast.owner).get(f"/plans/{live.plan_id}").text

    assert live.post(live.cast.owner, "recall") == 409
    assert "Nobody has to agree" in page
    assert "Say how it goes" in page


@pytest.mark.parametrize("key", ["licence", "peers"])
def test_s1_one_of_several_readers_is_not_enough(database, sample, visit, key):
    live = make_live(database, visit, sample, key)
    readers = live.cast.committee if key == "licence" else live.cast.peers
    live.submit()

    live.post(readers[0], "open")
    live.post(readers[0], "decide", do="agree")
    live.post(readers[0], "decide", do="agree")
    alone = live.state()
    live.post(readers[1], "decide", do="agree")

    assert alone is PlanState.SUBMITTED
    assert live.state() is PlanState.ACTIVE


def test_s1_two_of_three_can_agree_though_the_third_asks_for_changes_and_two_who_ask_send_it_back(
    database, sample, visit
):
    live = make_live(database, visit, sample, "peers")
    first, second, third = live.cast.peers
    live.submit()
    live.post(first, "open")

    live.post(first, "decide", do="changes", words="Name the classes.")
    one_asks = live.state()
    live.post(second, "decide", do="changes", words="Say by when.")

    assert one_asks is PlanState.SUBMITTED
    assert live.state() is PlanState.CHANGES_REQUESTED
    live.submit()
    live.post(third, "open")
    for reader in (third, first):
        assert live.post(reader, "decide", do="agree") == 303
    assert live.state() is PlanState.ACTIVE


def test_s1_a_plan_keeps_the_version_that_it_began_with_after_the_next_is_published(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        before = whole_plan(db, cast, "annual")
        annual = template(db, cast, "annual")
        save_next_version(db, cast.designer, annual, {"fewest_goals": 4, "name": "Annual plan of four goals"})
        unpublished = begun_plan(db, cast, "annual")
        publish_template(db, cast.designer, annual)
        after = begun_plan(db, cast, "annual")
        ids = before.id, unpublished.id, after.id

    with database.reading() as db:
        rules = [db.get_one(GrowthPlan, each).rules for each in ids]
        assert [(each.number, each.fewest_goals) for each in rules] == [(1, 2), (1, 2), (2, 4)]
    visitor = visit(sample, cast.owner)
    assert visitor.post(f"/plans/{before.id}/submit").status_code == 303
    refused = visitor.post(f"/plans/{after.id}/submit")
    assert refused.status_code == 422
    assert "Write at least 4 goals." in refused.text


def test_a_plan_is_handed_in_without_indicators_only_where_the_district_has_no_standards(database, sample, visit):
    live = make_live(database, visit, sample, "colleague")
    owner, administrator = live.as_(live.cast.owner), live.as_(live.cast.administrator)
    with database.transaction() as db:
        for goal in db.scalars(select(Goal).where(Goal.plan_id == live.plan_id)):
            goal.indicators = []

    asked = owner.post(f"/plans/{live.plan_id}/submit")
    with database.transaction() as db:
        db.execute(update(Framework).values(retired_at=utc_now()))
    told = owner.get(f"/plans/{live.plan_id}/submit").text

    assert asked.status_code == 422
    assert "choose at least one indicator of the standards." in asked.text
    assert "no indicator is asked for" in told
    assert "Go to frameworks" not in told
    assert "begin with the samples" in administrator.get("/?as=administrator").text
    live.submit()
    assert live.state() is PlanState.SUBMITTED


def test_a_published_version_cannot_be_changed_by_the_page_of_its_template(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        annual = template(db, cast, "annual").id
    visitor = visit(sample, cast.designer)
    form = {
        "name": "Another name", "months": "12", "approval": "supervisor", "reviewers": "1", "quorum": "1",
        "review_days": "14", "fewest_goals": "1", "fewest_standards": "1", "fewest_evidence": "0",
        "collaboration": "encouraged",
    }  # fmt: skip

    assert visitor.post(f"/plans/templates/{annual}/edit", data=form).status_code == 303
    assert visitor.post(f"/plans/templates/{annual}/edit", data={**form, "months": "24"}).status_code == 303
    assert visitor.post(f"/plans/templates/{annual}/edit", data={**form, "quorum": "x"}).status_code == 422

    with database.reading() as db:
        found = select(TemplateVersion).filter_by(template_id=annual).order_by(TemplateVersion.number)
        versions = db.scalars(found).all()
        assert [(each.number, each.name, each.months, each.is_published) for each in versions] == [
            (1, "Annual growth plan", 12, True), (2, "Another name", 24, False),
        ]  # fmt: skip


def test_designers_of_one_course_alone_do_not_write_the_district_s_templates(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        annual = template(db, cast, "annual").id
    visitor = visit(sample, cast.owner, is_course_designer=True)

    assert visitor.get("/plans/templates").status_code == 200
    assert visitor.get(f"/plans/templates/{annual}/edit").status_code == 403
    assert visitor.post(f"/plans/templates/{annual}/publish").status_code == 403


def test_s2_a_goal_without_an_indicator_cannot_be_handed_in_and_the_message_names_the_field(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        plan = whole_plan(db, cast, "annual")
        plan.goals[0].indicators.clear()

    answer = visit(sample, cast.owner).post(f"/plans/{plan.id}/submit")

    assert answer.status_code == 422
    assert "part 1”: choose at least one indicator of the standards." in answer.text
    assert plan_now(database, plan.id).state is PlanState.DRAFT


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("why_educator", "say what in your own work tells you that this matters"),
        ("why_student", "say what your students as a whole tell you"),
        ("why_system", "say what your school or district cares about"),
        ("practice_change", "say what you will change in your practice"),
        ("student_result", "say what will be different for your students"),
        ("measure", "say how you will know"),
        ("due_on", "say by when"),
    ],
)
def test_s8_a_goal_that_does_not_say_everything_is_not_handed_in(database, sample, visit, field, sentence):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        plan = whole_plan(db, cast, "annual")
        goal = plan.goals[1]
        if field.startswith("why_"):
            goal.rationales = [each for each in goal.rationales if f"why_{each.kind}" != field]
        else:
            setattr(goal, field, None if field == "due_on" else "")

    answer = visit(sample, cast.owner).post(f"/plans/{plan.id}/submit")

    assert answer.status_code == 422
    assert f"part 2”: {sentence}." in answer.text


def test_a_plan_is_taken_back_until_a_reader_has_opened_it(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    owner, supervisor = live.cast.owner, live.cast.supervisor
    live.submit()
    letter = live.as_(supervisor).get(f"/plans/{live.plan_id}/review").text

    assert "Exit notes were often empty" not in letter
    assert live.post(owner, "recall") == 303
    assert live.state() is PlanState.DRAFT
    with database.reading() as db:
        assert db.scalars(select(PlanSnapshot)).all() == []
    live.submit()
    live.post(supervisor, "open")
    assert live.post(owner, "recall") == 409
    assert live.state() is PlanState.SUBMITTED
    assert "Exit notes were often empty" in live.as_(supervisor).get(f"/plans/{live.plan_id}/review").text


@pytest.mark.parametrize("stage", ["mid-year", "end"])
def test_what_is_handed_in_later_is_taken_back_the_same_way(database, sample, visit, stage):
    live = make_live(database, visit, sample, "annual")
    before = PlanState.MID_YEAR_DONE if stage == "end" else PlanState.ACTIVE
    live.bring_to(before)
    if stage == "end":
        live.hand_in_end()
    else:
        live.post(live.cast.owner, stage, words="Half of them.")

    assert live.post(live.cast.owner, "recall") == 303

    plan = plan_now(database, live.plan_id)
    assert (plan.state, plan.mid_year_at is None) == (before, stage == "mid-year")


def test_a_plan_with_a_review_in_the_middle_does_not_end_before_it(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.ACTIVE)
    owner, words = live.as_(live.cast.owner), {"results_statement": "More of them explain.", "outcome": "met"}

    offered = owner.get(f"/plans/{live.plan_id}").text
    asked = owner.get(f"/plans/{live.plan_id}/end").text
    refused = owner.post(f"/plans/{live.plan_id}/end", data=words)
    live.post(live.cast.owner, "mid-year", words="Half of them.")
    unanswered = live.post(live.cast.owner, "end", **words)

    assert "Come to its end" not in offered
    assert "Say first how it goes; once that is answered, the plan can come to its end." in asked
    assert f"/plans/{live.plan_id}/mid-year" in asked
    assert (refused.status_code, unanswered) == (409, 409)
    assert "say how it goes first" in refused.text
    live.post(live.cast.supervisor, "open")
    live.post(live.cast.supervisor, "decide", do="answer", words="Go on.")
    assert live.post(live.cast.owner, "end", **words) == 303


def test_words_do_not_change_while_readers_have_them_and_learning_goes_on(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    with database.reading() as db:
        goal = goals_of(db, live.cast.owner)[0]
        words = {"headline": "Taken back", "indicator_ids": [str(indicator(db, CODES[0]).id)], "version": goal.version}
    visitor = live.as_(live.cast.owner)
    live.submit()

    refused = visitor.post(f"/plans/goals/{goal.id}/edit", data=words)
    course = visitor.post(f"/plans/goals/{goal.id}/learning/{sample.course.id}")
    with database.reading() as db:
        (activity,) = db.scalars(select(Activity.id).filter_by(goal_id=goal.id))
    removed = visitor.post(f"/plans/activities/{activity}/remove")
    met = visitor.post(f"/plans/goals/{goal.id}/meet", data={"words": "It worked."})

    assert [each.status_code for each in (refused, course, removed, met)] == [409, 303, 303, 303]
    with database.reading() as db:
        now = db.get_one(Goal, goal.id)
        assert now.headline != "Taken back"
        assert now.state is GoalState.MET


def test_s8_a_plan_is_not_closed_without_what_came_of_it(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.MID_YEAR_DONE)

    answer = live.as_(live.cast.owner).post(
        f"/plans/{live.plan_id}/end", data={"results_statement": "  ", "outcome": "met"}
    )
    unsaid = live.post(live.cast.owner, "end", results_statement="It worked.")

    assert (answer.status_code, unsaid) == (422, 422)
    assert "Say what changed, what did not, and what is next." in answer.text
    assert live.state() is PlanState.MID_YEAR_DONE


def test_a_plan_does_not_come_to_its_end_without_the_evidence_that_its_rules_ask_for(database, sample, visit):
    live = make_live(database, visit, sample, "colleague")
    live.submit()
    live.approve()
    owner, words = live.as_(live.cast.owner), {"results_statement": "More of them explain.", "outcome": "met"}

    said = owner.get(f"/plans/{live.plan_id}/end").text
    refused = owner.post(f"/plans/{live.plan_id}/end", data=words)
    live.show_evidence()
    handed_in = owner.post(f"/plans/{live.plan_id}/end", data=words)

    assert "Before it can be handed in, this is still missing." in said
    assert "Add at least 1 piece of evidence that your readers may see: open one of the goals below." in refused.text
    assert "More of them explain." in refused.text
    assert (refused.status_code, handed_in.status_code) == (422, 303)


def test_a_closed_plan_awards_its_hours_once_though_it_is_closed_twice(database, sample, visit):
    live = make_live(database, visit, sample, "colleague")
    live.submit()
    live.approve()
    goal_id = live.show_evidence()
    live.hand_in_end()
    live.sign()
    owner = live.as_(live.cast.owner)
    before = owner.get("/plans/transcript").text

    live.acknowledge()
    again = live.post(live.cast.owner, "acknowledge", words="")
    after = owner.get("/plans/transcript").text
    late = owner.post(f"/plans/goals/{goal_id}/evidence", data={
        "kind": "words", "title": "Late", "reflection": "More.", "dated_on": "2026-11-02", "audience": "private",
    })  # fmt: skip

    assert (before.count("Growth plan 2"), after.count("Growth plan 2"), again) == (0, 1, 409)
    assert "25" in after
    assert late.status_code == 409
    assert "This plan is closed." in late.text


def test_s8_the_audit_shows_the_actor_of_each_change_of_state(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.CLOSED)
    owner, supervisor = live.cast.owner.id, live.cast.supervisor.id

    with database.reading() as db:
        events = db.scalars(
            select(AuditEvent).filter_by(subject="plan", subject_id=live.plan_id).order_by(AuditEvent.id)
        )
        told = [(each.action, each.actor_id) for each in events]
    assert told == [
        ("plan_begun", owner), ("plan_submitted", owner), ("plan_opened", supervisor), ("plan_agreed_to", supervisor),
        ("plan_approved", supervisor), ("plan_active", owner), ("plan_mid_year_handed_in", owner),
        ("plan_opened", supervisor), ("plan_mid_year_done", supervisor), ("plan_final_submitted", owner),
        ("plan_opened", supervisor), ("plan_signed", supervisor), ("plan_review_acknowledged", owner),
        ("plan_closed", owner),
    ]  # fmt: skip


def test_s8_the_educator_takes_the_whole_plan_away(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.CLOSED)
    visitor = live.as_(live.cast.owner)

    file = visitor.get(f"/my-data/plans/{live.plan_id}.json")
    page = visitor.get(f"/plans/{live.plan_id}/print").text

    assert "attachment" in file.headers["Content-Disposition"]
    (plan,) = file.json["record"]["plans"]
    assert (plan["template_version"], plan["state"]) == ("Annual growth plan", "closed")
    assert plan["goals"][0]["measure"] == "Exit notes, before and after."
    assert plan["words_handed_in"][-1]["words"][1]["fields"]["measure"] == "Exit notes, before and after."
    assert plan["reviews"][-1]["signed_name"] == "Petra Lang"
    assert plan["changes"][-1] == {**plan["changes"][-1], "to_state": "closed", "actor": "Ana Ruiz"}
    for words in ("Exit notes, before and after.", "Signed: Petra Lang", "I see the last point otherwise", "Closed"):
        assert words in page


def test_to_have_read_the_review_is_not_to_agree_and_can_be_answered(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.FINAL_SUBMITTED)
    too_early = live.post(live.cast.owner, "acknowledge")
    live.sign()

    page = live.as_(live.cast.owner).get(f"/plans/{live.plan_id}/acknowledge").text
    live.acknowledge()

    assert too_early == 409
    assert "It does not mean that you agree." in page
    assert "Signed: Petra Lang" in page
    assert "I see the last point otherwise" in live.as_(live.cast.supervisor).get(f"/plans/{live.plan_id}/review").text


def test_a_signature_needs_a_typed_name(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.FINAL_SUBMITTED)

    answer = live.as_(live.cast.supervisor).post(
        f"/plans/{live.plan_id}/decide", data={"do": "sign", "words": "Well done, all of it."}
    )

    assert answer.status_code == 422
    assert "Type your name to sign." in answer.text
    assert "Well done, all of it." in answer.text


def test_the_end_is_returned_with_what_should_change(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.FINAL_SUBMITTED)

    assert live.post(live.cast.supervisor, "decide", do="return", words="") == 422
    assert live.post(live.cast.supervisor, "decide", do="return", words="Say what is next.") == 303
    assert live.state() is PlanState.MID_YEAR_DONE
    live.hand_in_end()
    assert live.state() is PlanState.FINAL_SUBMITTED


def test_everything_open_goes_on_in_a_new_plan_and_the_old_one_stays_as_it_was(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    visitor = live.as_(live.cast.owner)
    with database.transaction() as db:
        first, second = goals_of(db, live.cast.owner)
        course = make_course(
            db, sample.district.id, sample.registration.id, sample.deployment.id, "Questions that open"
        )
    visitor.post(f"/plans/goals/{first.id}/learning/{course.id}")
    visitor.post(f"/plans/goals/{first.id}/declare", data={"audience": "district"})
    visitor.post(f"/plans/goals/{second.id}/meet", data={"words": "Done."})
    live.bring_to(PlanState.CLOSED)
    with database.reading() as db:
        annual = str(template(db, live.cast, "annual").id)

    answer = visitor.post(f"/plans/{live.plan_id}/carry-over", data={"template": annual})
    again = visitor.post(f"/plans/{live.plan_id}/carry-over", data={"template": annual})

    assert (answer.status_code, again.status_code) == (303, 409)
    with database.reading() as db:
        old = db.get_one(GrowthPlan, live.plan_id)
        new = db.scalars(select(GrowthPlan).filter_by(carried_from_id=old.id)).one()
        (goal,) = new.goals
        assert (goal.headline, goal.measure, goal.carried_from_id) == (first.headline, first.measure, first.id)
        assert [each.code for each in goal.indicators] == [CODES[0]]
        assert [each.opportunity_id for each in goal.activities] == [course.id]
        assert (goal.is_open, goal.is_declared, new.state) == (True, False, PlanState.DRAFT)
        assert [each.state for each in old.goals] == [GoalState.CARRIED_OVER, GoalState.MET]
        assert old.state is PlanState.CLOSED
        assert old.goals[0].headline == first.headline
    assert visitor.post(f"/plans/goals/{first.id}/reopen").status_code == 409
    assert "What was open goes on in: Annual growth plan" in visitor.get(f"/plans/{live.plan_id}").text
    assert "It goes on from an earlier plan" in visitor.get(answer.location.split(visitor.prefix)[1]).text


def test_a_withdrawn_plan_leaves_the_board_and_keeps_its_words(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    visitor, peer = live.as_(live.cast.owner), live.as_(live.cast.peers[0])
    with database.reading() as db:
        goal = goals_of(db, live.cast.owner)[0]
    visitor.post(f"/plans/goals/{goal.id}/declare", data={"audience": "district"})
    shown = peer.get("/plans/board").text

    live.bring_to(PlanState.WITHDRAWN)

    assert goal.headline in shown
    assert goal.headline not in peer.get("/plans/board").text
    assert goal.headline in visitor.get(f"/plans/{live.plan_id}").text


def test_a_first_goal_begins_the_usual_plan_and_a_person_can_have_another_kind_beside_it(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        newcomer = make_person(db, sample, "Zoe Adams")
        create_goal(db, newcomer, GoalWords("First", indicator_ids=(indicator(db, "T2.2a").id,)))
        licence = str(template(db, cast, "licence").id)
    visitor = visit(sample, newcomer)

    begun = [visitor.post("/plans/new", data={"template": licence}) for _ in range(2)]
    assert [each.status_code for each in begun] == [303, 303]
    assert begun[0].location == begun[1].location
    assert visitor.post("/plans/new", data={"template": "999999"}).status_code == 422

    with database.reading() as db:
        plans = db.scalars(select(GrowthPlan).filter_by(person_id=newcomer.id).order_by(GrowthPlan.id)).all()
        assert [each.rules.template.key for each in plans] == ["annual", "licence"]
        assert [len(each.goals) for each in plans] == [1, 0]


def test_a_goal_is_not_put_into_a_plan_that_readers_have(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.submit()
    with database.transaction() as db:
        owner = db.get_one(Person, live.cast.owner.id)
        goal = create_goal(db, owner, GoalWords("Another", indicator_ids=(indicator(db, "T2.2a").id,)))
        assert goal.plan_id != live.plan_id
    with database.reading() as db:
        words = {"headline": "Sneaked in", "indicator_ids": [str(indicator(db, "T2.2a").id)]}

    answer = live.as_(live.cast.owner).post(f"/plans/goals/new?plan={live.plan_id}", data=words)

    assert answer.status_code == 409


def test_two_first_goals_at_once_install_the_templates_once_and_join_one_plan(database, sample):
    with database.transaction() as db:
        newcomer = make_person(db, sample, "New Comer")

    def write(headline: str) -> None:
        with database.transaction() as db:
            create_goal(db, db.get_one(Person, newcomer.id), GoalWords(headline))

    follower = threading.Thread(target=write, args=("Second",))
    with database.transaction() as db:
        create_goal(db, db.get_one(Person, newcomer.id), GoalWords("First"))
        follower.start()
        follower.join(0.3)
    follower.join(10)

    assert not follower.is_alive()
    with database.reading() as db:
        assert len(db.scalars(select(GrowthPlan)).all()) == 1
        assert len(db.scalars(select(PlanTemplate)).all()) == len(SHAPES)


def test_what_is_approved_are_the_words_that_were_handed_in(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.submit()
    live.post(live.cast.supervisor, "open")
    with database.reading() as db:
        goal = goals_of(db, live.cast.owner)[0]
    live.as_(live.cast.owner).post(f"/plans/goals/{goal.id}/meet", data={"words": "Words that nobody read."})

    live.approve()

    with database.reading() as db:
        kept = db.scalars(select(PlanSnapshot).filter_by(plan_id=live.plan_id).order_by(PlanSnapshot.number)).all()
        assert [each.reason for each in kept] == [PlanState.SUBMITTED, PlanState.APPROVED]
        assert kept[1].words == kept[0].words
    assert "Words that nobody read." not in live.as_(live.cast.supervisor).get(f"/plans/{live.plan_id}/review").text


def test_history_shows_each_step_and_the_difference_between_two_versions(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    live.bring_to(PlanState.CHANGES_REQUESTED)
    visitor, supervisor = live.as_(live.cast.owner), live.as_(live.cast.supervisor)
    with database.transaction() as db:
        goal = goals_of(db, live.cast.owner)[0]
        goal.measure = "Exit notes of two classes, before and after."
    draft = supervisor.get(f"/plans/{live.plan_id}/review").text
    live.submit()
    live.post(live.cast.supervisor, "open")

    own = visitor.get(f"/plans/{live.plan_id}/history?before=1&after=2").text
    seen = supervisor.get(f"/plans/{live.plan_id}/review").text

    assert "two classes" not in draft
    added = " ".join(re.findall(r"<ins>.*?</span>(.*?)</ins>", own))
    assert "two" in added
    assert "Exit" not in added
    assert "Changes asked for" in own
    assert "What changed since you last wrote" in seen
    assert f"#goal-{goal.id}-measure" in seen


def test_a_plan_that_began_before_there_were_templates_follows_the_usual_rules(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        plan = GrowthPlan(district_id=sample.district.id, person_id=cast.owner.id, school_year=2026)
        db.add(plan)
        db.flush()
        whole_goal(db, plan, "One", CODES[0])
        whole_goal(db, plan, "Two", CODES[1])
        plan_id = plan.id

    with database.reading() as db:
        assert db.get_one(GrowthPlan, plan_id).rules.approval == "supervisor"
    assert visit(sample, cast.owner).post(f"/plans/{plan_id}/submit").status_code == 303

    with database.reading() as db:
        assert db.get_one(GrowthPlan, plan_id).rules.template.key == "annual"


def test_a_plan_that_goes_on_in_another_district_ends_here_and_its_readers_keep_what_they_read(database, sample, visit):
    live = make_live(database, visit, sample, "annual")
    owner, supervisor = live.cast.owner, live.cast.supervisor
    unread = live.post(owner, "elsewhere")
    live.submit()
    unopened = live.post(owner, "elsewhere")
    live.approve()
    by_reader = live.post(supervisor, "elsewhere")

    done = live.post(owner, "elsewhere")

    assert (unread, unopened, by_reader, done) == (409, 409, 404, 303)
    assert live.state() is PlanState.SUPERSEDED
    review = live.as_(supervisor).get(f"/plans/{live.plan_id}/review").text
    assert "Goes on in another district" in review
    assert "Exit notes were often empty" in review
    assert live.post(owner, "elsewhere") == 409
    assert steps_of(database, live.plan_id)[-1] == ("superseded", owner.id)
    with database.reading() as db:
        assert db.scalars(select(AuditEvent).filter_by(action="plan_superseded")).one().actor_id == owner.id


def test_a_support_plan_is_not_its_owner_s_to_take_elsewhere(database, sample, visit):
    live = make_live(database, visit, sample, "support")
    live.bring_to(PlanState.ACTIVE)

    assert live.post(live.cast.owner, "elsewhere") == 409
