"""How fast scores reach LMSs that take their time: claimed, sent, settled, and read back from the gradebook.

A score is one request; what was sent is read back afterwards, a whole gradebook column at a time. Worker processes are
set up as they are in production, without a broker: each takes what is due, with threads of its own. Of one LMS at most
so many requests are under way at once over all of them, and one worker gives it at most three quarters of its threads.
"""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

import lti_tool.grades.tasks  # noqa: F401 - registers what delivers a score
from benchmarks.places import Place
from benchmarks.slow_lms import CLIENT_ID, Received, SlowLms, slow_lms
from benchmarks.table import print_table
from config import Config
from lti_tool.db import Database, utc_now
from lti_tool.grades.models import Score, ScoreState
from lti_tool.launch.keys import tool_keys
from lti_tool.launch.models import Deployment, DeploymentState, Family, LinkKind, Registration, ResourceLink
from lti_tool.lms.platform import Scope
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import OPEN, OutboxMessage
from lti_tool.people.models import Course, District, Identity, Opportunity, OpportunityKind, Person

ANSWER_SECONDS = 0.05
AT_ONCE = 32
PROCESSES = 2
THREADS = 22
"""Of each process; three quarters of two times as many are 32."""
SCOPES = [Scope.SCORE.value, Scope.RESULT_READ.value, Scope.LINE_ITEM.value]


def measure_scores(place: Place, count: int) -> None:
    """Print how long scores to one LMS take, and to eight."""
    tool_keys(place.settings).signing()
    rows = [_measured(place, lmss, count) for lmss in (1, 8)]
    print(
        f"### {count} scores on {place.name}: {PROCESSES} worker processes of {THREADS} threads, at most {AT_ONCE} "
        "requests to one LMS at once, an LMS that answers in 50 ms\n"
    )
    heads = ("LMSs", "at once", "allowed by that, s", "all sent, s", "share", "read back too, s", "requests to read",
             "sent once", "twice", "worker CPU ms each", "LMS CPU ms each")  # fmt: skip
    print_table(heads, rows)


def _measured(place: Place, lmss: int, count: int) -> tuple[object, ...]:
    settings = replace(place.settings, lms_at_once=AT_ONCE, delivery_threads=THREADS)
    with slow_lms(ANSWER_SECONDS) as lms:
        with place.database.transaction() as db:
            _owe(db, lms, lmss, count)
        place.analyze()
        began, ended, cpu = _carry_out(settings)
        received = lms.received()
    with place.database.transaction() as db:
        confirmed = db.scalar(select(func.count()).where(Score.state == ScoreState.CONFIRMED)) or 0
        left = db.scalar(select(func.count()).where(OutboxMessage.state.in_(OPEN))) or 0
        db.execute(delete(District))
    if confirmed != count or left:
        print(f"{confirmed} of {count} are confirmed, {left} messages are open")
    return _row(lmss, count, received, received.last_score_at - began, ended - began, cpu)


def _row(lmss: int, count: int, received: Received, sent: float, whole: float, cpu: float) -> tuple[object, ...]:
    allowed = count * ANSWER_SECONDS / min(AT_ONCE * lmss, PROCESSES * THREADS)
    once = sum(times == 1 for times in received.scores.values())
    return (
        lmss,
        received.most_at_once,
        allowed,
        sent,
        f"{allowed / sent * 100:.0f} %",
        whole,
        received.requests["GET results"],
        once,
        len(received.scores) - once,
        cpu / count * 1000,
        received.cpu_seconds / count * 1000,
    )


def _carry_out(settings: Config) -> tuple[float, float, float]:
    """Let worker processes deliver all that is due; return when they began and ended and what CPU they took."""
    context = multiprocessing.get_context("spawn")
    pipes = [multiprocessing.Pipe() for _number in range(PROCESSES)]
    workers = [context.Process(target=_work, args=(theirs, settings), daemon=True) for _ours, theirs in pipes]
    for worker, (ours, theirs) in zip(workers, pipes, strict=True):
        worker.start()
        theirs.close()
        ours.recv()
    began = time.monotonic()
    for ours, _theirs in pipes:
        ours.send("go")
    done = [ours.recv() for ours, _theirs in pipes]
    for worker in workers:
        worker.join()
    return began, max(ended for ended, _cpu in done), sum(cpu for _ended, cpu in done)


def _work(pipe: Connection, settings: Config) -> None:
    database = Database(settings.database_url)
    with database.reading() as db:
        db.scalar(select(func.count()).select_from(OutboxMessage))
    pipe.send("ready")
    pipe.recv()
    before = time.process_time()
    deliver_due(database, settings, limit=10**9, threads=settings.delivery_threads)
    pipe.send((time.monotonic(), time.process_time() - before))


def _owe(db: Session, lms: SlowLms, lmss: int, count: int) -> None:
    """Register the LMS so many times, each with one course, and owe its learners one score each."""
    district = District(name=f"District of {lmss}")
    db.add(district)
    db.flush()
    places = [_register(db, district.id, lms, number) for number in range(lmss)]
    people = [{"district_id": district.id, "name": f"Person {number}"} for number in range(count)]
    ids = list(db.scalars(insert(Person).returning(Person.id), people))
    at = utc_now() - timedelta(hours=1)
    owed = [(person_id, *places[number % lmss]) for number, person_id in enumerate(sorted(ids))]
    db.execute(insert(Identity), [{"person_id": person, "registration_id": course.registration_id, "sub": str(person)}
                                  for person, course, _link in owed])  # fmt: skip
    scores = [{"district_id": district.id, "course_id": course.id, "resource_link_id": link.id, "person_id": person,
               "achieved_at": at} for person, course, link in owed]  # fmt: skip
    made = list(db.execute(insert(Score).returning(Score.id, Score.course_id), scores))
    lanes = {course.id: f"platform:{course.registration_id}" for course, _link in places}
    db.execute(insert(OutboxMessage), [
        {"kind": "score", "key": f"score:{score_id}", "lane": lanes[course_id], "district_id": district.id,
         "payload": {"score_id": score_id}} for score_id, course_id in made
    ])  # fmt: skip


def _register(db: Session, district_id: int, lms: SlowLms, number: int) -> tuple[Course, ResourceLink]:
    registration = Registration(
        district_id=district_id, login_key=f"{district_id}-{number}", family=Family.MOODLE, issuer=lms.url,
        client_id=CLIENT_ID, auth_login_url=lms.url, auth_token_url=f"{lms.url}/token", key_set_url=lms.url,
        scopes=SCOPES,
    )  # fmt: skip
    deployment = Deployment(registration=registration, deployment_id="1", state=DeploymentState.APPROVED)
    db.add(deployment)
    db.flush()
    course = Course(
        opportunity=Opportunity(district_id=district_id, kind=OpportunityKind.COURSE),
        district_id=district_id, registration_id=registration.id, deployment_id=deployment.id, context_id="1",
        professional_learning_at=utc_now(),
    )  # fmt: skip
    db.add(course)
    db.flush()
    link = ResourceLink(
        course_id=course.id, resource_link_id="1", kind=LinkKind.COURSE_GOALS, line_item_url=lms.line_item_url(number)
    )
    db.add(link)
    db.flush()
    return course, link
