"""How many scores a second reach an LMS that takes its time: claimed, sent, read back and settled.

Every score is two requests, one after the other. Of one LMS three messages are under way at once, so that a slow one
does not take all workers; eleven registrations fill 32 workers.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

import lti_tool.grades.tasks  # noqa: F401 - registers what delivers a score
from benchmarks.places import Place
from benchmarks.slow_lms import CLIENT_ID, SlowLms, slow_lms
from benchmarks.table import print_table
from lti_tool.db import utc_now
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.models import Deployment, DeploymentState, Family, LinkKind, Registration, ResourceLink
from lti_tool.outbox.claiming import LANE_WIDTH
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.operations import enqueue
from lti_tool.people.models import Course, District, Identity, Person

ANSWER_SECONDS = 0.05
REQUESTS_EACH = 2
WORKERS = 32


def measure_scores(place: Place, count: int) -> None:
    """Print scores per second for one LMS and for as many as occupy all workers."""
    key_set = place.app.test_client().get("/lti/jwks").get_json()
    rows = [_measured(place, registrations, count, key_set) for registrations in (1, -(-WORKERS // LANE_WIDTH))]
    print(f"### {count} scores on {place.name}: {WORKERS} workers, an LMS that answers in 50 ms\n")
    print_table(("LMSs", "under way at once", "scores/s", "allowed by that", "share", "worker's CPU ms each"), rows)


def _measured(place: Place, registrations: int, count: int, key_set: dict[str, Any]) -> tuple[object, ...]:
    under_way = min(WORKERS, registrations * LANE_WIDTH)
    with slow_lms(count, ANSWER_SECONDS, key_set) as lms:
        with place.database.transaction() as db:
            _owe(db, lms, registrations)
        before, began = time.process_time(), time.perf_counter()
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda _number: deliver_due(place.database, place.settings, limit=count), range(WORKERS)))
        seconds, cpu = time.perf_counter() - began, time.process_time() - before
    with place.database.transaction() as db:
        confirmed = db.scalar(select(func.count()).where(Score.state == ScoreState.CONFIRMED)) or 0
        db.execute(delete(District))
    allowed = under_way / (REQUESTS_EACH * ANSWER_SECONDS)
    rate = confirmed / seconds
    return (
        registrations,
        under_way,
        f"{rate:.0f}",
        f"{allowed:.0f}",
        f"{rate / allowed * 100:.0f} %",
        cpu / confirmed * 1000,
    )


def _owe(db: Session, lms: SlowLms, registrations: int) -> None:
    """Register the LMS so many times and owe each of its learners one score, the registrations in turn."""
    district = District(name=f"District of {registrations}")
    db.add(district)
    db.flush()
    links = [_register(db, district.id, lms, number) for number in range(registrations)]
    for number, sub in enumerate(lms.learners):
        course, link = links[number % registrations]
        person = Person(district_id=district.id, name=f"Person {sub}")
        db.add_all([person, Identity(person=person, registration_id=course.registration_id, sub=sub)])
        db.flush()
        score = Score(
            district_id=district.id, course_id=course.id, resource_link_id=link.id, person_id=person.id,
            achieved_at=utc_now() - timedelta(hours=1),
        )  # fmt: skip
        db.add(score)
        db.flush()
        enqueue(
            db, kind="score", key=f"score:{score.id}", lane=f"platform:{course.registration_id}",
            district_id=district.id, payload={"score_id": score.id},
        )  # fmt: skip


def _register(db: Session, district_id: int, lms: SlowLms, number: int) -> tuple[Course, ResourceLink]:
    registration = Registration(
        district_id=district_id, login_key=f"{district_id}-{number}", family=Family.MOODLE, issuer=lms.url,
        client_id=CLIENT_ID, auth_login_url=lms.url, auth_token_url=f"{lms.url}/mod/lti/token.php",
        key_set_url=lms.url, scopes=lms.scopes,
    )  # fmt: skip
    deployment = Deployment(registration=registration, deployment_id="1", state=DeploymentState.APPROVED)
    db.add(deployment)
    db.flush()
    course = Course(
        district_id=district_id, registration_id=registration.id, deployment_id=deployment.id, context_id="1",
        professional_learning_at=utc_now(),
    )  # fmt: skip
    db.add(course)
    db.flush()
    link = ResourceLink(
        course_id=course.id, resource_link_id="1", kind=LinkKind.COURSE_GOALS, line_item_url=lms.line_item_url
    )
    db.add(link)
    db.flush()
    return course, link
