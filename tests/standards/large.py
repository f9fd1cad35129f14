"""A package of 20,000 items as large as real ones are, and what a process that reads it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from lti_tool.db import utc_now
from lti_tool.standards.case import write_package
from tests.standards.packages import DOCUMENT, many_items

ROOT = Path(__file__).parents[2]
ITEMS = 20_000
TOPS = 200
ADDRESS = "https://standards.example.test/ims/case/v1p1/CFItems"
MOST_MEMORY = 200 * 1024 * 1024
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=sys.stderr)
sys.exit(code)
"""
"""A small process in between: what is measured of a child begins with what its parent holds."""


def large_package(path: Path, version: str) -> None:
    """Write a package of 20,000 items; each version has other words."""
    found = many_items(tops=TOPS, each=ITEMS // TOPS - 1)
    words = f"In version {version} the educator plans with colleagues what students do next, and tells families. "
    data = json.loads("".join(write_package(found, utc_now())))
    for each in data["CFItems"]:
        each["fullStatement"] = f"{each['humanCodingScheme']}: {words * 3}"
        each["CFDocumentURI"] = {"title": "Our practice", "identifier": DOCUMENT, "uri": f"urn:uuid:{DOCUMENT}"}
        each["educationLevel"] = ["09", "10", "11", "12"]
        each["notes"] = "Seen in a room, it begins with what students have just done. " * 5
    data["CFAssociations"] += [_relation(*ends) for ends in zip(data["CFItems"], data["CFItems"][1:], strict=False)]
    assert len(data["CFItems"]) == ITEMS
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _relation(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, object]:
    origin, destination = (
        {"title": each["fullStatement"], "identifier": each["identifier"], "uri": f"{ADDRESS}/{each['identifier']}"}
        for each in (one, other)
    )
    return {"associationType": "isRelatedTo", "originNodeURI": origin, "destinationNodeURI": destination}


def start_measured(*arguments: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start Python with these arguments in a process of its own; its last line of errors is the memory it needed."""
    command = [sys.executable, "-c", MEASURED, sys.executable, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def finished(process: subprocess.Popen[str]) -> tuple[str, list[str], int]:
    """Return what a measured process said, what it told beside that, and how many bytes of memory it needed."""
    said, errors = process.communicate()
    assert process.returncode == 0, errors
    *told, memory = errors.splitlines()
    return said, told, int(memory)


def import_measured(path: Path, env: Mapping[str, str]) -> tuple[str, list[str], int]:
    """Import a file by the command; return what it says, what progress it told, and how much memory it needed."""
    command = ("-m", "flask", "--app", "wsgi", "standards", "import", str(path), "--district", "A")
    return finished(start_measured(*command, env=env))
