"""What one step leaves for the next: the people, the courses, the tool."""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from typing import Any

from sqlalchemy import select

from config import Config
from lti_tool.db import Database
from lti_tool.outbox.models import MessageState, OutboxMessage
from practice_lms.trial import Trial
from tests.real_moodle.course_pages import Activity
from tests.real_moodle.moodle_site import Account, MoodleCourse, WebServices
from tests.real_moodle.tool_pages import Visitor


class NotLaidError(Exception):
    """A step needs what an earlier one did not get to."""


class World:
    """The ground of the journey; what no step has set yet cannot be read."""

    invitation: str
    tool_id: int
    """The tool's number in Moodle."""
    course: MoodleCourse
    """Professional learning."""
    other_course: MoodleCourse
    """A course that nobody marked."""
    handbook: Activity
    hub: MoodleCourse
    """A course that is complete when the tool's own activity in it is."""
    hub_link: Activity
    hub_column: int
    link: Activity
    """The tool's link with a place in the gradebook."""
    other_link: Activity
    """The tool in the course that nobody marked."""
    column: int
    """The link's column in the gradebook."""
    indicator: str
    team: int
    group: dict[str, Any]
    """As Moodle tells it."""
    admin: Visitor
    tara: Visitor
    """Editing teacher of both courses."""
    noor: Visitor
    """Non-editing teacher of the professional course."""
    ana: Visitor
    ben: Visitor
    """Learners of the professional course."""
    eli: Visitor
    """Learner of the professional course who comes later."""
    cleo: Visitor
    """Learner of the other one."""

    def __init__(
        self, moodle_url: str, administrator: Account, services: WebServices, token: str, trial: Trial
    ) -> None:
        self.moodle_url, self.administrator, self.services, self.token = moodle_url, administrator, services, token
        self.trial = trial
        self.run = secrets.token_hex(3)
        """Tells the people and courses of this run from those of others."""

    def __getattr__(self, name: str) -> Any:
        raise NotLaidError(name)

    @cached_property
    def settings(self) -> Config:
        """The tool's settings."""
        return Config.from_env({**os.environ, **self.trial.environment})

    @cached_property
    def database(self) -> Database:
        """The tool's database."""
        return Database(self.settings.database_url)

    def is_quiet(self) -> bool:
        """Return whether nothing waits in the tool's outbox."""
        with self.database.reading() as db:
            return db.scalar(select(OutboxMessage.id).where(OutboxMessage.state == MessageState.DUE).limit(1)) is None

    def visitor(self, account: Account) -> Visitor:
        """Sign somebody in to Moodle."""
        return Visitor(self.moodle_url, account)
