"""What each of Canvas's placements accepts from deep linking (lib/lti/messages/deep_linking_request.rb)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from practice_lms.lti.records import Launch
from practice_lms.lti.sealed import seal
from practice_lms.state import Lms, Tool

DATA_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Placement:
    """One row of Canvas's table."""

    accepts: tuple[str, ...] = ("ltiResourceLink",)
    multiple: bool = True
    auto_create: bool = False
    targets: tuple[str, ...] = ("iframe", "window")
    takes_line_item: bool = False


PLACEMENTS = {
    "assignment_selection": Placement(multiple=False, takes_line_item=True),
    "link_selection": Placement(takes_line_item=True),
    "course_assignments_menu": Placement(takes_line_item=True),
    "module_index_menu_modal": Placement(auto_create=True, takes_line_item=True),
    "module_menu_modal": Placement(auto_create=True, takes_line_item=True),
    "submission_type_selection": Placement(multiple=False),
    "editor_button": Placement(
        ("link", "file", "html", "ltiResourceLink", "image"), targets=("embed", "iframe", "window")
    ),
    "homework_submission": Placement(("file", "ltiResourceLink"), multiple=False, targets=("iframe",)),
    "collaboration": Placement(multiple=False, auto_create=True, targets=("iframe",)),
    "conference_selection": Placement(("link", "html"), multiple=False, auto_create=True),
    "migration_selection": Placement(("file",), multiple=False, targets=("iframe",)),
}


def settings(lms: Lms, tool: Tool, launch: Launch) -> dict[str, Any]:
    """Return the claim `deep_linking_settings`; the query of its return address is Canvas's own business."""
    row = PLACEMENTS[launch.placement]
    data = seal(lms, DATA_LIFE, course_id=launch.course_id, tool_id=tool.id, placement=launch.placement)
    return {
        "deep_link_return_url": f"{lms.url}/courses/{launch.course_id}/deep_linking_response?data={data}",
        "accept_types": list(row.accepts),
        "accept_presentation_document_targets": list(row.targets),
        "accept_media_types": "application/vnd.ims.lti.v1.ltilink",
        "accept_multiple": row.multiple,
        "auto_create": row.auto_create,
        "errors": {"errors": {}},
        "validation_context": None,
    }
