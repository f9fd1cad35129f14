"""A district in the middle of its year: something of every kind, so that every page has something to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.grades.models import Completion, CompletionSource, Score, ScoreState
from lti_tool.launch.models import Deployment, DeploymentState, LinkKind, ResourceLink, RestAccess
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage
from lti_tool.people.models import Identity, Person, Role
from lti_tool.plans.models import Audience, Declaration, Goal, GoalCourse, GoalState, GrowthPlan, TryIt
from lti_tool.standards.models import CourseAlignment, Framework, Indicator, Level, Strength
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamState
from tests.conftest import SampleDistrict, make_course, make_district, make_person

NAMES = ["Ana Ruiz", "Ben Okafor", "Chloe Martin", "Dinesh Rao", "Eva Novak", "Farid Haddad", "Grace Lee"]
HEADLINES = [
    "Ask questions that every pupil has to think about",
    "Use exit tickets to plan the next lesson",
    "Give feedback that pupils act on",
    "Let pupils judge their own drafts against examples",
]


@dataclass(frozen=True)
class FullDistrict:
    """The district, its people by what they are, and an id for each kind of thing that an address can name."""

    sample: SampleDistrict
    educator: Person
    designer: Person
    administrator: Person
    ids: dict[str, int]


def make_full_district(db: Session, name: str = "Cedar Valley") -> FullDistrict:
    """Return a new district with everything in it."""
    sample = make_district(db, name)
    people = [make_person(db, sample, each, school=place % 2) for place, each in enumerate(NAMES)]
    designer = make_person(db, sample, "Nora Field", Role.DESIGNER, position="coach", learner=False)
    administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, position="administrator", learner=False)
    people[1].requested_school = sample.schools[0]
    for number, person in enumerate([*people, designer, administrator]):
        db.add(Identity(person_id=person.id, registration_id=sample.registration.id, sub=str(number)))
    indicators = _framework(db, sample)
    link, other_course = _courses(db, sample, indicators, designer)
    goals = [_goal(db, sample, person, indicators, place) for place, person in enumerate(people)]
    team = _teams(db, sample, people, goals)
    _finish(db, sample, people, goals)
    score, message = _scores(db, sample, people, link)
    _connection(db, sample)
    db.flush()
    ids = {
        "registration_id": sample.registration.id,
        "deployment_id": sample.deployment.id,
        "course_id": sample.course.id,
        "person_id": people[1].id,
        "framework_id": indicators[0].framework_id,
        "indicator_id": indicators[-1].id,
        "goal_id": goals[0].id,
        "try_id": goals[0].tries[0].id,
        "team_id": team.id,
        "member_id": team.members[0].id,
        "score_id": score.id,
        "message_id": message.id,
    }
    assert other_course.id
    return FullDistrict(sample, people[0], designer, administrator, ids)


def _framework(db: Session, sample: SampleDistrict) -> list[Indicator]:
    framework = Framework(
        district_id=sample.district.id, identifier="00000000-0000-0000-0000-000000000001", title="Teaching practice",
        version="2026", audience="teacher", licence="CC BY 4.0", attribution="The district",
    )  # fmt: skip
    db.add(framework)
    db.flush()
    tree = [("A", Level.DOMAIN, "Learning is visible"), ("A.1", Level.COMPONENT, "Questions and discussion"),
            ("A.1.a", Level.INDICATOR, "Asks questions that open thinking"),
            ("A.1.b", Level.INDICATOR, "Lets pupils answer one another"),
            ("A.1.c", Level.INDICATOR, "Uses what pupils say to plan what comes next")]  # fmt: skip
    made: list[Indicator] = []
    for position, (code, level, statement) in enumerate(tree):
        parent = next((each for each in reversed(made) if code.startswith(f"{each.code}.")), None)
        item = Indicator(
            framework_id=framework.id, parent_id=parent.id if parent else None, identifier=f"id-{code}", level=level,
            code=code, path=f"{parent.path}/{code}" if parent else code, statement=statement, position=position,
        )  # fmt: skip
        db.add(item)
        db.flush()
        made.append(item)
    return made


def _courses(db: Session, sample: SampleDistrict, indicators: list[Indicator], designer: Person):
    db.add(CourseAlignment(
        course_id=sample.course.id, indicator_id=indicators[2].id, strength=Strength.DEVELOPS, grade_bands=["3-5"],
        created_by_id=designer.id,
    ))  # fmt: skip
    link = ResourceLink(
        course_id=sample.course.id, resource_link_id="1", kind=LinkKind.COURSE_GOALS, title="My goals in this course",
        line_item_url="http://127.0.0.1:1/lineitem/1",
    )  # fmt: skip
    db.add(link)
    other = make_course(db, sample.district.id, sample.registration.id, sample.deployment.id, "Feedback that is used")
    other.completions_note = "This course has no completion settings in the LMS."
    sample.course.completions_read_at = utc_now() - timedelta(days=1)
    db.flush()
    return link, other


def _goal(db: Session, sample: SampleDistrict, person: Person, indicators: list[Indicator], place: int) -> Goal:
    plan = GrowthPlan(district_id=sample.district.id, person_id=person.id, school_year=2026)
    goal = Goal(
        plan=plan, headline=HEADLINES[place % len(HEADLINES)], rationale="Last year's exit tickets were often empty.",
        practice_change="I will plan three open questions for each lesson.",
        student_result="More pupils explain their thinking in writing.", measure="Exit tickets, once a week.",
        due_on=(utc_now() + timedelta(days=60)).date(), indicators=[indicators[2 + place % 3]],
    )  # fmt: skip
    goal.declaration = Declaration(
        audience=[Audience.DISTRICT, Audience.SCHOOL, Audience.DISTRICT, Audience.PRIVATE][place % 4],
        next_step="Plan one question tree for Thursday", offer="A set of question stems", wish="Somebody to visit me",
    )  # fmt: skip
    goal.courses.append(GoalCourse(course_id=sample.course.id))
    db.add(goal)
    db.flush()
    return goal


def _teams(db: Session, sample: SampleDistrict, people: list[Person], goals: list[Goal]) -> Team:
    formed = Team(
        district_id=sample.district.id, course_id=sample.course.id, name="Amber Heron", state=TeamState.FORMED,
        formed_at=utc_now(),
        lms_group_id="7", lms_confirmed_at=utc_now(),
    )  # fmt: skip
    inviting = Team(
        district_id=sample.district.id, course_id=sample.course.id, name="Blue Wren", state=TeamState.INVITING,
    )  # fmt: skip
    proposed = Team(
        district_id=sample.district.id, course_id=sample.course.id, name="Coral Finch",
    )  # fmt: skip
    for team, members, state in (
        (formed, (0, 1, 2), MemberState.ACCEPTED),
        (inviting, (3, 4), MemberState.INVITED),
        (proposed, (5, 6), MemberState.INVITED),
    ):
        team.members = [TeamMember(person_id=people[n].id, goal_id=goals[n].id, state=state) for n in members]
        db.add(team)
    db.flush()
    return formed


def _finish(db: Session, sample: SampleDistrict, people: list[Person], goals: list[Goal]) -> None:
    now = utc_now()
    for person, goal in zip(people[:3], goals[:3], strict=True):
        db.add(Completion(
            district_id=sample.district.id, course_id=sample.course.id, person_id=person.id,
            source=CompletionSource.MOODLE, completed_at=now - timedelta(days=2),
        ))  # fmt: skip
        goal.courses[0].completed_at = now - timedelta(days=2)
        goal.tries.append(TryIt(course_id=sample.course.id))
    for goal in goals[1:3]:
        goal.tries[0].reflection, goal.tries[0].done_at = "Waiting longer after a question changed who answers.", now
    goals[2].state, goals[2].met_at, goals[2].results_statement = GoalState.MET, now, "Half of the class now answers."
    db.flush()


def _scores(
    db: Session, sample: SampleDistrict, people: list[Person], link: ResourceLink
) -> tuple[Score, OutboxMessage]:
    for person, state in zip(people, [ScoreState.WAITING, ScoreState.SENT, ScoreState.CONFIRMED], strict=False):
        db.add(Score(
            district_id=sample.district.id, course_id=sample.course.id, resource_link_id=link.id,
            person_id=person.id, state=state,
            achieved_at=utc_now(),
        ))  # fmt: skip
    refused = Score(
        district_id=sample.district.id, course_id=sample.course.id, resource_link_id=link.id,
            person_id=people[3].id, achieved_at=utc_now(),
        state=ScoreState.NEEDS_ATTENTION, outcome="The assignment is not published. Publish it in the LMS.",
    )  # fmt: skip
    db.add(refused)
    db.flush()
    message = OutboxMessage(
        kind="score", key=f"score:{refused.id}", lane=f"platform:{sample.registration.id}",
        district_id=sample.district.id, payload={"score_id": refused.id}, state=MessageState.WAITING, attempts=1,
        last_error_class="waiting", last_error="The assignment is not published.",
    )  # fmt: skip
    db.add(message)
    db.flush()
    db.add(DeliveryAttempt(message_id=message.id, outcome="waiting", http_status=422, detail="not published"))
    return refused, message


def _connection(db: Session, sample: SampleDistrict) -> None:
    db.add(RestAccess(registration_id=sample.registration.id, base_url="http://127.0.0.1:1", access_token=b"sealed"))
    db.add(Deployment(registration_id=sample.registration.id, deployment_id="2", state=DeploymentState.PENDING))


def make_newcomer(db: Session, full: FullDistrict) -> Person:
    """Return somebody who opens the tool for the first time."""
    newcomer = make_person(db, full.sample, "Zoe Adams", position="", grade_band=None, discipline="")
    newcomer.school = None
    return newcomer
