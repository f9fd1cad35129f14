"""The operator's numbers at /metrics."""

from __future__ import annotations


def test_prometheus_reads_the_outbox(app, outbox):
    response = app.test_client().get("/metrics")

    assert response.status_code == 200
    assert 'outbox_open_messages{state="waiting"}' in response.text
    assert "outbox_oldest_open_seconds" in response.text
