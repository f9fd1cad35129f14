"""Waking the worker: what is enqueued starts it, and its queue folder survives a crash."""

from __future__ import annotations

import json
from queue import Empty

import pytest
from sqlalchemy.orm import Session

from config import Config
from lti_tool import jobs
from lti_tool.db import Database


@pytest.fixture
def configured(tmp_path, configure):
    """Return `configured(broker_url)`: settings of this process with that broker."""

    def configured(broker_url: str) -> Config:
        config = Config.from_env({"INSTANCE_DIR": str(tmp_path), "BROKER_URL": broker_url})
        configure(config)
        return config

    return configured


def committed(**info: bool) -> Session:
    """Return a session as it is after a commit."""
    return Session(info=info)


def test_a_commit_with_messages_leaves_a_call_in_the_folder(configured, tmp_path):
    configured("filesystem://")

    jobs.wake_worker(committed(has_new_messages=True))
    jobs.wake_worker(committed())

    (call,) = (tmp_path / "queue" / "messages").iterdir()
    assert json.loads(call.read_text())["headers"]["task"] == "outbox.deliver_due"
    assert jobs.reaches_broker()


def test_a_broker_that_is_away_never_breaks_a_request_and_is_left_alone_for_a_while(configured, caplog):
    configured("redis://127.0.0.1:1/0")

    for _turn in range(3):
        jobs.wake_worker(committed(has_new_messages=True))

    assert caplog.text.count("the sweep will find the messages") == 1
    assert not jobs.reaches_broker()


def test_a_folder_that_is_gone_never_breaks_a_request(configured, tmp_path, caplog):
    configured("filesystem://")
    (tmp_path / "queue" / "messages").rmdir()

    jobs.wake_worker(committed(has_new_messages=True))

    assert "the sweep will find the messages" in caplog.text
    assert not jobs.reaches_broker()


def test_a_worker_has_the_database_and_settings_of_its_process(configured):
    config = configured("memory://")
    jobs.worker_resources.cache_clear()

    database, settings = jobs.worker_resources()

    assert isinstance(database, Database)
    assert settings is config
    jobs.worker_resources.cache_clear()
    database.engine.dispose()


def test_messages_in_the_folder_are_whole_and_in_order_and_a_broken_one_does_no_harm(configured, tmp_path):
    configured("filesystem://")
    with jobs.celery_app.connection_for_write() as connection:
        channel = connection.default_channel
        for number in range(3):
            channel._put("celery", {"number": number})
        (tmp_path / "queue" / "messages" / "0000_broken.celery.msg").touch()

        with pytest.raises(Empty):
            channel._get("celery")
        found = [channel._get("celery")["number"] for _turn in range(3)]

    assert found == [0, 1, 2]


def test_every_entry_of_the_schedule_names_a_task():
    jobs.celery_app.loader.import_default_modules()

    assert {entry["task"] for entry in jobs.SCHEDULE.values()} <= set(jobs.celery_app.tasks)
