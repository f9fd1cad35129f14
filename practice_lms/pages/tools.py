"""Tools, for the administrator: adding one by its URL, turning it on, and what it was granted."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from practice_lms.current import lms
from practice_lms.pages.access import administrator, known_tool
from practice_lms.pages.blueprint import pages
from practice_lms.pages.placements import placed_in_account, placements
from practice_lms.state import Flavour


@pages.get("/tools")
def tools() -> str:
    """List the tools, and offer to add one."""
    administrator()
    return render_template("pages/tools.html", tools=list(lms().tools.values()), placements=placements)


@pages.get("/tools/add")
def add_tool() -> str:
    """Show the tool's own registration page in a frame; it says by a message when it is done."""
    administrator()
    return render_template("pages/add_tool.html", url=request.args.get("url", "").strip())


@pages.post("/tools/<int:tool_id>/active")
def toggle_tool(tool_id: int) -> Response:
    """Turn a tool on or off."""
    administrator()
    tool = known_tool(tool_id)
    tool.active = not tool.active
    return redirect(url_for("pages.tools"))


@pages.get("/tools/<int:tool_id>/account")
def account_tool(tool_id: int) -> str:
    """Show a tool in the navigation of the account, which belongs to no course (Canvas only)."""
    administrator()
    tool = known_tool(tool_id)
    shown = lms().flavour is Flavour.CANVAS and tool.active and placed_in_account(tool)
    return render_template("pages/account_tool.html", tool=tool, shown=shown)
