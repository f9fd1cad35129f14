"""What a district asks about declaring: the rule, its minimum, and exemptions that nobody can tell from "not yet"."""

from __future__ import annotations

import json

import pytest

from lti_tool.people.models import Person, Role, Supervision
from lti_tool.plans.cards import CardWords
from lti_tool.plans.models import Audience, DeclarationExemption, DeclarationRule, ExemptionReason, Goal
from lti_tool.plans.operations import declare_goal, exempt_person, set_policy
from lti_tool.plans.queries import BoardFilter, Said, goal_board, is_exempt, like_goals, policy_of
from tests.conftest import make_person
from tests.plans.conftest import write_goal


@pytest.fixture
def administrator(database, sample, ana) -> Person:
    with database.transaction() as db:
        return make_person(db, sample, "Zola Dlamini", Role.ADMINISTRATOR)


@pytest.fixture
def bo(database, sample, ana) -> Person:
    """A colleague at Ana's school with a goal like hers that the whole district sees."""
    with database.transaction() as db:
        person = make_person(db, sample, "Bo Lind")
        write_goal(
            db,
            person,
            "Plan exit questions",
            audience=Audience.DISTRICT,
            offer="Watch me on Tuesdays",
            wish="A visitor",
        )
    return person


def on_board(db, person, **narrowed) -> list[str]:
    board = goal_board(db, person, BoardFilter(**narrowed))
    return [card.headline for card in (*board.like, *board.others)]


def test_a_district_that_never_said_expects_goals_to_be_shared_with_the_school(database, sample, ana):
    with database.reading() as db:
        policy = policy_of(db, sample.district.id)

    assert (policy.rule, policy.minimum) == (DeclarationRule.EXPECTED, Audience.SCHOOL)


@pytest.mark.parametrize(
    ("minimum", "audience", "is_met"),
    [
        (Audience.SCHOOL, Audience.PRIVATE, False),
        (Audience.SCHOOL, Audience.REVIEWER, False),
        (Audience.SCHOOL, Audience.TEAM, False),
        (Audience.SCHOOL, Audience.SCHOOL, True),
        (Audience.SCHOOL, Audience.DISTRICT, True),
        (Audience.TEAM, Audience.REVIEWER, False),
        (Audience.TEAM, Audience.TEAM, True),
    ],
)
def test_a_goal_meets_the_policy_from_its_minimum_on(database, ana, administrator, minimum, audience, is_met):
    with database.transaction() as db:
        set_policy(db, db.merge(administrator), DeclarationRule.EXPECTED, minimum)
        goal = ana.read(db)
        declare_goal(db, goal.owner, goal, CardWords(audience))

        assert policy_of(db, administrator.district_id).is_met_by(goal) is is_met


def test_whoever_has_no_school_is_asked_for_the_team_alone(database, ana, administrator):
    with database.transaction() as db:
        goal = ana.read(db)
        goal.owner.school = None
        db.flush()
        declare_goal(db, goal.owner, goal, CardWords(Audience.TEAM))

        assert policy_of(db, administrator.district_id).is_met_by(goal)


def test_the_administrator_sets_the_policy_on_its_page(database, sample, administrator, visit):
    visitor = visit(sample, administrator)

    answer = visitor.post("/plans/policy", data={"rule": "required", "minimum": "team"})

    assert answer.status_code == 303
    with database.reading() as db:
        policy = policy_of(db, sample.district.id)
    assert (policy.rule, policy.minimum) == (DeclarationRule.REQUIRED, Audience.TEAM)


def test_a_district_cannot_ask_for_more_than_the_school(database, sample, administrator, visit):
    answer = visit(sample, administrator).post("/plans/policy", data={"rule": "required", "minimum": "district"})

    assert answer.status_code == 422
    assert "Choose the team or the school." in answer.text


def test_where_goals_are_not_shared_every_card_disappears_at_once(database, sample, ana, bo, administrator, visit):
    with database.reading() as db:
        assert on_board(db, ana.person) == ["Plan exit questions"]
    with database.transaction() as db:
        set_policy(db, db.merge(administrator), DeclarationRule.OFF, Audience.SCHOOL)

    with database.reading() as db:
        assert on_board(db, ana.person) == []
        assert like_goals(db, ana.read(db)) == []
    page = visit(sample, ana.person).get("/plans/board").text
    assert "does not share goals here" in page
    assert "Plan exit questions" not in page


def test_where_goals_are_not_shared_none_can_be_declared(database, sample, ana, administrator, visit):
    with database.transaction() as db:
        set_policy(db, db.merge(administrator), DeclarationRule.OFF, Audience.SCHOOL)
    visitor, page = visit(sample, ana.person), f"/plans/goals/{ana.goal_id}/declare"

    assert visitor.get(page).status_code == 409
    assert visitor.post(page, data={"audience": "district"}).status_code == 409
    assert "Choose who sees it" not in visitor.get("/").text
    with database.reading() as db:
        assert not ana.read(db).is_declared


def test_a_card_for_the_reviewer_is_seen_by_the_own_supervisor_alone(database, sample, ana, bo, administrator):
    with database.transaction() as db:
        supervisor = make_person(db, sample, "Sam Stone", school=1)
        db.add(Supervision(person_id=ana.person.id, supervisor_id=supervisor.id))
        goal = ana.read(db)
        declare_goal(db, goal.owner, goal, CardWords(Audience.REVIEWER))

    headline = "See what each student has understood"
    with database.transaction() as db:
        assert headline in on_board(db, supervisor)
        assert headline not in on_board(db, bo)
        db.query(Supervision).update({"ended_at": goal.created_at})
    with database.reading() as db:
        assert headline not in on_board(db, supervisor)


def test_b2_no_peer_can_tell_exempt_from_not_yet(database, sample, ana, bo, administrator, visit):
    """The same educator twice, the second time exempt: every page and file of a peer, a designer and a supervisor."""
    with database.transaction() as db:
        set_policy(db, db.merge(administrator), DeclarationRule.REQUIRED, Audience.SCHOOL)
        designer = make_person(db, sample, "Nora Field", Role.DESIGNER, Role.SUPERVISOR, learner=False)
        db.add(Supervision(person_id=ana.person.id, supervisor_id=designer.id))
    viewers = [visit(sample, bo), visit(sample, designer, is_course_designer=True)]
    pages = ("/", "/?as=designer", "/plans/board", "/plans/", "/teams/", "/standards/coverage", "/my-data")

    def seen() -> list[str]:
        answers = [(viewer, viewer.get(page)) for viewer in viewers for page in pages]
        return [answer.text.replace(viewer.prefix, "") for viewer, answer in answers if answer.status_code == 200]

    before = seen()
    with database.transaction() as db:
        exempt_person(db, db.merge(administrator), ana.person.id, ExemptionReason.SAFETY)

    assert len(before) > len(pages)
    assert seen() == before


def test_an_exempt_person_is_not_asked_again(database, sample, ana, administrator, visit):
    visitor = visit(sample, ana.person)
    assert "Choose who sees it" in visitor.get("/").text

    answer = visit(sample, administrator).post(
        "/plans/policy/exemptions", data={"person_id": ana.person.id, "reason": "health"}
    )

    assert answer.status_code == 303
    assert "Choose who sees it" not in visitor.get("/").text


def test_b2_the_reason_of_an_exemption_goes_with_no_record(database, sample, ana, administrator, visit):
    visit(sample, administrator).post("/plans/policy/exemptions", data={"person_id": ana.person.id, "reason": "health"})

    record = visit(sample, ana.person).get("/my-data/like-goals.json").text

    assert len(json.loads(record)["here"]["exemptions"]) == 1
    assert "health" not in record


def test_an_exemption_ends_and_leaves_no_word_of_its_reason_in_the_audit(database, sample, ana, administrator, visit):
    visitor = visit(sample, administrator)
    visitor.post("/plans/policy/exemptions", data={"person_id": ana.person.id, "reason": "legal"})
    with database.reading() as db:
        exemption = db.query(DeclarationExemption).one()
    assert "A legal matter" in visitor.get("/plans/policy").text

    visitor.post(f"/plans/policy/exemptions/{exemption.id}/end")

    with database.reading() as db:
        assert not is_exempt(db, ana.person.id)
    data = json.loads(visitor.get("/my-data/like-goals.json").text)
    assert "legal" not in json.dumps(data["here"]["acts"])


def test_exempting_somebody_who_was_not_searched_for_says_what_to_do(sample, administrator, visit):
    answer = visit(sample, administrator).post("/plans/policy/exemptions", data={"reason": "legal"})

    assert answer.status_code == 422
    assert "Search for the person first" in answer.text


def test_the_board_shows_offers_and_wishes(database, ana, bo, sample):
    with database.transaction() as db:
        plain = make_person(db, sample, "Cy Moreau")
        write_goal(db, plain, "Wait after each question", audience=Audience.DISTRICT)

    with database.reading() as db:
        assert on_board(db, ana.person, says=Said.OFFER) == ["Plan exit questions"]
        assert on_board(db, ana.person, says=Said.WISH) == ["Plan exit questions"]
        assert on_board(db, ana.person, words="tuesdays") == ["Plan exit questions"]
        assert on_board(db, ana.person, words="each question") == ["Wait after each question"]
        assert on_board(db, ana.person, words="100%") == []


def test_the_board_page_takes_each_filter_as_a_form_does(sample, ana, bo, visit):
    visitor = visit(sample, ana.person)

    assert "Plan exit questions" in visitor.get("/plans/board?says=offer&band=3-5&words=Tuesdays").text
    assert "No shared goal fits this choice" in visitor.get("/plans/board?band=9-12").text


def test_a_goal_without_a_card_meets_no_policy_that_asks(database, ana, administrator):
    with database.reading() as db:
        goal: Goal = ana.read(db)

        assert not policy_of(db, administrator.district_id).is_met_by(goal)
