"""What the tests of the LTI side ask for: keys made once, a stub tool behind a socket, and a world of each flavour."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from practice_lms.app import create_app
from practice_lms.keys import PlatformKeys
from practice_lms.state import Flavour, Lms
from tests.practice_lms.lti_building import build
from tests.practice_lms.lti_world import URL, World
from tests.practice_lms.stub_tool import StubTool, running_stub_tool


@pytest.fixture(scope="session")
def key_pairs() -> tuple[PlatformKeys, PlatformKeys]:
    """Return two sets of keys, the platform's and the tool's: making one takes a quarter of a second."""
    return PlatformKeys(), PlatformKeys()


@pytest.fixture(scope="session")
def running_stub(key_pairs: tuple[PlatformKeys, PlatformKeys]) -> Iterator[StubTool]:
    with running_stub_tool(key_pairs[1]) as stub:
        yield stub


@pytest.fixture
def stub(running_stub: StubTool) -> StubTool:
    running_stub.published = running_stub.keys.key_set()
    running_stub.fetches = 0
    return running_stub


@pytest.fixture(scope="session")
def flavoured_apps(key_pairs: tuple[PlatformKeys, PlatformKeys]) -> dict[Flavour, Flask]:
    """Return one app of each flavour: its ninety routes take longer to set up than a test to run."""
    return {flavour: create_app(Lms(flavour, URL, key_pairs[0])) for flavour in Flavour}


@pytest.fixture
def moodle(key_pairs: tuple[PlatformKeys, PlatformKeys], stub: StubTool, flavoured_apps: dict[Flavour, Flask]) -> World:
    keys = PlatformKeys(dict(key_pairs[0].pairs))
    return build(Flavour.MOODLE, keys, stub, flavoured_apps[Flavour.MOODLE])


@pytest.fixture
def canvas(key_pairs: tuple[PlatformKeys, PlatformKeys], stub: StubTool, flavoured_apps: dict[Flavour, Flask]) -> World:
    keys = PlatformKeys(dict(key_pairs[0].pairs))
    return build(Flavour.CANVAS, keys, stub, flavoured_apps[Flavour.CANVAS])
