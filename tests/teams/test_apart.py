"""Whoever reviews somebody's plans is never in a team with that person, however the team comes about."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.people.models import Course, Person, Supervision
from lti_tool.plans.models import (
    ApprovalRule,
    Audience,
    CommitteeMember,
    Goal,
    GrowthPlan,
    PlanReviewer,
    PlanState,
    PlanTemplate,
    TemplateVersion,
)
from lti_tool.teams.models import MemberState, Team
from lti_tool.teams.operations.proposing import keep_proposals
from lti_tool.teams.queries import may_not_be_teamed
from lti_tool.teams.scopes import Scope
from tests.teams.conftest import only_team, propose
from tests.teams.test_room import four, members  # noqa: F401 - fixtures


def plan_of(db, staff, number: int) -> GrowthPlan:
    plan: GrowthPlan = db.get_one(Goal, staff.goal_ids[number]).plan
    return plan


def follow(db, plan: GrowthPlan, rule: ApprovalRule, **rules) -> None:
    """Let a plan follow a template with this rule."""
    template = PlanTemplate(district_id=plan.district_id, key=rule.value)
    plan.template_version = TemplateVersion(template=template, number=1, name=rule.value, approval=rule, **rules)


def pairs(database, staff) -> set[frozenset[int]]:
    with database.reading() as db:
        return may_not_be_teamed(db, [each.id for each in staff.educators])


def pair(staff) -> frozenset[int]:
    return frozenset(each.id for each in staff.educators[:2])


def test_a_supervisor_is_kept_from_whom_they_supervise_until_that_ends(database, staff):
    ana, ben = staff.educators[:2]
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))
    assert pairs(database, staff) == {pair(staff)}

    with database.transaction() as db:
        db.scalars(select(Supervision)).one().ended_at = utc_now()

    assert pairs(database, staff) == set()


@pytest.mark.parametrize(
    ("rule", "expected"), [(ApprovalRule.SUPERVISOR, True), (ApprovalRule.COLLEAGUE, True), (ApprovalRule.PEERS, False)]
)
def test_a_named_reader_is_kept_from_the_owner_of_the_plan_but_for_peers(database, staff, rule, expected):
    with database.transaction() as db:
        plan = plan_of(db, staff, 0)
        follow(db, plan, rule)
        db.add(PlanReviewer(plan=plan, person_id=staff.educators[1].id))

    assert pairs(database, staff) == ({pair(staff)} if expected else set())


def test_the_reader_of_a_support_plan_is_kept_from_its_owner(database, staff):
    with database.transaction() as db:
        plan = GrowthPlan(
            district_id=staff.educators[0].district_id, person_id=staff.educators[0].id, school_year=2026,
            is_restricted=True,
        )  # fmt: skip
        db.add(PlanReviewer(plan=plan, person_id=staff.educators[1].id))

    assert pairs(database, staff) == {pair(staff)}


def test_a_committee_is_kept_from_those_whose_plans_it_approves(database, staff):
    ana, ben = staff.educators[:2]
    with database.transaction() as db:
        follow(db, plan_of(db, staff, 0), ApprovalRule.COMMITTEE)
        db.add_all(CommitteeMember(district_id=each.district_id, person_id=each.id) for each in (ana, ben))

    assert pairs(database, staff) == {pair(staff)}


def test_a_plan_that_has_ended_keeps_nobody_apart(database, staff):
    with database.transaction() as db:
        plan = plan_of(db, staff, 0)
        plan.state = PlanState.CLOSED
        db.add(PlanReviewer(plan=plan, person_id=staff.educators[1].id))

    assert pairs(database, staff) == set()


def test_a_committee_member_is_not_proposed_beside_whose_plan_they_approve(database, sample, visit, staff):
    ben = staff.educators[1]
    with database.transaction() as db:
        follow(db, plan_of(db, staff, 0), ApprovalRule.COMMITTEE)
        db.add(CommitteeMember(district_id=ben.district_id, person_id=ben.id))

    propose(visit(sample, staff.designer))

    with database.reading() as db:
        teams = [{member.person_id for member in team.members} for team in db.scalars(select(Team))]
    assert teams
    assert not any(pair(staff) <= team for team in teams)


def test_a_supervisor_named_while_teams_are_searched_is_left_out(database, sample, staff):
    ana, ben, chloe = staff.educators[:3]
    found = [[(person.id, goal_id) for person, goal_id in zip((ana, ben, chloe), staff.goal_ids, strict=False)]]
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))

    with database.transaction() as db:
        scope = Scope.of_course(db.get_one(Course, sample.course.id))
        (team,) = keep_proposals(db, db.get_one(Person, staff.designer.id), scope, found)

        assert {member.person_id for member in team.members} == {ana.id, chloe.id}


def test_a_proposal_with_a_supervisor_named_since_is_not_sent_and_says_why(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer)
    ana, ben = staff.educators[:2]
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))

    page = designer.get("/teams/").text
    answer = designer.post(f"/teams/{only_team(database).id}/send")

    assert "Ana Ruiz and Ben Okafor are kept apart." in page
    assert "supervis" not in page
    assert answer.status_code == 409


def test_nobody_is_moved_to_whom_they_review(database, sample, visit, staff):
    designer = visit(sample, staff.designer)
    propose(designer, "school")
    with database.transaction() as db:
        first, second = db.scalars(select(Team).order_by(Team.id)).all()
        member, other = first.members[0], second.members[0]
        db.add(Supervision(person_id=member.person_id, supervisor_id=other.person_id))
    path = f"/teams/{first.id}/members/{member.id}/move"

    shown = designer.get(path).text
    answer = designer.post(path, data={"target": str(second.id)})

    assert "are kept apart" in shown
    assert answer.status_code == 409
    with database.reading() as db:
        assert all(each.state is MemberState.INVITED for team in db.scalars(select(Team)) for each in team.members)
        assert len(db.get_one(Team, first.id).members) == 2


def test_nobody_starts_a_team_with_whoever_reviews_them_or_is_shown_them_for_it(database, sample, staff, visit):
    ana, ben = staff.educators[:2]
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))
    visitor = visit(sample, ana)

    answer = visitor.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})

    assert answer.status_code == 409
    assert "You two cannot be in one team." in answer.text
    assert ben.name not in visitor.get("/teams/").text


def test_an_invitation_is_not_accepted_where_a_reviewer_was_named_since(database, sample, staff, visit):
    ana, ben = staff.educators[:2]
    visit(sample, ana).post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))
        team_id = db.scalars(select(Team)).one().id

    assert visit(sample, ben).post(f"/teams/{team_id}/accept").status_code == 409


def test_who_comes_to_review_a_teammate_reads_nothing_of_the_team_any_more_and_the_designer_is_told(
    database, sample, staff, four, members, visit  # noqa: F811
):  # fmt: skip
    ana, ben = four.people[:2]
    with database.transaction() as db:
        db.get_one(Goal, staff.goal_ids[0]).declaration.audience = Audience.TEAM
    members[0].post(f"{four.room}/help", data={"words": "Words for teammates alone"})
    assert "Words for teammates alone" in members[1].get(four.room).text
    assert "Ask better questions" in members[1].get("/plans/board").text

    with database.transaction() as db:
        db.add(Supervision(person_id=ana.id, supervisor_id=ben.id))

    assert members[1].get(four.room).status_code == 403
    assert members[1].post(f"{four.room}/help", data={"words": "Let me in"}).status_code == 403
    pages = [members[1].get(path).text for path in ("/", "/plans/board", f"/teams/{four.team_id}")]
    assert not any("Words for teammates alone" in page for page in pages)
    assert "Ana Ruiz" not in pages[1]
    assert members[0].get(four.room).status_code == 200
    for path in ("/teams/?as=designer", f"/teams/{four.team_id}"):
        page = visit(sample, staff.designer).get(path).text
        assert "Ana Ruiz and Ben Okafor must not be in one team any more" in page
    assert members[1].post(f"/teams/{four.team_id}/leave").status_code == 303
    assert "must not be in one team" not in visit(sample, staff.designer).get("/teams/?as=designer").text
