"""What every test of the tool can ask for: the app, its database, a district with people, a way to launch."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import lti_tool.lms.models  # noqa: F401  # its table too, which the web process does not read
from config import Config
from lti_tool.app import create_app
from lti_tool.db import Base, Database, utc_now
from lti_tool.launch.models import Deployment, DeploymentState, Family, Registration
from lti_tool.launch.operations.sessions import open_session
from lti_tool.people.models import (
    Course,
    CourseRole,
    District,
    GradeBand,
    Membership,
    Opportunity,
    OpportunityKind,
    Person,
    Role,
    RoleGrant,
    School,
)
from tests.chromium import browser, chromium, chromium_path, context, page  # noqa: F401 - fixtures for all
from tests.faults.counting import pytest_terminal_summary  # noqa: F401 - what the fault suite counted
from tests.postgres import scratch_database

TOOL_URL = "http://localhost"
gc.set_threshold(100_000, 50, 50)  # with a framework's worth of objects, looking for cycles is a sixth of the time


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Keep pytest-flask from sharing one request context, and so one `g`, between the requests of a test."""


@pytest.fixture(scope="session")
def app_database_url() -> Iterator[str]:
    """Yield where the app's tables are: a file of its own, or a scratch database of the server in DATABASE_URL."""
    server_url = os.environ.get("DATABASE_URL", "")
    if not server_url:
        yield ""
        return
    with scratch_database(server_url, "app") as url:
        yield url


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, app_database_url: str) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("tool")
    config = Config.from_env(
        {
            "DATABASE_URL": app_database_url,
            "INSTANCE_DIR": str(home / "instance"),
            "KEYS_DIR": str(home / "keys"),
            "TOOL_URL": TOOL_URL,
            "LTI_PRIVATE_HOSTS": "localhost 127.0.0.1",
            "CONFIRM_AFTER": "0",
            "BROKER_URL": "memory://",
        }
    )
    app = create_app(config)
    app.testing = True
    Base.metadata.create_all(app.extensions["database"].engine)
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[Database]:
    """Yield the app's database; whatever a test leaves in it is removed afterwards."""
    database: Database = app.extensions["database"]
    yield database
    empty_tables(database)


def empty_tables(database: Database) -> None:
    """Delete what is in all tables; the driver's own way, as every test ends with it."""
    statements = deletions() if database.engine.dialect.name == "sqlite" else ["; ".join(deletions())]
    with database.engine.begin() as connection:
        for each in statements:
            connection.exec_driver_sql(each)


@cache
def deletions() -> list[str]:
    return [f'DELETE FROM "{table.name}"' for table in reversed(Base.metadata.sorted_tables)]


@dataclass(frozen=True)
class SampleDistrict:
    """A district with one registered Moodle-like LMS, one marked course and two schools."""

    district: District
    registration: Registration
    deployment: Deployment
    course: Course
    schools: tuple[School, School]


def make_district(db: Session, name: str = "Cedar Valley") -> SampleDistrict:
    """Return a new sample district; its LMS answers nowhere."""
    district = District(name=name)
    db.add(district)
    db.flush()
    registration = Registration(
        district=district, login_key=f"key-{district.id}", name="Moodle", family=Family.MOODLE,
        issuer="http://127.0.0.1:1", client_id=f"client-{district.id}", auth_login_url="http://127.0.0.1:1/auth",
        auth_token_url="http://127.0.0.1:1/token", key_set_url="http://127.0.0.1:1/certs",
        frame_origins=["http://127.0.0.1:1"],
    )  # fmt: skip
    deployment = Deployment(registration=registration, deployment_id="1", state=DeploymentState.APPROVED)
    schools = (School(district_id=district.id, name="Hill School"), School(district_id=district.id, name="Lake School"))
    db.add_all([registration, deployment, *schools])
    db.flush()
    course = make_course(db, district.id, registration.id, deployment.id)
    return SampleDistrict(district, registration, deployment, course, schools)


def make_course(
    db: Session, district_id: int, registration_id: int, deployment_id: int, title: str = "Formative assessment"
) -> Course:
    """Return a new course that is marked as professional learning."""
    number = db.query(Course).count() + 1
    course = Course(
        opportunity=Opportunity(district_id=district_id, kind=OpportunityKind.COURSE, title=title),
        district_id=district_id, registration_id=registration_id, deployment_id=deployment_id,
        context_id=str(number), lms_course_id=str(number), label=f"PD{number}", title=title,
        professional_learning_at=utc_now(), launch_url="",
    )  # fmt: skip
    db.add(course)
    db.flush()
    return course


def make_person(
    db: Session, sample: SampleDistrict, name: str, *roles: Role, school: int = 0, position: str = "teacher",
    grade_bands: Sequence[GradeBand] = (GradeBand.G35,), discipline: str = "mathematics", learner: bool = True,
) -> Person:  # fmt: skip
    """Return a new person of the district, by default a learner in its course."""
    person = Person(
        district_id=sample.district.id, school=sample.schools[school], name=name, position=position,
        grade_bands=[band.value for band in grade_bands], discipline=discipline,
        email=f"{name.split(maxsplit=1)[0].lower()}@example.test",
        grants=[RoleGrant(role=role, source="administrator") for role in roles],
    )  # fmt: skip
    db.add(person)
    db.flush()
    role = CourseRole.LEARNER if learner else CourseRole.DESIGNER
    db.add(Membership(course_id=sample.course.id, person_id=person.id, role=role))
    return person


@pytest.fixture
def sample(database: Database) -> SampleDistrict:
    with database.transaction() as db:
        return make_district(db)


@dataclass(frozen=True)
class Visitor:
    """A person with a browser and an open launch session."""

    client: FlaskClient
    prefix: str
    person: Person

    def get(self, path: str, **kwargs):
        return self.client.get(self.prefix + path, **kwargs)

    def post(self, path: str, **kwargs):
        return self.client.post(self.prefix + path, **kwargs)


@pytest.fixture
def visit(app: Flask, database: Database) -> Callable[..., Visitor]:
    """Return `visit(sample, person, **session details)`: opens a launch session, as a launch would."""

    def open_for(sample: SampleDistrict, person: Person, **details) -> Visitor:
        details.setdefault("course_id", sample.course.id)
        with database.transaction() as db:
            key = open_session(
                db, db.merge(person, load=True), registration_id=sample.registration.id,
                deployment_id=sample.deployment.id, **details,
            )  # fmt: skip
        return Visitor(app.test_client(), f"/s/{key}", person)

    return open_for


SLOW = ("processes", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fast tests first, and of the slow ones those that mostly wait, so that the others fill their time."""
    items.sort(key=lambda item: (any(map(item.get_closest_marker, SLOW)), "tests/trial/" not in item.nodeid))
