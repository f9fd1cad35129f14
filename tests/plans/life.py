"""Plans on their way from draft to closed, as their people bring them there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.people.models import Person, Role
from lti_tool.people.operations import name_supervisor
from lti_tool.plans.models import (
    ApprovalRule,
    Audience,
    EvidenceKind,
    Goal,
    GrowthPlan,
    PlanState,
    PlanTemplate,
    SharedKind,
    TemplateVersion,
)
from lti_tool.plans.models.starters import STARTERS
from lti_tool.plans.operations import (
    EvidenceWords,
    GoalWords,
    SharedWords,
    add_evidence,
    begin_plan,
    begin_support_plan,
    create_goal,
    create_template,
    describe_shared,
    install_starter_templates,
    name_committee_member,
    name_reader,
    publish_template,
)
from lti_tool.plans.words import RationaleWords
from lti_tool.standards.operations import install_sample_frameworks
from tests.conftest import SampleDistrict, make_person
from tests.plans.conftest import indicator

CODES = ("T2.2a", "T2.1b", "T1.1a")
SHARED = SharedWords(
    SharedKind.CROSS_SCHOOL, "Two colleagues of Lake School", "To compare exit notes", "Every third Tuesday", "Stems"
)


@dataclass(frozen=True)
class Cast:
    """Everybody who has a part in the life of plans: an owner, those who may read, and those who may not."""

    sample: SampleDistrict
    owner: Person
    supervisor: Person
    other_supervisor: Person
    peers: tuple[Person, Person, Person]
    committee: tuple[Person, Person, Person]
    designer: Person
    administrator: Person


def make_cast(db: Session, sample: SampleDistrict) -> Cast:
    """Return an owner with a supervisor, three peers, a committee, and the district's starter templates."""
    install_sample_frameworks(db, sample.district.id)
    administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR, learner=False)
    owner, supervisor = make_person(db, sample, "Ana Ruiz"), make_person(db, sample, "Petra Lang")
    other = make_person(db, sample, "Quinn Moss", Role.SUPERVISOR)
    peers = tuple(make_person(db, sample, f"{name} Peer", school=1) for name in ("Pia", "Pol", "Pam"))
    committee = tuple(make_person(db, sample, f"{name} Board") for name in ("Cy", "Cleo", "Cora"))
    designer = make_person(db, sample, "Nora Field", Role.DESIGNER)
    name_supervisor(db, administrator, owner, supervisor)
    for each in committee:
        name_committee_member(db, administrator, each)
    install_starter_templates(db, administrator)
    db.flush()
    return Cast(sample, owner, supervisor, other, peers, committee, designer, administrator)  # type: ignore[arg-type]


def template(db: Session, cast: Cast, key: str) -> PlanTemplate:
    return db.scalars(select(PlanTemplate).filter_by(district_id=cast.owner.district_id, key=key)).one()


def begun_plan(db: Session, cast: Cast, key: str) -> GrowthPlan:
    """Return a new plan of the owner's, by a shape that ships; or by one that nobody reads."""
    version = unread(db, cast) if key == "none" else template(db, cast, key).current
    assert version is not None
    if version.is_restricted:
        return begin_support_plan(db, cast.supervisor, cast.owner, version)
    return begin_plan(db, cast.owner, version)


def unread(db: Session, cast: Cast) -> TemplateVersion:
    """Return the rules of the annual plan, but that nobody has to agree."""
    made = create_template(db, cast.designer, {**STARTERS["annual"], "approval": ApprovalRule.NONE})
    return publish_template(db, cast.designer, made)


WHY = RationaleWords("Exit notes were often empty.")


def whole_goal(db: Session, plan: GrowthPlan, headline: str, code: str = "T2.2a") -> None:
    """Add a goal in which nothing is missing."""
    words = GoalWords(
        headline, educator=WHY, student=WHY, system=WHY, practice_change="Two open questions in each lesson.",
        student_result="Most say what they do not understand.", measure="Exit notes, before and after.",
        due_on=date(2027, 5, 31), indicator_ids=(indicator(db, code).id,),
    )  # fmt: skip
    create_goal(db, plan.person, words, plan=plan)
    db.flush()


def whole_plan(db: Session, cast: Cast, key: str) -> GrowthPlan:
    """Return a plan by a shape that ships in which nothing is missing."""
    plan = begun_plan(db, cast, key)
    for place in range(max(plan.rules.fewest_goals, plan.rules.fewest_standards)):
        whole_goal(db, plan, f"Ask questions that make everybody think, part {place + 1}", CODES[place])
    if key == "peers":
        describe_shared(db, cast.owner, plan, SHARED)
    if plan.rules.needs_named_readers:
        for peer in cast.peers[: plan.rules.reviewers]:
            name_reader(db, cast.owner, plan, peer)
    db.flush()
    return plan


def readers_of(cast: Cast, key: str) -> tuple[Person, ...]:
    """Return those whose word is enough for a plan of this shape."""
    return {
        "annual": (cast.supervisor,), "licence": cast.committee[:2], "peers": cast.peers[:2],
        "colleague": cast.peers[:1], "support": (cast.supervisor,), "none": (),
    }[key]  # fmt: skip


class Live:
    """Brings one plan through its life over HTTP, each person in a browser of their own."""

    def __init__(self, cast: Cast, visit: Any, database: Any, key: str, plan_id: int) -> None:
        self.cast, self.visit, self.database, self.key, self.plan_id = cast, visit, database, key, plan_id
        self.visitors: dict[int, Any] = {}

    def as_(self, person: Person) -> Any:
        if person.id not in self.visitors:
            self.visitors[person.id] = self.visit(self.cast.sample, person)
        return self.visitors[person.id]

    def post(self, person: Person, what: str, **data: str) -> int:
        status: int = self.as_(person).post(f"/plans/{self.plan_id}/{what}", data=data).status_code
        return status

    def state(self) -> PlanState:
        with self.database.reading() as db:
            state: PlanState = db.get_one(GrowthPlan, self.plan_id).state
            return state

    def submit(self) -> None:
        assert self.post(self.cast.owner, "submit") == 303

    def approve(self) -> None:
        for reader in readers_of(self.cast, self.key):
            self.post(reader, "open")
            assert self.post(reader, "decide", do="agree") == 303

    def come_to_mid_year(self) -> None:
        assert self.post(self.cast.owner, "mid-year", words="Half of the questions are open ones now.") == 303
        for reader in readers_of(self.cast, self.key)[:1]:
            self.post(reader, "open")
            assert self.post(reader, "decide", do="answer", words="Go on; I come and see it.") == 303

    def show_evidence(self, pieces: int = 1) -> int:
        """Add evidence to the plan's first goal, and return the goal's id."""
        words = EvidenceWords(
            EvidenceKind.WORDS, "Exit notes", date(2026, 11, 2), "", "Twice as many say it.", Audience.REVIEWER
        )
        with self.database.transaction() as db:
            goal: Goal = db.get_one(GrowthPlan, self.plan_id).goals[0]
            for _ in range(pieces - len(goal.evidence)):
                add_evidence(db, self.cast.owner, goal, words)
            return goal.id

    def rules(self) -> TemplateVersion:
        with self.database.reading() as db:
            rules: TemplateVersion = db.get_one(GrowthPlan, self.plan_id).rules
            return rules

    def hand_in_end(self) -> None:
        self.show_evidence(self.rules().fewest_evidence)
        words = "More of them explain; the quiet ones not yet; next the quiet ones."
        assert self.post(self.cast.owner, "end", results_statement=words, outcome="partly") == 303

    def sign(self) -> None:
        for reader in readers_of(self.cast, self.key):
            self.post(reader, "open")
            assert self.post(reader, "decide", do="sign", signed_name=reader.name, words="I read it.") == 303

    def acknowledge(self) -> None:
        assert self.post(self.cast.owner, "acknowledge", words="Thank you; I see the last point otherwise.") == 303

    def bring_to(self, state: PlanState) -> None:
        """Bring a draft in which nothing is missing to a state, by the acts of those who can."""
        readers = readers_of(self.cast, self.key)[:1]
        if state is PlanState.WITHDRAWN:
            assert self.post(self.cast.owner, "withdraw") == 303
        elif state is PlanState.SUPERSEDED:
            self.bring_to(PlanState.ACTIVE)
            assert self.post(self.cast.owner, "elsewhere") == 303
        elif state is not PlanState.DRAFT:
            self.submit()
            for reader in readers:
                self.post(reader, "open")
            if state is PlanState.CHANGES_REQUESTED:
                assert self.post(readers[0], "decide", do="changes", words="Say how you will know.") == 303
            elif state is not PlanState.SUBMITTED:
                self.approve()
                self._go_on_to(state)
        assert self.state() is state

    def _go_on_to(self, state: PlanState) -> None:
        if state is PlanState.ACTIVE:
            return
        readers = readers_of(self.cast, self.key)
        if self.rules().has_mid_year:
            self.come_to_mid_year()
        if state in {PlanState.FINAL_SUBMITTED, PlanState.CLOSED}:
            self.hand_in_end()
            for reader in readers[:1]:
                self.post(reader, "open")
        if state is PlanState.CLOSED and readers:
            self.sign()
            self.acknowledge()


def make_live(database: Any, visit: Any, sample: SampleDistrict, key: str) -> Live:
    """Return a plan in which nothing is missing, with everybody who has a part in its life."""
    with database.transaction() as db:
        cast = make_cast(db, sample)
        plan = whole_plan(db, cast, key)
        return Live(cast, visit, database, key, plan.id)
