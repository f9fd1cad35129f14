"""The shortest way through everything, in each flavour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lti_tool.launch import names
from lti_tool.launch.models import LinkKind
from lti_tool.people.models import Course
from tests.lms_fixtures import EDUCATOR

END = datetime(2027, 5, 1, 7, tzinfo=UTC)


def test_an_educator_lands_on_the_page_of_the_link_after_registration_and_deep_linking(any_lms):
    link = any_lms.place_link(LinkKind.PLAN)

    arrived = any_lms.launch(EDUCATOR, link)

    assert arrived.page.status == 200
    assert arrived.base.startswith(any_lms.tool_url)


def test_a_launch_from_canvas_says_when_the_course_ends_and_keeps_it_where_it_does_not_say(canvas_lms, database):
    link = canvas_lms.place_link(LinkKind.PLAN)

    for ends_at, expected in ((None, None), (END, END), (None, END)):
        canvas_lms.course().ends_at = ends_at
        canvas_lms.launch(EDUCATOR, link)
        with database.reading() as db:
            assert db.scalars(select(Course.ends_at)).one() == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2027-05-01 00:00:00 -0700", END),
        ("2027-05-01 07:00:00 UTC", END),
        ("2027-05-01T07:00:00.000Z", END),
        ("2027-05-01 07:00:00", END),
        ("$Canvas.course.endAt", None),
        ("soon", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
    ],
)
def test_the_end_of_a_course_is_read_in_every_way_it_is_written(
    client, database, platform, marked_course, said, expected
):
    platform.launch(client, **{names.CUSTOM: {"canvas_course_end_at": said}})

    with database.reading() as db:
        assert db.get_one(Course, marked_course).ends_at == expected
