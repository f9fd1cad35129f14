"""How long the command takes that brings in a framework of 20,000 items, and its next version."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.places import Place
from benchmarks.table import print_table
from tests.standards.large import ITEMS, import_measured, large_package


def measure_imports(place: Place) -> None:
    """Print the seconds and the memory of a first import and of one over it."""
    path, rows = Path(place.settings.instance_dir) / "large.json", []
    url = place.database.engine.url.render_as_string(hide_password=False)
    env = {**os.environ, "DATABASE_URL": url, "INSTANCE_DIR": str(place.settings.instance_dir)}
    for number, what in enumerate(("new", "its next version"), 1):
        large_package(path, str(number))
        began, used = time.perf_counter(), _used_by_children()
        _, _, memory = import_measured(path, env)
        spent = (time.perf_counter() - began, _used_by_children() - used)
        rows.append((what, path.stat().st_size / 1e6, *spent, memory / 1e6))
    print(f"### Importing {ITEMS} items on {place.name}\n")
    print_table(("framework", "MB of file", "seconds", "of processor", "MB of memory"), rows)


def _used_by_children() -> float:
    """Return the processor time of all processes that were started here and have ended."""
    times = os.times()
    return times.children_user + times.children_system
