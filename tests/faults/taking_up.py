"""Learners who take a course up: each has a goal that counts it, and the LMS's REST side tells who finishes it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.grades.operations.asking import enqueue_read
from lti_tool.grades.operations.line_items import enqueue_line_items
from lti_tool.launch.models import Registration, ResourceLink
from lti_tool.launch.operations.connections import save_credentials
from lti_tool.lms.vault import Vault
from lti_tool.people.models import Course, CourseRole, Identity, Membership, Person
from lti_tool.plans.models import Activity, Goal, GrowthPlan
from lti_tool.plans.operations.goals import meet_goal
from lti_tool.plans.operations.tries import reflect
from practice_lms.canvas.lti import urls as canvas_urls
from practice_lms.moodle.lti import urls as moodle_urls
from practice_lms.progress import finish_course
from practice_lms.state import Activity as LmsActivity
from practice_lms.state import Flavour, Requirement, User
from tests.faults.installation import Installation
from tests.faults.lms import SCOPES
from tests.lms_fixtures import rest_credentials


def take_up(installation: Installation, *, with_column: bool = True, goals: int = 1) -> None:
    """Let every learner have goals that count the course; without a column the tool has to make one."""
    lms = installation.held.lms
    lms.activities[50] = LmsActivity(50, 1, "Read this", Requirement.VIEW)
    with installation.database.transaction() as db:
        course, link = installation.register(db)
        course.lms_course_id, course.scopes = "1", SCOPES
        course.completions_read_at = utc_now()  # a first answer about many would be held
        if not with_column:
            lms.line_items.clear()
            link.line_item_url, course.line_items_url = "", _line_items_url(installation)
        for sub, number in installation.held.learners.items():
            _add_learner(db, course, sub, str(number), goals)
        _connect(db, installation, course)


def finish_all(installation: Installation) -> None:
    """Let every learner finish the course in the LMS, and have the LMS asked."""
    lms = installation.held.lms
    for number in installation.held.learners.values():
        finish_course(lms, lms.courses[1], lms.users[number])
    with installation.database.transaction() as db:
        enqueue_read(db, db.scalars(select(Course)).one())


def meet_all(installation: Installation) -> None:
    """Let every learner try something of the course and meet the goal."""
    with installation.database.transaction() as db:
        for goal in db.scalars(select(Goal).order_by(Goal.id)):
            (attempt,) = goal.tries
            reflect(db, goal.plan.person, attempt, "Eighteen of twenty answered.")
            meet_goal(db, goal.plan.person, goal, "It worked.")


def have_column_made(installation: Installation) -> None:
    """Note that a column is wanted, as a look of each minute does."""
    with installation.database.transaction() as db:
        assert enqueue_line_items(db, utc_now()) == 1


def find_column(installation: Installation) -> None:
    """Count from now on in the one column that was made."""
    (installation.held.item,) = installation.held.lms.line_items.values()
    with installation.database.reading() as db:
        assert db.scalars(select(ResourceLink.line_item_url)).one() == installation.held.line_item_url


def _add_learner(db: Session, course: Course, sub: str, lms_user_id: str, goals: int) -> None:
    person = Person(district_id=course.district_id, name=f"Person {lms_user_id}")
    plan = GrowthPlan(district_id=course.district_id, person=person, school_year=2026)
    for _each in range(goals):
        activities = [Activity(plan=plan, opportunity_id=course.id)]
        db.add(Goal(plan=plan, headline="Ask better questions", activities=activities))
    db.add_all([
        Identity(person=person, registration_id=course.registration_id, sub=sub, lms_user_id=lms_user_id),
        Membership(course=course, person=person, role=CourseRole.LEARNER),
    ])  # fmt: skip
    db.flush()


def _connect(db: Session, installation: Installation, course: Course) -> None:
    lms = installation.held.lms
    administrator = lms.users[1] = User(1, "admin", "admin", "A", "B", "", "", "", "", administrator=True)
    actor = Person(district_id=course.district_id, name="Administrator")
    db.add(actor)
    db.flush()
    registration = db.get_one(Registration, course.registration_id)
    vault = Vault(installation.settings.secret_key)
    save_credentials(db, actor, registration, rest_credentials(lms, administrator), vault, name="A B")


def _line_items_url(installation: Installation) -> str:
    held = installation.held
    if held.lms.flavour is Flavour.CANVAS:
        return canvas_urls.line_items(held.lms, 1)
    return moodle_urls.line_items(held.lms, held.tool, 1)
