"""Tests of the code itself: layers, sizes, and what templates may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import nodes

from lti_tool.grades.operations.forgetting import KEPT_FOR, OVERTAKEN
from lti_tool.home.notices import NOTICES
from lti_tool.jobs import celery_app
from lti_tool.outbox import handlers

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("lti_tool/**/*.py"), *ROOT.glob("practice_lms/**/*.py"), *ROOT.glob("*.py")])
TEMPLATES = sorted(ROOT.glob("lti_tool/templates/**/*.html"))
STYLES = sorted(ROOT.glob("lti_tool/static/*.css"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def test_imports_keep_to_the_layers():
    # in a process of its own: it sets up logging for itself and would switch off that of the tests after it
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 0, found.stdout + found.stderr


def test_no_rule_of_a_style_swallows_the_ones_after_it():
    open_ends = [path.name for path in STYLES if (text := path.read_text()).count("{") != text.count("}")]

    assert open_ends == []


def test_no_file_outgrows_a_screenful_of_screens():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*SOURCES, *TEMPLATES, *STYLES]
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_no_function_outgrows_a_screen():
    long = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines

    assert long == {}


def test_every_module_says_what_it_is():
    silent = [str(path.relative_to(ROOT)) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_inline_style_or_script(path):
    text = path.read_text()

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_never_marks_text_as_safe(path):
    assert "|safe" not in path.read_text().replace(" ", "")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_uses_what_it_imports(app, path):
    tree = app.jinja_env.parse(path.read_text())
    imported = {
        each if isinstance(each, str) else each[1] for one in tree.find_all(nodes.FromImport) for each in one.names
    }

    assert imported - {each.name for each in tree.find_all(nodes.Name) if each.ctx == "load"} == set()


def test_nothing_is_left_for_later():
    unfinished = [
        str(path.relative_to(ROOT))
        for path in [*SOURCES, *TEMPLATES]
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text())
    ]

    assert unfinished == []


def test_every_kind_of_message_has_a_handler():
    sent = set()
    for path in ROOT.glob("lti_tool/**/*.py"):
        sent |= set(re.findall(r'enqueue\([^)]*?kind="([a-z_.]+)"', path.read_text(), re.DOTALL))

    for module in celery_app.conf.include:
        import_module(module)

    assert sent
    assert sent - set(handlers._makers) == set()


def test_every_kind_of_message_is_forgotten_some_day():
    for module in celery_app.conf.include:
        import_module(module)

    kinds = [kind for each in (*KEPT_FOR, *OVERTAKEN) for kind in each]

    assert sorted(kinds) == sorted(handlers._makers)


def test_every_notice_in_an_address_has_its_sentence():
    codes = set()
    for path in ROOT.glob("lti_tool/*/views/**/*.py"):
        codes |= set(re.findall(r'notice="([a-z_]+)"', path.read_text()))
        codes |= set(re.findall(r'(?:go_to|_back)\([^,()]+, "([a-z_]+)"', path.read_text()))

    assert codes - NOTICES.keys() == set()
