"""The same code on what a real Moodle 4.5 answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from werkzeug.wrappers import Request

from lti_tool.db import utc_now
from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSUnavailableError, LMSWaitingError
from lti_tool.lms.advantage import Advantage
from lti_tool.lms.http import StaleScoreError
from lti_tool.lms.moodle import MoodleRest
from lti_tool.lms.platform import Platform, RestCredentials, Scope
from lti_tool.lms.rest import CourseQuestion, GroupSpec
from lti_tool.lms.tokens import AccessTokens
from tests.lms.conftest import SECRET, read_course
from tests.serving import serving

RECORDINGS = Path(__file__).parent.parent / "recordings" / "moodle"
SERVICES = json.loads((RECORDINGS / "web_services.json").read_text())
ADVANTAGE = json.loads((RECORDINGS / "advantage.json").read_text())


class Replay:
    """Answers as was recorded: web services by function, everything else by path."""

    def __init__(self) -> None:
        self.functions: dict[str, object] = {}
        self.paths: dict[str, dict[str, Any]] = {"/token": ADVANTAGE["token"]}
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def __call__(self, environ, start_response):
        form = dict(parse_qsl(Request(environ).get_data(as_text=True), keep_blank_values=True))
        self.asked.append(form)
        path = environ["RAW_URI"]
        answer = self.paths.get(path) or self.paths.get(path.split("?")[0]) or {"body": self.function(form)}
        content = answer["body"] if isinstance(answer["body"], str) else json.dumps(answer["body"])
        headers = [(name, self._at_home(value)) for name, value in answer.get("headers", {}).items()]
        start_response(f"{answer.get('status', 200)} {answer.get('reason', '')}", headers)
        return [self._at_home(content).encode()]

    def _at_home(self, text: str) -> str:
        return text.replace("http://127.0.0.1:18010", self.url)

    def function(self, form: dict[str, str]) -> object:
        answer = self.functions[form["wsfunction"]]
        return answer.pop(0) if isinstance(answer, Queue) else answer


class Queue(list[Any]):
    """Answers that are given one after the other."""


@pytest.fixture
def replay():
    made = Replay()
    with serving(made) as made.url:
        yield made


@pytest.fixture
def platform(replay, sample, signing_key):
    return Platform(
        id=sample.registration.id, district_id=1, family="moodle", issuer=replay.url, client_id="c",
        token_url=f"{replay.url}/token", signing_key=signing_key, scopes=frozenset({*Scope}),
        rest=RestCredentials(replay.url, "t"), private_hosts=frozenset({"127.0.0.1"}),
    )  # fmt: skip


@pytest.fixture
def moodle(platform):
    return MoodleRest(platform)


@pytest.fixture
def advantage(platform, database):
    return Advantage(platform, AccessTokens(database, SECRET))


def test_a_finished_course_has_the_time_of_its_last_condition(replay, moodle):
    replay.functions = {
        "core_enrol_get_users_courses": SERVICES["users_courses"],
        "core_completion_get_course_completion_status": SERVICES["completion_complete"],
    }

    read = read_course(moodle, "2", ["6"])

    assert read.people[0].is_completed
    assert read.people[0].completed_at == datetime.fromtimestamp(1795434624, UTC)


@pytest.mark.parametrize("detail", ["completion_off", "completion_not_enrolled"])
def test_a_finished_course_without_detail_is_finished_all_the_same(replay, moodle, detail):
    replay.functions = {
        "core_enrol_get_users_courses": SERVICES["users_courses"],
        "core_completion_get_course_completion_status": SERVICES[detail],
    }

    assert [(each.is_completed, each.completed_at) for each in read_course(moodle, "2", ["6"]).people] == [(True, None)]


def test_a_course_without_completion_is_not_trackable(replay, moodle):
    replay.functions = {"core_enrol_get_users_courses": SERVICES["users_courses"]}

    read = read_course(moodle, "4", ["6", "7"])

    assert "does not track completion" in read.why_not_trackable
    assert (read.people, read.untold) == ((), ("6", "7"))


def test_an_unknown_person_is_told_nothing_of(replay, moodle):
    replay.functions = {
        "core_enrol_get_users_courses": Queue([SERVICES["completion_unknown_user"], SERVICES["users_courses"]]),
        "core_completion_get_course_completion_status": SERVICES["completion_complete"],
    }

    read = read_course(moodle, "2", ["99", "6"])

    assert (read.untold, [each.user_id for each in read.people]) == (("99",), ["6"])


def functions_asked(replay: Replay) -> list[tuple[str, str]]:
    return [(form["wsfunction"], form["userid"]) for form in replay.asked]


def test_a_person_is_asked_about_once_for_all_courses_and_only_what_is_new_in_detail(replay, moodle):
    replay.functions = {
        "core_enrol_get_users_courses": SERVICES["users_courses"],
        "core_completion_get_course_completion_status": SERVICES["completion_complete"],
    }
    both = ("6", "7")

    reads = moodle.read_completions([
        CourseQuestion("2", both, frozenset(both), known=frozenset({"6"})),
        CourseQuestion("3", both, frozenset(both), known=frozenset(both)),
    ])  # fmt: skip

    assert reads.trouble is None
    assert functions_asked(replay) == [
        ("core_enrol_get_users_courses", "7"),
        ("core_completion_get_course_completion_status", "7"),
        ("core_enrol_get_users_courses", "6"),
    ]
    assert {each.user_id: each.completed_at for each in reads.courses["2"].people} == {
        "7": datetime.fromtimestamp(1795434624, UTC), "6": None,
    }  # fmt: skip


def test_what_was_read_before_a_moodle_broke_off_is_kept(replay, moodle):
    down: dict[str, Any] = SERVICES["invalid_token"] | {"errorcode": "sitemaintenance"}
    replay.functions = {
        "core_enrol_get_users_courses": Queue([SERVICES["users_courses"], down, down, down]),
        "core_completion_get_course_completion_status": SERVICES["completion_complete"],
    }
    people = tuple("6789")

    reads = moodle.read_completions([CourseQuestion("2", people, frozenset(people))])

    assert isinstance(reads.trouble, LMSUnavailableError)
    assert [each.user_id for each in reads.courses["2"].people] == ["6"]
    assert len(replay.asked) == 5, "a Moodle that is down was asked about everybody"


def test_one_person_over_whom_moodle_stumbles_keeps_nobody_else_from_being_read(replay, moodle):
    fault: dict[str, Any] = SERVICES["invalid_token"] | {"errorcode": "somethingodd"}
    replay.functions = {
        "core_enrol_get_users_courses": Queue([fault, SERVICES["users_courses"]]),
        "core_completion_get_course_completion_status": SERVICES["completion_complete"],
    }

    reads = moodle.read_completions([CourseQuestion("2", ("6", "7"), frozenset({"6", "7"}))])

    assert reads.trouble is None
    read = reads.courses["2"]
    assert ([each.user_id for each in read.people], read.untold) == (["7"], ("6",))


def test_of_somebody_whom_the_course_need_not_have_silence_says_nothing(replay, moodle):
    replay.functions = {
        "core_enrol_get_users_courses": [],
        "core_completion_get_course_completion_status": SERVICES["completion_not_enrolled"],
    }

    read = moodle.read_completions([CourseQuestion("2", ("6",), frozenset())]).courses["2"]

    assert (read.people, read.untold, read.why_not_trackable) == ((), (), "")


@pytest.mark.parametrize(
    ("recording", "error"),
    [
        ("invalid_token", LMSAccessError),
        ("not_in_service", LMSAccessError),
        ("no_permission", LMSWaitingError),
        ("create_group_name_taken", LMSRejectedError),
        ("create_group_idnumber_taken", LMSRejectedError),
    ],
)
def test_exceptions_within_200_have_the_right_class(replay, moodle, recording, error):
    replay.functions = {"core_webservice_get_site_info": SERVICES[recording]}

    with pytest.raises(error) as refused:
        moodle.check()

    assert SERVICES[recording]["message"] not in str(refused.value)
    assert SERVICES[recording]["errorcode"] in str(refused.value)


def test_the_check_reads_what_the_service_offers(replay, moodle):
    replay.functions = {"core_webservice_get_site_info": SERVICES["site_info"]}

    assert moodle.check() == "PGP Service on Research Moodle"


def test_a_group_is_made_in_its_grouping(replay, moodle):
    group = SERVICES["create_group"]
    replay.functions = {
        "core_group_get_course_groups": [each for each in SERVICES["course_groups"] if each["id"] != group[0]["id"]],
        "core_group_create_groups": group,
        "core_group_get_course_groupings": [],
        "core_group_create_groupings": SERVICES["create_grouping"],
        "core_group_assign_grouping": SERVICES["assign_grouping"],
        "core_enrol_get_enrolled_users": [*SERVICES["enrolled_users"], {"id": 6}, {"id": 7}],  # recorded: a page of it
        "core_group_get_group_members": Queue([[{"groupid": 2, "userids": []}], SERVICES["group_members"]]),
        "core_group_add_group_members": SERVICES["add_members"],
    }

    read = moodle.sync_group("2", GroupSpec("pgp-team-1", "Goal: literacy", ("6", "7", "99")))

    assert (read.group_id, read.set_id, read.members, read.missing) == ("2", "1", ("6", "7"), ("99",))
    added = next(each for each in replay.asked if each.get("wsfunction") == "core_group_add_group_members")
    assert added["members[1][userid]"] == "7"
    assert "members[2][userid]" not in added


def test_line_items_results_and_the_roster_are_read(replay, advantage):
    base = "/mod/lti/services.php"
    replay.paths |= {
        f"{base}/2/lineitems": {"body": ADVANTAGE["line_items"]},
        f"{base}/2/lineitems/3/lineitem/results": {"body": ADVANTAGE["results"]["all"]},
        f"{base}/2/lineitems/3/lineitem/results?type_id=1&user_id=10": {"body": ADVANTAGE["results"]["one"]},
        f"{base}/2/lineitems/3/lineitem/results?type_id=1&user_id=6": {"body": ADVANTAGE["results"]["erased"]},
        f"{base}/CourseSection/2/bindings/1/memberships": ADVANTAGE["members_page"],
        f"{base}/CourseSection/2/bindings/1/memberships?limit=5&from=5": {"body": ADVANTAGE["members_next"]},
    }

    items = advantage.line_items(f"{replay.url}{base}/2/lineitems?type_id=1", resource_link_id="2")
    members = advantage.memberships(f"{replay.url}{base}/CourseSection/2/bindings/1/memberships")

    assert [(each.label, each.score_maximum) for each in items] == [("ltiGrade", 100)]
    assert [each.is_full for each in advantage.results(items[0].url, user_id="10")] == [True]
    assert [each.score for each in advantage.results(items[0].url, user_id="6")] == [None]
    assert len(advantage.results(items[0].url)) > 1
    assert len(members) == len({each.user_id for each in members}) > 5
    assert members[0].roles == ("Learner",)


@pytest.mark.parametrize(
    ("recording", "error"),
    [
        ("same timestamp again (409?)", StaleScoreError),
        ("unenrolled user", LMSWaitingError),
        ("teacher", LMSWaitingError),
        ("locked", LMSWaitingError),
        ("token without score scope", LMSWaitingError),
        ("application/json", LMSRejectedError),
    ],
)
def test_what_moodle_says_of_a_score_has_the_right_class(replay, advantage, recording, error):
    replay.paths["/item/scores"] = ADVANTAGE["scores"][recording]

    with pytest.raises(error):
        advantage.send_score(f"{replay.url}/item?type_id=1", user_id="6", timestamp=utc_now(), achieved_at=utc_now())


@pytest.mark.parametrize("body", ["", "<!DOCTYPE html><title>Error</title>"])
def test_a_moodle_that_broke_down_over_a_score_is_tried_again(replay, advantage, body):
    replay.paths["/item/scores"] = {"status": 500, "reason": "Internal Server Error", "body": body}

    with pytest.raises(LMSUnavailableError):
        advantage.send_score(f"{replay.url}/item?type_id=1", user_id="6", timestamp=utc_now(), achieved_at=utc_now())


def test_an_empty_answer_to_a_score_is_success(replay, advantage):
    replay.paths["/item/scores"] = ADVANTAGE["scores"]["Completed/FullyGraded/score=80"]

    advantage.send_score(f"{replay.url}/item?type_id=1", user_id="6", timestamp=utc_now(), achieved_at=utc_now())


@pytest.mark.parametrize(
    ("recording", "words"),
    [("token_curl_security", "HTTP security"), ("token_invalid_client", "no longer knows the tool")],
)
def test_a_refused_token_is_lost_access_and_says_where_to_look(replay, advantage, recording, words):
    replay.paths["/token"] = ADVANTAGE[recording]

    with pytest.raises(LMSAccessError, match=words):
        advantage.results(f"{replay.url}/item")
