"""A web process in which a designer opens the teams of a course and asks for new ones; prints what it has loaded."""

from __future__ import annotations

import sys
from pathlib import Path

from config import Config
from lti_tool.app import create_app
from lti_tool.db import Base
from lti_tool.launch.operations.sessions import open_session
from lti_tool.people.models import Role
from tests.conftest import Visitor, make_district, make_person


def main(home: Path) -> None:
    settings = {"INSTANCE_DIR": str(home), "KEYS_DIR": str(home / "keys"), "BROKER_URL": "memory://"}
    app = create_app(Config.from_env(settings))
    database = app.extensions["database"]
    Base.metadata.create_all(database.engine)
    with database.transaction() as db:
        sample = make_district(db)
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, learner=False)
        key = open_session(
            db, designer, registration_id=sample.registration.id, deployment_id=sample.deployment.id,
            course_id=sample.course.id,
        )  # fmt: skip
    visitor = Visitor(app.test_client(), f"/s/{key}", designer)
    answers = [
        visitor.get("/teams/"),
        visitor.post("/teams/propose", data={"reach": "district"}),
        visitor.get("/teams/?as=designer"),
        visitor.get("/plans/"),
    ]
    loaded = {"numpy", "scipy", "lti_tool.teams.like_teams", "lti_tool.teams.planning"} & set(sys.modules)
    sys.stdout.write(f"{[answer.status_code for answer in answers]} {sorted(loaded)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
