"""A platform of the tests' own: it signs whatever it is told to, so that each check meets its message."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.db import Database
from lti_tool.launch import names
from lti_tool.launch.models import Deployment, DeploymentState, Family, LaunchSession, Registration
from lti_tool.people.models import District, Person
from practice_lms.keys import PlatformKeys

TOOL_URL = "http://localhost"
LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
LEARNER = f"{LIS}membership#Learner"
INSTRUCTOR = f"{LIS}membership#Instructor"
UNKNOWN_ROLE = f"{LIS}unknown/unknown#Helper"
MISSING: Any = object()
"""As the value of a claim: leave the claim out."""
NO_NAMES = dict.fromkeys(("name", "given_name", "family_name"), MISSING)
NO_EMAIL = {"email": MISSING}


@dataclass
class SigningPlatform:
    """One registered platform and its keys, published at `key_set_url`."""

    key_set_url: str
    keys: PlatformKeys
    issuer: str = "https://lms.example.test"
    client_id: str = "client-1"
    deployment_id: str = "deployment-1"
    family: Family = Family.OTHER
    tool_url: str = TOOL_URL
    services_url: str = ""
    """Where tokens, rosters and grades are, if not at the issuer."""
    registration: Registration = field(init=False)

    def registered(self, db, district: District, *, staff_only: bool = False, deployed: bool = True) -> SigningPlatform:
        """Register the platform with the tool."""
        self.registration = Registration(
            district_id=district.id, login_key=f"login-{self.client_id}", family=self.family, issuer=self.issuer,
            client_id=self.client_id, auth_login_url=f"{self.issuer}/auth?tenant=7", staff_only=staff_only,
            auth_token_url=f"{self.services_url or self.issuer}/token", key_set_url=self.key_set_url,
            frame_origins=[self.issuer],
        )  # fmt: skip
        db.add(self.registration)
        if deployed:
            state = DeploymentState.APPROVED
            db.add(Deployment(registration=self.registration, deployment_id=self.deployment_id, state=state))
        db.flush()
        return self

    def begin(self, client: FlaskClient, **changed: str) -> dict[str, str]:
        """Begin a login; return the parameters of the authentication request."""
        response = self.initiate(client, **changed)
        assert response.status_code == 302, response.text
        query = parse_qs(urlsplit(response.headers["Location"]).query, strict_parsing=True)
        return {name: values[-1] for name, values in query.items()}

    def initiate(self, client: FlaskClient, *, login_key: str = "", headers=None, **changed: str) -> TestResponse:
        """Send the login initiation."""
        fields = {
            "iss": self.issuer,
            "login_hint": "hint & more",
            "target_link_uri": f"{self.tool_url}/lti/launch",
            "client_id": self.client_id,
            **changed,
        }
        path = f"/lti/login/{login_key}" if login_key else "/lti/login"
        return client.post(path, data=fields, headers=headers)

    def claims(self, nonce: str, /, **changed: Any) -> dict[str, Any]:
        """Return the claims of a valid launch, with some changed or left out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": self.client_id, "sub": "user-1", "nonce": nonce, "iat": now, "exp": now + 60,
            "name": "Ana Ruiz", "given_name": "Ana", "family_name": "Ruiz", "email": "ana@example.test",
            names.MESSAGE_TYPE: "LtiResourceLinkRequest", names.VERSION: "1.3.0",
            names.DEPLOYMENT_ID: self.deployment_id, names.TARGET_LINK_URI: f"{self.tool_url}/lti/launch",
            names.RESOURCE_LINK: {"id": "link-1", "title": "A link"}, names.ROLES: [INSTRUCTOR],
            names.CONTEXT: {"id": "course-1", "label": "PD1", "title": "A course", "type": ["CourseSection"]},
            **changed,
        }  # fmt: skip
        return {name: value for name, value in claims.items() if value is not MISSING}

    def sign(self, claims: Any, *, key: RSAPrivateKey | None = None, algorithm: str = "RS256", **header: Any) -> str:
        """Return the claims signed by the newest key; a header set to MISSING is left out."""
        kid, newest = list(self.keys.pairs.items())[-1]
        headers = {name: value for name, value in {"kid": kid, **header}.items() if value is not MISSING}
        payload = json.dumps(claims).encode()
        return jwt.PyJWS().encode(payload, key or newest, algorithm=algorithm, headers=headers)

    def answer(self, client: FlaskClient, state: str, token: str, **fields: str) -> TestResponse:
        """Post the authentication response."""
        return client.post("/lti/launch", data={"state": state, "id_token": token, **fields})

    def launch(self, client: FlaskClient, **changed: Any) -> TestResponse:
        """Do a whole launch, with some claims changed."""
        asked = self.begin(client)
        return self.answer(client, asked["state"], self.sign(self.claims(asked["nonce"], **changed)))


def assert_refused(response: TestResponse, reason: str, database: Database) -> None:
    """Hold a refusal to its page, its reason, and to leaving nothing behind."""
    assert response.status_code in {400, 401, 403}, response.text
    assert reason in response.text
    assert "<h1>" in response.text
    assert "Set-Cookie" not in response.headers
    with database.reading() as db:
        assert db.scalar(select(func.count(LaunchSession.id))) == 0
        assert db.scalar(select(func.count(Person.id))) == 0


def new_key() -> RSAPrivateKey:
    """Return a key that no platform published."""
    return generate_private_key(public_exponent=65537, key_size=2048)
