"""The one way out: which hosts may be called, and which class of error each bad answer becomes."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from datetime import timedelta

import pytest

from lti_tool.db import utc_now
from lti_tool.errors import LMSAccessError, LMSRejectedError, LMSStrangeError, LMSThrottledError, LMSUnavailableError
from lti_tool.lms.guard import is_public
from lti_tool.lms.http import Gateway, TokenRefusedError, error_for, linked
from lti_tool.lms.vault import Vault
from tests.lms.conftest import HOSTS, answering
from tests.serving import serving

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "2001::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_of_the_open_internet_are_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_known(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://2130706433/",
        "https://0x7f.1/", "https://127.1/", "https://0/", "https://169.254.169.254/latest/meta-data",
        "https://user@127.0.0.1/", "https://example.com@127.0.0.1/", "https://127.0.0.1#@example.com/",
        "https://localhost./", "https://LOCALHOST/", "http://example.com/", "http://127.0.0.1/", "ftp://example.com/",
        "file:///etc/passwd", "gopher://127.0.0.1/", "https://", "//example.com/", "", "https://[::1", "javascript:1",
    ],
)  # fmt: skip
def test_no_address_of_the_operators_network_is_called(url):
    with pytest.raises((LMSRejectedError, LMSUnavailableError)) as refused:
        Gateway(time_outs=(0.5, 0.5)).get_json(url)

    assert refused.type is LMSRejectedError


def test_a_name_that_points_to_a_private_address_is_not_called(monkeypatch):
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def resolve(host, port, *_arguments, **_options):
        address = next(answers) if host == "rebinding.example" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with answering({"/": (200, {}, b"{}")}) as (url, asked):
        port = int(url.rpartition(":")[2])
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        for _turn in range(2):
            with pytest.raises((LMSRejectedError, LMSUnavailableError)):
                Gateway(time_outs=(0.1, 0.1)).get_json(f"https://rebinding.example:{port}/")

    assert asked == []


def test_a_name_with_one_private_address_among_public_ones_is_not_called(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: found)

    with pytest.raises(LMSRejectedError, match="private network"):
        Gateway().get_json("https://both.example/")


def test_a_private_host_may_be_called_over_plain_http():
    with answering({"/": (200, {}, b'{"a": 1}')}) as (url, asked):
        assert Gateway(HOSTS).get_json(f"{url}/") == {"a": 1}

    assert "LikeGoals" in asked[0][3]["User-Agent"]


def test_what_is_sent_is_a_form_or_text_of_utf_8_and_the_query_is_added_to_what_the_lms_wrote():
    with answering({"/": (200, {}, b"{}")}) as (url, asked):
        gateway = Gateway(HOSTS)
        gateway.send("POST", f"{url}/?page=bookmark%3A1#here", data={"a": "ä b"}, params=[("per", "1&2"), ("per", "3")])
        gateway.send("POST", f"{url}/", data='{"name": "Müller"}', headers={"Content-Type": "application/json"})

    (_, path, form, headers), (*_, text, _) = asked
    assert (path, form) == ("/?page=bookmark%3A1&per=1%262&per=3", b"a=%C3%A4+b")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert text == '{"name": "Müller"}'.encode()


def test_the_next_page_is_found_whatever_other_links_come_before_it_in_lines_of_their_own():
    def answer(_environ, start_response):
        links = '<https://a.example/p?since=1>; rel="differences"', '<https://a.example/p?2>; rel="next"'
        start_response("200 OK", [*(("Link", each) for each in links), ("Content-Length", "2")])
        return [b"[]"]

    with serving(answer) as url:
        found = Gateway(HOSTS).send("GET", url)

    assert found.next_url == "https://a.example/p?2"
    assert linked(dict(found.headers), "differences") == "https://a.example/p?since=1"


def test_a_name_and_a_password_within_an_address_are_sent_as_such_and_nowhere_else():
    with answering({"/": (200, {}, b"{}")}) as (url, asked):
        Gateway(HOSTS).get_json(url.replace("//", "//ana:p%40ss@") + "/")
        Gateway(HOSTS).get_json(url.replace("//", "//ana:p%40ss@") + "/", headers={"Authorization": "Bearer t"})

    assert [each[3]["Authorization"] for each in asked] == ["Basic YW5hOnBAc3M=", "Bearer t"]


def test_a_header_that_would_begin_another_one_is_not_sent():
    with answering({"/": (200, {}, b"{}")}) as (url, asked), pytest.raises(LMSRejectedError, match="cannot be called"):
        Gateway(HOSTS).get_json(f"{url}/", headers={"Authorization": "Bearer a\r\nHost: other.example"})

    assert asked == []


def test_a_host_is_tried_at_each_of_its_addresses(monkeypatch):
    def resolve(host, port, *_arguments, **_options):
        addresses = ["127.0.0.2", "127.0.0.1"] if host == "two.example" else [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    with answering({"/": (200, {}, b"{}")}) as (url, asked):
        monkeypatch.setattr(socket, "getaddrinfo", resolve)

        assert Gateway({"two.example"}).get_json(f"http://two.example:{url.rpartition(':')[2]}/") == {}

    assert asked[0][3]["Host"].startswith("two.example:")


def test_redirects_are_not_followed():
    answers = {"/": (302, {"Location": "/there"}, b""), "/there": (200, {}, b"{}")}
    with answering(answers) as (url, asked), pytest.raises(LMSStrangeError, match="another address"):
        Gateway(HOSTS).get_json(f"{url}/")

    assert len(asked) == 1


def test_cookies_of_an_lms_are_not_kept():
    with answering({"/": (200, {"Set-Cookie": "a=b"}, b"{}")}) as (url, asked):
        gateway = Gateway(HOSTS)
        gateway.get_json(f"{url}/")
        gateway.get_json(f"{url}/")

    assert asked[1][3].get("Cookie") is None


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_that_is_too_large_is_cut_off(packed):
    body = b"[" + b" " * 300_000 + b"]"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    answers = {"/": (200, headers, gzip.compress(body) if packed else body)}
    with answering(answers) as (url, _asked), pytest.raises(LMSRejectedError, match="larger"):
        Gateway(HOSTS, largest=100_000).get_json(f"{url}/")


def _drip(listener: socket.socket) -> None:
    connection, _address = listener.accept()
    connection.recv(1000)
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    try:
        for _turn in range(100):
            connection.send(b" ")
            time.sleep(0.02)
    except OSError:
        return
    finally:
        connection.close()


def test_an_answer_that_drips_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = threading.Thread(target=_drip, args=(listener,), daemon=True)
        dripping.start()
        with pytest.raises(LMSUnavailableError, match="in time"):
            Gateway(HOSTS, longest=0.2).get_json(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        dripping.join()


def test_silence_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(LMSUnavailableError, match="in time"):
        Gateway(HOSTS, time_outs=(0.1, 0.1)).get_json(f"http://127.0.0.1:{listener.getsockname()[1]}/")


def test_a_closed_port_is_an_lms_that_is_away():
    with pytest.raises(LMSUnavailableError):
        Gateway(HOSTS).get_json("http://127.0.0.1:1/?token=secret")


def test_messages_carry_no_query_body_or_token():
    with answering({"/": (400, {}, b"secret body")}) as (url, _asked), pytest.raises(LMSRejectedError) as refused:
        Gateway(HOSTS).get_json(f"{url}/?token=secret", headers={"Authorization": "Bearer secret"})

    assert "secret" not in repr(refused.value)
    assert refused.value.http_status == 400


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (429, "", LMSThrottledError),
        (403, "403 Forbidden (Rate Limit Exceeded)", LMSThrottledError),
        (401, "", TokenRefusedError),
        (403, "", LMSAccessError),
        (408, "", LMSUnavailableError),
        (500, "", LMSUnavailableError),
        (503, "", LMSUnavailableError),
        (599, "", LMSUnavailableError),
        (301, "", LMSStrangeError),
        (302, "", LMSStrangeError),
        (304, "", LMSStrangeError),
        (400, "", LMSRejectedError),
        (404, "", LMSRejectedError),
        (418, "", LMSRejectedError),
    ],
)
def test_a_status_alone_has_a_class(status, text, error):
    assert type(error_for(status, text)) is error


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("0", 5),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 5),
        ("Wed, 21 Oct 2037 07:28:00 -0000", 60),
        ("", 60),
        ("nonsense", 60),
        ("-5", 60),
        ("99999999999999", 3600),
        ("Wed, 21 Oct 2037 07:28:00 GMT", 3600),
    ],
)
def test_the_time_to_try_again_is_the_lms_s_own_within_reason(header, seconds):
    error = error_for(429, "", headers={"Retry-After": header})

    assert isinstance(error, LMSThrottledError)
    assert error.retry_at
    assert abs(error.retry_at - utc_now() - timedelta(seconds=seconds)) < timedelta(seconds=2)


def test_what_the_vault_seals_only_the_same_secret_opens():
    sealed = Vault("a" * 32).seal("token")

    assert Vault("a" * 32).open(sealed) == "token"
    assert b"token" not in sealed
    with pytest.raises(LMSAccessError, match="SECRET_KEY has changed"):
        Vault("b" * 32).open(sealed)
