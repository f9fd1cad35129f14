"""A district of any size in the middle of its year; the same seed and size give the same district.

Courses, schools and teams grow in number with its people and so stay as large as they are in life; the framework does
not grow. Every educator has two goals and learns in two courses.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lti_tool.db import Base, utc_now
from lti_tool.grades.models import Completion, CompletionSource, Score, ScoreState
from lti_tool.launch.models import Deployment, DeploymentState, Family, LinkKind, Registration, ResourceLink
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import (
    AuditEvent,
    Course,
    CourseRole,
    District,
    GradeBand,
    Identity,
    Membership,
    Person,
    Role,
    RoleGrant,
    School,
)
from lti_tool.plans.models import Audience, Declaration, Goal, GoalCourse, GoalIndicator, GoalState, GrowthPlan, TryIt
from lti_tool.standards.models import CourseAlignment, Framework, Indicator, Level, Strength
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState

SEED = 20260817
PEOPLE_PER_SCHOOL = 50
PEOPLE_PER_COURSE = 25
TEAM_SIZE = 4
DISCIPLINES = ("mathematics", "science", "language", "arts", "history", "health")
POSITIONS = ("teacher", "teacher", "teacher", "counselor", "librarian", "coach")
TREE = (4, 5, 4)
"""Domains, components in each, indicators in each."""


@dataclass(frozen=True)
class LargeDistrict:
    """Where to look: ids of an educator with a goal in a team, and of somebody who has every role."""

    registration_id: int
    deployment_id: int
    course_id: int
    educator_id: int
    goal_id: int
    everything_id: int


class _Builder:
    """Collects rows by table, each with the id that it will have."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.rows: defaultdict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self.finished: set[tuple[int, int]] = set()
        self.now = utc_now()

    def add(self, table: type[Base], **values: Any) -> int:
        rows = self.rows[table]
        rows.append({"id": len(rows) + 1, **values} if hasattr(table, "id") else values)
        return len(rows)

    def write(self, db: Session) -> None:
        for table in Base.metadata.sorted_tables:
            for model, rows in self.rows.items():
                if model.__table__ is table:
                    db.execute(insert(model), rows)


def build_district(db: Session, people: int, goals_each: int = 2) -> LargeDistrict:
    """Fill an empty database with a district of so many educators, each with so many goals."""
    builder = _Builder()
    builder.add(District, name="Cedar Valley")
    schools = [
        builder.add(School, district_id=1, name=f"School {number}")
        for number in range(max(2, people // PEOPLE_PER_SCHOOL))
    ]
    _platform(builder)
    indicators = _framework(builder)
    courses = [_course(builder, number, indicators) for number in range(max(4, people // PEOPLE_PER_COURSE))]
    for number in range(people):
        _educator(builder, number, schools, _own_courses(builder, number, courses, goals_each), indicators)
    _teams(builder, goals_each)
    everything = _everything(builder, schools[0], courses[0])
    builder.write(db)
    return LargeDistrict(1, 1, courses[0], 1, 1, everything)


def _platform(builder: _Builder) -> None:
    address = "http://127.0.0.1:1"
    builder.add(
        Registration, district_id=1, login_key="key", name="Moodle", family=Family.MOODLE, issuer=address,
        client_id="client", auth_login_url=f"{address}/auth", auth_token_url=f"{address}/token",
        key_set_url=f"{address}/certs", frame_origins=[address],
    )  # fmt: skip
    builder.add(Deployment, registration_id=1, deployment_id="1", state=DeploymentState.APPROVED)


def _framework(builder: _Builder) -> list[int]:
    builder.add(Framework, district_id=1, identifier="framework", title="Teaching practice", audience="teacher")
    domains, components, leaves = TREE
    found = []
    for domain in range(1, domains + 1):
        top = _item(builder, Level.DOMAIN, str(domain), None)
        for component in range(1, components + 1):
            middle = _item(builder, Level.COMPONENT, f"{domain}/{domain}.{component}", top)
            for leaf in range(1, leaves + 1):
                path = f"{domain}/{domain}.{component}/{domain}.{component}.{leaf}"
                found.append(_item(builder, Level.INDICATOR, path, middle))
    return found


def _item(builder: _Builder, level: Level, path: str, parent: int | None) -> int:
    code = path.rpartition("/")[2]
    return builder.add(
        Indicator, framework_id=1, parent_id=parent, identifier=f"id-{code}", level=level, code=code, path=path,
        statement=f"Practises what {code} describes, with every class", position=len(builder.rows[Indicator]),
    )  # fmt: skip


def _course(builder: _Builder, number: int, indicators: list[int]) -> int:
    course = builder.add(
        Course, district_id=1, registration_id=1, deployment_id=1, context_id=str(number), lms_course_id=str(number),
        label=f"PD{number}", title=f"Course {builder.chance.randrange(10**6)}", professional_learning_at=builder.now,
        completions_read_at=builder.now, completions_note="No completion settings." if number % 20 == 7 else "",
    )  # fmt: skip
    builder.add(
        ResourceLink, course_id=course, resource_link_id="1", kind=LinkKind.COURSE_GOALS, title="My goals",
        line_item_url=f"http://127.0.0.1:1/lineitem/{number}",
    )  # fmt: skip
    for indicator in builder.chance.sample(indicators[: len(indicators) * 3 // 4], 3):
        builder.add(
            CourseAlignment, course_id=course, indicator_id=indicator, strength=Strength.DEVELOPS, grade_bands=["3-5"]
        )
    return course


def _own_courses(builder: _Builder, number: int, courses: list[int], goals_each: int) -> list[int]:
    """Return the course that each of a person's goals counts; neighbours meet in the first."""
    return [courses[number % len(courses)], *(builder.chance.choice(courses) for _ in range(goals_each - 1))]


def _educator(builder: _Builder, number: int, schools: list[int], courses: list[int], indicators: list[int]) -> None:
    chance = builder.chance
    person = builder.add(
        Person, district_id=1, school_id=schools[number % len(schools)], name=f"Person {chance.randrange(10**6):06}",
        email=f"{number}@example.test", position=chance.choice(POSITIONS), grade_band=chance.choice(list(GradeBand)),
        discipline=chance.choice(DISCIPLINES),
    )  # fmt: skip
    builder.add(Identity, person_id=person, registration_id=1, sub=str(number))
    builder.add(AuditEvent, district_id=1, actor_id=person, action="goal_saved", subject="goal", subject_id=person)
    plan = builder.add(GrowthPlan, district_id=1, person_id=person, school_year=2026)
    for course in dict.fromkeys(courses):
        builder.add(Membership, course_id=course, person_id=person, role=CourseRole.LEARNER)
    for course in courses:
        _goal(builder, person, plan, course, indicators)


def _goal(builder: _Builder, person: int, plan: int, course: int, indicators: list[int]) -> None:
    chance, now = builder.chance, builder.now
    is_met = len(builder.rows[Goal]) % 4 == 3
    goal = builder.add(
        Goal, plan_id=plan, headline=f"Ask better questions, way {chance.randrange(1000)}", rationale="Exit tickets.",
        practice_change="Three open questions.", student_result="More explain.", measure="Weekly.",
        state=GoalState.MET if is_met else GoalState.OPEN, met_at=now if is_met else None,
        results_statement="Half of them do." if is_met else "", due_on=(now + timedelta(days=60)).date(),
    )  # fmt: skip
    for indicator in chance.sample(indicators, 2):
        builder.add(GoalIndicator, goal_id=goal, indicator_id=indicator)
    builder.add(
        Declaration, goal_id=goal, audience=chance.choice([Audience.DISTRICT, Audience.SCHOOL, Audience.PRIVATE]),
        next_step="Plan one question tree", offer="Question stems", wish="A visit",
    )  # fmt: skip
    finished = now - timedelta(days=goal % 14) if goal % 2 else None
    builder.add(GoalCourse, goal_id=goal, course_id=course, completed_at=finished)
    if finished:
        builder.add(TryIt, goal_id=goal, course_id=course, reflection="It helped." if is_met else "",
                    done_at=now if is_met else None)  # fmt: skip
        _finish(builder, person, course)


def _finish(builder: _Builder, person: int, course: int) -> None:
    if (course, person) in builder.finished:
        return
    builder.finished.add((course, person))
    builder.add(Completion, district_id=1, course_id=course, person_id=person, source=CompletionSource.MOODLE)
    states = (ScoreState.CONFIRMED,) * 17 + (ScoreState.SENT, ScoreState.WAITING, ScoreState.NEEDS_ATTENTION)
    state = builder.chance.choice(states)
    made = builder.now - timedelta(days=builder.chance.randrange(120))
    score = builder.add(
        Score, district_id=1, course_id=course, resource_link_id=course, person_id=person, achieved_at=made,
        created_at=made, state=state, cause="waiting" if state is ScoreState.NEEDS_ATTENTION else "",
    )  # fmt: skip
    delivered = state in {ScoreState.CONFIRMED, ScoreState.SENT}
    builder.add(
        OutboxMessage, kind="score", key=f"score:{score}", lane="platform:1", district_id=1,
        payload={"score_id": score}, state=MessageState.DELIVERED if delivered else MessageState.WAITING,
    )  # fmt: skip


def _teams(builder: _Builder, goals_each: int) -> None:
    """Team the learners of each course up, as they come; a goal brings each of them."""
    learners: defaultdict[int, list[int]] = defaultdict(list)
    for row in builder.rows[Membership]:
        learners[row["course_id"]].append(row["person_id"])
    placed: set[int] = set()
    for course, people in learners.items():
        free = [person for person in people if person not in placed]
        for place in range(0, len(free) - TEAM_SIZE + 1, TEAM_SIZE):
            members = free[place : place + TEAM_SIZE]
            placed.update(members)
            state = (TeamState.FORMED, TeamState.PROPOSED, TeamState.INVITING)[place // TEAM_SIZE % 3]
            team = builder.add(Team, district_id=1, course_id=course, name=f"Team {place}", state=state)
            for person in members:
                goal = (person - 1) * goals_each + 1
                builder.add(TeamMember, team_id=team, person_id=person, goal_id=goal, state=MemberState.ACCEPTED)


def _everything(builder: _Builder, school: int, course: int) -> int:
    person = builder.add(Person, district_id=1, school_id=school, name="Zola Dlamini", position="coach")
    builder.add(Membership, course_id=course, person_id=person, role=CourseRole.DESIGNER)
    for role in Role:
        builder.add(RoleGrant, person_id=person, role=role, source="administrator")
    return person
