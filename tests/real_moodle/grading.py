"""A course is finished in Moodle, goals are met, and Moodle's gradebook has 1 of 1: once, and never less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from lti_tool.lms.http import StaleScoreError
from practice_lms.browser import JourneyError
from tests.real_moodle.course_pages import (
    Activity,
    GradeChange,
    complete_course_by,
    delete_course_completions,
    emptied,
    grade_history,
    grade_item_of,
    mark_done,
    override_grade,
    own_grades,
)
from tests.real_moodle.learning import advantage, line_item, line_items_url, send_ungraded
from tests.real_moodle.moodle_site import MoodleCourse
from tests.real_moodle.steps import Chapter, expect, wait_for
from tests.real_moodle.tool_pages import Visitor, ask_lms, goal_page, meet_goal, reflect, score_page
from tests.real_moodle.world import World

completing = Chapter("The course is finished and the goal is met")
keeping = Chapter("Nothing is lost, nothing is sent twice, nothing is taken away")
RECEIVED = (1, 2)
"""Activity states: complete, complete with a pass."""
TAKEN_BACK = "took the completion back"
BY_THE_TOOL = "modltiservice_gradebookservices"
"""How the grade history names what came by AGS."""


def changes(world: World, educator: Visitor) -> list[GradeChange]:
    """Return every change of an educator's grade that the tool made."""
    return _by_the_tool(grade_history(world.tara, world.course, world.column, educator.account))


def hub_changes(world: World, educator: Visitor) -> list[GradeChange]:
    """Return the same of the hub course."""
    return _by_the_tool(grade_history(world.tara, world.hub, world.hub_column, educator.account))


def _by_the_tool(history: list[GradeChange]) -> list[GradeChange]:
    return [change for change in history if change.source == BY_THE_TOOL]


def written_and_kept(world: World, course: MoodleCourse, column: int, *educators: Visitor) -> None:
    """Expect of a column that the tool wrote each educator's grade once, and that nothing ever emptied it."""
    for educator in educators:
        history = grade_history(world.tara, course, column, educator.account)
        expect(len(_by_the_tool(history)) == 1, f"The grade history of {educator.name}: {history}")
        expect(not emptied(history), f"{educator.name}'s grade was emptied: {history}")


def results(world: World) -> dict[str, float | None]:
    """Return the results of the column as the tool reads them, by Moodle's user."""
    return {each.user_id: each.score for each in advantage(world).results(line_item(world))}


def review_says(world: World, educator: Visitor, words: str, course: MoodleCourse | None = None) -> bool:
    """Return whether the district's review says this of an educator's score in a course."""
    page = score_page(world.admin, educator, course or world.course)
    return page is not None and words in page.text


def check_again(world: World, educator: Visitor, course: MoodleCourse | None = None) -> None:
    """Press the button by which an administrator has a score checked, and sent again if it is missing."""
    page = score_page(world.admin, educator, course or world.course)
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


@completing.step("She opens the tool again: it has noticed, and opens the try-it, for Ana alone")
def notice_completion(world: World) -> str:
    world.ana.launch(world.link)
    wait_for(lambda: "/try-its/" in goal_page(world.ana).html, "Ana's goal has no try-it")
    expect("/try-its/" not in goal_page(world.ben).html, "Ben's goal has a try-it as well")
    expect("Not finished yet" in goal_page(world.ben).text, "Ben's goal does not say that the course is not finished")
    return "Ana's try-it is open; Ben's course is “Not finished yet”"


def notice(world: World, educator: Visitor) -> None:
    """Have Moodle asked who finished, and wait until an educator's goal shows it."""
    ask_lms(world.admin, world.course)
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


@completing.step("The hub course is complete by that score too: for Ana, who counts it, and for nobody else")
def look_into_hub(world: World) -> str:
    wait_for(lambda: review_says(world, world.ana, "Confirmed", world.hub), "The hub's score is not confirmed")
    services, both = world.services, (world.ana, world.ben)
    states = [services.activity_state(world.hub, each.account, world.hub_link.cmid) for each in both]
    expect(states[0] in RECEIVED and states[1] == 0, f"The hub activity's states are {states}")
    complete = [services.is_course_complete(world.hub, each.account) for each in both]
    expect(complete == [True, False], f"Moodle says of the hub course: {complete}")
    expect(not hub_changes(world, world.ben), "Ben has a grade in the hub")
    (written,) = hub_changes(world, world.ana)
    return f"Ana: grade {written.new}, activity complete, hub course complete; Ben: none of it"


@keeping.step("Opened again, met again, checked again: the grade was written once, in both courses")
def send_again(world: World) -> str:
    world.ana.push(goal_page(world.ana), action="/reopen")
    meet_goal(world.ana)
    for course in (world.course, world.hub):
        check_again(world, world.ana, course)
    for course in (world.course, world.hub):
        is_confirmed = partial(review_says, world, world.ana, "Confirmed", course)
        wait_for(is_confirmed, "The score is not confirmed again")
    written = [*changes(world, world.ana), *hub_changes(world, world.ana)]
    expect(len(written) == 2, f"The grade history has {written}")
    return f"grade history: {written[0].old or 'empty'} → {written[0].new}, once in each"


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
    world.trial.kill_workers()
    meet_goal(world.ben)
    expect(not changes(world, world.ben), "Ben has a grade without a worker")
    world.trial.start_workers()
    wait_for(lambda: results(world).get(str(world.ben.id)) == 1.0, "Ben's score did not arrive")
    wait_for(lambda: review_says(world, world.ben, "Confirmed"), "Ben's score is not confirmed")
    expect(len(changes(world, world.ben)) == 1, f"The grade history has {changes(world, world.ben)}")
    return "nothing without the worker; 1 of 1 after it came back, written once"


@keeping.step("Ben takes his mark back: in Moodle the course stays complete, and so it does in the tool")
def take_mark_back(world: World) -> str:
    mark_done(world.ben, world.handbook, done=False)
    expect(world.services.is_course_complete(world.course, world.ben.account), "Moodle took the course back as well")
    ask_lms(world.admin, world.course)
    wait_for(world.is_quiet, "The worker still reads")
    expect(not review_says(world, world.ben, TAKEN_BACK), "The tool says that the completion was taken back")
    return "activity not done, course complete"


@keeping.step("The teacher deletes the course's completions: the tool notices; the goal and the grade stay")
def take_back(world: World) -> str:
    delete_course_completions(world.tara, world.course)
    complete_course_by(world.tara, world.course, world.handbook)
    expect(
        not world.services.is_course_complete(world.course, world.ben.account), "The course is complete all the same"
    )
    ask_lms(world.admin, world.course)
    wait_for(lambda: review_says(world, world.ben, TAKEN_BACK), "The review does not say that it was taken back")
    expect("Met" in goal_page(world.ben).text, "Ben's goal is no longer met")
    expect(results(world).get(str(world.ben.id)) == 1.0, f"The results are {results(world)}")
    return "not complete in Moodle; goal met, result 1 of 1"


@keeping.step("A teacher's own grade survives the score being sent again, and the review says so")
def override(world: World) -> str:
    override_grade(world.tara, world.course, world.column, world.ana.account, "0.5")
    check_again(world, world.ana)
    wait_for(lambda: review_says(world, world.ana, "Needs you"), "The review does not ask for anybody")
    expect(review_says(world, world.ana, "accepted the score"), "The score was not sent again")
    expect(review_says(world, world.ana, "somebody changed the grade"), "The review does not say why")
    read = results(world)[str(world.ana.id)]
    expect(read == 0.5, f"The result is {read}")
    last = grade_history(world.tara, world.course, world.column, world.ana.account)[-1]
    expect(last.overridden and last.new == "0.50", f"The last line of the grade history is {last}")
    expect("0.50" in own_grades(world.ana, world.course), "Ana's own page of grades does not show the teacher's")
    return "Moodle took the score and kept 0.50, overridden; the review says that somebody changed the grade"


@keeping.step("Each grade was written once, and none was ever emptied")
def look_for_erasures(world: World) -> str:
    written_and_kept(world, world.course, world.column, world.ana, world.ben)
    written_and_kept(world, world.hub, world.hub_column, world.ana)
    return "three lines of the grade history write one, none empties one"


@keeping.step("The history would show it: a score that is not graded empties a grade in a column made for that")
def empty_on_purpose(world: World) -> str:
    tool, sent_at = advantage(world), datetime.now(UTC) - timedelta(minutes=1)
    item = tool.create_line_item(line_items_url(world), label="Emptied on purpose")
    tool.send_score(item.url, user_id=str(world.ben.id), timestamp=sent_at, achieved_at=sent_at)
    send_ungraded(world, item.url, world.ben)
    column = grade_item_of(world.tara, world.course, Activity(0, item.label))
    history = grade_history(world.tara, world.course, column, world.ben.account)
    tool.delete_line_item(item.url)
    expect(len(emptied(history)) == 1, f"The grade history does not show it: {history}")
    return f"{history[0].new} → empty, by the test itself"
