"""What one launch costs: login and authentication response, with a token that is really signed and really checked.

Requests are prepared and tokens signed outside of the measured time; what is measured is the WSGI application.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, before_render_template, template_rendered
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks.places import Place
from benchmarks.plain_launch import PlainLaunch
from benchmarks.table import print_table
from lti_tool.launch import names
from lti_tool.launch.key_sets import KeySets
from lti_tool.launch.operations.courses import create_course
from lti_tool.launch.protocol.tokens import read_token, verify_token
from lti_tool.people.models import District
from practice_lms.keys import PlatformKeys
from tests.launch.signing_platform import LEARNER, TOOL_URL, SigningPlatform
from tests.query_counter import count_queries

PEOPLE = 50
GOAL = 3.1
DRIVER_CALLS = ("do_execute", "do_execute_no_params", "do_commit", "do_rollback")


@dataclass
class Launches:
    """The costs of some launches, in milliseconds of processor time each."""

    total: list[float] = field(default_factory=list)
    parts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def median(self) -> float:
        return statistics.median(self.total)

    def part(self, name: str) -> float:
        """Return the mean cost of a part."""
        return self.parts[name] / len(self.total)


class Runner:
    """Launches known people of one platform into one marked course, again and again."""

    def __init__(self, place: Place) -> None:
        self.place = place
        keys = PlatformKeys()
        self.platform = SigningPlatform("https://lms.example.test/keys", keys)
        self.key_sets = KeySets(lambda _url: (keys.key_set(), {}))
        place.app.extensions["key_sets"] = self.key_sets
        with place.database.transaction() as db:
            district = District(name="Cedar Valley")
            db.add(district)
            db.flush()
            self.platform.registered(db, district)
            context = {"id": "course-1", "label": "PD1", "title": "A course"}
            create_course(db, self.platform.registration, self.platform.registration.deployments[0], context)

    def run(self, app: Flask, count: int) -> Launches:
        """Launch so many times and return what it cost."""
        done = Launches()
        for number in range(count):
            done.total.append(self._launch(app, number) * 1000)
        return done

    def signature_cost(self, count: int) -> float:
        """Return what reading and verifying one token costs."""
        token = self.platform.sign(self.platform.claims("nonce"))
        began = time.process_time()
        for _ in range(count):
            header, _claims = read_token(token)
            verify_token(token, header, self.platform.registration, self.key_sets)
        return (time.process_time() - began) / count * 1000

    def _launch(self, app: Flask, number: int) -> float:
        initiation = {
            "iss": self.platform.issuer, "client_id": self.platform.client_id, "login_hint": "hint",
            "target_link_uri": f"{TOOL_URL}/lti/launch",
        }  # fmt: skip
        spent, answer = self._send(app, "/lti/login", initiation, Headers())
        asked = _asked(answer)
        claims = self.platform.claims(asked["nonce"], sub=f"user-{number % PEOPLE}", **{names.ROLES: [LEARNER]})
        cookie = answer[2]["Set-Cookie"].split(";")[0]
        form = {"state": asked["state"], "id_token": self.platform.sign(claims)}
        more, answer = self._send(app, "/lti/launch", form, Headers({"Cookie": cookie}))
        assert answer[1].startswith("303"), answer
        return spent + more

    def _send(self, app: Flask, path: str, form: dict[str, str], headers: Headers) -> tuple[float, Any]:
        environ = EnvironBuilder(path, TOOL_URL, method="POST", data=form, headers=headers).get_environ()
        began = self.place.cpu_seconds()
        body, status, answered = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        return self.place.cpu_seconds() - began, (b"".join(body), status, answered)


def _asked(answer: Any) -> dict[str, str]:
    """Return the parameters of the authentication request."""
    query = parse_qs(urlsplit(answer[2]["Location"]).query)
    return {name: values[-1] for name, values in query.items()}


def measure_launches(place: Place, count: int) -> None:
    """Print what launches cost on this database, part by part, and beside the shortest way."""
    runner = Runner(place)
    runner.run(place.app, PEOPLE * 2)
    tool = runner.run(place.app, count)
    with count_queries(place.database) as queries:
        runner.run(place.app, 1)
    with _parts_timed(place) as tool.parts:  # apart from the total, which the clocks would slow
        runner.run(place.app, count)
    plain = runner.run(_plain(runner).app, count)
    signature, driver = runner.signature_cost(count), tool.part("driver")
    print(f"### Launch on {place.name}: {count} launches of {PEOPLE} known learners, milliseconds of CPU\n")
    print_table(
        ("part", "ms", "share"),
        [
            ("reading and checking the signed token", signature, _share(signature, tool)),
            (f"database and driver ({len(queries)} statements)", driver, _share(driver, tool)),
            ("templates", tool.part("templates"), _share(tool.part("templates"), tool)),
            ("the rest: Flask, SQLAlchemy, the checks", tool.median - signature - driver - tool.part("templates"),
             _share(tool.median - signature - driver - tool.part("templates"), tool)),
            ("one launch, median", tool.median, "100 %"),
            ("the same work in plain SQL", plain.median, _share(plain.median, tool)),
        ],
    )  # fmt: skip
    print(f"{tool.median / plain.median:.2f} times plain SQL; {tool.median / GOAL:.2f} times the goal of {GOAL} ms.\n")


def _share(part: float, whole: Launches) -> str:
    return f"{part / whole.median * 100:.0f} %"


def _plain(runner: Runner) -> PlainLaunch:
    """Return the sketch on a connection of its own, with the key that the tool has parsed too."""
    (key,) = (pair.public_key() for pair in runner.platform.keys.pairs.values())
    raw = runner.place.database.engine.raw_connection()
    connection: Any = raw.driver_connection
    raw.detach()
    is_postgresql = runner.place.name == "PostgreSQL"
    if is_postgresql:
        connection.autocommit = True
    runner.place.app.extensions.pop("backends", None)
    return PlainLaunch(connection, key, is_postgresql=is_postgresql)


@contextmanager
def _parts_timed(place: Place) -> Iterator[defaultdict[str, float]]:
    """Count the time of driver calls and of templates while the block runs."""
    parts: defaultdict[str, float] = defaultdict(float)
    dialect = place.database.engine.dialect
    kept = {name: getattr(dialect, name) for name in DRIVER_CALLS}
    for name, call in kept.items():
        setattr(dialect, name, _timed(call, place, parts))
    began: list[float] = []
    before = before_render_template.connect(lambda *_a, **_k: began.append(time.process_time()), weak=False)

    def note_rendered(*_sender: Any, **_details: Any) -> None:
        parts["templates"] += (time.process_time() - began.pop()) * 1000

    template_rendered.connect(note_rendered)
    try:
        yield parts
    finally:
        for name, call in kept.items():
            setattr(dialect, name, call)
        before_render_template.disconnect(before)
        template_rendered.disconnect(note_rendered)


def _clock_cost(place: Place) -> float:
    began = place.cpu_seconds()
    for _ in range(99):
        place.cpu_seconds()
    return (place.cpu_seconds() - began) / 100


def _timed(call: Callable[..., Any], place: Place, parts: defaultdict[str, float]) -> Callable[..., Any]:
    clock = _clock_cost(place)

    def timed(*args: Any, **kwargs: Any) -> Any:
        began = place.cpu_seconds()
        try:
            return call(*args, **kwargs)
        finally:
            parts["driver"] += (place.cpu_seconds() - began - clock) * 1000

    return timed
