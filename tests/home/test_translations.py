"""A catalog's words come out: on pages, in errors, in what a worker wrote down, and in letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import lti_tool.grades.tasks  # noqa: F401 - registers what sends letters
from lti_tool import jobs
from lti_tool.app import create_app
from lti_tool.db import utc_now
from lti_tool.grades.operations import alerts
from lti_tool.grades.operations.reminders import raise_reminders
from lti_tool.lms.moodle_completions import NO_CRITERIA
from lti_tool.outbox.delivery import deliver_due
from lti_tool.people.models import Course, Role
from tests.conftest import make_person
from tests.grades.conftest import goal, learner
from tests.grades.test_alerts import mail_server, mail_settings

__all__ = ["goal", "learner", "mail_server", "mail_settings"]
MARK = "Esperante: "


@pytest.fixture(scope="module")
def catalog(app):
    """Return the template, as its command prints it, with every word said in a made-up Esperanto."""
    printed = app.test_cli_runner().invoke(args=["translations", "template"]).output
    made = read_po(StringIO(printed), locale="eo")
    for message in made:
        if message.id:
            is_many = isinstance(message.id, tuple)
            message.string = tuple(f"{MARK}{each}" for each in message.id) if is_many else f"{MARK}{message.id}"
    return made


@pytest.fixture(scope="module")
def translations_dir(catalog, tmp_path_factory):
    home = tmp_path_factory.mktemp("translations")
    (home / "eo" / "LC_MESSAGES").mkdir(parents=True)
    with (home / "eo" / "LC_MESSAGES" / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    return home


@pytest.fixture
def speak(app, visit, sample, translations_dir):
    """Return `speak(person)`: opens a session in Esperanto, of an installation that has a catalog for it."""
    before = app.extensions["settings"]
    speaking = create_app(replace(before, translations_dir=translations_dir))

    def visit_in_esperanto(person):
        return replace(visit(sample, person, locale="eo"), client=speaking.test_client())

    yield visit_in_esperanto
    speaking.extensions["database"].engine.dispose()
    jobs.configure(before)


@pytest.fixture
def told(database, sample):
    """Return `told(locale)`: a district that named in this language who is told, and sends a test."""

    def name(locale: str) -> None:
        with database.transaction() as db:
            administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
            alerts.save_alerts(db, administrator, ["pat@example.org"], "", locale)
            alerts.send_test(db, administrator)

    return name


@pytest.fixture
def letters(database, mail_settings, mail_server, translations_dir):
    """Return `letters()`: what leaves, by address."""

    def send() -> dict[str, str]:
        deliver_due(database, replace(mail_settings, translations_dir=translations_dir))
        return {each.partition("To: ")[2].partition("\n")[0].strip(): each for each in mail_server.received}

    return send


def test_the_template_holds_what_every_part_of_the_tool_says(catalog):
    for said in (
        "Remind me of my goals",  # a page
        "The role is given. It works from that person's next page on.",  # a notice
        "These reminders are stopped already.",  # an operation
        "Your role does not include this.",  # an error without words of its own
        "Choose a colleague from the list.",  # a field
        NO_CRITERIA,  # what a worker writes down
        "Scores wait for somebody",  # a letter
    ):
        assert said in catalog, said
    assert catalog["You have %(num)d goal under way."].id[1] == "You have %(num)d goals under way."


def test_a_page_speaks_the_language_of_its_session(speak, learner):
    assert f"<h1>{MARK}Remind me of my goals</h1>" in speak(learner).get("/sync/reminders").text


def test_an_error_speaks_the_language_of_its_session(speak, learner, database, sample):
    with database.transaction() as db:
        administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)

    refused = speak(administrator).post("/sync/alerts/test").text
    unknown = speak(learner).get("/plans/goals/1000").text

    assert f"{MARK}Name an e-mail address or a web hook and save it first." in refused
    assert f"{MARK}There is nothing here, or it is not shared with you." in unknown


def test_a_field_that_an_operation_refuses_speaks_the_language_of_its_session(speak, database, sample):
    with database.transaction() as db:
        administrator = make_person(db, sample, "Omar Said", Role.ADMINISTRATOR)
    visitor, kind = speak(administrator), {"name": "Micro-course", "unit": "courses", "hours_per_unit": "2"}

    answers = [visitor.post("/plans/credit/new", data=kind) for _twice in range(2)]

    assert f"{MARK}There is a kind of credit of this name already." in answers[1].text


def test_what_a_worker_wrote_down_is_said_in_the_language_of_whoever_reads_it(speak, learner, goal, database, sample):
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).completions_note = NO_CRITERIA

    assert f"{MARK}{NO_CRITERIA}" in speak(learner).get(f"/plans/goals/{goal.id}").text


def test_a_letter_speaks_the_language_of_whoever_gets_it(speak, database, learner, goal, told, letters):
    learner.email = "ana@example.org"
    told("de")
    asked = speak(learner).post("/sync/reminders", data={"frequency": "weekly", "emails": "ana@example.org"})
    with database.transaction() as db:
        raise_reminders(db, utc_now() + timedelta(days=8))

    sent = letters()

    assert asked.status_code == 303
    assert f"{MARK}You have 1 goal under way." in sent["ana@example.org"]
    assert f"Subject: Like Goals: {MARK}Your goals" in sent["ana@example.org"]
    assert "Subject: Like Goals: A test" in sent["pat@example.org"], "there is no catalog of this language"


def test_an_alert_speaks_the_language_in_which_the_district_named_who_is_told(told, letters):
    told("eo")

    (letter,) = letters().values()

    assert f"Subject: Like Goals: {MARK}A test" in letter
    assert f"{MARK}This is how an alert looks. Nothing is wrong." in letter
