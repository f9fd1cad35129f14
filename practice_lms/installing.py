"""How the administrators of a trial install the tool and connect the LMS's REST side: through the pages, over HTTP."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin

from practice_lms.browser import JourneyError, Page
from practice_lms.cedar_valley import ADMINISTRATOR
from practice_lms.people import Member
from practice_lms.state import Flavour
from practice_lms.trial import DISTRICT, Trial

CODE = re.compile(r"<code>([^<]+)</code>")


def administrator_of(trial: Trial) -> Member:
    """Return the LMS's administrator with a browser, signed in."""
    return Member(trial.lms_url, ADMINISTRATOR).sign_in()


def register_tool(trial: Trial) -> Page:
    """Register by one invitation: the LMS opens it, the administrator reads and confirms, and turns the tool on."""
    administrator = administrator_of(trial)
    invitation = trial.flask("lti", "invite", "--district", DISTRICT)
    adding = administrator.open(f"/tools/add?url={quote(invitation, safe='')}")
    asked = administrator.browser.get(urljoin(adding.url, adding.frames[0]))
    registered = administrator.browser.submit(asked, asked.form(action="/lti/register"))
    tools = administrator.open("/tools")
    administrator.browser.submit(tools, tools.form(action=r"/tools/\d+/active"))
    return registered


def connect_rest(trial: Trial) -> Page:
    """Make a key in the LMS and give it to the tool; return the tool's page that then says whose key it is."""
    administrator = administrator_of(trial)
    open_as_administrator(administrator, trial.flavour)
    connections = administrator.tool("/connections/")
    page = administrator.browser.get(connections.link(href=r"/connections/\d+"))
    give = _give_token if trial.flavour is Flavour.MOODLE else _give_key
    connected = give(administrator, page)
    if "Connected" not in connected.text:
        raise JourneyError(f"The LMS's REST side is not connected: {connected.text[:600]}")
    return connected


def open_as_administrator(administrator: Member, flavour: Flavour) -> Page:
    """Launch the tool outside any link: from Canvas's account, or where Moodle selects content for a course."""
    tool_id = re.search(r"/tools/(\d+)/active", administrator.open("/tools").html)
    if tool_id is None:
        raise JourneyError("The tool is not in the LMS's list of tools.")
    if flavour is Flavour.CANVAS:
        return administrator.launch(f"/launch/account/tools/{tool_id[1]}")
    course = administrator.lms("courses")[0]["id"]
    return administrator.launch(f"/launch/courses/{course}/tools/{tool_id[1]}/select")


def _give_token(administrator: Member, page: Page) -> Page:
    lms = administrator.open("/connections")
    made = administrator.browser.submit(lms, lms.form(action="/connections/tokens"))
    token = CODE.findall(made.html)[0]
    return administrator.browser.submit(page, page.form(action="/moodle-token"), {"token": token})


def _give_key(administrator: Member, page: Page) -> Page:
    lms = administrator.open("/connections")
    redirect_address = next(each for each in CODE.findall(page.html) if each.endswith("/canvas/callback"))
    values = {"name": "Like Goals", "redirect_uri": redirect_address}
    made = administrator.browser.submit(lms, lms.form(action="/connections/api-keys"), values)
    client_id, secret, _ = CODE.findall(made.html)
    saved = administrator.browser.submit(
        page, page.form(action="/canvas-key"), {"client_id": client_id, "client_secret": secret}
    )
    asking = administrator.browser.submit(saved, saved.form(action="/authorize"))
    consent = administrator.browser.get(asking.link(href="/login/oauth2/auth"))
    administrator.browser.submit(consent, consent.form(button="Allow"))
    return administrator.browser.get(page.url)
