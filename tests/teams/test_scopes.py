"""Teams of a school and of the district: proposed by the district's designers, sent after a course is named."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_tool.outbox.delivery import deliver_due
from lti_tool.outbox.models import OutboxMessage
from lti_tool.people.models import Course, Membership, Role, School
from lti_tool.plans.models import Activity, Audience, Goal
from lti_tool.teams.models import MemberState, Team, TeamMember, TeamScope, TeamState, TeamWish, WishedPerson, WishKind
from lti_tool.teams.queries import apart_wished
from lti_tool.teams.scopes import Scope
from tests.conftest import make_course, make_district, make_person
from tests.teams.conftest import only_team


def propose_for(visitor, place: str) -> None:
    visitor.post("/teams/propose", data={"place": place})
    extensions = visitor.client.application.extensions
    deliver_due(extensions["database"], extensions["settings"], limit=1)


@pytest.fixture
def outside(database, sample, staff):
    """Return the staff, none of whom is enrolled in a course or counts one any more."""
    with database.transaction() as db:
        db.query(Activity).delete()
        db.query(Membership).update({"is_active": False})
    return staff


def test_goals_of_the_whole_district_make_teams_without_any_course(database, sample, visit, outside):
    designer = visit(sample, outside.designer)

    propose_for(designer, "district")
    page = designer.get("/teams/district").text

    team = only_team(database)
    assert (team.scope, team.course_id, team.school_id) == (TeamScope.DISTRICT, None, None)
    assert {member.person_id for member in team.members} == {each.id for each in outside.educators[:4]}
    assert "All four work on 1c.2." in page
    assert "Eva Novak" in page.split("In no team yet")[1]
    assert team.name not in designer.get("/teams/?as=designer").text


def test_a_goal_that_is_shared_with_its_school_is_matched_within_that_school_alone(database, sample, visit, outside):
    with database.transaction() as db:
        for goal_id in outside.goal_ids:
            goal = db.get_one(Goal, goal_id)
            goal.declaration.show_to(Audience.SCHOOL, goal.owner)
    designer = visit(sample, outside.designer)

    propose_for(designer, "district")

    with database.reading() as db:
        schools = [{member.person.school_id for member in team.members} for team in db.scalars(select(Team))]
    assert len(schools) == 2
    assert all(len(each) == 1 for each in schools)


def test_teams_of_a_school_hold_its_people_alone(database, sample, visit, outside):
    designer, school = visit(sample, outside.designer), sample.schools[0]

    propose_for(designer, f"school:{school.id}")
    page = designer.get(f"/teams/schools/{school.id}").text

    team = only_team(database)
    assert (team.scope, team.school_id) == (TeamScope.SCHOOL, school.id)
    assert {member.person_id for member in team.members} == {outside.educators[0].id, outside.educators[2].id}
    assert "Teams of Hill School" in page
    assert "Ben Okafor" not in page


def test_the_designer_names_the_course_and_sees_who_is_not_enrolled_there(database, sample, visit, outside):
    designer = visit(sample, outside.designer)
    propose_for(designer, "district")
    team = only_team(database)
    ana, ben = outside.educators[:2]
    with database.transaction() as db:
        course = make_course(
            db, sample.district.id, sample.registration.id, sample.deployment.id, "Questions that open"
        )
        db.add_all(Membership(course_id=course.id, person_id=each.id, role="learner") for each in (ana, ben))

    choosing = designer.get(f"/teams/{team.id}/send").text
    chosen = designer.get(f"/teams/{team.id}/send?course={course.id}").text
    answer = designer.post(f"/teams/{team.id}/send", data={"course": course.id})
    for person in outside.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    assert "2 of 4 are enrolled" in choosing
    listed = chosen.split("Not enrolled there")[1].split("Another course")[0]
    assert "Chloe Martin" in listed
    assert "Dinesh Rao" in listed
    assert "Ana Ruiz" not in listed
    assert answer.status_code == 303
    formed = only_team(database)
    assert (formed.course_id, formed.state) == (course.id, TeamState.FORMED)
    with database.reading() as db:
        assert [each.payload for each in db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group"))] == [
            {"team_id": team.id}
        ]


def test_a_team_without_a_course_is_formed_and_has_no_group(database, sample, visit, outside):
    designer = visit(sample, outside.designer)
    propose_for(designer, "district")
    team = only_team(database)

    unsaid = designer.post(f"/teams/{team.id}/send")
    designer.post("/teams/send", data={"place": "district", "course": "none"})
    for person in outside.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    assert unsaid.status_code == 422
    formed = only_team(database)
    assert (formed.course_id, formed.state) == (None, TeamState.FORMED)
    assert "This team has no group in an LMS." in designer.get(f"/teams/{team.id}").text
    assert visit(sample, outside.educators[0]).get(f"/teams/{team.id}").status_code == 200
    assert visit(sample, outside.educators[0]).get("/teams/?as=educator").status_code == 200
    assert visit(sample, outside.educators[0]).get("/").status_code == 200
    with database.reading() as db:
        assert not db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group")).all()


def test_a_course_that_is_named_later_gets_the_group_of_the_team(database, sample, visit, outside):
    designer = visit(sample, outside.designer)
    propose_for(designer, "district")
    designer.post("/teams/send", data={"place": "district", "course": "none"})
    team = only_team(database)
    for person in outside.educators[:3]:
        visit(sample, person).post(f"/teams/{team.id}/accept")

    choosing = designer.get(f"/teams/{team.id}/course?course={sample.course.id}").text
    unsaid = designer.post(f"/teams/{team.id}/course", data={"course": "none"})
    named = designer.post(f"/teams/{team.id}/course", data={"course": sample.course.id})
    again = designer.post(f"/teams/{team.id}/course", data={"course": sample.course.id})

    assert "Not enrolled there" in choosing
    assert "Ana Ruiz" in choosing
    assert "Dinesh Rao" not in choosing  # who has not answered is nobody's business
    assert (unsaid.status_code, named.status_code, again.status_code) == (422, 303, 409)
    assert only_team(database).course_id == sample.course.id
    with database.reading() as db:
        (message,) = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "group")).all()
        assert message.payload == {"team_id": team.id}


def test_nobody_gets_a_second_team_in_a_course_by_its_being_named_later(database, sample, visit, outside):
    with database.transaction() as db:
        one = outside.educators[0]
        for course_id in (None, sample.course.id):
            team = Team(
                district_id=sample.district.id, course_id=course_id, name=f"Of {course_id}", state=TeamState.FORMED,
                scope=TeamScope.DISTRICT, members=[TeamMember(person_id=one.id, state=MemberState.ACCEPTED)],
            )  # fmt: skip
            db.add(team)
        db.flush()
        without = db.scalars(select(Team.id).where(Team.course_id.is_(None))).one()

    answer = visit(sample, outside.designer).post(f"/teams/{without}/course", data={"course": sample.course.id})

    assert answer.status_code == 409
    assert "in another team of that course already" in answer.text


def test_a_name_that_is_taken_in_the_named_course_is_changed(database, sample, visit, outside):
    designer = visit(sample, outside.designer)
    propose_for(designer, "district")
    team = only_team(database)
    with database.transaction() as db:
        db.add(Team(district_id=sample.district.id, course_id=sample.course.id, name=team.name))

    designer.post(f"/teams/{team.id}/send", data={"course": sample.course.id})

    with database.reading() as db:
        sent = db.get_one(Team, team.id)
    assert sent.course_id == sample.course.id
    assert sent.name != team.name


@pytest.mark.parametrize("path", ["district", "schools/{school}", "send?place=district", "send?place=school:{school}"])
def test_the_designer_of_one_course_proposes_for_no_school_and_no_district(database, sample, visit, staff, path):
    with database.transaction() as db:
        teacher = make_person(db, sample, "Tia Teacher")
    visitor = visit(sample, teacher, is_course_designer=True)

    assert visitor.get(f"/teams/{path.format(school=sample.schools[0].id)}").status_code == 403
    for place in ("district", f"school:{sample.schools[0].id}"):
        assert visitor.post("/teams/propose", data={"place": place}).status_code == 403
        assert visitor.post("/teams/send", data={"place": place, "course": "none"}).status_code == 403


def test_an_administrator_proposes_for_the_district_without_a_course(database, sample, visit, staff):
    with database.transaction() as db:
        admin = make_person(db, sample, "Kim Hale", Role.ADMINISTRATOR, learner=False)
    visitor = visit(sample, admin, course_id=None)

    answer = visitor.get("/teams/?as=designer", follow_redirects=True)

    assert "Teams across the district" in answer.text


def test_a_school_of_another_district_is_not_there(database, sample, visit, staff):
    with database.transaction() as db:
        make_district(db, "Elsewhere")
        far = db.scalars(select(School).where(School.district_id != sample.district.id)).first()

    designer = visit(sample, staff.designer)

    assert designer.get(f"/teams/schools/{far.id}").status_code == 404
    assert designer.post("/teams/propose", data={"place": f"school:{far.id}"}).status_code == 404


def test_wishes_of_a_thousand_courses_and_schools_are_read_in_one_go(database, sample, staff):
    ana, ben = staff.educators[:2]
    with database.transaction() as db:
        wish = TeamWish(**Scope.of_course(db.get_one(Course, sample.course.id)).columns, kind=WishKind.APART)
        wish.people = [WishedPerson(person_id=each.id) for each in (ana, ben)]
        db.add(wish)

    with database.reading() as db:
        own, district_id = db.get_one(Course, sample.course.id), sample.district.id
        courses = [Course(id=own.id + number, district_id=district_id) for number in range(1, 1500)]
        schools = [School(id=900 + number, district_id=district_id) for number in range(1500)]
        others = [*map(Scope.of_course, courses), *map(Scope.of_school, schools), Scope.of_district(district_id)]

        assert apart_wished(db, *others) == set()
        assert apart_wished(db, Scope.of_course(own), *others) == {frozenset((ana.id, ben.id))}
