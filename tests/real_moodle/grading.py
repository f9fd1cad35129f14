"""A course is finished in Moodle, goals are met, and Moodle's gradebook has 1 of 1: once, and never less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lti_tool.lms.http import StaleScoreError
from practice_lms.browser import JourneyError
from tests.real_moodle.course_pages import GradeChange, grade_history, mark_done, override_grade, own_grades
from tests.real_moodle.learning import advantage, line_item
from tests.real_moodle.steps import Chapter, expect, wait_for
from tests.real_moodle.tool_pages import Visitor, goal_page, meet_goal, reflect, score_page
from tests.real_moodle.world import World

completing = Chapter("The course is finished and the goal is met")
keeping = Chapter("Nothing is lost, nothing is sent twice, nothing is taken away")
RECEIVED = (1, 2)
"""Activity states: complete, complete with a pass."""
BY_THE_TOOL = "modltiservice_gradebookservices"
"""How the grade history names what came by AGS."""


def changes(world: World, educator: Visitor) -> list[GradeChange]:
    """Return every change of an educator's grade that the tool made."""
    history = grade_history(world.tara, world.course, world.column, educator.account)
    return [change for change in history if change.source == BY_THE_TOOL]


def results(world: World) -> dict[str, float | None]:
    """Return the results of the column as the tool reads them, by Moodle's user."""
    return {each.user_id: each.score for each in advantage(world).results(line_item(world))}


def review_says(world: World, educator: Visitor, words: str) -> bool:
    """Return whether the district's review says this of an educator's score."""
    page = score_page(world.admin, educator)
    return page is not None and words in page.text


def check_again(world: World, educator: Visitor) -> None:
    """Press the button by which an administrator has a score checked, and sent again if it is missing."""
    page = score_page(world.admin, educator)
    if page is None:
        raise JourneyError(f"The review has no score of {educator.name}")
    world.admin.push(page, action=r"/sync/scores/\d+/send")


@completing.step("A goal cannot be met while nothing of its course was tried")
def meet_too_early(world: World) -> str:
    answer = meet_goal(world.ana, status=409)
    expect("Try something from it" in answer.text, answer.text[:400])
    return "refused (409), with what to do first"


@completing.step("Ana marks the handbook as done, and Moodle says that she finished the course")
def finish_course(world: World) -> str:
    mark_done(world.ana, world.handbook)
    expect(world.services.is_course_complete(world.course, world.ana.account), "Moodle says that it is not complete")
    return "course complete in Moodle"


@completing.step("The tool notices it and opens the try-it, for Ana alone")
def notice_completion(world: World) -> str:
    notice(world, world.ana)
    expect("/try-its/" not in goal_page(world.ben).html, "Ben's goal has a try-it as well")
    expect("Not finished yet" in goal_page(world.ben).text, "Ben's goal does not say that the course is not finished")
    return "Ana's try-it is open; Ben's course is “Not finished yet”"


def notice(world: World, educator: Visitor) -> None:
    """Have Moodle asked who finished, and wait until an educator's goal shows it."""
    page = world.admin.tool("/sync/")
    world.admin.push(page, action=r"/sync/courses/\d+/read")
    wait_for(lambda: "/try-its/" in goal_page(educator).html, f"{educator.name}'s goal has no try-it")


@completing.step("She says what came of it, and the goal is met")
def meet_ana(world: World) -> str:
    reflect(world.ana)
    met = meet_goal(world.ana)
    expect("Met" in met.text, met.text[:400])
    return "met"


@completing.step("The tool confirms 1 of 1 by reading it back")
def confirm_score(world: World) -> str:
    wait_for(lambda: review_says(world, world.ana, "Confirmed"), "The score is not confirmed")
    read = results(world)
    expect(read == {str(world.ana.id): 1.0}, f"The results are {read}")
    return f"result of user {world.ana.id}: 1 of 1; nobody else has one"


@completing.step("Moodle's own gradebook and completion say the same")
def look_into_moodle(world: World) -> str:
    text = own_grades(world.ana, world.course)
    expect("1.00" in text, f"Ana's own page of grades: {text[-1500:]}")
    states = [
        world.services.activity_state(world.course, each.account, world.link.cmid) for each in (world.ana, world.ben)
    ]
    expect(states[0] in RECEIVED and states[1] == 0, f"The activity's states are {states}")
    expect(not changes(world, world.ben), "Ben has a grade")
    return "Ana's grades show 1.00, her activity is complete; Ben has neither"


@keeping.step("Opened again, met again, checked again: the grade was written once")
def send_again(world: World) -> str:
    world.ana.push(goal_page(world.ana), action="/reopen")
    meet_goal(world.ana)
    check_again(world, world.ana)
    wait_for(lambda: review_says(world, world.ana, "Confirmed"), "The score is not confirmed again")
    written = changes(world, world.ana)
    expect(len(written) == 1, f"The grade history has {written}")
    return f"grade history: {written[0].old or 'empty'} → {written[0].new}, once"


@keeping.step("An older score is refused by Moodle (409) and changes nothing")
def send_older(world: World) -> str:
    earlier = datetime.now(UTC) - timedelta(hours=1)
    try:
        advantage(world).send_score(
            line_item(world), user_id=str(world.ana.id), timestamp=earlier, achieved_at=earlier, is_first=False
        )
    except StaleScoreError as refused:
        expect(len(changes(world, world.ana)) == 1, "The grade was written again")
        return f"{type(refused).__name__}; the grade stays"
    raise JourneyError("Moodle took it")


@keeping.step("The worker is killed before Ben's goal is met; started again, it delivers once")
def survive_a_kill(world: World) -> str:
    mark_done(world.ben, world.handbook)
    notice(world, world.ben)
    reflect(world.ben)
    world.trial.services["worker"].kill()
    meet_goal(world.ben)
    expect(not changes(world, world.ben), "Ben has a grade without a worker")
    world.trial.start_worker()
    wait_for(lambda: results(world).get(str(world.ben.id)) == 1.0, "Ben's score did not arrive")
    wait_for(lambda: review_says(world, world.ben, "Confirmed"), "Ben's score is not confirmed")
    expect(len(changes(world, world.ben)) == 1, f"The grade history has {changes(world, world.ben)}")
    return "nothing without the worker; 1 of 1 after it came back, written once"


@keeping.step("The LMS takes a completion back: the goal and the grade stay")
def take_back(world: World) -> str:
    mark_done(world.ben, world.handbook, done=False)
    world.admin.push(world.admin.tool("/sync/"), action=r"/sync/courses/\d+/read")
    wait_for(world.is_quiet, "The worker still reads")
    expect("Met" in goal_page(world.ben).text, "Ben's goal is no longer met")
    expect(results(world).get(str(world.ben.id)) == 1.0, f"The results are {results(world)}")
    return "goal met, result 1 of 1"


@keeping.step("A teacher's own grade survives the score being sent again, and the review says so")
def override(world: World) -> str:
    override_grade(world.tara, world.course, world.column, world.ana.account, "0.5")
    check_again(world, world.ana)
    wait_for(lambda: review_says(world, world.ana, "Needs you"), "The review does not ask for anybody")
    expect(review_says(world, world.ana, "somebody changed the grade"), "The review does not say why")
    read = results(world)[str(world.ana.id)]
    expect(read == 0.5, f"The result is {read}")
    return "result 0.5 of 1; the review says that somebody changed the grade"


@keeping.step("No grade was ever emptied")
def look_for_erasures(world: World) -> str:
    for educator in (world.ana, world.ben):
        history = grade_history(world.tara, world.course, world.column, educator.account)
        expect(all(change.new for change in history), f"{educator.name}: {history}")
    return "no line of the grade history empties a grade"
