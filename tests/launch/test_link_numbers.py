"""Numbers of links: Moodle counts links and courses apart, so that a link may have the number of its course."""

from __future__ import annotations

from sqlalchemy import select

from lti_tool.launch.models import LinkKind, ResourceLink
from tests.lms_fixtures import EDUCATOR, PracticeLms


def test_a_link_with_the_number_of_its_course_is_remembered_with_its_line_item(moodle_lms: PracticeLms) -> None:
    activity = moodle_lms.place_link(LinkKind.COURSE_GOALS)
    activity.resource_link_id = str(moodle_lms.course().id)

    arrived = moodle_lms.launch(EDUCATOR, activity)

    assert arrived.page.status == 200
    with moodle_lms.database.reading() as db:
        link = db.scalars(select(ResourceLink)).one()
    assert link.resource_link_id == str(moodle_lms.course().id)
    assert link.line_item_url
