"""What only a real browser shows: Moodle's own scripts, its frames, and cookies on another site than Moodle's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import FrameLocator, Page, expect, sync_playwright

from practice_lms.trial import DISTRICT
from tests.real_moodle.moodle_site import Account
from tests.real_moodle.steps import Chapter
from tests.real_moodle.steps import expect as require
from tests.real_moodle.world import World

browsing = Chapter("In Chromium, with third-party cookies blocked")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--test-third-party-cookie-phaseout"]
PATIENCE = 40_000
"""Milliseconds that a page of Moodle's may take."""
SCRIPTS_ARE_READY = "document.readyState === 'complete' && M.util.pending_js.length === 0"
"""What Moodle's own tests wait for (lib/tests/behat/behat_hooks.php)."""


@contextmanager
def page_of(world: World, account: Account) -> Iterator[Page]:
    """Open a browser in which somebody is signed in to Moodle; it reaches Moodle and the tool alone."""
    host = urlsplit(world.moodle_url).hostname
    nowhere_else = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE {host}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*SWITCHES, nowhere_else])
        page = chromium.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{world.moodle_url}/login/index.php", wait_until="domcontentloaded")
        page.fill("#username", account.username)
        page.fill("#password", account.password)
        page.click("#loginbtn")
        page.wait_for_selector("#user-menu-toggle", state="attached")
        yield page
        chromium.close()


@browsing.step("The administrator registers in Moodle's frame, which closes when it is done")
def register_in_frame(world: World) -> str:
    invitation = world.trial.flask("lti", "invite", "--district", DISTRICT)
    known = {tool["id"] for tool in world.admin.tools()}
    with page_of(world, world.administrator) as page:
        page.goto(f"{world.moodle_url}/mod/lti/toolconfigure.php", wait_until="domcontentloaded")
        page.wait_for_function(SCRIPTS_ARE_READY)
        page.get_by_placeholder("Tool URL").fill(invitation)
        page.get_by_role("button", name="Add LTI Advantage").click()
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Register as a new external tool").click()
        frame.get_by_role("button", name="Add Like Goals").click()
        _close(frame)
        expect(page.locator(".tool-card", has_text="Pending").first).to_be_visible(timeout=PATIENCE)
    (new,) = [tool["id"] for tool in world.admin.tools() if tool["id"] not in known]
    world.admin.delete_tool(new)
    return "the frame is gone, the tool's card is there: pending"


def _close(frame: FrameLocator) -> None:
    """Press "Close" unless the frame has closed itself by then."""
    button = frame.get_by_role("button", name="Close")
    if button.count():
        button.click()


@browsing.step("A teacher chooses a link in Moodle's dialogue, which fills the form in")
def choose_in_dialogue(world: World) -> str:
    asked = f"add=lti&type=&course={world.course.id}&section=0&return=0&typeid={world.tool_id}"
    with page_of(world, world.tara.account) as page:
        page.goto(f"{world.moodle_url}/course/modedit.php?{asked}", wait_until="domcontentloaded")
        page.wait_for_function(SCRIPTS_ARE_READY)
        page.get_by_role("button", name="Select content").click()
        frame = page.frame_locator("iframe[name='contentitem-page-iframe'], .modal-body iframe")
        frame.get_by_label("My growth plan").check()
        frame.get_by_role("button", name="Place the link").click()
        expect(page.locator("#id_name")).to_have_value("My growth plan", timeout=PATIENCE)
        page.click("#id_submitbutton2")
        page.wait_for_url("**/course/view.php**", wait_until="commit")
    return "the name is filled in, the activity is saved"


@browsing.step("A learner goes from page to page in the activity's frame, on another site than Moodle")
def work_in_frame(world: World) -> str:
    with page_of(world, world.ben.account) as page:
        page.goto(f"{world.moodle_url}/mod/lti/view.php?id={world.link.cmid}", wait_until="domcontentloaded")
        frame = page.frame_locator("#contentframe")
        frame.get_by_role("link", name="My plan").click()
        expect(frame.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
        frame.get_by_role("link", name="Goals board").click()
        expect(frame.get_by_role("heading", name="Goals board")).to_be_visible(timeout=PATIENCE)
        ours = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("lg_")]
    partitions = {cookie.get("partitionKey") for cookie in ours}
    require(ours and all(partitions), f"The tool's cookies are {ours}")
    return f"{len(ours)} cookies, all partitioned by {', '.join(sorted(map(str, partitions)))}"
