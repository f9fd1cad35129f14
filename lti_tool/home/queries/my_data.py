"""Everything that is held about a person, from every feature, as plain values for a page and for a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from lti_tool.grades.models import Completion, Score
from lti_tool.launch.models import LaunchSession, Registration
from lti_tool.people.models import AuditEvent, Identity, Membership, Person
from lti_tool.plans.models import Goal, GoalCourse, GrowthPlan, TryIt
from lti_tool.teams.models import Team, TeamMember


@dataclass(frozen=True, slots=True)
class MyData:
    """The records of one person, by kind."""

    person: Person
    identities: list[tuple[Identity, str]]
    memberships: list[Membership]
    goals: list[Goal]
    teams: list[TeamMember]
    completions: list[Completion]
    scores: list[Score]
    sessions: list[LaunchSession]
    acts: list[AuditEvent]


def my_data(db: Session, person: Person) -> MyData:
    """Return all records about the person; every kind has its place in `as_document` too."""
    return MyData(
        person=person,
        identities=_identities(db, person),
        memberships=_all(
            db, select(Membership).where(Membership.person_id == person.id).options(joinedload(Membership.course))
        ),
        goals=_goals(db, person),
        teams=_all(
            db,
            select(TeamMember)
            .where(TeamMember.person_id == person.id)
            .options(joinedload(TeamMember.team).joinedload(Team.course)),
        ),
        completions=_all(
            db, select(Completion).where(Completion.person_id == person.id).options(joinedload(Completion.course))
        ),
        scores=_all(
            db,
            select(Score)
            .where(Score.person_id == person.id)
            .options(joinedload(Score.course), joinedload(Score.resource_link)),
        ),
        sessions=_all(db, select(LaunchSession).where(LaunchSession.person_id == person.id).order_by(LaunchSession.id)),
        acts=_all(db, select(AuditEvent).where(AuditEvent.actor_id == person.id).order_by(AuditEvent.id)),
    )


def _all(db: Session, statement: Any) -> list[Any]:
    return list(db.scalars(statement))


def _identities(db: Session, person: Person) -> list[tuple[Identity, str]]:
    found = db.execute(
        select(Identity, Registration.name)
        .join(Registration, Registration.id == Identity.registration_id)
        .where(Identity.person_id == person.id)
        .order_by(Identity.id)
    )
    return [(identity, name) for identity, name in found]


def _goals(db: Session, person: Person) -> list[Goal]:
    return _all(
        db,
        select(Goal)
        .join(Goal.plan)
        .where(GrowthPlan.person_id == person.id)
        .order_by(Goal.id)
        .options(
            contains_eager(Goal.plan),
            joinedload(Goal.declaration),
            selectinload(Goal.indicators),
            selectinload(Goal.courses).joinedload(GoalCourse.course),
            selectinload(Goal.tries).joinedload(TryIt.course),
        ),
    )


def as_document(data: MyData) -> dict[str, Any]:
    """Return the records as JSON values, for the person to keep."""
    return {
        "profile": _profile(data.person),
        "lms_accounts": [
            {"lms": name, "sub": each.sub, "user_id": each.lms_user_id, "global_user_id": each.global_user_id}
            for each, name in data.identities
        ],
        "courses": [
            {"title": each.course.title, "role": each.role, "is_active": each.is_active, "seen_at": _iso(each.seen_at)}
            for each in data.memberships
        ],
        "goals": [_goal(each) for each in data.goals],
        "teams": [_place(each) for each in data.teams],
        "completions": [_completion(each) for each in data.completions],
        "scores": [_score(each) for each in data.scores],
        "launches": [_launch(each) for each in data.sessions],
        "acts": [_act(each) for each in data.acts],
    }


def _place(place: TeamMember) -> dict[str, Any]:
    return {
        "name": place.team.name,
        "team_state": place.team.state,
        "course": place.team.course.title,
        "state": place.state,
        "invited_at": _iso(place.created_at),
        "accepted_at": _iso(place.accepted_at),
    }


def _completion(completion: Completion) -> dict[str, Any]:
    return {
        "course": completion.course.title,
        "source": completion.source,
        "completed_at": _iso(completion.completed_at),
        "noticed_at": _iso(completion.noticed_at),
        "withdrawn_at": _iso(completion.withdrawn_at),
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "course": score.course.title,
        "link": score.resource_link.title if score.resource_link else None,
        "state": score.state,
        "achieved_at": _iso(score.achieved_at),
        "sent_at": _iso(score.sent_at),
        "confirmed_at": _iso(score.confirmed_at),
        "outcome": score.outcome,
    }


def _launch(session: LaunchSession) -> dict[str, Any]:
    return {
        "opened_at": _iso(session.created_at),
        "ends_at": _iso(session.expires_at),
        "course": session.context,
        "language": session.locale,
        "time_zone": session.time_zone,
    }


def _act(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": _iso(event.at),
        "action": event.action,
        "subject": event.subject,
        "subject_id": event.subject_id,
        "detail": event.detail,
    }


def _profile(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "district": person.district.name,
        "school": person.school.name if person.school else None,
        "requested_school": person.requested_school.name if person.requested_school else None,
        "position": person.position,
        "grade_band": person.grade_band,
        "discipline": person.discipline,
        "known_since": _iso(person.created_at),
        "roles": [
            {
                "role": each.role,
                "source": each.source,
                "given_at": _iso(each.created_at),
                "taken_back_at": _iso(each.revoked_at),
            }
            for each in person.grants
        ],
    }


def _goal(goal: Goal) -> dict[str, Any]:
    card = goal.declaration
    return {
        "school_year": goal.plan.school_year,
        "headline": goal.headline,
        "rationale": goal.rationale,
        "practice_change": goal.practice_change,
        "student_result": goal.student_result,
        "measure": goal.measure,
        "due_on": _iso(goal.due_on),
        "state": goal.state,
        "met_at": _iso(goal.met_at),
        "results_statement": goal.results_statement,
        "indicators": [{"code": each.code, "statement": each.statement} for each in goal.indicators],
        "courses": [{"title": each.course.title, "completed_at": _iso(each.completed_at)} for each in goal.courses],
        "try_its": [
            {
                "course": each.course.title if each.course else None,
                "reflection": each.reflection,
                "opened_at": _iso(each.opened_at),
                "done_at": _iso(each.done_at),
            }
            for each in goal.tries
        ],
        "card": card
        and {
            "audience": card.audience,
            "next_step": card.next_step,
            "offer": card.offer,
            "wish": card.wish,
            "declared_at": _iso(card.declared_at),
        },
        "created_at": _iso(goal.created_at),
        "updated_at": _iso(goal.updated_at),
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None
