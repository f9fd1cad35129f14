"""Withdrawing a card is at once: from the same request on, no page of anybody else and no name in the LMS holds it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.plans.models import Audience, Declaration, Goal
from lti_tool.teams.models import Team
from tests.lms_fixtures import DESIGNER, Arrived, any_lms, platform_keys, run_lms, tool_server
from tests.teams.in_lms import District101, open_district

__all__ = ["any_lms", "platform_keys", "run_lms", "tool_server"]

EVERYBODY = ("ana.ruiz", "ben.okafor", "chloe.nguyen", "dev.patel", "elena.petrova")
WORDS = ("Pebbles", "Lanterns", "Harbours")
"""What a card says in its headline, its next step and its offer: nothing else on any page says so."""


@pytest.fixture
def pd101(app, database, any_lms) -> District101:
    opened = open_district(app, database, any_lms)
    opened.arrive(*EVERYBODY)
    opened.connect()
    return opened


def declare(pd101: District101, login: str, name: str) -> int:
    """Declare a goal whose card says the words, each with a name in it."""
    goal_id = pd101.declare(login)
    with pd101.database.transaction() as db:
        goal = db.get_one(Goal, goal_id)
        goal.headline = f"{WORDS[0]}{name}"
        card = Declaration(audience=Audience.DISTRICT, next_step=f"{WORDS[1]}{name}", offer=f"{WORDS[2]}{name}")
        goal.declaration = card
    return goal_id


def withdraw(pd101: District101, login: str, goal_id: int) -> None:
    send(pd101.practice.launch(login, pd101.link), f"/plans/goals/{goal_id}/withdraw")


def send(arrived: Arrived, path: str, **form: str) -> None:
    arrived.browser.post(arrived.base + path, form)


def teams_of(pd101: District101) -> list[Team]:
    with pd101.database.reading() as db:
        return list(db.scalars(select(Team).order_by(Team.id)))


def seen(arrived: Arrived, word: str, *more: str) -> str:
    """Return all that somebody reads on the board, in its search and in finding learning, and on more pages."""
    found = ("/plans/board", f"/plans/board?words={word}", "/plans/learning", f"/plans/learning?words={word}")
    return "".join(arrived.get(path).text.replace(f'value="{word}"', "") for path in (*found, *more))


def test_b2_withdrawing_a_card_takes_it_from_board_search_team_proposals_and_group_names(pd101):
    goals = {login: declare(pd101, login, login[:3].title()) for login in EVERYBODY}
    designer = pd101.practice.launch(DESIGNER, pd101.link)
    colleague = pd101.practice.launch("elena.petrova", pd101.link)
    send(designer, "/teams/propose", reach="district")
    pd101.work()
    proposal = f"/teams/{teams_of(pd101)[0].id}"
    designers = ("/teams/?as=designer", "/?as=designer", proposal)
    before = [seen(colleague, f"{WORDS[2]}Ben", "/teams/"), seen(designer, f"{WORDS[2]}Ben", *designers)]

    withdraw(pd101, "ben.okafor", goals["ben.okafor"])

    after = [seen(colleague, f"{WORDS[2]}Ben", "/teams/"), seen(designer, f"{WORDS[2]}Ben", *designers)]
    assert all(f"{word}Ben" in before[0] for word in WORDS)
    assert not [word for page in after for word in WORDS if f"{word}Ben" in page]
    assert "Ben Okafor" in before[1]
    assert "Ben Okafor" not in designer.get(proposal).text
    assert f"{WORDS[0]}Ana" in after[0]

    send(designer, "/teams/send")
    team = teams_of(pd101)[0]
    invited = [login for login in EVERYBODY if login != "ben.okafor"]
    for login in invited:
        send(pd101.practice.launch(login, pd101.link), f"/teams/{team.id}/accept")
    pd101.work()
    withdraw(pd101, "dev.patel", goals["dev.patel"])
    send(designer, f"/teams/{team.id}/group")
    pd101.work()

    (group,) = pd101.groups()
    assert set(group.member_ids) == pd101.ids(*invited)
    assert not [word for word in WORDS if word in group.name]
    assert group.name == team.name
    team_pages = (f"/teams/{team.id}", f"/teams/{team.id}/room", "/teams/")
    assert not [word for word in WORDS if f"{word}Dev" in seen(colleague, f"{WORDS[2]}Dev", *team_pages)]
    assert not [word for word in WORDS if word in designer.get("/teams/groups.csv").text]
