"""What docs/practice-lms.md says of the practice LMS is tested under the name that it gives."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs" / "practice-lms.md"


def test_every_fact_that_is_reproduced_names_tests_that_are_there():
    tests = {name for path in HERE.glob("test_*.py") for name in re.findall(r"\ndef test_(\w+)", path.read_text())}
    reproduced = re.findall(r"^\| (.+) \| yes \| (.*) \|$", TABLE.read_text(), re.MULTILINE)
    named = {fact: re.findall(r"`(\w+)`", cell) for fact, cell in reproduced}

    assert [fact for fact, names in named.items() if not names] == []
    assert [name for names in named.values() for name in names if name not in tests] == []
