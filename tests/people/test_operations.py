"""Tests of the rules about people: codes, roles, schools, erasing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lti_tool.db import utc_now
from lti_tool.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from lti_tool.people import operations, queries
from lti_tool.people.counts import said_count
from lti_tool.people.models import AdminCode, AuditEvent, Person, Role, RoleGrant
from tests.conftest import make_district, make_person


@pytest.fixture
def db(database):
    with database.transaction() as db:
        yield db
        db.rollback()


@pytest.fixture
def here(db):
    return make_district(db)


@pytest.fixture
def ana(db, here) -> Person:
    return make_person(db, here, "Ana Ruiz")


def test_a_district_is_made_once_for_each_name(db):
    first = operations.find_or_create_district(db, " River ")

    assert operations.find_or_create_district(db, "River") is first


def test_a_district_without_a_name_is_refused(db):
    with pytest.raises(InvalidInputError):
        operations.find_or_create_district(db, "  ")


def test_a_code_works_in_its_own_district_alone(db, here, ana):
    code = operations.create_admin_code(db, make_district(db, "Elsewhere").district)

    with pytest.raises(NotAllowedError):
        operations.enter_admin_code(db, ana, code)

    assert not ana.has_role(Role.ADMINISTRATOR)


def test_a_code_that_is_too_old_is_refused(db, here, ana):
    code = operations.create_admin_code(db, here.district)
    db.flush()
    kept = db.scalar(select(AdminCode))
    assert kept is not None
    kept.expires_at = utc_now() - timedelta(seconds=1)

    with pytest.raises(NotAllowedError):
        operations.enter_admin_code(db, ana, code)


def test_a_code_is_never_kept_as_text(db, here):
    code = operations.create_admin_code(db, here.district)
    db.flush()

    kept = db.scalar(select(AdminCode))

    assert kept is not None
    assert code not in kept.code_hash


def test_giving_a_role_twice_leaves_one_grant_and_one_trace(db, here, ana):
    for _ in range(2):
        operations.grant_role(db, ana, Role.DESIGNER, source="administrator")
        db.flush()

    assert len(ana.grants) == 1
    assert len(list(db.scalars(select(AuditEvent).where(AuditEvent.action == "role_granted")))) == 1


def test_a_role_taken_back_stays_as_history_and_can_be_given_anew(db, here, ana):
    boss = make_person(db, here, "Omar Said", Role.ADMINISTRATOR)
    operations.grant_role(db, ana, Role.DESIGNER, source="administrator", granted_by=boss)
    operations.revoke_role(db, boss, ana, Role.DESIGNER)
    operations.grant_role(db, ana, Role.DESIGNER, source="administrator", granted_by=boss)
    db.flush()

    assert ana.has_role(Role.DESIGNER)
    assert len(list(db.scalars(select(RoleGrant).where(RoleGrant.person_id == ana.id)))) == 2


def test_the_last_administrator_stays_and_a_second_one_may_go(db, here, ana):
    boss = make_person(db, here, "Omar Said", Role.ADMINISTRATOR)
    make_person(db, make_district(db, "Elsewhere"), "Una Vale", Role.ADMINISTRATOR)
    with pytest.raises(ConflictError):
        operations.revoke_role(db, boss, boss, Role.ADMINISTRATOR)

    operations.grant_role(db, ana, Role.ADMINISTRATOR, source="administrator", granted_by=boss)
    db.flush()
    operations.revoke_role(db, boss, boss, Role.ADMINISTRATOR)

    assert not boss.has_role(Role.ADMINISTRATOR)


def test_a_person_of_another_district_is_not_found(db, here, ana):
    stranger = make_person(db, make_district(db, "Elsewhere"), "Sam Stone")

    with pytest.raises(NotFoundError):
        queries.person_of_district(db, ana, stranger.id)


def test_paging_after_somebody_of_another_district_shows_nobody(db, here, ana):
    stranger = make_person(db, make_district(db, "Elsewhere"), "Aaa")

    page = queries.people_of_district(db, ana, after=stranger.id)

    assert page.people == []


def test_two_people_of_one_name_are_both_listed_across_pages(db, here, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    twins = [make_person(db, here, "Kim Lee") for _ in range(2)]

    first = queries.people_of_district(db, twins[0])
    second = queries.people_of_district(db, twins[0], after=first.next_after)

    assert [*first.people, *second.people] == twins
    assert second.next_after is None


@pytest.mark.parametrize(("count", "said"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (24, "24")])
def test_small_counts_are_not_told(app, count, said):
    with app.test_request_context():
        assert said_count(count) == said
