"""What goes wrong in Moodle is said in words, and what waited is sent once it is mended."""

from __future__ import annotations

from tests.real_moodle.course_pages import (
    add_tool_activity,
    chosen_link,
    grade_item_of,
    lock_grade,
    mark_done,
    open_link_chooser,
    turn_off_grade,
    unenrol,
)
from tests.real_moodle.grading import check_again, notice, review_says, written_and_kept
from tests.real_moodle.learning import advantage, line_item
from tests.real_moodle.moodle_site import STUDENT
from tests.real_moodle.steps import Chapter, expect, wait_for
from tests.real_moodle.tool_pages import ask_lms, meet_goal, reflect, score_page, write_goal
from tests.real_moodle.world import World

mending = Chapter("What goes wrong in Moodle is said, and mended")
NEEDS_SOMEBODY = "Needs you"


@mending.step("A learner is unenrolled before the goal is met: the score waits and says why")
def unenrol_eli(world: World) -> str:
    account = world.services.add_person(f"eli.{world.run}", "Eli", f"Moss {world.run}")
    world.services.enrol(world.course, STUDENT, account)
    world.eli = world.visitor(account)
    world.eli.launch(world.link)
    write_goal(world.eli, "Plan questions ahead", "", world.indicator)
    mark_done(world.eli, world.handbook)
    notice(world, world.eli)
    reflect(world.eli)
    unenrol(world.tara, world.course, account)
    meet_goal(world.eli)
    wait_for(lambda: review_says(world, world.eli, NEEDS_SOMEBODY), "The review does not ask for anybody")
    return _reason(world)


@mending.step("Enrolled again, but with the grade locked: the score waits and says that")
def lock(world: World) -> str:
    world.services.enrol(world.course, STUDENT, world.eli.account)
    lock_grade(world.tara, world.course, world.column, world.eli.account, locked=True)
    check_again(world, world.eli)
    wait_for(lambda: review_says(world, world.eli, "locked"), "The review does not speak of a lock")
    return _reason(world)


@mending.step("Unlocked, the score is sent and confirmed; no grade was emptied on the way")
def unlock(world: World) -> str:
    lock_grade(world.tara, world.course, world.column, world.eli.account, locked=False)
    check_again(world, world.eli)
    wait_for(lambda: review_says(world, world.eli, "Confirmed"), "The score is not confirmed")
    written_and_kept(world, world.course, world.column, world.ana, world.ben, world.eli)
    return "confirmed"


@mending.step("The teacher turns the link's grade off: checked again, the review says that the place is gone")
def lose_column(world: World) -> str:
    turn_off_grade(world.tara, world.link)
    check_again(world, world.eli)
    wait_for(lambda: review_says(world, world.eli, NEEDS_SOMEBODY), "The review does not ask for anybody")
    return _reason(world)


@mending.step("A new link with a grade is placed and opened: it receives what was earned before")
def place_new_link(world: World) -> str:
    chooser = world.tara.arrive(open_link_chooser(world.tara, world.course, world.tool_id))
    chosen = chosen_link(world.tara.push(chooser, {"kind": "course_goals"}, button="Place the link"))
    link = add_tool_activity(world.tara, world.course, world.tool_id, chosen)
    world.tara.launch(link)
    ask_lms(world.admin, world.course)
    wanted = {str(each.id): 1.0 for each in (world.ana, world.ben, world.eli)}
    wait_for(lambda: _read(world) == wanted, f"The new column does not hold {wanted}")
    column = grade_item_of(world.tara, world.course, link)
    written_and_kept(world, world.course, column, world.ana, world.ben, world.eli)
    return "Ana, Ben and Eli have 1 of 1 in the new column, each written once"


def _reason(world: World) -> str:
    page = score_page(world.admin, world.eli, world.course)
    said = page.text.split(NEEDS_SOMEBODY)[-1].strip() if page else ""
    return f"“{said.split('. ')[0]}.”"


def _read(world: World) -> dict[str, float | None]:
    return {each.user_id: each.score for each in advantage(world).results(line_item(world))}


@mending.step("The administrator deletes the tool from Moodle again")
def clean_up(world: World) -> str:
    world.admin.delete_tool(world.tool_id)
    expect(world.tool_id not in {tool["id"] for tool in world.admin.tools()}, "It is still there")
    return f"tool {world.tool_id} is gone"
