"""A district in the middle of its year: something of every kind, so that every page has something to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.grades.models import (
    Completion,
    CompletionSource,
    CompletionStep,
    CompletionTurn,
    HeldWhy,
    Resend,
    Score,
    ScoreState,
    ScoreStep,
    ScoreTurn,
    StrayResult,
)
from lti_tool.launch.models import Deployment, DeploymentState, LinkKind, ResourceLink, RestAccess
from lti_tool.outbox.models import DeliveryAttempt, MessageState, OutboxMessage
from lti_tool.people.models import Identity, Opportunity, OpportunityKind, Person, Role
from lti_tool.people.operations import name_supervisor
from lti_tool.plans.credit import starter_types
from lti_tool.plans.models import (
    Activity,
    Audience,
    CommentKind,
    Company,
    Declaration,
    DeclarationExemption,
    EntrySource,
    Evidence,
    EvidenceKind,
    ExemptionReason,
    Goal,
    GoalDraft,
    GoalRationale,
    GoalRevision,
    GoalState,
    GrowthPlan,
    LedgerEntry,
    LicenceCycle,
    PlanState,
    PracticeCard,
    PracticeTry,
    Priority,
    RationaleKind,
    ReviewComment,
    TryIt,
)
from lti_tool.plans.operations import (
    CommentWords,
    answer_comment,
    comment_on,
    hand_in_mid_year,
    install_starter_templates,
    open_plan,
)
from lti_tool.plans.operations.shared_goals import propose_shared_goal
from lti_tool.plans.words import as_typed, words_of
from lti_tool.standards.models import Alignment, Framework, FrameworkImport, Indicator, Level, Strength
from lti_tool.standards.operations import offer_package
from lti_tool.teams.models import (
    Agreement,
    Attendance,
    CheckIn,
    CheckInState,
    Commitment,
    DifferenceKind,
    GroupDifference,
    HelpReply,
    HelpRequest,
    LeftAlone,
    MemberState,
    ProposalRun,
    RunKind,
    StepKind,
    Team,
    TeamChange,
    TeamCycle,
    TeamLearning,
    TeamMember,
    TeamScope,
    TeamSession,
    TeamState,
    TeamWish,
    Visit,
    WishedPerson,
    WishKind,
)
from tests.conftest import SampleDistrict, make_course, make_district, make_person
from tests.standards.packages import read, small_package

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
    supervisor: Person
    ids: dict[str, int]


def make_full_district(db: Session, name: str = "Cedar Valley") -> FullDistrict:
    """Return a new district with everything in it."""
    sample = make_district(db, name)
    people = [make_person(db, sample, each, school=place % 2) for place, each in enumerate(NAMES)]
    designer = make_person(db, sample, "Nora Field", Role.DESIGNER, position="coach", learner=False)
    administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, position="administrator", learner=False)
    supervisor = make_person(db, sample, "Petra Lang", position="principal", learner=False)
    people[1].requested_school = sample.schools[0]
    for number, person in enumerate([*people, designer, administrator, supervisor]):
        db.add(Identity(person_id=person.id, registration_id=sample.registration.id, sub=str(number)))
    indicators = _framework(db, sample)
    link, other_course = _courses(db, sample, indicators, designer)
    _opportunities(db, sample, indicators, people[0])
    goals = [_goal(db, sample, person, indicators, place) for place, person in enumerate(people)]
    outside, noted = _further_learning(db, people, goals, indicators)
    team = _teams(db, sample, people, goals)
    _finish(db, sample, people, goals)
    room = _room(db, team, people)
    card = _practice(db, sample, people, goals)
    score, message = _scores(db, sample, people, link)
    _connection(db, sample)
    exemption = DeclarationExemption(person_id=people[6].id, reason=ExemptionReason.OTHER)
    db.add(exemption)
    evidence, entry, cycle = _record(db, sample, goals[0])
    begun, change, priority = _words_on_their_way(db, sample, goals[0], designer)
    goals[1].joined_goal_id, goals[1].company = goals[0].id, Company.JOINED
    comment = _review(db, goals[0], administrator, supervisor)
    db.flush()
    ids = {
        "registration_id": sample.registration.id,
        "deployment_id": sample.deployment.id,
        "course_id": sample.course.id,
        "person_id": people[1].id,
        "framework_id": indicators[0].framework_id,
        "indicator_id": indicators[-1].id,
        "opportunity_id": outside.id,
        "activity_id": noted.id,
        "goal_id": goals[0].id,
        "plan_id": goals[0].plan_id,
        "try_id": goals[0].tries[0].id,
        "evidence_id": evidence.id,
        "entry_id": entry.id,
        "cycle_id": cycle.id,
        "credit_type_id": entry.credit_type_id,
        "team_id": team.id,
        "member_id": team.members[0].id,
        "school_id": sample.schools[0].id,
        "wish_id": _wish(db, sample, people).id,
        "difference_id": _difference(db, team).id,
        **room,
        "visit_id": _visit(db, people),
        "shared_id": _shared_goal(db, people, goals),
        "card_id": card.id,
        "score_id": score.id,
        "stray_id": _stray(db, sample, supervisor).id,
        "message_id": message.id,
        "completion_id": db.query(Completion).filter_by(district_id=sample.district.id)[0].id,
        "resend_id": _resend(db, score, administrator).id,
        "exemption_id": exemption.id,
        "import_id": _import(db, sample, designer).id,
        "draft_id": begun.id,
        "step": 4,
        "change_id": change.id,
        "team_change_id": _team_change(db, sample, goals[5], team).id,
        "priority_id": priority.id,
        "comment_id": comment.id,
        "template_id": goals[0].plan.rules.template_id,
    }
    assert other_course.id
    return FullDistrict(sample, people[0], designer, administrator, supervisor, ids)


def _review(db: Session, goal: Goal, administrator: Person, supervisor: Person) -> ReviewComment:
    """Bring the plan of the first educator to the middle of its year, where its supervisor has something to say."""
    plan, owner = goal.plan, goal.owner
    name_supervisor(db, administrator, owner, supervisor)
    templates = install_starter_templates(db, administrator)
    plan.template_version, plan.state = templates[0].current, PlanState.ACTIVE
    plan.starts_on, plan.ends_on = date(2026, 7, 1), date(2027, 6, 30)
    db.flush()
    hand_in_mid_year(db, owner, plan, "Half of the questions are open ones now; waiting longer is still hard.")
    open_plan(db, supervisor, plan)
    asked = CommentWords(CommentKind.QUESTION, "Which class do you begin with?", "practice_change", goal.id)
    comment = comment_on(db, supervisor, plan, asked)
    answer_comment(db, owner, comment, "With the third grade.")
    comment_on(db, supervisor, plan, CommentWords(CommentKind.PRAISE, "You say what is hard.", "mid_year_words"))
    return comment


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


def _import(db: Session, sample: SampleDistrict, designer: Person) -> FrameworkImport:
    """Return a framework that was read and waits for somebody to look at it."""
    return offer_package(db, designer, read(small_package()), "our-practice.json")


def _courses(db: Session, sample: SampleDistrict, indicators: list[Indicator], designer: Person):
    db.add(Alignment(
        opportunity_id=sample.course.id, indicator_id=indicators[2].id, strength=Strength.DEVELOPS, grade_bands=["3-5"],
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


def _opportunities(db: Session, sample: SampleDistrict, indicators: list[Indicator], host: Person) -> Opportunity:
    """Offer something of every kind that is no course; return the door that the host opens."""
    now = utc_now()
    made = [
        Opportunity(district_id=sample.district.id, kind=kind, title=f"Learning by {kind.value}", hours=Decimal("1.5"))
        for kind in OpportunityKind
        if kind is not OpportunityKind.COURSE
    ]
    by_kind = {each.kind: each for each in made}
    door, session = by_kind[OpportunityKind.OPEN_DOOR], by_kind[OpportunityKind.LIVE_SESSION]
    door.host, door.starts_at, door.school_id = host, now + timedelta(days=3), host.school_id
    session.starts_at, session.place = now + timedelta(days=9), "Lake School, library"
    external = by_kind[OpportunityKind.EXTERNAL]
    external.provider, external.url = "Open Learning Workshop", "https://learning.example.org/course"
    external.retired_on = (now + timedelta(days=20)).date()
    gone = Opportunity(district_id=sample.district.id, kind=OpportunityKind.COACHING, title="Coaching as it was")
    gone.retired_on = (now - timedelta(days=2)).date()
    db.add_all([*made, gone])
    db.flush()
    db.add(Alignment(
        opportunity_id=door.id, indicator_id=indicators[-1].id, strength=Strength.DEMONSTRATES, grade_bands=["3-5"],
        disciplines=["mathematics"], roles=["teacher"], contexts=["all"],
    ))  # fmt: skip
    return door


def _goal(db: Session, sample: SampleDistrict, person: Person, indicators: list[Indicator], place: int) -> Goal:
    plan = GrowthPlan(district_id=sample.district.id, person_id=person.id, school_year=2026)
    goal = Goal(
        plan=plan, headline=HEADLINES[place % len(HEADLINES)],
        practice_change="I will plan three open questions for each lesson.",
        student_result="More pupils explain their thinking in writing.", measure="Exit tickets, once a week.",
        due_on=(utc_now() + timedelta(days=60)).date(), indicators=[indicators[2 + place % 3]],
        rationales=[GoalRationale(kind=RationaleKind.EDUCATOR, text="Last year's exit tickets were often empty.")],
    )  # fmt: skip
    goal.declaration = Declaration(
        audience=[Audience.DISTRICT, Audience.SCHOOL, Audience.DISTRICT, Audience.PRIVATE][place % 4],
        next_step="Plan one question tree for Thursday", offer="A set of question stems", wish="Somebody to visit me",
    )  # fmt: skip
    goal.declaration.show_to(goal.declaration.audience, person)
    goal.activities.append(Activity(plan=plan, opportunity_id=sample.course.id))
    db.add(goal)
    db.flush()
    db.add(GoalRevision(goal_id=goal.id, version=1, words=as_typed(words_of(goal)), saved_by_id=person.id))
    return goal


def _further_learning(
    db: Session, people: list[Person], goals: list[Goal], indicators: list[Indicator]
) -> tuple[Opportunity, Activity]:
    """Return a course outside of the district, and an open door that the first educator visits for no goal."""
    district_id = people[0].district_id
    outside = Opportunity(
        district_id=district_id, kind=OpportunityKind.EXTERNAL, title="Talk moves, a summer course",
        provider="County university", url="https://example.test/talk", hours=Decimal("12.5"),
    )  # fmt: skip
    door = Opportunity(
        district_id=district_id, kind=OpportunityKind.OPEN_DOOR, title="Come and see wait time", host_id=people[1].id,
        school_id=people[1].school_id, starts_at=utc_now() + timedelta(days=3),
    )  # fmt: skip
    for each, roles in ((outside, ["all"]), (door, [])):
        db.add(each)
        db.flush()
        db.add(Alignment(
            opportunity_id=each.id, indicator_id=indicators[2].id, strength=Strength.INTRODUCES,
            grade_bands=["3-5"], disciplines=roles, roles=roles, contexts=roles,
        ))  # fmt: skip
    noted = Activity(plan_id=goals[0].plan_id, opportunity_id=door.id)
    db.add(noted)
    db.flush()
    return outside, noted


def _words_on_their_way(
    db: Session, sample: SampleDistrict, goal: Goal, designer: Person
) -> tuple[GoalDraft, GoalDraft, Priority]:
    """Return a new goal that is begun, a change of a goal that met another one, and a priority to write for."""
    ids = [str(each.id) for each in goal.indicators]
    begun = GoalDraft(
        person_id=goal.owner.id, words={"headline": "Wait longer after a question", "indicator_ids": ids}, sheet="first"
    )
    base = as_typed(words_of(goal))
    goal.measure = "Exit tickets, every day."
    change = GoalDraft(
        person_id=goal.owner.id, goal_id=goal.id, base_version=1, sheet="second",
        words={**base, "measure": "A count of answers.", "with_whom": "Ben"},
    )  # fmt: skip
    priority = Priority(
        district_id=sample.district.id, text="Every pupil talks in every lesson", created_by_id=designer.id
    )
    db.add_all([begun, change, priority])
    db.flush()
    return begun, change, priority


def _difference(db: Session, team: Team) -> GroupDifference:
    difference = GroupDifference(team_id=team.id, kind=DifferenceKind.ADDED, what="41")
    db.add(difference)
    db.flush()
    return difference


def _wish(db: Session, sample: SampleDistrict, people: list[Person]) -> TeamWish:
    wish = TeamWish(
        district_id=sample.district.id, scope=TeamScope.COURSE, course_id=sample.course.id, kind=WishKind.APART
    )  # fmt: skip
    wish.people = [WishedPerson(person_id=person.id) for person in people[3:5]]
    db.add(wish)
    db.flush()
    return wish


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
    return formed


def _team_change(db: Session, sample: SampleDistrict, goal: Goal, team: Team) -> TeamChange:
    run = ProposalRun(
        district_id=sample.district.id, scope=TeamScope.COURSE, course_id=sample.course.id, kind=RunKind.JOINERS
    )
    change = TeamChange(run=run, person_id=goal.plan.person_id, goal=goal, team=team)
    alone = team.members[0].goal
    left = LeftAlone(run=run, person_id=goal.plan.person_id, goal=goal, nearest=alone, why="below_floor", likeness=0.5)
    db.add_all([change, left])
    db.flush()
    return change


def _room(db: Session, team: Team, people: list[Person]) -> dict[str, int]:
    """Fill the team's room: an agreement, a session behind them, a question that waits, a first step."""
    db.add(Agreement(team_id=team.id, words="We ask before we advise.", changed_by_id=people[0].id))
    session = TeamSession(
        team_id=team.id, starts_at=utc_now() - timedelta(days=3), hours=Decimal("1.5"), topic="Exit notes",
        facilitator_id=people[1].id, attendances=[Attendance(person_id=people[0].id)],
    )  # fmt: skip
    asked = HelpRequest(team_id=team.id, person_id=people[1].id, words="How do you wait after a question?")
    asked.replies.append(HelpReply(person_id=people[1].id, words="I mean with a large class."))
    db.add(CheckIn(team_id=team.id, person_id=people[0].id, state=CheckInState.ON_COURSE, words="Two lessons done."))
    cycle = TeamCycle(team_id=team.id, number=1, starts_on=utc_now().date())
    cycle.commitments.append(Commitment(person_id=people[1].id, step=StepKind.CARRIED, words="One more class"))
    chosen = TeamLearning(team_id=team.id, opportunity_id=team.course_id)
    db.add_all([session, asked, cycle, chosen])
    db.flush()
    return {"session_id": session.id, "request_id": asked.id}


def _visit(db: Session, people: list[Person]) -> int:
    """Let somebody come to the door that is open and note something there."""
    door = next(each for each in db.query(Opportunity) if each.kind is OpportunityKind.OPEN_DOOR)
    visit = Visit(opportunity_id=door.id, person_id=people[5].id, note="They waited.", noted_at=utc_now())
    db.add(visit)
    db.flush()
    return visit.id


def _shared_goal(db: Session, people: list[Person], goals: list[Goal]) -> int:
    """Let somebody propose a shared goal that another works on."""
    shared = propose_shared_goal(db, people[0], "Everybody speaks in every lesson", "Few do.", for_school=False)
    goals[1].shared_goal_id = shared.id
    db.flush()
    return shared.id


def _practice(db: Session, sample: SampleDistrict, people: list[Person], goals: list[Goal]) -> PracticeCard:
    card = PracticeCard(
        district_id=sample.district.id, person_id=people[0].id, goal_id=goals[0].id, title="Two minutes of silence",
        did="Everybody writes before anybody speaks.", with_whom="Two grade 4 classes", needed="A clock",
        would_change="Begin with one minute.", audience=Audience.DISTRICT, indicators=list(goals[0].indicators),
    )  # fmt: skip
    card.tries.append(PracticeTry(person_id=people[4].id, goal_id=goals[4].id, words="More of them spoke."))
    db.add(card)
    db.flush()
    return card


TO_DECIDE = (CompletionTurn.HELD, CompletionTurn.RECALLED, CompletionTurn.WITHDRAWN)


def _finish(db: Session, sample: SampleDistrict, people: list[Person], goals: list[Goal]) -> None:
    now = utc_now()
    for person, goal in zip(people[:3], goals[:3], strict=True):
        db.add(Completion(
            district_id=sample.district.id, course_id=sample.course.id, person_id=person.id,
            source=CompletionSource.MOODLE, completed_at=now - timedelta(days=2),
        ))  # fmt: skip
        goal.courses[0].completed_at = now - timedelta(days=2)
        goal.tries.append(TryIt(opportunity_id=sample.course.id))
    to_decide: list[dict[str, object]] = [
        {"held_at": now, "held_why": HeldWhy.MANY}, {"recalled_at": now}, {"withdrawn_at": now},
    ]  # fmt: skip
    for (person, state), turn in zip(zip(people[3:6], to_decide, strict=True), TO_DECIDE, strict=True):
        completion = Completion(
            district_id=sample.district.id, course_id=sample.course.id, person_id=person.id,
            source=CompletionSource.MOODLE, **state,
        )  # fmt: skip
        told = {"turn": CompletionTurn.NOTICED, "source": CompletionSource.MOODLE}
        db.add_all([CompletionStep(completion=completion, **told), CompletionStep(completion=completion, turn=turn)])
    for goal in goals[1:3]:
        goal.tries[0].reflection, goal.tries[0].done_at = "Waiting longer after a question changed who answers.", now
    goals[2].state, goals[2].met_at, goals[2].results_statement = GoalState.MET, now, "Half of the class now answers."
    db.flush()


def _stray(db: Session, sample: SampleDistrict, person: Person) -> StrayResult:
    found = StrayResult(district_id=sample.district.id, course_id=sample.course.id, person_id=person.id, shown="1/1")
    db.add(found)
    db.flush()
    return found


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
    db.add_all(ScoreStep(score_id=refused.id, turn=turn) for turn in (ScoreTurn.TAKEN, ScoreTurn.DIFFERED))
    message = OutboxMessage(
        kind="score", key=f"score:{refused.id}", lane=f"platform:{sample.registration.id}",
        district_id=sample.district.id, payload={"score_id": refused.id}, state=MessageState.WAITING, attempts=1,
        last_error_class="waiting", last_error="The assignment is not published.",
    )  # fmt: skip
    db.add(message)
    db.flush()
    db.add(DeliveryAttempt(message_id=message.id, outcome="waiting", http_status=422, detail="not published"))
    return refused, message


def _resend(db: Session, score: Score, administrator: Person) -> Resend:
    resend = Resend(
        district_id=score.district_id, actor_id=administrator.id, chosen={"state": "needs_attention"},
        last_score_id=score.id, total=4, queued=1,
    )  # fmt: skip
    db.add(resend)
    db.flush()
    score.resend_id = resend.id
    return resend


def _connection(db: Session, sample: SampleDistrict) -> None:
    db.add(RestAccess(registration_id=sample.registration.id, base_url="http://127.0.0.1:1", access_token=b"sealed"))
    db.add(Deployment(registration_id=sample.registration.id, deployment_id="2", state=DeploymentState.PENDING))


def _record(db: Session, sample: SampleDistrict, goal: Goal) -> tuple[Evidence, LedgerEntry, LicenceCycle]:
    """Give the first educator evidence, hours of either kind, and a licence to renew."""
    hours, ceu, _ = kinds = starter_types(sample.district.id)
    db.add_all(kinds)
    person_id = goal.plan.person_id
    evidence = Evidence(
        goal=goal, kind=EvidenceKind.LINK, title="Exit notes, before and after", url="https://example.test/notes",
        reflection="Twice as many could say what they do not understand yet.", dated_on=utc_now().date(),
        indicators=list(goal.indicators), activity=goal.activities[0], audience=Audience.SCHOOL,
    )  # fmt: skip
    finished = LedgerEntry(
        district_id=sample.district.id, person_id=person_id, credit_type=hours, quantity=Decimal(6), hours=Decimal(6),
        earned_on=utc_now().date(), source=EntrySource.ACTIVITY, title="Formative assessment",
        opportunity_id=sample.course.id, activity_id=goal.activities[0].id,
    )  # fmt: skip
    entry = LedgerEntry(
        district_id=sample.district.id, person_id=person_id, credit_type=ceu, quantity=Decimal("0.5"), hours=Decimal(5),
        earned_on=utc_now().date(), source=EntrySource.BY_HAND, title="County reading conference",
        proof_url="https://example.test/proof", attested_at=utc_now(),
    )  # fmt: skip
    cycle = LicenceCycle(
        person_id=person_id, credit_type=hours, starts_on=date(2024, 7, 1), ends_on=date(2029, 6, 30),
        needed=Decimal(150),
    )  # fmt: skip
    db.add_all([evidence, finished, entry, cycle])
    db.flush()
    return evidence, entry, cycle


def make_newcomer(db: Session, full: FullDistrict) -> Person:
    """Return somebody who opens the tool for the first time."""
    newcomer = make_person(db, full.sample, "Zoe Adams", position="", grade_bands=(), discipline="")
    newcomer.school = None
    return newcomer
