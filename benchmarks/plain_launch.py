"""A launch by the shortest way that does the same work: Flask, PyJWT and SQL written by hand.

It leaves the same rows and sends the same answers as the tool's launch of somebody who is known, and makes the same
checks of the token. What the tool costs beyond it is the price of its structure.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from flask import Flask, Response, redirect, request

from lti_tool.launch import names

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
REGISTRATION = (
    "SELECT id, issuer, client_id, auth_login_url FROM registration WHERE issuer = :iss AND client_id = :client"
)
OLD_LOGINS = "DELETE FROM login WHERE expires_at < :now"
OLD_SESSIONS = "DELETE FROM launch_session WHERE expires_at < :week"
NEW_LOGIN = """INSERT INTO login (registration_id, state_hash, nonce_hash, browser_hash, deployment_id, target_link_uri,
    storage_target, created_at, expires_at)
    VALUES (:registration, :state, :nonce, :browser, '', :target, '', :now, :ends)"""
LOGIN = """SELECT l.id, l.nonce_hash, l.browser_hash, l.target_link_uri, r.id, r.issuer, r.client_id, r.district_id
    FROM login l JOIN registration r ON r.id = l.registration_id
    WHERE l.state_hash = :state AND l.used_at IS NULL AND l.expires_at > :now AND r.disabled_at IS NULL"""
USED = "UPDATE login SET used_at = :now WHERE id = :login AND used_at IS NULL"
DEPLOYMENT = """SELECT id FROM deployment
    WHERE registration_id = :registration AND deployment_id = :deployment AND state = 'approved'"""
COURSE = """SELECT id, title, completions_read_at FROM course WHERE registration_id = :registration
    AND deployment_id = :deployment AND context_id = :context AND professional_learning_at IS NOT NULL"""
PERSON = """SELECT p.id, p.name, p.email, g.role FROM identity i JOIN person p ON p.id = i.person_id
    LEFT JOIN role_grant g ON g.person_id = p.id WHERE i.registration_id = :registration AND i.sub = :sub"""
MEMBER = """INSERT INTO membership (course_id, person_id, role, is_active, seen_at)
    VALUES (:course, :person, 'learner', :yes, :now) ON CONFLICT (course_id, person_id)
    DO UPDATE SET role = excluded.role, is_active = excluded.is_active, seen_at = excluded.seen_at"""
LINK = """INSERT INTO resource_link (course_id, resource_link_id, kind, title, line_item_url, own_line_item_url,
    placed_url, seen_at) VALUES (:course, :link, 'plan', :title, '', '', '', :now)
    ON CONFLICT (course_id, resource_link_id) DO UPDATE
    SET kind = excluded.kind, title = excluded.title, seen_at = excluded.seen_at"""
ASKED = """SELECT id FROM outbox_message WHERE key = :key AND state IN ('due', 'waiting', 'stopped')
    AND (leased_until IS NULL OR leased_until < :now) LIMIT 1"""
SESSION = """INSERT INTO launch_session (key_hash, cookie_seen, person_id, registration_id, deployment_id,
    course_id, context, is_course_designer, return_url, locale, time_zone, created_at, expires_at) VALUES
    (:key, :no, :person, :registration, :deployment, :course, :context, :no, '', 'en', 'UTC', :now, :ends)"""


class PlainLaunch:
    """The two endpoints over one connection of the driver itself."""

    def __init__(self, connection: Any, key: RSAPublicKey, *, is_postgresql: bool) -> None:
        self._connection, self._key, self._is_postgresql = connection, key, is_postgresql
        self.app = Flask("plain")
        self.app.add_url_rule("/lti/login", view_func=self.login, methods=["POST"])
        self.app.add_url_rule("/lti/launch", view_func=self.launch, methods=["POST"])

    def login(self) -> Response:
        """Note a login and send the browser to the LMS."""
        state, nonce, browser = (secrets.token_urlsafe(32) for _ in range(3))
        now, form = _now(), request.form
        with self._transaction():
            found = self._all(REGISTRATION, iss=form["iss"], client=form["client_id"])[0]
            self._run(OLD_LOGINS, now=now)
            self._run(OLD_SESSIONS, week=_now(timedelta(days=-7)))
            self._run(
                NEW_LOGIN, registration=found[0], state=_digest(state), nonce=_digest(nonce), browser=_digest(browser),
                target=form["target_link_uri"], now=now, ends=_now(timedelta(minutes=10)),
            )  # fmt: skip
        asked = {
            "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
            "client_id": found[2], "redirect_uri": form["target_link_uri"], "login_hint": form["login_hint"],
            "state": state, "nonce": nonce,
        }  # fmt: skip
        answer = redirect(f"{found[3]}&{urlencode(asked)}")
        _keep(answer, f"lg_login_{_digest(state)[:16]}", browser, "/lti/launch")
        return _closed(answer)

    def launch(self) -> Response:
        """Check the token, write what a launch leaves, and open a session."""
        state, now = request.form["state"], _now()
        with self._transaction(reads_only=True):
            row = self._all(LOGIN, state=_digest(state), now=now)[0]
        login, nonce, browser, target, registration, issuer, client_id, _district = row
        token = request.form["id_token"]
        claims = jwt.decode(token, self._key, algorithms=["RS256"], audience=client_id, issuer=issuer, leeway=60)
        cookie = f"lg_login_{_digest(state)[:16]}"
        is_right = hmac.compare_digest(_digest(claims["nonce"]), nonce) and claims[names.TARGET_LINK_URI] == target
        if not is_right or not hmac.compare_digest(_digest(request.cookies[cookie]), browser):
            return Response(status=401)
        key, kept = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        with self._transaction():
            self._arrive(login, registration, claims, now, _digest(key))
        answer = redirect(f"/s/{key}/", 303)
        _keep(answer, "lg_seen", "1", "/lti/login")
        _keep(answer, cookie, "", "/lti/launch")
        _keep(answer, f"lg_{key[:12]}", kept, f"/s/{key}")
        return _closed(answer)

    def _arrive(self, login: int, registration: int, claims: Mapping[str, Any], now: str, key: str) -> None:
        self._run(USED, now=now, login=login)
        deployment = self._all(DEPLOYMENT, registration=registration, deployment=claims[names.DEPLOYMENT_ID])[0][0]
        context, link = claims[names.CONTEXT], claims[names.RESOURCE_LINK]
        course = self._all(COURSE, registration=registration, deployment=deployment, context=context["id"])[0][0]
        person = self._all(PERSON, registration=registration, sub=claims["sub"])[0][0]
        self._run(MEMBER, course=course, person=person, yes=True, now=now)
        self._run(LINK, course=course, link=link["id"], title=link["title"], now=now)
        self._all(ASKED, key=f"completions:{course}", now=now)
        self._run(
            SESSION, key=key, person=person, registration=registration, deployment=deployment,
            course=course, context=json.dumps(context), no=False, now=now, ends=_now(timedelta(hours=10)),
        )  # fmt: skip

    @contextmanager
    def _transaction(self, *, reads_only: bool = False) -> Iterator[None]:
        around: AbstractContextManager[Any] = nullcontext()
        if self._is_postgresql:
            around = self._connection.transaction()
        else:
            self._connection.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")
        with around:
            yield
        if not self._is_postgresql:
            self._connection.execute("COMMIT")

    def _run(self, statement: str, **values: Any) -> Any:
        spelled = re.sub(r":(\w+)", r"%(\1)s", statement) if self._is_postgresql else statement
        return self._connection.execute(spelled, values)

    def _all(self, statement: str, **values: Any) -> list[Any]:
        return list(self._run(statement, **values).fetchall())


def _now(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).strftime("%Y-%m-%d %H:%M:%S.%f")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _keep(answer: Any, name: str, value: str, path: str) -> None:
    answer.set_cookie(
        name, value, path=path, max_age=600, secure=True, httponly=True, samesite="None", partitioned=True
    )


def _closed(answer: Any) -> Response:
    answer.headers.update(HEADERS)
    found: Response = answer
    return found
