"""Every address of the app, filled with the ids of one district."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

SESSION_PREFIX = "/s/<session_key>"


@dataclass(frozen=True)
class Address:
    """One route below a session, with its ids filled in."""

    endpoint: str
    method: str
    path: str
    has_id: bool


def addresses(app: Flask, ids: dict[str, int]) -> list[Address]:
    """Return each route that needs a session, once for each method that does something."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(SESSION_PREFIX):
            continue
        names = rule.arguments - {"session_key"}
        missing = names - ids.keys()
        assert not missing, f"{rule.endpoint}: tests/full_district.py has no {missing}"
        path = adapter.build(rule.endpoint, {"session_key": "KEY", **{name: ids[name] for name in names}})
        found += [
            Address(rule.endpoint, method, path.removeprefix("/s/KEY"), bool(names))
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]
    return found
