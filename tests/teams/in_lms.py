"""People of a practice LMS in the tool: connected, launched, with declared goals; and the worker's next look."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

import lti_tool.grades.tasks
import lti_tool.teams.tasks  # noqa: F401 - both register what the worker can deliver
from lti_tool.db import Database
from lti_tool.launch.models import LinkKind, Registration, ResourceLink
from lti_tool.launch.operations.connections import save_credentials
from lti_tool.lms.vault import Vault
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import Course, District, GradeBand, Identity, Person, Role
from lti_tool.people.operations import grant_role
from lti_tool.plans.models import Activity as TakenUp
from lti_tool.plans.models import Audience, Declaration, Goal, GrowthPlan
from lti_tool.standards.models import Framework, Indicator, Level
from practice_lms.faults import Fault, Kind
from practice_lms.state import Activity, Grade, Group
from tests.lms_fixtures import ADMINISTRATOR, DESIGNER, PracticeLms, rest_credentials


@dataclass
class District101:
    """The course PD101 with the link to its goals, its designer and the people who launched it."""

    app: Flask
    database: Database
    practice: PracticeLms
    link: Activity
    people: dict[str, int] = field(default_factory=dict)

    def arrive(self, *logins: str) -> None:
        """Let people open the link, which makes them known to the tool."""
        for login in logins:
            self.practice.launch(login, self.link)
            with self.database.reading() as db:
                sub = self.practice.user(login).lti_id
                self.people[login] = db.scalars(select(Identity.person_id).where(Identity.sub == sub)).one()

    def person(self, db: Session, login: str) -> Person:
        return db.get_one(Person, self.people[login])

    def course(self, db: Session) -> Course:
        return db.scalars(select(Course).where(Course.lms_course_id == str(self.practice.course().id))).one()

    def line_item_url(self, db: Session) -> str:
        """Return where the gradebook column of the link is."""
        return db.scalars(select(ResourceLink.line_item_url).where(ResourceLink.line_item_url != "")).one()

    def declare(self, login: str, code: str = "1c.2") -> int:
        """Give a person an open goal that counts the course, declared to the district."""
        with self.database.transaction() as db:
            person = self.person(db, login)
            plan = GrowthPlan(district_id=person.district_id, person_id=person.id, school_year=2026)
            goal = Goal(plan=plan, headline=f"Goal of {login}", indicators=[_indicator(db, person, code)])
            goal.activities = [TakenUp(plan=plan, opportunity_id=self.course(db).id)]
            goal.declaration = Declaration(audience=Audience.DISTRICT)
            db.add(goal)
            db.flush()
            return goal.id

    def connect(self) -> None:
        """Give the tool access to the LMS's REST side, as its administrator does."""
        credentials = rest_credentials(self.practice.lms, self.practice.user(ADMINISTRATOR))
        with self.database.transaction() as db:
            registration = db.get_one(Registration, self.practice.registration_id)
            actor = self.person(db, DESIGNER)
            vault = Vault(self.app.extensions["settings"].secret_key)
            save_credentials(db, actor, registration, credentials, vault, name="Zola")

    def work(self) -> int:
        """Let the worker look once."""
        return deliver_due(self.database, self.app.extensions["settings"])

    def fault(self, kind: Kind, prefix: str, **options) -> None:
        self.practice.server.app.extensions["faults"].add(Fault(kind, prefix, **options))

    def lose_answer(self, ending: str) -> None:
        """Let the LMS do what the next request with this path's end asks, and answer as if it were away."""
        left = [ending]

        def lose(response: Response) -> Response:
            if left and request.path.endswith(left[0]):
                left.clear()
                return Response("Bad gateway", 502)
            return response

        self.practice.server.app.after_request_funcs.setdefault(None, []).append(lose)

    def grade(self, login: str) -> Grade | None:
        """Return the link's cell of the gradebook."""
        lms = self.practice.lms
        (column,) = (each for each in lms.line_items.values() if each.activity_id == self.link.id)
        return lms.grades.get((column.id, self.practice.user(login).id))

    def groups(self) -> list[Group]:
        return [group for group in self.practice.lms.groups.values() if not group.deleted]

    def ids(self, *logins: str) -> set[int]:
        return {self.practice.user(login).id for login in logins}


def open_district(app: Flask, database: Database, practice: PracticeLms) -> District101:
    """Return the course with its link placed and its designer arrived."""
    link = practice.place_link(LinkKind.COURSE_GOALS)
    opened = District101(app, database, practice, link)
    opened.arrive(DESIGNER)
    with database.transaction() as db:
        grant_role(db, opened.person(db, DESIGNER), Role.DESIGNER, source="administrator")
    return opened


def _indicator(db: Session, person: Person, code: str) -> Indicator:
    person.grade_bands = person.grade_bands or [GradeBand.G35.value]
    found = db.scalar(select(Indicator).join(Indicator.framework).where(Indicator.code == code))
    if found is not None:
        return found
    district = db.get_one(District, person.district_id)
    framework = Framework(district_id=district.id, identifier=code, title="Sample standards")
    path = f"{code[0]}/{code.partition('.')[0]}/{code}"
    indicator = Indicator(
        framework=framework, identifier=code, level=Level.INDICATOR, code=code, path=path, statement=code, position=1
    )
    db.add(indicator)
    return indicator
