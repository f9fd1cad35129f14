"""An installation to break: a database, an LMS and real worker processes, and the account of what became of it all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from config import Config
from lti_tool.db import Database, utc_now
from lti_tool.grades.models import Completion, CompletionSource, Score, ScoreState
from lti_tool.grades.operations.scores import queue_score
from lti_tool.launch.models import Deployment, DeploymentState, Family, LinkKind, Registration, ResourceLink
from lti_tool.lms.models import AccessToken
from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import OPEN, OutboxLane, OutboxMessage
from lti_tool.outbox.operations import resume_lane
from lti_tool.people.models import Course, District, Identity, Opportunity, OpportunityKind, Person
from tests.faults.counting import Account
from tests.faults.lms import CLIENT_ID, SCOPES, HeldLms

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 90.0


def eventually(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Return whether something comes true in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.03)
    return False


@dataclass
class Worker:
    """A real worker process."""

    process: subprocess.Popen[str]
    is_ready: bool = False

    def kill(self) -> None:
        """End it as a power cut would; one that has ended already is only put away."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def stands_still(self) -> bool:
        """Wait until it came to where it was told to stand still."""
        assert self.process.stdout is not None
        return self.process.stdout.readline() == "here\n"

    def stop(self) -> int:
        """Ask it to stop, and return its status."""
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE)


@dataclass
class Installation:
    """The tool with its database and one LMS; every learner of it is owed a score."""

    settings: Config
    database: Database
    held: HeldLms
    lane: str = ""
    workers: list[Worker] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.settings.database_url,
            "INSTANCE_DIR": str(self.settings.instance_dir),
            "KEYS_DIR": str(self.settings.keys_dir),
            "SECRET_KEY": self.settings.secret_key,
            "LTI_PRIVATE_HOSTS": "127.0.0.1",
            "CONFIRM_AFTER": "0",
            "BROKER_URL": "memory://",
            "TOOL_URL": "http://localhost",
        }

    def start_worker(self, *command: str, many: bool = False, **environment: str) -> Worker:
        """Start a worker and wait until it has loaded everything."""
        process = subprocess.Popen(
            [sys.executable, "-m", *(command or ("tests.faults.worker",))], cwd=ROOT, text=True,
            env={**self.environment, **environment}, stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if command else subprocess.PIPE,
        )  # fmt: skip
        self.workers.append(Worker(process))
        if not command and not many:
            self.wait_for_workers()
        return self.workers[-1]

    def start_workers(self, number: int) -> None:
        """Start several workers side by side."""
        for _each in range(number):
            self.start_worker(many=True)
        self.wait_for_workers()

    def wait_for_workers(self) -> None:
        """Wait until the workers say that they are ready, those that did not say so before."""
        for worker in self.workers:
            if worker.process.stdout is not None and not worker.is_ready:
                assert worker.process.stdout.readline() == "ready\n"
                worker.is_ready = True

    def deliver(self) -> None:
        """Do what is due in this process, as one more worker."""
        deliver_due(self.database, self.settings, limit=1000, threads=8)

    def owe(self) -> None:
        """Note that every learner completed the course and is owed a score."""
        with self.database.transaction() as db:
            course, link = self.register(db)
            for number, sub in enumerate(self.held.learners):
                person = Person(district_id=course.district_id, name=f"Person {number}")
                db.add_all([person, Identity(person=person, registration_id=course.registration_id, sub=sub)])
                db.flush()
                self._complete(db, course, link, person)

    def queue(self, most: int | None = None) -> None:
        """Queue the scores that are not sent yet, as met goals do."""
        with self.database.transaction() as db:
            for score in db.scalars(select(Score).where(Score.sent_at.is_(None)).order_by(Score.id).limit(most)):
                queue_score(db, score, score.course.registration_id)

    def register(self, db: Session) -> tuple[Course, ResourceLink]:
        """Make the LMS known, with its course and the link that has the gradebook column."""
        district = District(name="Cedar Valley")
        db.add(district)
        db.flush()
        registration = Registration(
            district_id=district.id, login_key=f"key-{district.id}", family=Family(self.held.lms.flavour.value),
            issuer=self.held.url, client_id=CLIENT_ID, auth_login_url=self.held.url,
            auth_token_url=self.held.token_url, key_set_url=self.held.url, scopes=SCOPES,
        )  # fmt: skip
        deployment = Deployment(registration=registration, deployment_id="1", state=DeploymentState.APPROVED)
        db.add(deployment)
        db.flush()
        course = Course(
            opportunity=Opportunity(district_id=district.id, kind=OpportunityKind.COURSE, title=""),
            district_id=district.id, registration_id=registration.id, deployment_id=deployment.id, context_id="1",
            professional_learning_at=utc_now(),
        )  # fmt: skip
        db.add(course)
        db.flush()
        link = ResourceLink(
            course_id=course.id, resource_link_id="1", kind=LinkKind.COURSE_GOALS,
            line_item_url=self.held.line_item_url,
        )  # fmt: skip
        db.add(link)
        db.flush()
        self.lane = f"platform:{registration.id}"
        return course, link

    def _complete(self, db: Session, course: Course, link: ResourceLink, person: Person) -> None:
        ids = {"district_id": course.district_id, "course_id": course.id, "person_id": person.id}
        score = Score(**ids, resource_link_id=link.id, achieved_at=utc_now() - timedelta(hours=2),
                      line_item_url=link.line_item_url)  # fmt: skip
        db.add_all([Completion(**ids, source=CompletionSource.MOODLE), score])

    def pass_time(self, by: timedelta = timedelta(days=2)) -> None:
        """Let time pass: what is due, paused or leased until then comes that much nearer."""
        self.held.pass_time(by)
        with self.database.transaction() as db:
            for message in db.scalars(select(OutboxMessage).where(OutboxMessage.state.in_(OPEN))):
                message.due_at -= by
                message.leased_until = message.leased_until and message.leased_until - by
            for lane in db.scalars(select(OutboxLane)):
                lane.paused_until -= by

    def pass_waits(self, by: timedelta) -> None:
        """Let time pass for what waits for its next try, and for nothing that is under way."""
        self.held.pass_time(by)
        with self.database.transaction() as db:
            waiting = select(OutboxMessage).where(
                OutboxMessage.state.in_(OPEN), OutboxMessage.leased_until.is_(None), OutboxMessage.due_at > utc_now()
            )
            for message in db.scalars(waiting.with_for_update(skip_locked=True)):
                message.due_at -= by
            for lane in db.scalars(select(OutboxLane).where(OutboxLane.paused_until > utc_now()).with_for_update()):
                lane.paused_until -= by

    def is_at_rest(self) -> bool:
        """Whether the workers have nothing to do until time passes."""
        with self.database.reading() as db:
            shut = select(OutboxLane.name).where(OutboxLane.paused_until > utc_now())
            may_go = (OutboxMessage.due_at <= utc_now(), OutboxMessage.lane.not_in(shut))
            busy = or_(OutboxMessage.leased_until.is_not(None), and_(*may_go))
            return db.scalar(select(OutboxMessage.id).where(OutboxMessage.state.in_(OPEN), busy).limit(1)) is None

    def mend(self) -> None:
        """Let what lost its access go on, as renewing the connection does."""
        with self.database.transaction() as db:
            resume_lane(db, self.lane)

    def forget_tokens(self) -> None:
        with self.database.transaction() as db:
            db.query(AccessToken).delete()

    def states(self) -> Counter[str]:
        with self.database.reading() as db:
            return Counter(state.value for state in db.scalars(select(Score.state)))

    def open_messages(self) -> int:
        with self.database.reading() as db:
            return len(db.scalars(select(OutboxMessage.id).where(OutboxMessage.state.in_(OPEN))).all())

    def all_confirmed(self) -> bool:
        return self.states() == {ScoreState.CONFIRMED.value: len(self.held.learners)}

    def account(self) -> Account:
        """Say of each completion where it is: in the gradebook, how often, or in the review and why."""
        found = Account()
        with self.database.reading() as db:
            owed = select(Identity.sub, Score).join(Score, Score.person_id == Identity.person_id).order_by(Score.id)
            scores: dict[str, list[Score]] = {}
            for sub, score in db.execute(owed):
                scores.setdefault(sub, []).append(score)
        for sub, number in self.held.learners.items():
            own, writes = scores.get(sub, []), self.held.writes(number)
            found.completions += 1
            found.once += writes == 1
            found.twice += writes > 1
            found.beside += max(len(own) - 1, 0)
            if own and not writes and own[0].state is ScoreState.NEEDS_ATTENTION and own[0].outcome:
                found.review[own[0].outcome] += 1
            elif not writes:
                found.lost += 1
        return found
