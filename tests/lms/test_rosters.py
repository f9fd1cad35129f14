"""Rosters and lists over several pages, from a platform that answers just what a test says (NRPS 2.0, AGS 2.0)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.lms.advantage import CUSTOM_CLAIM
from tests.lms.conftest import TOKEN, answering, page


def member(user_id: str, **more: Any) -> dict[str, Any]:
    return {"user_id": user_id, "roles": ["Learner"], **more}


def roster(*members: dict[str, Any], link: str = "") -> tuple[int, dict[str, str], bytes]:
    body = json.dumps({"id": "x", "context": {"id": "c"}, "members": members}).encode()
    return 200, {"Link": link} if link else {}, body


def asked_query(asked: list[Any], path: str) -> dict[str, list[str]]:
    """Return the query of the first request for a path."""
    address = next(address for _, address, _, _ in asked if urlsplit(address).path == path)
    return parse_qs(urlsplit(address).query)


def test_role_limit_and_link_are_sent_beside_what_the_address_has(scripted):
    answers = {"/token": TOKEN, "/members": roster(member("a"))}
    with answering(answers) as (url, asked):
        scripted(url).roster(f"{url}/members?type_id=1", role="Learner", resource_link_id="link 1", limit=50)

    assert asked_query(asked, "/members") == {
        "type_id": ["1"], "role": ["Learner"], "rlid": ["link 1"], "limit": ["50"],
    }  # fmt: skip


def test_nothing_is_asked_for_that_was_not_wanted(scripted):
    answers = {"/token": TOKEN, "/members": roster(member("a"))}
    with answering(answers) as (url, asked):
        scripted(url).memberships(f"{url}/members")

    assert asked_query(asked, "/members") == {}


def test_with_a_link_each_person_has_custom_parameters_of_their_own(scripted):
    messages = [{"message_type": "LtiResourceLinkRequest", CUSTOM_CLAIM: {"canvas_user_id": "7"}}]
    answers = {"/token": TOKEN, "/members": roster(member("a", message=messages), member("b"))}
    with answering(answers) as (url, _asked):
        first, second = scripted(url).memberships(f"{url}/members", resource_link_id="link-1")

    assert (first.custom, second.custom) == ({"canvas_user_id": "7"}, {})


def test_where_differences_are_told_is_kept_and_leads_to_who_changed(scripted):
    answers = {"/token": TOKEN}
    with answering(answers) as (url, _asked):
        answers["/members"] = roster(member("a"), link=f'<{url}/members?p=2>; rel="next"')
        answers["/members?p=2"] = roster(member("b"), link=f'<{url}/members?since=Ab12>; rel="differences"')
        answers["/members?since=Ab12"] = roster(
            member("b", status="Deleted"), member("c"), link=f"<{url}/members?since=Cd34>; rel=differences"
        )
        advantage = scripted(url)
        whole = advantage.roster(f"{url}/members")
        since = advantage.roster(whole.differences_url)

    assert [each.user_id for each in whole.members] == ["a", "b"]
    assert whole.differences_url == f"{url}/members?since=Ab12"
    assert [(each.user_id, each.status) for each in since.members] == [("b", "Deleted"), ("c", "Active")]
    assert since.differences_url == f"{url}/members?since=Cd34"


@pytest.mark.parametrize("link", ["", '<https://elsewhere.example.test/members>; rel="differences"'])
def test_differences_that_are_not_told_or_told_on_another_host_are_not_kept(link, scripted):
    answers = {"/token": TOKEN, "/members": roster(member("a"), link=link)}
    with answering(answers) as (url, _asked):
        assert scripted(url).roster(f"{url}/members").differences_url == ""


def test_line_items_are_filtered_by_the_lms_and_again_here(scripted):
    mine = {"id": "a", "resourceId": "plan", "tag": "like-goals", "resourceLinkId": "1"}
    answers = {"/token": TOKEN, "/items": page(mine, {"id": "b", "resourceId": "other"})}
    with answering(answers) as (url, asked):
        found = scripted(url).line_items(
            f"{url}/items?type_id=1", resource_link_id="1", resource_id="plan", tag="like-goals"
        )

    assert [each.url for each in found] == ["a"]
    assert asked_query(asked, "/items") == {
        "type_id": ["1"], "resource_link_id": ["1"], "resource_id": ["plan"], "tag": ["like-goals"],
    }  # fmt: skip


def test_results_are_read_to_their_end_of_one_person_or_of_all(scripted):
    answers = {"/token": TOKEN}
    with answering(answers) as (url, asked):
        answers["/item/results"] = page({"userId": "6", "resultScore": 1, "resultMaximum": 1})
        answers["/item/results?user_id=6"] = page(
            {"userId": "6", "resultScore": 1, "resultMaximum": 1}, link=f'<{url}/item/results?p=Two>; rel="next"'
        )
        answers["/item/results?p=Two"] = page({"userId": "7", "resultScore": 1, "resultMaximum": 1})
        of_one = scripted(url).results(f"{url}/item", user_id="6")
        of_all = scripted(url).results(f"{url}/item")

    assert [each.user_id for each in of_one] == ["6"]
    assert [each.user_id for each in of_all] == ["6"]
    assert not any("limit" in address for _, address, _, _ in asked)


def test_a_column_is_deleted_by_its_own_address(scripted):
    answers = {"/token": TOKEN, "/items/1/lineitem": (204, {}, b"")}
    with answering(answers) as (url, asked):
        scripted(url).delete_line_item(f"{url}/items/1/lineitem?type_id=1")

    method, address, _, _ = asked[-1]
    assert (method, address) == ("DELETE", "/items/1/lineitem?type_id=1")
