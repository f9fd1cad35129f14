"""What pylti1p3 asks about registrations, answered for the one registration at hand; one object per request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment
from pylti1p3.exception import OIDCException
from pylti1p3.registration import Registration as LtiRegistration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool.launch.models import Registration


class LtiRequest(Request):
    """The parameters of a request, without a session."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.parameters = parameters

    @property
    def session(self) -> dict[str, Any]:
        return {}

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        return self.parameters.get(key, "")


class NoCookies(CookieService):
    """Cookies are the view's business; pylti1p3 reads and sets none."""

    def get_cookie(self, name: str) -> str | None:  # noqa: ARG002
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        raise NotImplementedError


class OnePlatform(ToolConfAbstract[LtiRequest]):
    """The configuration of exactly one registration, which the request has already been matched with."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration

    def check_iss_has_one_client(self, iss: str) -> bool:  # noqa: ARG002
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:  # noqa: ARG002
        return True

    def find_registration_by_issuer(self, iss: str, *_args: Any, **_kwargs: Any) -> LtiRegistration:
        return self.find_registration_by_params(iss, self.registration.client_id)

    def find_registration_by_params(self, iss: str, client_id: str, *_args: Any, **_kwargs: Any) -> LtiRegistration:
        """Return the registration, if issuer and (where it is given) client id are its own."""
        ours = self.registration
        if iss != ours.issuer or (client_id and client_id != ours.client_id):
            raise OIDCException("The issuer or the client id belongs to another registration.")
        return lti_registration(ours)

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        return self.find_deployment_by_params(iss, deployment_id, self.registration.client_id)

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_args: Any, **_kwargs: Any
    ) -> Deployment | None:
        """Return the deployment unexamined: whether it is let in is decided where it can be recorded."""
        del iss, client_id
        return Deployment().set_deployment_id(deployment_id)


def lti_registration(registration: Registration) -> LtiRegistration:
    """Return pylti1p3's form of a registration."""
    return (
        LtiRegistration()
        .set_issuer(registration.issuer)
        .set_client_id(registration.client_id)
        .set_auth_login_url(registration.auth_login_url)
        .set_auth_token_url(registration.auth_token_url)
        .set_key_set_url(registration.key_set_url)
    )


def no_session(request: LtiRequest) -> SessionService:
    """Return a session service that keeps nothing beyond the request."""
    return SessionService(request)
