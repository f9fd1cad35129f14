"""Teams of like goals for people of any number: the same input gives the same teams on any machine.

A pure library over plain records: no database, no web framework. `matcher` needs NumPy and SciPy, which the web process
must never load; only the worker and commands import it. `request`, `answer` and `reasons` need nothing.

Words: a *problem* is the request in numbers; a *block* is people who are kept together; a pair is *barred* when it must
not be in one team; a *window* is some teams that are searched by themselves; a *standing* is who is in which team now.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: a second thread only costs; read as NumPy loads
