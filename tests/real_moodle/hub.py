"""A hub course: complete when the tool's own activity in it has a grade, which a met goal brings."""

from __future__ import annotations

from tests.real_moodle.course_pages import (
    add_tool_activity,
    chosen_link,
    complete_course_by,
    grade_item_of,
    open_link_chooser,
)
from tests.real_moodle.steps import Chapter, expect, wait_for
from tests.real_moodle.tool_pages import goal_page, number_in
from tests.real_moodle.world import World

gathering = Chapter("A hub course")


@gathering.step("The teacher places a link there, and lets its grade complete the activity and that the course")
def place_hub_link(world: World) -> str:
    chooser = world.tara.arrive(open_link_chooser(world.tara, world.hub, world.tool_id))
    chosen = chosen_link(world.tara.push(chooser, {"kind": "course_goals", "mark": "1"}, button="Place the link"))
    world.hub_link = add_tool_activity(world.tara, world.hub, world.tool_id, chosen)
    world.hub_column = grade_item_of(world.tara, world.hub, world.hub_link)
    complete_course_by(world.tara, world.hub, world.hub_link)
    world.tara.launch(world.link)
    return f"course {world.hub.id}, column {world.hub_column}"


@gathering.step("Ana opens it and counts it toward her goal; it is not complete by that")
def count_hub(world: World) -> str:
    page = world.ana.launch(world.hub_link)
    world.ana.push(page, action=rf"/goals/{world.ana.goal}/learning/\d+$")
    world.ana.launch(world.link)
    expect(world.hub.title in goal_page(world.ana).text, "Ana's goal does not show the hub course")
    expect(not world.services.is_course_complete(world.hub, world.ana.account), "Moodle says that it is complete")
    return "Ana's goal counts two courses"


@gathering.step("The hub course requires the tool's link: the teacher is warned until she says that it is a hub")
def warn_of_hub(world: World) -> str:
    world.tara.launch(world.hub_link)
    home = world.tara.tool("/?as=designer")
    number = number_in(r"/sync/courses/(\d+)/paths", home)
    page = f"/sync/courses/{number}/paths"
    world.tara.push(world.tara.tool(page), action="/requirements$")
    wait_for(lambda: "This course waits for itself" in world.tara.tool(page).text, "no warning of the hub course")
    told = world.tara.push(world.tara.tool(page), action="/hub$", button="This is a hub course")
    expect("It may require Like Goals" in told.text, told.text[:600])
    world.tara.launch(world.link)
    return "warned, and no more once it was said to be a hub"
