"""The shortest way through everything, in each flavour."""

from __future__ import annotations

from lti_tool.launch.models import LinkKind
from tests.lms_fixtures import EDUCATOR


def test_an_educator_lands_on_the_page_of_the_link_after_registration_and_deep_linking(any_lms):
    link = any_lms.place_link(LinkKind.PLAN)

    arrived = any_lms.launch(EDUCATOR, link)

    assert arrived.page.status == 200
    assert arrived.base.startswith(any_lms.tool_url)
