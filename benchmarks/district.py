"""A district of any size in the middle of its year; the same seed and size give the same district.

Courses, schools and teams grow in number with its people and so stay as large as they are in life; the framework does
not grow. Every educator has two goals and learns in two courses.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
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
    Opportunity,
    OpportunityKind,
    Person,
    Role,
    RoleGrant,
    School,
    Supervision,
)
from lti_tool.plans.models import (
    Activity,
    Audience,
    CommentKind,
    CreditType,
    Declaration,
    DeclarationExemption,
    EntrySource,
    Evidence,
    EvidenceIndicator,
    EvidenceKind,
    ExemptionReason,
    Goal,
    GoalDraft,
    GoalIndicator,
    GoalRationale,
    GoalRevision,
    GoalState,
    GrowthPlan,
    LedgerEntry,
    PlanChange,
    PlanSnapshot,
    PlanState,
    PlanTemplate,
    PracticeCard,
    PracticeIndicator,
    PracticeTry,
    Priority,
    RationaleKind,
    ReviewComment,
    TemplateVersion,
    TryIt,
)
from lti_tool.standards.models import Alignment, Framework, FrameworkImport, ImportState, Indicator, Level, Strength
from lti_tool.teams.models import (
    Agreement,
    Attendance,
    CheckIn,
    CheckInState,
    Commitment,
    HelpReply,
    HelpRequest,
    MemberState,
    StepKind,
    Team,
    TeamCycle,
    TeamMember,
    TeamSession,
    TeamState,
)

SEED = 20260817
PEOPLE_PER_SCHOOL = 50
PEOPLE_PER_COURSE = 25
TEAM_SIZE = 4
KINDS = tuple(kind for kind in OpportunityKind if kind is not OpportunityKind.COURSE)
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
    builder.add(
        CreditType, district_id=1, name="Clock hours", unit="clock hours", hours_per_unit=Decimal(1), is_default=True
    )
    schools = [
        builder.add(School, district_id=1, name=f"School {number}")
        for number in range(max(2, people // PEOPLE_PER_SCHOOL))
    ]
    _platform(builder)
    builder.add(PlanTemplate, district_id=1, is_default=True)
    builder.add(TemplateVersion, template_id=1, number=1, name="Annual growth plan", published_at=builder.now)
    indicators = _framework(builder)
    courses = [_course(builder, number, indicators) for number in range(max(4, people // PEOPLE_PER_COURSE))]
    for _ in courses:
        for kind in KINDS:
            _opportunity(builder, kind, indicators)
    for number in range(max(7, people // PEOPLE_PER_COURSE)):
        _other_learning(builder, number, indicators)
    for number in range(people):
        _educator(builder, number, schools, _own_courses(builder, number, courses, goals_each), indicators)
    _words_on_their_way(builder, indicators, goals_each)
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
    builder.add(FrameworkImport, district_id=1, state=ImportState.FAILED, problem="The server did not answer.")
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
    title = f"Course {builder.chance.randrange(10**6)}"
    builder.add(Opportunity, district_id=1, kind=OpportunityKind.COURSE, title=title)
    course = builder.add(
        Course, district_id=1, registration_id=1, deployment_id=1, context_id=str(number), lms_course_id=str(number),
        label=f"PD{number}", title=title, professional_learning_at=builder.now,
        completions_read_at=builder.now, completions_asked_at=builder.now,
        completions_note="No completion settings." if number % 20 == 7 else "",
    )  # fmt: skip
    builder.add(
        ResourceLink, course_id=course, resource_link_id="1", kind=LinkKind.COURSE_GOALS, title="My goals",
        line_item_url=f"http://127.0.0.1:1/lineitem/{number}",
    )  # fmt: skip
    _align(builder, course, indicators)
    return course


def _align(builder: _Builder, opportunity: int, indicators: list[int]) -> None:
    """Attach it to three indicators, the first course to the first one too; a quarter of the framework has nothing."""
    served = builder.chance.sample(indicators[: len(indicators) * 3 // 4], 3)
    for indicator in sorted({*served, indicators[0]} if opportunity == 1 else served):
        builder.add(
            Alignment, opportunity_id=opportunity, indicator_id=indicator, strength=Strength.DEVELOPS,
            grade_bands=["3-5"], disciplines=[builder.chance.choice(DISCIPLINES)], roles=["teacher"], contexts=["all"],
        )  # fmt: skip


def _opportunity(builder: _Builder, kind: OpportunityKind, indicators: list[int]) -> None:
    opportunity = builder.add(
        Opportunity, district_id=1, kind=kind, title=f"Learning {builder.chance.randrange(10**6)}",
        hours=Decimal("1.5"), refreshed_on=(builder.now - timedelta(days=builder.chance.randrange(1500))).date(),
    )  # fmt: skip
    _align(builder, opportunity, indicators)


def _other_learning(builder: _Builder, number: int, indicators: list[int]) -> None:
    """Add something to learn from that is no course of an LMS, of one kind after the other."""
    kinds = [kind for kind in OpportunityKind if kind is not OpportunityKind.COURSE]
    opportunity = builder.add(
        Opportunity, district_id=1, kind=kinds[number % len(kinds)],
        title=f"Learning {builder.chance.randrange(10**6)}", host_id=None if number % 3 else 1 + number,
        provider="County university" if number % 5 == 0 else "",
    )  # fmt: skip
    builder.add(
        Alignment, opportunity_id=opportunity, indicator_id=builder.chance.choice(indicators),
        strength=Strength.INTRODUCES, grade_bands=["3-5"], roles=["teacher"],
    )  # fmt: skip


def _own_courses(builder: _Builder, number: int, courses: list[int], goals_each: int) -> list[int]:
    """Return the course that each of a person's goals counts; neighbours meet in the first."""
    return [courses[number % len(courses)], *(builder.chance.choice(courses) for _ in range(goals_each - 1))]


def _educator(builder: _Builder, number: int, schools: list[int], courses: list[int], indicators: list[int]) -> None:
    chance = builder.chance
    person = builder.add(
        Person, district_id=1, school_id=schools[number % len(schools)], name=f"Person {chance.randrange(10**6):06}",
        email=f"{number}@example.test", position=chance.choice(POSITIONS),
        grade_bands=[chance.choice(list(GradeBand)).value], discipline=chance.choice(DISCIPLINES),
    )  # fmt: skip
    builder.add(Identity, person_id=person, registration_id=1, sub=str(number))
    builder.add(AuditEvent, district_id=1, actor_id=person, action="goal_saved", subject="goal", subject_id=person)
    plan = _plan(builder, person)
    for course in dict.fromkeys(courses):
        builder.add(Membership, course_id=course, person_id=person, role=CourseRole.LEARNER)
    for course in courses:
        _goal(builder, person, plan, course, indicators)
    card = builder.add(
        PracticeCard, district_id=1, person_id=person, title=f"Way {chance.randrange(1000)}", did="We wrote first.",
        audience=Audience.DISTRICT,
    )  # fmt: skip
    builder.add(PracticeIndicator, card_id=card, indicator_id=chance.choice(indicators))
    builder.add(PracticeTry, card_id=chance.randint(1, card), person_id=person, words="It helped.")


def _plan(builder: _Builder, person: int) -> int:
    """Add a plan that is with its reader, the first person; that one's own is active."""
    is_first, now = person == 1, builder.now
    plan = builder.add(
        GrowthPlan, district_id=1, person_id=person, school_year=2026, template_version_id=1,
        state=PlanState.ACTIVE if is_first else PlanState.SUBMITTED, submitted_at=now, opened_at=now,
        answer_by=now.date(),
    )  # fmt: skip
    words = [{"goal_id": None, "title": "", "fields": {"shared_with": "Two colleagues"}}]
    builder.add(PlanSnapshot, plan_id=plan, number=1, reason=PlanState.SUBMITTED, words=words)
    builder.add(PlanChange, plan_id=plan, actor_id=person, to_state=PlanState.SUBMITTED)
    if not is_first:
        builder.add(Supervision, person_id=person, supervisor_id=1)
    for _ in range(2):
        builder.add(
            ReviewComment, plan_id=plan, field="shared_with", author_id=1, kind=CommentKind.QUESTION, words="With whom?"
        )
    return plan


def _goal(builder: _Builder, person: int, plan: int, course: int, indicators: list[int]) -> None:
    chance, now = builder.chance, builder.now
    is_met = len(builder.rows[Goal]) % 4 == 3
    goal = builder.add(
        Goal, plan_id=plan, headline=f"Ask better questions, way {chance.randrange(1000)}",
        practice_change="Three open questions.", student_result="More explain.", measure="Weekly.",
        state=GoalState.MET if is_met else GoalState.OPEN, met_at=now if is_met else None,
        results_statement="Half of them do." if is_met else "", due_on=(now + timedelta(days=60)).date(),
    )  # fmt: skip
    evidence = builder.add(
        Evidence, goal_id=goal, kind=EvidenceKind.WORDS, title="Exit notes", reflection="More of them explain.",
        dated_on=now.date(),
    )  # fmt: skip
    builder.add(GoalRationale, goal_id=goal, kind=RationaleKind.EDUCATOR, text="Exit tickets.")
    for indicator in chance.sample(indicators, 2):
        builder.add(GoalIndicator, goal_id=goal, indicator_id=indicator)
        builder.add(EvidenceIndicator, evidence_id=evidence, indicator_id=indicator)
    builder.add(
        LedgerEntry, district_id=1, person_id=person, credit_type_id=1, quantity=Decimal(2), hours=Decimal(2),
        earned_on=now.date(), source=EntrySource.BY_HAND, title="A conference",
    )  # fmt: skip
    audience = chance.choice([Audience.DISTRICT, Audience.SCHOOL, Audience.PRIVATE])
    school = builder.rows[Person][person - 1]["school_id"] if audience is Audience.SCHOOL else None
    builder.add(
        Declaration, goal_id=goal, audience=audience, school_id=school,
        next_step="Plan one question tree", offer="Question stems", wish="A visit",
    )  # fmt: skip
    finished = now - timedelta(days=goal % 14) if goal % 2 else None
    builder.add(Activity, plan_id=plan, goal_id=goal, opportunity_id=course, completed_at=finished)
    if finished:
        builder.add(TryIt, goal_id=goal, opportunity_id=course, reflection="It helped." if is_met else "",
                    done_at=now if is_met else None)  # fmt: skip
        _finish(builder, person, course)


def _words_on_their_way(builder: _Builder, indicators: list[int], goals_each: int) -> None:
    """Let the first educator have begun goals, and changes of the first goal, which was saved as often."""
    begun = {"headline": "Wait longer", "indicator_ids": [str(each) for each in indicators[:8]]}
    for number in range(goals_each):
        builder.add(
            GoalDraft, person_id=1, goal_id=None, base_version=None, words=begun, writers={}, sheet=f"new {number}"
        )
        change = {"measure": f"A count of answers, {number}"}
        builder.add(GoalDraft, person_id=1, goal_id=1, base_version=1, words=change, writers={}, sheet=f"old {number}")
        builder.add(GoalRevision, goal_id=1, version=number + 1, words=change, saved_by_id=1)
        builder.add(Priority, district_id=1, text=f"Everybody talks in every lesson, {number}")


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


STATES = (TeamState.FORMED, TeamState.PROPOSED, TeamState.PROPOSED, TeamState.INVITING)


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
            state = STATES[place // TEAM_SIZE % len(STATES)]
            team = builder.add(Team, district_id=1, course_id=course, name=f"Team {place}", state=state)
            for person in members:
                goal = _goal_to_team_with(builder, range((person - 1) * goals_each + 1, person * goals_each + 1))
                builder.add(TeamMember, team_id=team, person_id=person, goal_id=goal, state=MemberState.ACCEPTED)
            if state is TeamState.FORMED:
                _room(builder, team, members)


def _goal_to_team_with(builder: _Builder, goals: range) -> int:
    """Return the first of these goals that can be matched, or the first at all."""
    rows, cards = builder.rows[Goal], builder.rows[Declaration]
    shared = (each for each in goals if cards[each - 1]["audience"] is not Audience.PRIVATE)
    return next((each for each in shared if rows[each - 1]["state"] is GoalState.OPEN), goals[0])


def _room(builder: _Builder, team: int, members: list[int]) -> None:
    builder.add(Agreement, team_id=team, words="We ask before we advise.")
    session = builder.add(TeamSession, team_id=team, starts_at=builder.now, hours=Decimal(1), facilitator_id=members[0])
    asked = builder.add(HelpRequest, team_id=team, person_id=members[0], words="How do you wait?")
    cycle = builder.add(TeamCycle, team_id=team, number=1, starts_on=builder.now.date())
    for person in members:
        builder.add(Attendance, session_id=session, person_id=person)
        builder.add(HelpReply, request_id=asked, person_id=person, words="I count to five.")
        builder.add(CheckIn, team_id=team, person_id=person, state=CheckInState.ON_COURSE)
        builder.add(Commitment, cycle_id=cycle, person_id=person, step=StepKind.CARRIED, words="One more class")


def _everything(builder: _Builder, school: int, course: int) -> int:
    person = builder.add(Person, district_id=1, school_id=school, name="Zola Dlamini", position="coach")
    builder.add(Membership, course_id=course, person_id=person, role=CourseRole.DESIGNER)
    builder.add(DeclarationExemption, person_id=person, reason=ExemptionReason.OTHER)
    for role in Role:
        builder.add(RoleGrant, person_id=person, role=role, source="administrator")
    return person
