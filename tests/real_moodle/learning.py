"""The tool is let into Moodle's services; two educators write like goals and become a team there."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.launch.models import Registration, ResourceLink
from lti_tool.launch.queries import platform_of
from lti_tool.lms.advantage import Advantage, moment
from lti_tool.lms.connector import Connector
from lti_tool.lms.platform import Platform, Scope
from lti_tool.lms.tokens import AccessTokens
from lti_tool.people.models import Course, Identity, Membership
from tests.real_moodle.course_pages import unenrol
from tests.real_moodle.moodle_site import STUDENT, Account
from tests.real_moodle.steps import Chapter, expect, wait_for
from tests.real_moodle.tool_pages import Visitor, attach_to_indicator, number_in, write_goal
from tests.real_moodle.world import World

connecting = Chapter("Moodle's services")
teaming = Chapter("Like goals")
HEADLINES = ("In every lesson, see what each student has understood", "Know during the lesson who needs another way in")
SECRET = "Half of my class stays silent."


@connecting.step("A wrong web-service token is refused with the reason")
def refuse_token(world: World) -> str:
    page = world.admin.get(world.admin.tool("/connections/").link(href=r"/connections/\d+"))
    wrong = {"base_url": world.moodle_url, "token": "0" * 32}
    refused = world.admin.push(page, wrong, action="/moodle-token", status=422)
    expect("token" in refused.text.lower(), refused.text[:400])
    return "status 422, the form comes back"


@connecting.step("The administrator gives the tool a web-service token")
def give_token(world: World) -> str:
    page = world.admin.get(world.admin.tool("/connections/").link(href=r"/connections/\d+"))
    right = {"base_url": world.moodle_url, "token": world.token}
    connected = world.admin.push(page, right, action="/moodle-token")
    expect("Connected" in connected.text, connected.text[:600])
    return f"registered as Moodle {_version(world)}"


def _version(world: World) -> str:
    with world.database.reading() as db:
        return _registration(db).version


def _registration(db: Session) -> Registration:
    return db.scalars(select(Registration).order_by(Registration.id).limit(1)).one()


def advantage(world: World) -> Advantage:
    """Return the tool's own side of the Advantage services."""
    return Advantage(_platform(world), _tokens(world))


def send_ungraded(world: World, line_item_url: str, educator: Visitor) -> None:
    """Send what the tool never sends: a score without a number that says "Pending"."""
    connector = Connector(_platform(world), _tokens(world))
    service = AssignmentsGradesService(connector, {"scope": [Scope.SCORE.value], "lineitem": line_item_url})
    grade = Grade().set_user_id(str(educator.id)).set_timestamp(moment(datetime.now(UTC)))
    service.put_grade(grade.set_activity_progress("Submitted").set_grading_progress("Pending"))


def _platform(world: World) -> Platform:
    with world.database.reading() as db:
        return platform_of(db, _registration(db), world.settings)


def _tokens(world: World) -> AccessTokens:
    return AccessTokens(world.database, world.settings.secret_key)


def line_items_url(world: World) -> str:
    """Return the address of the columns of the course."""
    with world.database.reading() as db:
        return db.scalars(select(Course.line_items_url).where(Course.lms_course_id == str(world.course.id))).one()


def line_item(world: World) -> str:
    """Return the address of the column of the course's latest link, as the launches gave it."""
    with world.database.reading() as db:
        wanted = select(ResourceLink.line_item_url).join(Course, Course.id == ResourceLink.course_id)
        wanted = wanted.where(Course.lms_course_id == str(world.course.id), ResourceLink.line_item_url != "")
        return db.scalars(wanted.order_by(ResourceLink.id.desc())).first() or ""


@connecting.step("The roster is read (NRPS)")
def read_roster(world: World) -> str:
    with world.database.reading() as db:
        address = db.scalars(select(Course.memberships_url).where(Course.lms_course_id == str(world.course.id))).one()
    members = {member.user_id: member for member in advantage(world).memberships(address)}
    wanted = {str(each.id) for each in (world.tara, world.noor, world.ana, world.ben)}
    expect(set(members) == wanted, f"The roster has {sorted(members)}, not {sorted(wanted)}")
    roles = [f"{each.account.name.split()[0]} is {members[str(each.id)].roles[0]}" for each in (world.tara, world.noor)]
    return f"{len(members)} people; {', '.join(roles)}"


@connecting.step("Who is enrolled and never opened the tool is known by the roster, and leaves with it again")
def keep_roster(world: World) -> str:
    fay = world.services.add_person(f"fay.{world.run}", "Fay", f"Newly {world.run}")
    world.services.enrol(world.course, STUDENT, fay)
    _ask_roster(world)
    wait_for(lambda: _is_active(world, fay) is True, "The roster did not bring Fay")
    expect(fay.name in world.admin.tool("/people").text, "Fay is not among the district's people")
    unenrol(world.tara, world.course, fay)
    _ask_roster(world)
    wait_for(lambda: _is_active(world, fay) is False, "Fay is in the course still")
    return "Fay was taken in by name, and out of the course when she was unenrolled"


def _ask_roster(world: World) -> None:
    page = world.admin.tool("/people/rosters")
    world.admin.push(page, action=r"/people/rosters/\d+$", button=re.escape(world.course.title))


def _is_active(world: World, account: Account) -> bool | None:
    """Return whether the tool takes somebody for a member of the course; None if it does not know them there."""
    with world.database.reading() as db:
        wanted = select(Membership.is_active).join(Identity, Identity.person_id == Membership.person_id)
        wanted = wanted.join(Course, Course.id == Membership.course_id)
        wanted = wanted.where(Course.lms_course_id == str(world.course.id), Identity.sub == str(account.id))
        return db.scalar(wanted)


@connecting.step("The column and its results are read (AGS)")
def read_column(world: World) -> str:
    item = advantage(world).line_item(line_item(world))
    expect(item.score_maximum == 1 and item.tag == "like-goals", f"The column is {item}")
    results = advantage(world).results(item.url)
    expect(not results, f"It has results already: {results}")
    return f"“{item.label}”, maximum 1, no results yet"


@teaming.step("The teacher attaches the course to an indicator")
def align_course(world: World) -> str:
    world.indicator = attach_to_indicator(world.tara)
    return f"indicator {world.indicator}"


@teaming.step("Two educators write like goals, count the course toward them and declare them")
def write_goals(world: World) -> str:
    write_goal(world.ana, HEADLINES[0], SECRET, world.indicator)
    write_goal(world.ben, HEADLINES[1], SECRET, world.indicator)
    board = world.ben.tool("/plans/board").text
    expect(HEADLINES[0] in board, "Ana's card is not on the board")
    expect(SECRET not in board, "Ana's reason is on the board")
    return "Ben sees Ana's card, not her reason"


@teaming.step("The teacher proposes the team and sends it; both accept")
def form_team(world: World) -> str:
    world.tara.push(world.tara.tool("/teams/?as=designer"), action="/teams/propose")
    wait_for(lambda: "/teams/send" in world.tara.tool("/teams/?as=designer").html, "no team was proposed")
    world.tara.push(world.tara.tool("/teams/?as=designer"), action="/teams/send$")
    for educator in (world.ana, world.ben):
        joined = educator.push(educator.tool("/teams/?as=educator"), action=r"/teams/\d+/accept")
    world.team = number_in(r"/teams/(\d+)", joined)
    return "formed"


@teaming.step("Moodle has a group with exactly these two, in the cycle's grouping, both with the tool's idnumbers")
def find_group(world: World) -> str:
    services, wanted = world.services, {world.ana.id, world.ben.id}
    groups = wait_for(
        lambda: [each for each in services.groups(world.course) if each["members"] == wanted],
        "Moodle has no group of Ana and Ben",
    )
    (world.group,) = groups
    wait_for(lambda: "confirmed" in _team_text(world), "The tool does not confirm the group")
    (grouping,) = services.groupings(world.course)
    expect(len(services.groups(world.course)) == 1, "Moodle has another group as well")
    expect(grouping["members"] == {world.group["id"]}, f"The grouping holds {grouping['members']}")
    numbers = (world.group["idnumber"], grouping["idnumber"])
    expect(numbers == (f"like-goals-team-{world.team}", "like-goals-cycle-1"), f"The idnumbers are {numbers}")
    told = f"{groups} {grouping}"
    expect(not any(words in told for words in (*HEADLINES, SECRET)), "The group tells of a goal")
    return f"“{world.group['name']}” ({numbers[0]}) in “{grouping['name']}” ({numbers[1]})"


def _team_text(world: World) -> str:
    return world.tara.tool(f"/teams/{world.team}").text


@teaming.step("Comparing again makes no second group, and leaves whoever was put in by hand")
def compare_again(world: World) -> str:
    guest = world.services.add_person(f"dana.{world.run}", "Dana", f"Guest {world.run}")
    world.services.enrol(world.course, STUDENT, guest)
    membership = [{"groupid": world.group["id"], "userid": guest.id}]
    world.services.call("core_group_add_group_members", members=membership)
    page = world.tara.tool(f"/teams/{world.team}")
    world.tara.push(page, action=rf"/teams/{world.team}/group")
    wait_for(lambda: "put in" in _team_text(world) or "by hand" in _team_text(world), _team_text(world)[-900:])
    (group,) = world.services.groups(world.course)
    expect(group["members"] == {world.ana.id, world.ben.id, guest.id}, f"The group holds {group['members']}")
    return "one group of three; the tool's page says so"


@teaming.step("A group that somebody renames in Moodle is noticed, and has its name again when the teacher says so")
def undo_renaming(world: World) -> str:
    renamed = [{"id": world.group["id"], "name": f"Friday circle {world.run}"}]
    world.services.call("core_group_update_groups", groups=renamed)
    world.tara.push(world.tara.tool(f"/teams/{world.team}"), action=rf"/teams/{world.team}/group$")
    wait_for(lambda: "Friday circle" in _team_text(world), _team_text(world)[-900:])
    world.tara.push(
        world.tara.tool(f"/teams/{world.team}"), action=r"/put-back$", button="Give it the team's name.*Friday circle"
    )
    wait_for(lambda: _names(world) == [world.group["name"]], f"The group is called {_names(world)}")
    return f"“Friday circle {world.run}” noticed, then “{world.group['name']}” again"


def _names(world: World) -> list[str]:
    return [each["name"] for each in world.services.groups(world.course)]


@teaming.step("The team begins its next cycle: the same group goes into that cycle's grouping, and stays in the first")
def begin_next_cycle(world: World) -> str:
    room, step = f"/teams/{world.team}/room", {"step": "carried", "words": "One more class until March."}
    for member in (world.ana, world.ben):
        member.push(member.tool(room), step, action="/room/step")
    for member in (world.ben, world.ana):
        member.push(member.tool(room), action=r"/members/\d+/confirm")
    expect("This cycle is kept" in world.ana.tool(room).text, world.ana.tool(room).text[-900:])
    world.ana.push(world.ana.tool(room), action="/room/cycle")
    wanted = {f"like-goals-cycle-{number}": {world.group["id"]} for number in (1, 2)}
    wait_for(lambda: _groups_of_groupings(world) == wanted, f"The groupings are not {wanted}")
    (group,) = world.services.groups(world.course)
    expect(group["id"] == world.group["id"], "The team has another group")
    return f"one group, in {' and '.join(sorted(_groups_of_groupings(world)))}"


def _groups_of_groupings(world: World) -> dict[str, set[int]]:
    return {each["idnumber"]: each["members"] for each in world.services.groupings(world.course)}
