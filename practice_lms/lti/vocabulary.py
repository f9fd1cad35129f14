"""Names that LTI 1.3 and its services give to things: claims, scopes, media types, messages and roles."""

from __future__ import annotations

from enum import StrEnum

PURL = "https://purl.imsglobal.org/spec/"
CLAIM = f"{PURL}lti/claim/"
DEEP_LINKING_CLAIM = f"{PURL}lti-dl/claim/"
AGS_CLAIM = f"{PURL}lti-ags/claim/endpoint"
NRPS_CLAIM = f"{PURL}lti-nrps/claim/namesroleservice"
TOOL_CONFIGURATION = f"{PURL}lti-tool-configuration"
PLATFORM_CONFIGURATION = f"{PURL}lti-platform-configuration"
LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
MEMBERSHIP = f"{LIS}membership#"
INSTITUTION = f"{LIS}institution/person#"
SYSTEM = f"{LIS}system/person#"
CANVAS = "https://canvas.instructure.com/lti/"
CANVAS_SUBMISSION = f"{CANVAS}submission"
VERSION = "1.3.0"
CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Scope(StrEnum):
    """What an access token may be asked for."""

    LINE_ITEM = f"{PURL}lti-ags/scope/lineitem"
    LINE_ITEM_READ = f"{PURL}lti-ags/scope/lineitem.readonly"
    RESULT_READ = f"{PURL}lti-ags/scope/result.readonly"
    SCORE = f"{PURL}lti-ags/scope/score"
    MEMBERSHIP_READ = f"{PURL}lti-nrps/scope/contextmembership.readonly"
    NOTICE_HANDLERS = f"{PURL}lti/scope/noticehandlers"


AGS_SCOPES = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ, Scope.RESULT_READ, Scope.SCORE)


class MediaType(StrEnum):
    """How the services name what they carry."""

    LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
    LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
    RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
    SCORE = "application/vnd.ims.lis.v1.score+json"
    MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


class Message(StrEnum):
    """The messages that a launch can carry."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
