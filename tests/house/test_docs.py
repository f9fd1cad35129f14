"""Tests of what the documents say: decisions have their form, and what is named is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]
FILE = re.compile(r"`((?:docs|lti_tool|practice_lms|tests|benchmarks)/[\w/-]+(?:\.\w+|/))`")
COMMAND = re.compile(r"flask --app wsgi ((?:[a-z-]+ ?)+(?:--[a-z-]+)?)")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_decisions_are_numbered_one_after_another():
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=name)
def test_a_decision_says_its_number_and_why_what_and_what_follows(path):
    text = path.read_text()

    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^\*\*(Context|Decision|Consequence)\.\*\* ", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequence",
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_document_names_files_that_are_there(path):
    text = path.read_text()
    links = [path.parent / link for link in re.findall(r"\]\(([^)#:]+)\)", text)]
    files = [ROOT / each for each in FILE.findall(text)]

    assert [str(each) for each in (*links, *files) if not each.exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_document_names_commands_that_are_there(path, app):
    unknown = []
    for line in COMMAND.findall(path.read_text()):
        command: click.Command = app.cli  # a FlaskGroup would leave an app of its own current for all later tests
        words = shlex.split(line)
        for word in words:
            if word.startswith("--"):
                unknown += [line] if word not in {each for one in command.params for each in one.opts} else []
            elif isinstance(command, click.Group):
                found = command.get_command(click.Context(command), word)
                unknown += [line] if found is None else []
                command = found or command

    assert unknown == []


def test_the_readme_names_every_setting():
    asked = set(re.findall(r'(?:env\.get\(|_count\(env, )"([A-Z_]+)"', (ROOT / "config.py").read_text()))
    told = set(re.findall(r"`([A-Z_]+)`", (ROOT / "README.md").read_text()))

    assert asked - told == set()
