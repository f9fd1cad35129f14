"""The tool before a second judge: a platform whose authors never saw the practice LMS."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from sqlalchemy import select

from lti_tool.db import Database, utc_now
from lti_tool.launch import names
from lti_tool.launch.key_sets import KeySets
from lti_tool.launch.models import Deployment, DeploymentState, Family, Registration, ResourceLink
from lti_tool.launch.queries import platform_of
from lti_tool.launch.views import blueprints
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.platform import Platform, Scope
from lti_tool.lms.tokens import ASSERTION_TYPE, DEPLOYMENT_CLAIM, AccessTokens
from lti_tool.people.models import Course, CourseRole, District, Membership, Person
from tests.launch.second_judge import CLIENT_ID, DEPLOYMENT_ID, ISSUER, MEMBERSHIP, TOOL_URL, Judge, Launch, Login
from tests.serving import serving

RETURN_URL = f"{ISSUER}/deep_links"


@pytest.fixture
def judge(app, client, database, platform_keys) -> Iterator[Judge]:
    """Serve the judge's platform, and register it with the tool."""
    app.extensions["key_sets"] = KeySets(blueprints.fetch_json)
    judge = Judge(login_key="judge", keys=platform_keys, tool_keys=client.get("/lti/jwks").json)
    with serving(judge) as judge.url:
        introduce(judge, database)
        yield judge


def introduce(judge: Judge, database: Database) -> None:
    """Register the judge's platform with the tool."""
    with database.transaction() as db:
        district = District(name="Judged")
        registration = Registration(
            district=district, login_key="judge", family=Family.OTHER, issuer=ISSUER, client_id=CLIENT_ID,
            auth_login_url=f"{ISSUER}/auth", auth_token_url=f"{judge.url}/token", key_set_url=f"{judge.url}/keys",
            scopes=[scope.value for scope in Scope],
        )  # fmt: skip
        db.add(registration)
        db.add(Deployment(registration=registration, deployment_id=DEPLOYMENT_ID, state=DeploymentState.APPROVED))


def asked_by_tool(judge, client, user_id: str) -> dict[str, str]:
    """Begin a login; return the authentication request as the judge's browser would bring it."""
    login = Login(None, judge)
    login.set_lti_message_hint(hint="link-1")
    address = login.initiate_login(user_id)
    answer = client.get(address.removeprefix(TOOL_URL))
    assert answer.status_code == 302, answer.text
    place = urlsplit(answer.headers["Location"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == f"{ISSUER}/auth"
    return dict(parse_qsl(place.query, strict_parsing=True))


def launch(judge, client, user_id: str, role: str, *, deep_link=False, **claims):
    """Launch as somebody; return the tool's answer."""
    message = Launch(asked_by_tool(judge, client, user_id), judge)
    message.set_user_data(user_id, [MEMBERSHIP + role], full_name=f"Somebody {user_id}", email_address="a@example.test")
    message.set_launch_context_claim("course-1", ["CourseSection"], "A course", "PD1")
    message.set_launch_presentation_claim("iframe", f"{ISSUER}/courses/1")
    if deep_link:
        message.set_dl(RETURN_URL, accept_types={"ltiResourceLink"}, extra_data="opaque & odd")
    else:
        message.set_resource_link_claim("link-1", title="This course's goals")
    message.set_ags(f"{judge.url}/line_items", f"{judge.url}/line_items/1")
    message.set_nrps(f"{judge.url}/members?limit=2")
    message.set_extra_claims(claims)
    form = message.lti_launch()
    return client.post(form.pop("launch_url").removeprefix(TOOL_URL), data=form)


def mark_course(judge, client) -> None:
    address = launch(judge, client, "designer-1", "Instructor").headers["Location"]
    assert client.post(f"{address.split('?')[0].rstrip('/')}/course/mark").status_code == 303


@pytest.fixture
def judged(judge, database, app) -> Platform:
    """Return the judge as the tool's calls see it."""
    with database.reading() as db:
        return platform_of(db, db.scalars(select(Registration)).one(), app.extensions["settings"])


@pytest.fixture
def tokens(database, app) -> AccessTokens:
    return AccessTokens(database, app.extensions["settings"].secret_key)


@pytest.fixture
def advantage(judged, tokens) -> Advantage:
    """Return the tool's client of the services, as the worker makes it."""
    return Advantage(judged, tokens)


@pytest.fixture
def course(judge, client, database):
    """Return the course after a designer marked it."""
    mark_course(judge, client)
    with database.reading() as db:
        return db.scalars(select(Course)).one()


def test_the_login_is_answered_with_an_exact_authentication_request(judge, client):
    first, second = (asked_by_tool(judge, client, "user-1") for _ in range(2))

    for name in ("state", "nonce"):
        secret, other = first.pop(name), second.pop(name)
        assert len(secret) >= 32
        assert secret != other
    assert first == second == {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": CLIENT_ID, "redirect_uri": f"{TOOL_URL}/lti/launch", "login_hint": "user-1",
        "lti_message_hint": "link-1",
    }  # fmt: skip


def test_a_designer_and_then_an_educator_launch(judge, client, database):
    mark_course(judge, client)

    answer = launch(judge, client, "educator-1", "Learner")

    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    with database.reading() as db:
        roles = db.execute(select(Person.name, Membership.role).join(Membership.person).order_by(Person.name)).all()
    assert [tuple(each) for each in roles] == [
        ("Somebody designer-1", CourseRole.DESIGNER), ("Somebody educator-1", CourseRole.LEARNER),
    ]  # fmt: skip


def test_a_launch_with_another_deployment_than_its_login_said_is_refused(judge, client):
    answer = launch(judge, client, "designer-1", "Instructor", **{names.DEPLOYMENT_ID: "another"})

    assert answer.status_code == 400
    assert "deployment_id_differs" in answer.text


def test_the_client_assertion_says_who_asks_whom_once(judge, judged, tokens, advantage, course):
    advantage.line_items(course.line_items_url)
    tokens.forget(judged, tokens.token_for(judged, [Scope.SCORE]))
    advantage.line_items(course.line_items_url)

    assert len(judge.token_requests) == 2
    seen = set()
    for form in judge.token_requests:
        claims = judge.tool_validate_and_decode(form["client_assertion"])
        header = jwt.get_unverified_header(form["client_assertion"])
        assert claims["iss"] == claims["sub"] == CLIENT_ID
        assert claims["aud"] == f"{judge.url}/token"
        assert claims[DEPLOYMENT_CLAIM] == DEPLOYMENT_ID
        assert claims["iat"] <= time.time() < claims["exp"] <= claims["iat"] + 300
        assert header["alg"] == "RS256"
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == ASSERTION_TYPE
        assert set(form["scope"].split()) <= judged.scopes
        seen.add(claims["jti"])
    assert len(seen) == 2


def test_the_launch_says_where_the_services_are(judge, course):
    assert course.line_items_url == f"{judge.url}/line_items"
    assert course.memberships_url == f"{judge.url}/members?limit=2"
    assert course.context_id == "course-1"


def test_the_line_item_of_an_opened_link_is_remembered(judge, client, course, database):
    launch(judge, client, "educator-1", "Learner")

    with database.reading() as db:
        assert db.scalars(select(ResourceLink.line_item_url)).all() == [f"{judge.url}/line_items/1"]


def test_line_items_are_made_and_found_on_all_their_pages(judge, advantage, course):
    made = [
        advantage.create_line_item(course.line_items_url, label=f"Column {number}", resource_id=f"r{number}", tag="t")
        for number in range(5)
    ]

    found = advantage.line_items(course.line_items_url)

    assert found == made
    assert [each["scoreMaximum"] for each in judge.columns] == [1] * 5
    assert advantage.line_item(made[2].url) == made[2]
    assert advantage.line_items(course.line_items_url, resource_id="r3") == [made[3]]


def test_a_score_arrives_whole_and_is_read_back(judge, advantage, course):
    column = advantage.create_line_item(course.line_items_url, label="Column", resource_id="r")
    now = utc_now()

    for number in range(3):
        advantage.send_score(column.url, user_id=f"user-{number}", timestamp=now, achieved_at=now - timedelta(hours=1))

    assert judge.scores[0].pop("timestamp").endswith("Z")
    assert judge.scores[0] == {
        "userId": "user-0", "scoreGiven": 1, "scoreMaximum": 1, "activityProgress": "Completed",
        "gradingProgress": "FullyGraded", "scoreOf": column.url,
    }  # fmt: skip
    assert [each.is_full for each in advantage.results(column.url)] == [True] * 3
    assert [each.user_id for each in advantage.results(column.url, user_id="user-2")] == ["user-2"]


def test_the_roster_is_read_to_its_last_page(judge, advantage, course):
    members = advantage.memberships(course.memberships_url)

    assert [each.user_id for each in members] == [each["user_id"] for each in judge.members]
    assert {each.status for each in members} == {"Active"}


def test_the_deep_linking_response_is_for_this_platform_and_no_other(judge, client):
    page = launch(judge, client, "designer-1", "Instructor", deep_link=True).headers["Location"]
    signed = [posted_jwt(client.post(page, data={"kind": "course_goals", "mark": "1"}).text) for _ in range(2)]

    items = judge.validate_deeplinking_resp({"JWT": signed[0]})
    claims, again = (judge.tool_validate_and_decode(each) for each in signed)

    (item,) = items
    assert (item["type"], item["url"]) == ("ltiResourceLink", f"{TOOL_URL}/lti/launch")
    assert item["custom"] == {"kind": "course_goals"}
    assert item["lineItem"] == {
        "label": "This course's goals", "scoreMaximum": 1, "resourceId": "like-goals-course_goals",
        "tag": "like-goals",
    }  # fmt: skip
    assert (claims["iss"], claims["aud"]) == (CLIENT_ID, ISSUER)
    assert claims[names.DEPLOYMENT_ID] == DEPLOYMENT_ID
    assert claims[names.VERSION] == "1.3.0"
    assert claims[names.DEEP_LINKING_DATA] == "opaque & odd"
    assert claims["iat"] <= time.time() < claims["exp"] <= claims["iat"] + 600
    assert claims["nonce"]
    assert claims["nonce"] != again["nonce"]


def posted_jwt(page):
    """Return what the page posts to the platform; it posts it to the address that was asked for."""
    (address,) = re.findall(r'<form id="return-links" method="post" action="([^"]*)"', page)
    assert html.unescape(address) == RETURN_URL
    return re.findall(r'name="JWT" value="([^"]*)"', page)[0]
