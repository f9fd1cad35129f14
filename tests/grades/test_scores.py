"""When a score is made, for whom and for which links, and what becomes of it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, LMSRejectedError, LMSUnavailableError, LMSWaitingError, NotFoundError
from lti_tool.grades.models import Score, ScoreState
from lti_tool.grades.operations import scores, sending
from lti_tool.grades.operations.sending import Sending, next_timestamp
from lti_tool.launch.models import Family, LinkKind, Registration, ResourceLink
from lti_tool.outbox.models import MessageState, OutboxMessage
from lti_tool.people.models import Course, Opportunity, Person
from lti_tool.plans.models import Activity, Goal, TryIt
from lti_tool.plans.operations import GoalWords, create_goal, link_activity, meet_goal, note_learning, reopen_goal
from tests.conftest import make_district, make_person
from tests.teams.declared import make_goal

MET = datetime(2026, 11, 3, 10, 2, 7, 500_000, UTC)


def kept(database) -> list[Score]:
    with database.reading() as db:
        return list(db.scalars(select(Score).order_by(Score.id)))


def queued(database) -> list[OutboxMessage]:
    with database.reading() as db:
        return list(db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "score").order_by(OutboxMessage.id)))


def owe(database, goal) -> None:
    with database.transaction() as db:
        scores.owe_scores(db, goal.id)


def test_a_met_goal_makes_one_score_for_each_line_item_of_its_courses(database, sample, goal, add_link, meet):
    add_link("http://lms.test/items/1", LinkKind.CHECKPOINT)
    add_link("http://lms.test/items/2", LinkKind.COURSE_GOALS)
    add_link("http://lms.test/items/3", LinkKind.PLAN)
    add_link("", LinkKind.CHECKPOINT)
    meet(goal, MET)

    owe(database, goal)

    assert [score.line_item_url for score in kept(database)] == ["http://lms.test/items/1", "http://lms.test/items/2"]
    assert {score.achieved_at for score in kept(database)} == {MET}
    assert [message.key for message in queued(database)] == [f"score:{score.id}" for score in kept(database)]
    assert {message.lane for message in queued(database)} == {f"platform:{sample.registration.id}"}


def test_two_links_to_one_line_item_make_one_score(database, goal, add_link, meet):
    add_link("http://lms.test/items/1")
    add_link("http://lms.test/items/1", LinkKind.COURSE_GOALS)
    meet(goal, MET)

    owe(database, goal)

    assert len(kept(database)) == 1


def test_a_second_met_goal_and_a_reopened_one_change_nothing(database, sample, learner, goal, add_link, meet):
    add_link()
    meet(goal, MET)
    owe(database, goal)
    with database.transaction() as db:
        second = make_goal(db, sample, db.merge(learner), headline="Another goal")
    meet(second, MET + timedelta(days=1))

    owe(database, second)
    owe(database, goal)

    assert len(kept(database)) == len(queued(database)) == 1
    assert kept(database)[0].achieved_at == MET


def test_a_course_without_a_line_item_is_in_the_review_and_sent_when_one_appears(database, goal, add_link, meet):
    meet(goal, MET)
    owe(database, goal)
    assert [(score.state, score.cause) for score in kept(database)] == [(ScoreState.NEEDS_ATTENTION, "no_line_item")]
    assert not queued(database)

    link = add_link()
    with database.transaction() as db:
        (course_id,) = scores.courses_to_place(db)
        scores.place_scores(db, course_id)

    assert [(score.state, score.resource_link_id) for score in kept(database)] == [(ScoreState.WAITING, link.id)]
    assert len(queued(database)) == 1
    with database.reading() as db:
        assert not scores.courses_to_place(db)


def test_learning_noted_before_a_goal_was_met_and_linked_when_it_is_open_again_is_news(database, sample, learner):
    with database.transaction() as db:
        learner = db.get_one(Person, learner.id)
        db.get_one(Course, sample.course.id).professional_learning_at = utc_now()
        noted = note_learning(db, learner, db.get_one(Opportunity, sample.course.id))
        goal = create_goal(db, learner, GoalWords("Ask better questions"))
        meet_goal(db, learner, goal, "Most say it now.")
    with database.transaction() as db:
        db.execute(delete(OutboxMessage))
        learner, goal = db.get_one(Person, learner.id), db.get_one(Goal, goal.id)
        reopen_goal(db, learner, goal)
        link_activity(db, learner, db.get_one(Activity, noted.id), goal)
        goal.tries.append(TryIt(opportunity_id=sample.course.id, done_at=utc_now()))
        meet_goal(db, learner, goal, "All do.")

    with database.reading() as db:
        assert db.scalars(select(OutboxMessage.kind)).all()[-1] == "goal.met"


def test_two_goals_met_at_the_same_moment_owe_one_score(database, sample, learner, goal, meet):
    with database.transaction() as db:
        second = make_goal(db, sample, db.merge(learner), headline="Another goal")
    meeting, errors = threading.Barrier(2, timeout=20), []
    meet(goal, MET)
    meet(second, MET)

    def owe_at_once(goal_id: int) -> None:
        meeting.wait()
        try:
            with database.transaction() as db:
                scores.owe_scores(db, goal_id)
        except Exception as error:  # noqa: BLE001 - told below
            errors.append(error)

    workers = [threading.Thread(target=owe_at_once, args=(each.id,)) for each in (goal, second)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert errors == []
    assert [score.cause for score in kept(database)] == ["no_line_item"]


def test_no_second_score_without_a_place_can_be_owed_to_anybody(database, sample, goal, meet):
    meet(goal, MET)
    owe(database, goal)
    owed = kept(database)[0]

    same = {name: getattr(owed, name) for name in ("district_id", "course_id", "person_id", "achieved_at")}
    with pytest.raises(IntegrityError), database.transaction() as db:
        db.add(Score(**same))


def place_due(database) -> list[int]:
    """Place scores where there is news for them; return in which courses that was."""
    with database.transaction() as db:
        course_ids = list(scores.courses_to_place(db))
        for course_id in course_ids:
            scores.place_scores(db, course_id)
    return course_ids


def test_a_link_that_is_added_later_gets_its_score_too(database, sample, goal, add_link, meet):
    add_link("http://lms.test/items/1")
    meet(goal, MET)
    owe(database, goal)
    add_link("http://lms.test/items/2")
    add_link("http://lms.test/items/2")

    place_due(database)

    assert len(kept(database)) == len(queued(database)) == 2
    assert place_due(database) == []


def test_a_score_whose_link_was_deleted_is_no_news_where_the_person_has_another_place(database, goal, add_link, meet):
    gone, _other = add_link("http://lms.test/items/1"), add_link("http://lms.test/items/2")
    meet(goal, MET)
    owe(database, goal)
    place_due(database)

    with database.transaction() as db:
        db.delete(db.get_one(ResourceLink, gone.id))

    assert place_due(database) == []


def test_a_course_that_is_not_marked_any_more_is_sent_nothing_until_it_is_again(database, sample, goal, add_link, meet):
    add_link()
    with database.transaction() as db:
        db.get_one(Course, sample.course.id).professional_learning_at = None
    meet(goal, MET)
    owe(database, goal)
    assert [score.cause for score in kept(database)] == ["not_marked"]
    assert place_due(database) == []

    with database.transaction() as db:
        db.get_one(Course, sample.course.id).professional_learning_at = utc_now()

    assert place_due(database) == [sample.course.id]
    assert [score.state for score in kept(database)] == [ScoreState.WAITING]


def test_a_score_without_a_place_that_somebody_left_is_not_sent_when_one_appears(
    database, sample, goal, add_link, meet, administrator
):
    meet(goal, MET)
    owe(database, goal)
    with database.transaction() as db:
        scores.leave_score(db, administrator, kept(database)[0].id)

    add_link()
    place_due(database)

    assert [score.state for score in kept(database)] == [ScoreState.LEFT]
    assert place_due(database) == []


def test_a_line_item_that_was_replaced_gets_the_score_anew(database, sample, goal, add_link, meet):
    link = add_link("http://lms.test/items/1")
    meet(goal, MET)
    owe(database, goal)
    with database.transaction() as db:
        sending.note_confirmed(db, [kept(database)[0].id])
        db.get_one(ResourceLink, link.id).line_item_url = "http://lms.test/items/9"

    assert place_due(database) == [sample.course.id]

    (score,) = kept(database)
    assert (score.state, score.line_item_url, score.timestamp) == (ScoreState.WAITING, "http://lms.test/items/9", None)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, MET.replace(microsecond=0)),
        (MET.replace(microsecond=0), MET.replace(microsecond=0) + timedelta(seconds=1)),
        (MET + timedelta(hours=1), (MET + timedelta(hours=1, seconds=1)).replace(microsecond=0)),
        (MET - timedelta(hours=1), MET.replace(microsecond=0)),
    ],
)
def test_times_of_scores_are_whole_seconds_apart_and_never_more_than_needed(last, expected):
    assert next_timestamp(MET, last) == expected


LATER = {Family.MOODLE: timedelta(0), Family.CANVAS: timedelta(seconds=1)}


@pytest.mark.parametrize("family", LATER)
def test_a_second_try_has_a_time_that_cannot_be_written_beside_the_first(
    app, database, sample, goal, add_link, meet, family
):
    with database.transaction() as db:
        db.get_one(Registration, sample.registration.id).family = family
    add_link()
    meet(goal, MET)
    owe(database, goal)
    score_id = kept(database)[0].id
    settings = app.extensions["settings"]

    with database.transaction() as db:
        first = sending.begin_sending(db, [score_id], settings)[score_id]
    with database.transaction() as db:
        second = sending.begin_sending(db, [score_id], settings)[score_id]

    assert isinstance(first, Sending)
    assert isinstance(second, Sending)
    assert (first.may_have_arrived, second.may_have_arrived) == (False, True)
    assert second.timestamp - first.timestamp == LATER[family]
    assert first.user_id == "7"


def test_somebody_without_an_account_in_that_lms_waits_for_it(app, database, sample, add_link, meet):
    with database.transaction() as db:
        stranger = make_person(db, sample, "Ben Okafor")
        goal = make_goal(db, sample, stranger)
    add_link()
    meet(goal, MET)
    owe(database, goal)

    score_id = kept(database)[0].id
    with database.transaction() as db:
        obstacle = sending.begin_sending(db, [score_id], app.extensions["settings"])[score_id]

    assert isinstance(obstacle, LMSWaitingError)
    assert "does not know" in obstacle.message


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (LMSUnavailableError(), ScoreState.WAITING),
        (LMSWaitingError("Publish it."), ScoreState.NEEDS_ATTENTION),
        (LMSRejectedError("Gone."), ScoreState.NEEDS_ATTENTION),
    ],
)
def test_only_what_a_person_can_mend_needs_attention(database, goal, add_link, meet, error, state):
    add_link()
    meet(goal, MET)
    owe(database, goal)

    with database.transaction() as db:
        sending.note_trouble(db, [kept(database)[0].id], error)

    assert (kept(database)[0].state, kept(database)[0].cause) == (state, error.code)


def test_sending_again_asks_the_lms_first_and_takes_the_place_of_the_older_message(
    database, goal, add_link, meet, administrator
):
    add_link()
    meet(goal, MET)
    owe(database, goal)
    score_id = kept(database)[0].id

    with database.transaction() as db:
        scores.send_score_again(db, db.merge(administrator), score_id)

    assert [message.state for message in queued(database)] == [MessageState.SUPERSEDED, MessageState.DUE]
    assert kept(database)[0].timestamp is not None


def test_a_score_without_a_place_cannot_be_sent_again(database, goal, meet, administrator):
    meet(goal, MET)
    owe(database, goal)

    with pytest.raises(ConflictError, match="no link with a place"), database.transaction() as db:
        scores.send_score_again(db, db.merge(administrator), kept(database)[0].id)


def test_nobody_sends_a_score_of_another_district(database, goal, add_link, meet):
    add_link()
    meet(goal, MET)
    owe(database, goal)
    with database.transaction() as db:
        stranger: Person = make_person(db, make_district(db, "Elsewhere"), "Sam Stranger")

    with pytest.raises(NotFoundError), database.transaction() as db:
        scores.send_score_again(db, db.merge(stranger), kept(database)[0].id)
