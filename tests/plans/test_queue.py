"""What a reader has to read: by the day until which it is due, page after page, and what stays theirs to read."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.people.models import Person
from lti_tool.people.operations import name_supervisor
from lti_tool.plans.models import CommentKind, GrowthPlan, PlanState
from lti_tool.plans.operations import CommentWords, comment_on
from tests.conftest import make_person
from tests.plans.life import Cast, Live, make_cast, make_live, readers_of, template


def waiting_plans(db, cast: Cast, days: list[int], key: str = "annual") -> None:
    """Let plans wait for the supervisor that are due after so many days each."""
    version = template(db, cast, key).current
    for number, due in enumerate(days):
        owner = make_person(db, cast.sample, f"Owner {number:03}")
        name_supervisor(db, db.merge(cast.administrator), owner, db.merge(cast.supervisor))
        db.add(GrowthPlan(
            district_id=owner.district_id, person_id=owner.id, school_year=2026, template_version=version,
            state=PlanState.SUBMITTED, submitted_at=utc_now() - timedelta(days=number),
            answer_by=date(2026, 12, 1) + timedelta(days=due),
        ))  # fmt: skip


def owners_on(page: str) -> list[str]:
    return re.findall(r"<strong>(Owner \d+)</strong>", page.split("Whose plans I read", maxsplit=1)[0])


def all_pages(visitor) -> list[list[str]]:
    pages, path = [], "/plans/queue"
    while path:
        text = visitor.get(path).text
        pages.append(owners_on(text))
        more = re.search(r"queue\?after=(\d+)", text)
        path = f"/plans/queue?after={more[1]}" if more else ""
    return pages


def test_every_plan_that_waits_is_on_a_page_the_one_that_is_due_first_before_all_others(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        waiting_plans(db, cast, [(number * 37) % 130 for number in range(130)])

    pages = all_pages(visit(sample, cast.supervisor))

    found = [owner for page in pages for owner in page]
    assert [len(page) for page in pages] == [30, 30, 30, 30, 10]
    assert found == sorted(found, key=lambda owner: (int(owner[6:]) * 37) % 130)
    assert len(set(found)) == 130


def test_plans_that_are_due_on_one_day_are_each_on_one_page(database, sample, visit):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        waiting_plans(db, cast, [0] * 45)

    pages = all_pages(visit(sample, cast.supervisor))

    assert [len(page) for page in pages] == [30, 15]
    assert len({owner for page in pages for owner in page}) == 45


def test_what_is_handed_in_is_due_after_the_days_that_its_template_gives(database, visit, sample):
    live = make_live(database, visit, sample, "licence")

    live.submit()

    with database.reading() as db:
        assert db.get_one(GrowthPlan, live.plan_id).answer_by == utc_now().date() + timedelta(days=30)


def ask(live: Live, reader: Person) -> str:
    """Let a reader ask something beside a field and agree; return the address at which the owner answers."""
    live.post(reader, "open")
    with live.database.transaction() as db:
        plan = db.get_one(GrowthPlan, live.plan_id)
        comment = comment_on(
            db, db.merge(reader), plan, CommentWords(CommentKind.QUESTION, "Which class?", "shared_with")
        )
    assert live.post(reader, "decide", do="agree") == 303
    return f"/plans/comments/{comment.id}"


@pytest.mark.parametrize("key", ["peers", "licence", "colleague"])
def test_whoever_decided_keeps_the_plan_is_told_of_the_answer_and_settles_what_they_asked(database, visit, sample, key):
    live = make_live(database, visit, sample, key)
    reader = readers_of(live.cast, key)[0]
    live.submit()
    path = ask(live, reader)
    visitor = live.as_(reader)
    asked = visitor.get("/plans/queue").text

    live.as_(live.cast.owner).post(f"{path}/answer", data={"words": "The third grade."})
    queue, home, own = (visitor.get(each).text for each in ("/plans/queue", "/", "/plans/"))
    settled = visitor.post(f"{path}/settle").status_code
    after = visitor.get("/plans/queue").text

    assert f"/plans/{live.plan_id}/review" in asked
    assert "Your question was answered" not in asked
    assert "Your question was answered" in queue
    assert "A question of yours was answered" in home
    assert "Plans of colleagues that I read" in own
    assert settled == 303
    assert "Your question was answered" not in after
    assert f"/plans/{live.plan_id}/review" in after


def test_a_question_that_its_asker_spoke_last_to_waits_for_its_owner(database, visit, sample):
    live = make_live(database, visit, sample, "annual")
    live.submit()
    path = ask(live, live.cast.supervisor)
    supervisor = live.as_(live.cast.supervisor)

    live.as_(live.cast.owner).post(f"{path}/answer", data={"words": "The third grade."})
    supervisor.post(f"{path}/answer", data={"words": "Both of them?"})

    assert "Your question was answered" not in supervisor.get("/plans/queue").text


def test_a_question_beside_a_plan_that_has_ended_can_still_be_settled(database, visit, sample):
    live = make_live(database, visit, sample, "annual")
    live.submit()
    path = ask(live, live.cast.supervisor)
    supervisor = live.as_(live.cast.supervisor)
    with database.transaction() as db:
        db.get_one(GrowthPlan, live.plan_id).state = PlanState.CLOSED

    assert f"{path}/settle" in supervisor.get(f"/plans/{live.plan_id}/review").text
    assert supervisor.post(f"{path}/settle").status_code == 303


def test_a_supervisor_sees_every_plan_of_whom_they_lead(database, visit, sample):
    live = make_live(database, visit, sample, "annual")
    live.submit()
    with database.transaction() as db:
        first = db.get_one(GrowthPlan, live.plan_id)
        second = GrowthPlan(
            district_id=first.district_id, person_id=first.person_id, school_year=2025,
            template_version_id=first.template_version_id, state=PlanState.CLOSED, submitted_at=utc_now(),
        )  # fmt: skip
        db.add(second)
        db.flush()
        ids = first.id, second.id

    page = live.as_(live.cast.supervisor).get("/plans/queue").text

    assert [f"/plans/{plan_id}/review" in page for plan_id in ids] == [True, True]


def test_what_one_reads_besides_goes_on_on_the_next_page(database, visit, sample):
    with database.transaction() as db:
        cast = make_cast(db, sample)
        waiting_plans(db, cast, [0] * 32, "licence")
    member = visit(sample, cast.committee[0])

    first = member.get("/plans/queue").text.split("Other plans that I read")[1]
    (others,) = re.findall(r"others=(\d+)", first)
    second = member.get(f"/plans/queue?others={others}").text.split("Other plans that I read")[1]

    assert (len(re.findall("Owner", first)) >= 30, "Owner 000" in first, "Owner 031" in first) == (True, True, False)
    assert ("Owner 000" in second, "Owner 030" in second, "Owner 031" in second) == (False, True, True)
