"""Placing links: what is offered, what the LMS is told, and how a placed link opens."""

from __future__ import annotations

import json
import re

import jwt
import pytest
from sqlalchemy import select

from lti_tool.launch import names
from lti_tool.launch.models import LinkKind, ResourceLink
from lti_tool.people.models import Course
from practice_lms.state import Flavour
from tests.launch.signing_platform import LEARNER, MISSING
from tests.lms_fixtures import DESIGNER, EDUCATOR

RETURN_URL = "https://lms.example.test/return?course=1&data=a%2Bb"
SETTINGS = {"deep_link_return_url": RETURN_URL, "accept_types": ["link", "ltiResourceLink"], "accept_multiple": True}


def open_choice(platform, client, settings=SETTINGS, **changed):
    response = platform.launch(
        client,
        **{
            names.MESSAGE_TYPE: "LtiDeepLinkingRequest",
            names.RESOURCE_LINK: MISSING,
            names.DEEP_LINKING_SETTINGS: settings,
            **changed,
        },
    )
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def answer_of(response, client):
    """Return the claims of a deep linking response, checked as a platform checks them."""
    (token,) = re.findall(r'name="JWT" value="([^"]+)"', response.text)
    keys = jwt.PyJWKSet.from_dict(client.get("/lti/jwks").json)
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(
        token, key, algorithms=["RS256"], audience="https://lms.example.test", issuer="client-1",
        options={"require": ["iss", "aud", "exp", "iat", "nonce"]},
    )  # fmt: skip


def test_the_response_says_what_the_specification_asks_and_nothing_empty(platform, client, database):
    address = open_choice(platform, client)

    response = client.post(address, data={"kind": ["course_goals", "plan"], "mark": "1"})

    claims = answer_of(response, client)
    assert claims[names.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert claims[names.VERSION] == "1.3.0"
    assert claims[names.DEPLOYMENT_ID] == "deployment-1"
    assert names.DEEP_LINKING_DATA not in claims
    assert claims[names.CONTENT_ITEMS] == [
        {
            "type": "ltiResourceLink", "title": "This course's goals", "url": "http://localhost/lti/launch",
            "custom": {"kind": "course_goals"},
            "lineItem": {
                "scoreMaximum": 1, "label": "This course's goals", "resourceId": "like-goals-course_goals",
                "tag": "like-goals",
            },
        },
        {
            "type": "ltiResourceLink", "title": "My growth plan", "url": "http://localhost/lti/launch",
            "custom": {"kind": "plan"},
        },
    ]  # fmt: skip
    assert "null" not in json.dumps(claims)
    assert "form-action 'self' https://lms.example.test;" in response.headers["Content-Security-Policy"]
    assert f'action="{RETURN_URL.replace("&", "&amp;")}"' in response.text
    with database.reading() as db:
        assert db.scalars(select(Course)).one().is_professional_learning


@pytest.mark.parametrize("data", ["opaque & <text>", "", {"a": 1}])
def test_data_is_given_back_as_it_came(data, platform, client):
    address = open_choice(platform, client, SETTINGS | {"data": data})

    response = client.post(address, data={"kind": "plan", "mark": "1"})

    assert answer_of(response, client)[names.DEEP_LINKING_DATA] == data


@pytest.mark.parametrize("accepts", [False, "false"])
def test_no_line_item_goes_where_none_is_accepted(accepts, platform, client):
    address = open_choice(platform, client, SETTINGS | {"accept_lineitem": accepts})

    response = client.post(address, data={"kind": "course_goals", "mark": "1"})

    assert "lineItem" not in answer_of(response, client)[names.CONTENT_ITEMS][0]


def test_one_link_at_a_time_where_the_lms_takes_no_more(platform, client):
    address = open_choice(platform, client, SETTINGS | {"accept_multiple": False})

    assert 'type="radio"' in client.get(address).text
    response = client.post(address, data={"kind": ["plan", "team"], "mark": "1"})

    assert response.status_code == 422
    assert "one link at a time" in response.text


def test_a_choice_of_other_things_only_is_returned_with_the_reason_and_a_code(platform, client):
    address = open_choice(platform, client, SETTINGS | {"accept_types": ["link"]})

    page = client.get(address)
    response = client.post(address, data={"cancel": "1"})

    assert "takes no links of this kind" in page.text
    assert 'name="kind"' not in page.text
    claims = answer_of(response, client)
    assert claims[names.CONTENT_ITEMS] == []
    assert claims[names.DEEP_LINKING_ERROR].startswith("The LMS takes no links of this kind here.")
    assert claims[names.DEEP_LINKING_ERROR_LOG] == "accept_types_without_links"
    assert names.DEEP_LINKING_MESSAGE not in claims


@pytest.mark.parametrize(("fields", "said"), [({"kind": "plan"}, "professional learning"), ({"mark": "1"}, "Choose")])
def test_what_is_missing_is_said_and_nothing_is_changed(fields, said, platform, client, database):
    address = open_choice(platform, client)

    response = client.post(address, data=fields)

    assert response.status_code == 422
    assert said in response.text
    with database.reading() as db:
        assert db.scalars(select(Course)).all() == []


@pytest.mark.usefixtures("marked_course")
def test_an_educator_places_no_links(platform, client):
    address = open_choice(platform, client, **{names.ROLES: [LEARNER]})

    assert client.get(address).status_code == 403


def test_a_session_without_a_request_for_links_offers_none(platform, client):
    address = platform.launch(client).headers["Location"]

    assert client.get(f"{address}links/").status_code == 409


def test_a_placed_link_is_opened_by_its_kind_and_its_line_item_is_known(any_lms, database):
    link = any_lms.place_link(LinkKind.COURSE_GOALS)

    arrived = any_lms.launch(EDUCATOR, link)

    assert "/plans/" in arrived.page.url
    with database.reading() as db:
        known = db.scalars(select(ResourceLink)).one()
    assert known.kind is LinkKind.COURSE_GOALS
    assert known.line_item_url.startswith(any_lms.url)


def test_an_assignment_is_selected_in_canvas_one_at_a_time(canvas_lms):
    arrived = canvas_lms.select_content(DESIGNER, placement="assignment_selection")

    assert 'type="radio"' in arrived.page.html


def test_a_menu_of_canvas_leaves_no_link_behind(run_lms, database):
    lms = run_lms(Flavour.CANVAS)
    lms.register()
    lms.place_link(LinkKind.PLAN)
    lms.course().navigation[lms.tool.id] = True

    arrived = lms.launch_navigation(EDUCATOR)

    assert arrived.base
    with database.reading() as db:
        assert db.scalars(select(ResourceLink)).all() == []


@pytest.mark.usefixtures("marked_course")
def test_a_copy_of_professional_learning_is_named_as_one(platform, client):
    copied = {
        names.CONTEXT: {"id": "course-2", "title": "A copy"},
        names.CUSTOM: {"context_history": "course-9, course-1"},
    }

    page = client.get(open_choice(platform, client, **copied))

    assert "a copy of A course" in page.text
