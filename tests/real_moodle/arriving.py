"""The tool is added to Moodle, and people come in."""

from __future__ import annotations

from practice_lms.trial import DISTRICT
from tests.real_moodle.course_pages import (
    add_manual_activity,
    add_tool_activity,
    chosen_link,
    complete_course_by,
    grade_item_of,
    open_activity,
    open_link_chooser,
)
from tests.real_moodle.moodle_site import EDITING_TEACHER, STUDENT, TEACHER
from tests.real_moodle.steps import Chapter, expect
from tests.real_moodle.tool_pages import number_in
from tests.real_moodle.world import World

adding = Chapter("Adding the tool")
coming_in = Chapter("Coming in")
PLAIN_PAGE = "Not open in this course"


@adding.step("Web services make fresh people and three courses")
def make_people_and_courses(world: World) -> str:
    services, run = world.services, world.run
    names = {"tara": "Teacher", "noor": "Helper", "ana": "Ruiz", "ben": "Okafor", "cleo": "Pupil"}
    tara, noor, ana, ben, cleo = (
        services.add_person(f"{first}.{run}", first.title(), f"{last} {run}") for first, last in names.items()
    )
    world.course = services.add_course(f"PD-{run}", f"Formative assessment {run}")
    world.hub = services.add_course(f"HUB-{run}", f"Growth plan hub {run}")
    world.other_course = services.add_course(f"G7-{run}", f"Mathematics, grade 7 {run}")
    services.enrol(world.course, STUDENT, ana, ben)
    services.enrol(world.course, TEACHER, noor)
    services.enrol(world.course, EDITING_TEACHER, tara)
    services.enrol(world.hub, STUDENT, ana, ben)
    services.enrol(world.hub, EDITING_TEACHER, tara)
    services.enrol(world.other_course, STUDENT, cleo)
    services.enrol(world.other_course, EDITING_TEACHER, tara)
    world.tara, world.noor, world.ana, world.ben, world.cleo = map(world.visitor, (tara, noor, ana, ben, cleo))
    world.admin = world.visitor(world.administrator)
    return f"courses {world.course.id}, {world.hub.id} and {world.other_course.id}, everybody signed in"


@adding.step("The administrator registers the tool by one invitation")
def register(world: World) -> str:
    known = {tool["id"] for tool in world.admin.tools()}
    world.invitation = world.trial.flask("lti", "invite", "--district", DISTRICT)
    asked = world.admin.register_tool(world.invitation)
    registered = world.admin.push(asked, action="/lti/register")
    expect("granted everything" in registered.text, f"The tool says: {registered.text[:400]}")
    (new,) = [tool for tool in world.admin.tools() if tool["id"] not in known]
    world.tool_id = new["id"]
    expect(new["state"]["pending"], f"Moodle lists the tool as {new['state']['text']}")
    return f"client {new['clientid']}, deployment {new['deploymentid']}, pending in Moodle"


@adding.step("The invitation is good for one LMS only")
def register_twice(world: World) -> str:
    world.admin.register_tool(world.invitation, status=403)
    return "refused with status 403"


@adding.step("The administrator activates the tool and shows it to teachers")
def activate(world: World) -> str:
    state = world.admin.activate_tool(world.tool_id)
    expect(state == "Active", f"Moodle says {state}")
    world.admin.show_tool(world.tool_id)
    return state


@coming_in.step("No link is placed in a course before it is marked as professional learning")
def place_without_marking(world: World) -> str:
    chooser = world.tara.arrive(open_link_chooser(world.tara, world.course, world.tool_id))
    refused = world.tara.push(chooser, {"kind": "course_goals"}, button="Place the link", status=422)
    expect("is professional learning" in refused.text, refused.text[:600])
    return "the form comes back with the reason"


@coming_in.step("A teacher marks the course and places a link by deep linking; the activity is saved")
def place_link(world: World) -> str:
    world.handbook = add_manual_activity(world.tara, world.course, "Read the handbook")
    complete_course_by(world.tara, world.course, world.handbook)
    chooser = world.tara.arrive(open_link_chooser(world.tara, world.course, world.tool_id))
    answered = world.tara.push(chooser, {"kind": "course_goals", "mark": "1"}, button="Place the link")
    chosen = chosen_link(answered)
    expect(chosen["grade_modgrade_point"] == 1, f"The column's maximum is {chosen['grade_modgrade_point']}")
    world.link = add_tool_activity(world.tara, world.course, world.tool_id, chosen)
    world.column = grade_item_of(world.tara, world.course, world.link)
    return f"“{world.link.name}”, {chosen['instructorcustomparameters']}, column {world.column} of maximum 1"


@coming_in.step("Several links are chosen at once")
def choose_several(world: World) -> str:
    chooser = world.tara.arrive(open_link_chooser(world.tara, world.course, world.tool_id))
    chosen = chosen_link(world.tara.push(chooser, {"kind": ["plan", "team"]}, button="Place the link"))
    names = [each["name"] for each in chosen["multiple"]]
    expect(len(names) == 2, f"Moodle understood {names}")
    return ", ".join(names)


@coming_in.step("Choosing nothing takes the teacher back, and nothing is added")
def choose_nothing(world: World) -> str:
    chooser = world.tara.arrive(open_link_chooser(world.tara, world.course, world.tool_id))
    back = world.tara.push(chooser, {"cancel": "1"}, button="Place nothing")
    expect(chosen_link(back) is None, "Moodle took it for a link")
    return "no link; Moodle shows a tool's word only beside a link"


@coming_in.step("The site's administrator is the district's administrator")
def launch_as_administrator(world: World) -> str:
    home = world.admin.launch(world.link)
    world.admin.tool("/sync/")
    return f"lands on {_title(home.text)}, sees the review"


@coming_in.step("An editing teacher designs the course, and nothing more")
def launch_as_editing_teacher(world: World) -> str:
    world.tara.launch(world.link)
    expect(world.course.title in world.tara.tool("/?as=designer").text, "The designer's page does not name the course")
    world.tara.tool("/sync/", status=403)
    return "course named, review refused (403)"


@coming_in.step("A non-editing teacher comes as Instructor, which Moodle calls both")
def launch_as_helper(world: World) -> str:
    world.noor.launch(world.link)
    world.noor.tool("/?as=designer")
    world.noor.tool("/sync/", status=403)
    return "designer of this course, review refused (403)"


@coming_in.step("Two learners come as educators")
def launch_as_learners(world: World) -> str:
    for learner in (world.ana, world.ben):
        page = learner.launch(world.link)
        expect(world.course.title in page.text, f"{learner.name} sees {page.text[:300]}")
        learner.tool("/standards/coverage", status=403)
    return "the course's goals open, designers' pages refused (403)"


@coming_in.step("In a course that is not marked a learner gets a plain page and is not stored")
def launch_as_pupil(world: World) -> str:
    by_hand = {"name": "Like Goals", "instructorcustomparameters": "kind=plan"}
    world.other_link = add_tool_activity(world.tara, world.other_course, world.tool_id, by_hand)
    page = open_activity(world.cleo, world.other_link)
    expect(PLAIN_PAGE in page.text, f"Cleo sees {page.text[:400]}")
    people = world.admin.tool("/people").text
    expect(
        world.cleo.name not in people and world.ana.name in people, "The tool's list of people is not as it should be"
    )
    return f"“{PLAIN_PAGE}”; the list of people has Ana, not Cleo"


@coming_in.step("The teacher marks that course by a button, and takes it back")
def mark_and_unmark(world: World) -> str:
    home = world.tara.launch(world.other_link)
    home = world.tara.tool("/?as=designer")
    world.tara.push(home, action="/course/mark")
    marked = number_in(r"/opportunities/(\d+)/alignment", world.tara.tool("/?as=designer"))
    world.tara.post(f"{world.tara.session_url}/course/unmark")
    expect(PLAIN_PAGE in open_activity(world.cleo, world.other_link).text, "Cleo was let in after that")
    world.tara.launch(world.link)
    return f"course {marked} of the tool, then shut again"


def _title(text: str) -> str:
    return text.split(" · ", maxsplit=1)[0]
