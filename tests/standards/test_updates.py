"""A new version of a framework that is here: what it changes, what it keeps, and what goals are offered."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.people.models import AuditEvent, Role
from lti_tool.plans.models import Goal, GoalIndicator
from lti_tool.plans.operations import GoalWords, change_goal, create_goal
from lti_tool.plans.queries import goal_of, revisions_of
from lti_tool.standards.models import Alignment, Framework, Indicator, Strength
from lti_tool.standards.operations import import_at_once
from lti_tool.standards.queries import Difference, compare, framework_like, package_of_framework, trees_of
from tests.conftest import make_district, make_person
from tests.standards.packages import item, link, package, read, small_package, uid


def next_version() -> dict[str, Any]:
    """Return a version in which A.1.a has other words, A.1.b moved up, A.2 is new; the rest is as in the first."""
    data = small_package(version="2")
    data["CFItems"][2]["fullStatement"] = "Says it better"
    data["CFItems"].append(item("A.2"))
    data["CFAssociations"][3] = link("isChildOf", "A.1.b", "A", 2)
    data["CFAssociations"].append(link("isChildOf", "A.2", "A", 3))
    return data


def without_leaf(name: str, **document: Any) -> dict[str, Any]:
    data = small_package(**document)
    data["CFItems"] = [each for each in data["CFItems"] if each["humanCodingScheme"] != name]
    data["CFAssociations"] = [each for each in data["CFAssociations"] if each["originNodeURI"]["title"] != name]
    return data


def counts(**some: int) -> dict[str, int]:
    return dict.fromkeys(Difference.__slots__, 0) | some


def indicator(db: Session, name: str) -> Indicator:
    return db.scalars(select(Indicator).where(Indicator.identifier == uid(name))).one()


@pytest.fixture
def first(database, sample):
    """Bring in the first version, and a person with a goal on A.1.a; return the person and the goal's id."""
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(small_package(version="1")))
        person = make_person(db, sample, "Ana Ruiz")
        goal = create_goal(db, person, GoalWords("Ask better questions", indicator_ids=(indicator(db, "A.1.a").id,)))
    return person, goal.id


def test_the_difference_names_what_is_added_reworded_moved_and_gone(database, sample, first):
    new = next_version()
    new["CFItems"] = [each for each in new["CFItems"] if each["humanCodingScheme"] != "A.1.b"]
    new["CFAssociations"].pop(3)
    moved = next_version()
    with database.reading() as db:
        framework = framework_like(db, sample.district.id, read(new))
        with_gone, with_moved = compare(db, framework, read(new)), compare(db, framework, read(moved))

    assert with_gone.counts == counts(added=1, reworded=1, gone=1)
    assert with_moved.counts == counts(added=1, reworded=1, moved=1)
    (reworded,) = with_gone.reworded.shown
    assert (reworded.was, reworded.becomes) == ("What A.1.a says", "Says it better")
    (change,) = with_moved.moved.shown
    assert (change.code, change.was, change.becomes) == ("A.1.b", "A.1", "A")
    assert [each.code for each in with_gone.gone.shown] == ["A.1.b"]


def test_indicators_keep_their_ids_and_goals_and_alignments_stay_whole(database, sample, first):
    person, goal_id = first
    with database.transaction() as db:
        ids = {each.code: each.id for each in db.scalars(select(Indicator))}
        db.add(Alignment(opportunity_id=sample.course.id, indicator_id=ids["A.1.b"], strength=Strength.DEVELOPS))
    with database.transaction() as db:
        framework, difference = import_at_once(db, sample.district.id, read(next_version()))

    assert difference.counts["reworded"] == difference.counts["moved"] == 1
    with database.reading() as db:
        found = {each.code: each for each in db.scalars(select(Indicator).order_by(Indicator.position))}
        assert {code: each.id for code, each in found.items() if code in ids} == ids
        assert [each.path for each in found.values()] == ["A", "A/A.1", "A/A.1/A.1.a", "A/A.1.b", "A/A.2"]
        assert found["A.1.b"].parent_id == found["A"].id
        assert [each.statement for each in goal_of(db, person, goal_id).indicators] == ["Says it better"]
        assert db.scalars(select(Alignment.indicator_id)).one() == ids["A.1.b"]
        assert db.get_one(Framework, framework.id).version == "2"


def test_what_is_gone_and_cited_is_kept_with_a_date_and_what_nobody_cites_is_removed(database, sample, first):
    person, goal_id = first
    with database.transaction() as db:
        kept_id = indicator(db, "A.1.a").id
        _, difference = import_at_once(db, sample.district.id, read(package([item("B")], [], version="3")))

    assert difference.counts == counts(added=1, gone=1, retired=3)
    with database.reading() as db:
        found = {each.code: each for each in db.scalars(select(Indicator))}
        assert set(found) == {"A", "A.1", "A.1.a", "B"}  # what is above the kept one is kept with it
        assert found["A.1.a"].id == kept_id
        assert all(found[code].is_retired and found[code].retired_at <= utc_now() for code in ("A", "A.1", "A.1.a"))
        assert not found["B"].is_retired
        assert [each.code for each in goal_of(db, person, goal_id).indicators] == ["A.1.a"]
        offered = [branch.item.code for tree in trees_of(db, person) for branch in tree.branches]
        assert offered == ["B"]


def test_importing_the_same_version_again_changes_nothing_even_beside_what_was_kept(database, sample, first):
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(package([item("B")], [])))
    with database.transaction() as db:
        before = [(each.id, each.retired_at, each.position) for each in db.scalars(select(Indicator))]
        _, difference = import_at_once(db, sample.district.id, read(package([item("B")], [])))

    assert sum(difference.counts.values()) == 0
    with database.reading() as db:
        assert [(each.id, each.retired_at, each.position) for each in db.scalars(select(Indicator))] == before


def test_what_was_kept_for_a_goal_goes_with_the_next_version_once_nobody_cites_it(database, sample, first):
    _, goal_id = first
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(package([item("B")], [])))
        db.delete(db.get_one(Goal, goal_id))
        db.flush()
        _, difference = import_at_once(db, sample.district.id, read(package([item("B")], [])))

    assert difference.counts["gone"] == 3
    with database.reading() as db:
        assert [each.code for each in db.scalars(select(Indicator))] == ["B"]


def test_an_alignment_alone_keeps_what_is_gone(database, sample, first):
    with database.transaction() as db:
        aligned = indicator(db, "A.1.b").id
        db.add(Alignment(opportunity_id=sample.course.id, indicator_id=aligned, strength=Strength.DEVELOPS))
        db.flush()
        import_at_once(db, sample.district.id, read(without_leaf("A.1.b", version="2")))

    with database.reading() as db:
        assert indicator(db, "A.1.b").is_retired
        assert db.scalars(select(Alignment.indicator_id)).one() == aligned


def test_what_was_gone_and_comes_back_is_in_use_again(database, sample, first):
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(without_leaf("A.1.a")))
        assert indicator(db, "A.1.a").is_retired
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(small_package()))

    with database.reading() as db:
        back = indicator(db, "A.1.a")
        assert (back.is_retired, back.path, back.position) == (False, "A/A.1/A.1.a", 2)


def test_an_item_whose_status_ended_is_out_of_use_from_that_day_on(database, sample, first):
    data = small_package()
    data["CFItems"][2]["statusEndDate"], data["CFItems"][3]["statusEndDate"] = "2020-08-31", "2999-08-31"
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(data))

    with database.reading() as db:
        ended, later = indicator(db, "A.1.a"), indicator(db, "A.1.b")
        assert (ended.is_retired, later.is_retired) == (True, False)
        assert ended.retired_at is not None
        assert ended.retired_at.date().isoformat() == "2020-08-31"


def test_a_retired_indicator_stays_in_its_goal_and_is_not_chosen_anew(database, sample, first):
    person, goal_id = first
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(without_leaf("A.1.a")))
        old = indicator(db, "A.1.a").id
        goal = goal_of(db, person, goal_id)
        change_goal(db, person, goal, GoalWords("Ask even better ones", indicator_ids=(old,)), goal.version)
        with pytest.raises(InvalidInputError):
            create_goal(db, person, GoalWords("Another goal", indicator_ids=(old,)))

    with database.reading() as db:
        assert [each.id for each in goal_of(db, person, goal_id).indicators] == [old]


def replaced_by_new(database, sample) -> None:
    data = without_leaf("A.1.a", version="2")
    data["CFItems"].append(item("A.1.new"))
    data["CFAssociations"] += [link("isChildOf", "A.1.new", "A.1", 1), link("replacedBy", "A.1.a", "A.1.new")]
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(data))


def test_the_owner_is_offered_the_successor_and_moves_the_goal_to_it(database, sample, first, visit):
    person, goal_id = first
    replaced_by_new(database, sample)
    visitor = visit(sample, person)
    with database.reading() as db:
        old, new = indicator(db, "A.1.a"), indicator(db, "A.1.new")

    page = visitor.get(f"/plans/goals/{goal_id}").text
    answer = visitor.post(f"/plans/goals/{goal_id}/indicators/{old.id}/replaced", data={"answer": "move"})
    after = visitor.get(f"/plans/goals/{goal_id}").text

    assert "This indicator was replaced:" in page
    assert "What A.1.new says" in page
    assert "Out of use" in page
    assert answer.status_code == 303
    assert "This indicator was replaced:" not in after
    with database.reading() as db:
        assert [each.id for each in goal_of(db, person, goal_id).indicators] == [new.id]
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "goal_indicator_replaced")).one()
        assert (event.actor_id, event.detail) == (person.id, {"old": old.id, "new": new.id})


def test_moving_to_the_successor_is_a_version_that_a_later_save_is_compared_with(database, sample, first, visit):
    person, goal_id = first
    replaced_by_new(database, sample)
    with database.reading() as db:
        old, new = indicator(db, "A.1.a"), indicator(db, "A.1.new")

    visit(sample, person).post(f"/plans/goals/{goal_id}/indicators/{old.id}/replaced", data={"answer": "move"})

    with database.reading() as db:
        goal = goal_of(db, person, goal_id)
        last = revisions_of(db, goal)[0]
        assert (last.version, last.saved_by_id) == (goal.version, person.id)
        assert last.words["indicator_ids"] == [str(new.id)]


def test_the_owner_keeps_the_goal_as_it_is_and_is_asked_no_more(database, sample, first, visit):
    person, goal_id = first
    replaced_by_new(database, sample)
    visitor = visit(sample, person)
    with database.reading() as db:
        old = indicator(db, "A.1.a")
    address = f"/plans/goals/{goal_id}/indicators/{old.id}/replaced"

    assert visitor.post(address, data={"answer": "perhaps"}).status_code == 422
    assert visitor.post(address, data={"answer": "keep"}).status_code == 303
    assert visitor.post(address, data={"answer": "keep"}).status_code == 303
    assert "This indicator was replaced:" not in visitor.get(f"/plans/goals/{goal_id}").text
    with database.reading() as db:
        assert [each.id for each in goal_of(db, person, goal_id).indicators] == [old.id]
        assert db.scalars(select(GoalIndicator)).one().kept_at is not None
        assert len(db.scalars(select(AuditEvent).where(AuditEvent.action == "goal_indicator_kept")).all()) == 1


def test_nobody_but_the_owner_answers_and_only_for_an_indicator_of_the_goal(database, sample, first, visit):
    person, goal_id = first
    replaced_by_new(database, sample)
    with database.transaction() as db:
        other = make_person(db, sample, "Bo Lind", *Role)
        old, new = indicator(db, "A.1.a"), indicator(db, "A.1.new")
    stranger, owner = visit(sample, other), visit(sample, person)

    answer = {"answer": "move"}
    assert stranger.post(f"/plans/goals/{goal_id}/indicators/{old.id}/replaced", data=answer).status_code == 404
    assert owner.post(f"/plans/goals/{goal_id}/indicators/{new.id}/replaced", data=answer).status_code == 404
    with database.reading() as db:
        assert [each.id for each in goal_of(db, person, goal_id).indicators] == [old.id]


def test_a_goal_that_has_the_successor_already_cites_it_once(database, sample, first, visit):
    person, goal_id = first
    replaced_by_new(database, sample)
    with database.transaction() as db:
        old, new = indicator(db, "A.1.a"), indicator(db, "A.1.new")
        goal = goal_of(db, person, goal_id)
        goal.indicators.append(new)

    visit(sample, person).post(f"/plans/goals/{goal_id}/indicators/{old.id}/replaced", data={"answer": "move"})

    with database.reading() as db:
        assert [each.id for each in goal_of(db, person, goal_id).indicators] == [new.id]


def test_a_framework_that_replaces_another_one_leads_its_goals_on(database, sample, first, visit):
    person, goal_id = first
    data = package([item("N")], [link("replacedBy", "A.1.a", "N")], identifier=uid("new document"), title="Anew")
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(data))

    page = visit(sample, person).get(f"/plans/goals/{goal_id}").text

    assert "What N says" in page
    assert "Anew" in page
    with database.reading() as db:
        assert not indicator(db, "A.1.a").is_retired


def test_a_successor_in_a_framework_that_comes_later_is_waited_for(database, sample, first, visit):
    person, goal_id = first
    data = next_version()
    data["CFAssociations"].append(link("replacedBy", "A.1.a", "N"))
    anew = package([item("N")], [], identifier=uid("new document"), title="Anew")
    visitor = visit(sample, person)

    with database.transaction() as db:
        framework, _ = import_at_once(db, sample.district.id, read(data))
        replacements = package_of_framework(db, framework).replacements
    before = visitor.get(f"/plans/goals/{goal_id}").text
    with database.transaction() as db:
        import_at_once(db, make_district(db, "Far Valley").district.id, read(anew))
    elsewhere = visitor.get(f"/plans/goals/{goal_id}").text
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(anew))
    after = visitor.get(f"/plans/goals/{goal_id}").text

    assert replacements == ((uid("A.1.a"), uid("N")),)
    assert "This indicator was replaced:" not in before + elsewhere
    assert "What N says" in after


def test_a_framework_of_another_district_is_no_earlier_version(database, sample, first):
    with database.transaction() as db:
        elsewhere = make_district(db, "Far Valley")
        _, difference = import_at_once(db, elsewhere.district.id, read(next_version()))

    assert difference.counts["added"] == 5
    with database.reading() as db:
        goal = db.scalars(select(Goal)).one()
        assert [each.statement for each in goal.indicators] == ["What A.1.a says"]


def test_nothing_came_after_means_nothing_to_move_to(database, sample, first, visit):
    person, goal_id = first
    with database.reading() as db:
        old = indicator(db, "A.1.a")

    answer = visit(sample, person).post(f"/plans/goals/{goal_id}/indicators/{old.id}/replaced", data={"answer": "move"})

    assert answer.status_code == ConflictError.status


def test_an_old_framework_that_is_imported_again_remembers_what_came_after_it(database, sample, first, visit):
    person, goal_id = first
    anew = package([item("N")], [link("replacedBy", "A.1.a", "N")], identifier=uid("new document"), title="Anew")
    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(anew))

    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(next_version()))

    page = visit(sample, person).get(f"/plans/goals/{goal_id}").text
    assert "This indicator was replaced:" in page
    assert "What N says" in page


def test_a_successor_of_the_same_framework_that_its_next_version_does_not_name_is_offered_no_more(
    database, sample, first, visit
):
    person, goal_id = first
    replaced_by_new(database, sample)

    with database.transaction() as db:
        import_at_once(db, sample.district.id, read(next_version()))

    assert "This indicator was replaced:" not in visit(sample, person).get(f"/plans/goals/{goal_id}").text
