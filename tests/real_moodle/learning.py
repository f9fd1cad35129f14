"""The tool is let into Moodle's services; two educators write like goals and become a team there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.launch.models import Registration, ResourceLink
from lti_tool.launch.queries import platform_of
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.tokens import AccessTokens
from lti_tool.people.models import Course
from tests.real_moodle.moodle_site import STUDENT
from tests.real_moodle.steps import Chapter, expect, wait_for
from tests.real_moodle.tool_pages import attach_to_indicator, number_in, write_goal
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
    with world.database.reading() as db:
        platform = platform_of(db, _registration(db), world.settings)
    return Advantage(platform, AccessTokens(world.database, world.settings.secret_key))


def line_item(world: World) -> str:
    """Return the address of the latest link's column, as the launches gave it."""
    with world.database.reading() as db:
        wanted = select(ResourceLink.line_item_url).where(ResourceLink.line_item_url != "")
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
    proposed = world.tara.push(world.tara.tool("/teams/?as=designer"), action="/teams/propose")
    world.tara.push(proposed, action="/teams/send$")
    for educator in (world.ana, world.ben):
        joined = educator.push(educator.tool("/teams/?as=educator"), action=r"/teams/\d+/accept")
    world.team = number_in(r"/teams/(\d+)", joined)
    return "formed"


@teaming.step("Moodle has a group with exactly these two, in a grouping")
def find_group(world: World) -> str:
    services, wanted = world.services, {world.ana.id, world.ben.id}
    groups = wait_for(
        lambda: [each for each in services.groups(world.course) if each["members"] == wanted],
        "Moodle has no group of Ana and Ben",
    )
    (world.group,) = groups
    groupings = [each["name"] for each in services.groupings(world.course)]
    expect(len(groupings) == 1, f"Groupings: {groupings}")
    expect(world.group["name"] not in HEADLINES and SECRET not in str(groups), "The group tells of a goal")
    wait_for(lambda: "confirmed" in _team_text(world), "The tool does not confirm the group")
    return f"“{world.group['name']}” in “{groupings[0]}”, idnumber {world.group['idnumber']}"


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
