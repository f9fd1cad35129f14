"""S16: a teacher without any role does each of the five actions of a leader, end to end, by the pages alone."""

from __future__ import annotations

from lti_tool.people.models import Opportunity, OpportunityKind
from lti_tool.plans.models import PracticeCard, SharedGoal
from lti_tool.teams.models import TeamState, Visit
from tests.teams.conftest import Staff, only_team

WHEN = "2027-03-01T10:00"


def test_s16_a_teacher_starts_a_team_hosts_a_door_leads_a_session_passes_on_and_proposes(
    database, sample, staff: Staff, visit
):
    teacher, colleague = (visit(sample, person) for person in staff.educators[:2])
    assert not teacher.person.grants

    teacher.post("/teams/start", data={"goal_id": staff.goal_ids[0], "colleague_goal_id": staff.goal_ids[1]})
    colleague.post(f"/teams/{only_team(database).id}/accept")
    assert only_team(database).state is TeamState.FORMED

    forms = {
        OpportunityKind.OPEN_DOOR: {"title": "Who speaks", "starts_at": WHEN},
        OpportunityKind.SOLVE_TOGETHER: {"title": "Who never speaks?", "starts_at": WHEN, "place": "Room 4"},
    }
    for kind, form in forms.items():
        assert teacher.post("/standards/opportunities/new", data={"kind": kind.value, **form}).status_code == 303
        with database.reading() as db:
            offered = db.query(Opportunity).filter_by(kind=kind, host_id=teacher.person.id).one().id
        colleague.post(f"/teams/visits/{offered}/join")

    teacher.post("/plans/practices/new", data={"title": "Wait", "did": "We count to five.", "audience": "district"})
    teacher.post("/plans/shared-goals", data={"headline": "Everybody speaks", "reach": "district"})
    with database.reading() as db:
        card, shared = db.query(PracticeCard).one().id, db.query(SharedGoal).one().id
        assert db.query(Visit).count() == 2
    told = colleague.post(f"/plans/practices/{card}/try", data={"words": "More of them spoke."})
    joined = colleague.post(f"/plans/shared-goals/{shared}/mine", data={"goal_id": staff.goal_ids[1]})
    assert (told.status_code, joined.status_code) == (303, 303)
