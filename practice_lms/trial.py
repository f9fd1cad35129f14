"""A whole installation on one machine: the practice LMS, the tool on another site, and its workers."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from practice_lms.processes import Service, python, run, wait_until_up
from practice_lms.state import Flavour

DISTRICT = "Cedar Valley"


@dataclass(slots=True)
class Trial:
    """Where everything of one trial is, and its processes. LMS and tool are different sites, as in life."""

    directory: Path
    flavour: Flavour
    lms_port: int
    tool_port: int
    more_environment: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1
    """How many work side by side; more than one need servers for a broker and a database."""
    services: dict[str, Service] = field(default_factory=dict, init=False)

    @property
    def lms_url(self) -> str:
        return f"http://127.0.0.1:{self.lms_port}"

    @property
    def tool_url(self) -> str:
        return f"http://localhost:{self.tool_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The tool's settings; loopback may be reached because the LMS is there."""
        return {
            "INSTANCE_DIR": str(self.directory),
            "KEYS_DIR": str(self.directory / "keys"),
            "TOOL_URL": self.tool_url,
            "LTI_PRIVATE_HOSTS": "127.0.0.1 localhost",
            "CONFIRM_AFTER": "0",
            "PYTHONUNBUFFERED": "1",
            **self.more_environment,
        }

    def prepare(self) -> None:
        """Make a fresh folder, keys, tables and the sample frameworks."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        for command in (["db", "upgrade"], ["lti", "keys"], ["standards", "install", "--district", DISTRICT]):
            self.flask(*command)

    def flask(self, *command: str) -> str:
        """Run one of the tool's commands and return what it printed."""
        return run(python("flask", "--app", "wsgi", *command), self.environment)

    def start(self) -> None:
        """Start the three processes and wait until both sites answer."""
        self._start("lms", python("practice_lms", "--flavour", self.flavour.value, "--port", str(self.lms_port)))
        self.start_tool()
        wait_until_up(f"{self.lms_url}/", *self.services.values())

    def start_tool(self) -> None:
        """Start the tool and its workers, without an LMS, and wait until the tool answers."""
        self._start("tool", python("waitress", "--listen", f"127.0.0.1:{self.tool_port}", "--threads", "8", "wsgi:app"))
        self.start_workers()
        if self.workers > 1:
            self._start("beat", python("celery", "-A", "lti_tool.jobs", "beat"))
        wait_until_up(f"{self.tool_url}/healthz", *self.services.values())

    def start_workers(self) -> None:
        """Start the workers, again if they were stopped."""
        for name in self._worker_names():
            self._start(
                name, python("celery", "-A", "lti_tool.jobs", "worker", "-n", f"{name}@trial", "--loglevel", "INFO")
            )

    def kill_workers(self) -> None:
        """End all workers at once, as a power cut would."""
        for name in self._worker_names():
            self.services[name].kill()

    def tail_of_workers(self) -> str:
        """Return the last that each worker said."""
        return "\n".join(self.services[name].tail() for name in self._worker_names())

    def _worker_names(self) -> list[str]:
        return [f"worker-{number}" for number in range(1, self.workers + 1)]

    def _start(self, name: str, command: list[str]) -> None:
        service = Service(name, command, self.environment, self.directory / f"{name}.log")
        service.start()
        self.services[name] = service

    def check(self) -> None:
        """Raise when a process ended by itself."""
        for service in self.services.values():
            service.check()

    def stop(self) -> None:
        """Stop everything, workers first, so that nothing is cut off in the middle."""
        for name in reversed(self.services):
            self.services[name].stop()
