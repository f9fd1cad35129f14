"""`flask --app wsgi teams simulate PEOPLE.json`: planning by file, without a database."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lti_tool.teams.cli import native_output_on_stderr
from practice_lms.cedar_valley import EVALUATOR_AND_EDUCATOR, LIKE_GOALS, STAND_ALONE

ROOT = Path(__file__).parents[3]
DEMO = Path(__file__).with_name("cedar_valley.json")


def teams_of(path: Path, run) -> dict[str, Any]:
    done = run(path)
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture
def run(app):
    """Return `run(path)`: what the command did with a file."""
    return lambda path: app.test_cli_runner().invoke(args=["teams", "simulate", str(path)])


def test_b3_the_demo_district_s_hand_worked_teams_come_out(run):
    answer = teams_of(DEMO, run)

    teams = [set(team["members"]) for team in answer["teams"]]
    sizes = {label: sorted(len(team) for team in teams if team <= set(people)) for label, people in LIKE_GOALS.items()}
    assert sizes == {"PD101": [5], "PD102": [3, 3], "PD103": [3, 3], "PD104": [5]}
    assert not any(set(EVALUATOR_AND_EDUCATOR) <= team for team in teams)
    alone = {each["id"]: each["reason"] for each in answer["alone"]}
    assert set(alone) == set(STAND_ALONE)
    assert "Nearest is samir.haddad of Riverside Elementary School" in alone["wanda.kowalski"]
    assert all("No company is near enough" in reason and "Nearest is" in reason for reason in alone.values())
    reasons = {team["members"][0]: team["reasons"] for team in answer["teams"]}
    assert reasons["ana.ruiz"][:3] == [
        "All five work on 1c.2.",
        "Most of them write of exit and question.",
        "ana.ruiz has achieved a goal in 1c.",
    ]
    assert any("nobody could be in closer company" in reason for reason in reasons["ana.ruiz"])


def test_the_answer_has_the_promised_entries_and_no_database_is_touched(tmp_path):
    env = {**os.environ, "INSTANCE_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/untouched.sqlite3"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "teams", "simulate", str(DEMO)]

    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    answer = json.loads(done.stdout)
    assert done.stderr == ""
    assert set(answer) == {"teams", "alone", "objective", "moved", "seconds", "text_model"}
    assert answer["text_model"] == "hashed-tfidf"
    assert answer["moved"] == 0
    assert isinstance(answer["objective"], float)
    assert all(set(team) == {"id", "members", "reasons"} for team in answer["teams"])
    assert not list(tmp_path.glob("*.sqlite3"))


def write(tmp_path: Path, **entries) -> Path:
    path = tmp_path / "people.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def people(count: int) -> list[dict[str, Any]]:
    return [{"id": f"p{number}", "indicators": ["1/1a/1a.1"]} for number in range(count)]


def test_teams_from_before_stay_when_one_joins(tmp_path, run):
    before = {"blue": ["p0", "p1", "p2", "gone"], "red": ["p3", "p4", "p5"]}
    path = write(tmp_path, people=people(7), previous=before, options={"move_price": 0.1})

    answer = teams_of(path, run)

    assert answer["moved"] == 0
    teams = {team["id"]: set(team["members"]) for team in answer["teams"]}
    assert {"p0", "p1", "p2"} <= teams["blue"]
    assert {"p3", "p4", "p5"} <= teams["red"]


WRONG = [
    ({"people": people(3), "together": [["p0", "zoe"]]}, "together: nobody has the id zoe.\n"),
    ({"people": [{"id": "ana"}]}, "people[ana].indicators: Missing data for required field.\n"),
    ({"people": [{"id": "ana", "indicators": ["1"], "age": 4}]}, "people[ana].age: Unknown field.\n"),
    ({"people": [{"indicators": ["1"]}]}, "people[0].id: Missing data for required field.\n"),
    ({"people": people(3), "options": {"minimum": "three"}}, "options.minimum: Not a valid integer.\n"),
    ({"people": people(3), "options": {"floor": 2}}, "options.floor: 2.0 is not between 0 and 1.\n"),
    ({"people": people(3), "locked": {"p0": ""}}, "locked.p0.value: Shorter than minimum length 1.\n"),
    ({}, "people: Missing data for required field.\n"),
]


@pytest.mark.parametrize(("entries", "sentence"), WRONG)
def test_what_is_wrong_is_one_sentence_on_standard_error_and_exit_status_2(tmp_path, run, entries, sentence):
    done = run(write(tmp_path, **entries))

    assert (done.exit_code, done.stdout, done.stderr) == (2, "", sentence)


NO_REQUEST = {
    "an object that does not end": (b"{", "{path} is no JSON: Expecting property name"),
    "nothing": (b"", "{path} is no JSON: Expecting value"),
    "too many lists in lists": (b"[" * 100_000, "{path} is no JSON: "),
    "another encoding": ('{"people": []}'.encode("utf-16"), "{path} is no JSON: 'utf-8' codec can't decode"),
    "a list": (b"[]", "The file: Invalid input type.\n"),
    "null": (b"null", "The file: Invalid input type.\n"),
    "a number of people": (b'{"people": 3}', "people: Not a valid list.\n"),
    "nobody among the people": (b'{"people": [null]}', "people[0]: Field may not be null.\n"),
}


@pytest.mark.parametrize(("written", "sentence"), NO_REQUEST.values(), ids=NO_REQUEST)
def test_a_file_that_is_no_request_is_refused_the_same_way(tmp_path, run, written, sentence):
    path = tmp_path / "people.json"
    path.write_bytes(written)

    done = run(path)

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(sentence.format(path=path))


def test_a_file_that_is_not_there_is_refused_the_same_way(tmp_path, run):
    missing = run(tmp_path / "nothing.json")

    assert (missing.exit_code, missing.stdout) == (2, "")
    assert missing.stderr == f"{tmp_path}/nothing.json cannot be read: No such file or directory.\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"people": [], "locked": {"p0": "blue"}, "locked": {}}', "locked"),
        ('{"people": [{"id": "p0", "text": "One", "indicators": [], "text": "Two"}]}', "text"),
        ('{"people": [], "previous": {"blue": ["p0"], "blue": []}}', "blue"),
        ('{"people": [], "options": {"weights": {"text": 0.1, "t\\u0065xt": 0.9}}}', "text"),
        ('{"people": [], "\\ud800": 1, "\\ud800": 2}', r"\ud800"),
    ],
)
def test_a_key_that_an_entry_has_twice_is_refused_instead_of_one_of_them_being_dropped(tmp_path, run, text, key):
    path = tmp_path / "people.json"
    path.write_text(text, encoding="utf-8")

    done = run(path)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"The key {key} stands twice in one entry.\n"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\u2028"])
def test_a_name_that_holds_a_line_break_leaves_the_sentence_on_one_line(tmp_path, run, line_break):
    path = write(tmp_path, people=people(3), together=[["p0", f"zoe{line_break}marsh"]])

    assert run(path).stderr == "together: nobody has the id zoe\\nmarsh.\n"


def test_half_a_character_in_a_file_is_refused_the_same_way(tmp_path, run):
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"people": [{"id": "\ud800", "indicators": ["f/1"]}]}))

    done = run(path)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"{path} holds half of a character (a surrogate without the other).\n"


def test_one_person_is_told_to_be_no_team(tmp_path, run):
    answer = teams_of(write(tmp_path, people=people(1)), run)

    assert answer["alone"][0]["reason"].startswith("One person is no team of 3 to 6.")


def test_what_the_solver_prints_itself_is_no_part_of_the_answer(capfd):
    with native_output_on_stderr():
        ctypes.CDLL(None).puts(b"HighsMipSolverData: a line of the solver")
    os.write(1, b"the answer\n")

    printed = capfd.readouterr()
    assert printed.out == "the answer\n"
    assert printed.err == "HighsMipSolverData: a line of the solver\n"
