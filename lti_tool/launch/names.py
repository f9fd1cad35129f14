"""Names that LTI 1.3 gives to its claims and messages, and the scopes that the tool asks for."""

from __future__ import annotations

from enum import StrEnum

from lti_tool.lms.platform import Scope

PURL = "https://purl.imsglobal.org/spec/"
CLAIM = f"{PURL}lti/claim/"
DEPLOYMENT_ID = f"{CLAIM}deployment_id"
MESSAGE_TYPE = f"{CLAIM}message_type"
VERSION = f"{CLAIM}version"
TARGET_LINK_URI = f"{CLAIM}target_link_uri"
ROLES = f"{CLAIM}roles"
CONTEXT = f"{CLAIM}context"
RESOURCE_LINK = f"{CLAIM}resource_link"
CUSTOM = f"{CLAIM}custom"
LAUNCH_PRESENTATION = f"{CLAIM}launch_presentation"
AGS = f"{PURL}lti-ags/claim/endpoint"
NRPS = f"{PURL}lti-nrps/claim/namesroleservice"
DEEP_LINKING_SETTINGS = f"{PURL}lti-dl/claim/deep_linking_settings"
CONTENT_ITEMS = f"{PURL}lti-dl/claim/content_items"
DEEP_LINKING_DATA = f"{PURL}lti-dl/claim/data"
DEEP_LINKING_MESSAGE = f"{PURL}lti-dl/claim/msg"
DEEP_LINKING_ERROR = f"{PURL}lti-dl/claim/errormsg"
DEEP_LINKING_ERROR_LOG = f"{PURL}lti-dl/claim/errorlog"
NOTICE = f"{CLAIM}notice"
NOTICE_SERVICE = f"{CLAIM}platformnotificationservice"
ORIGIN_CONTEXTS = f"{CLAIM}origin_contexts"
TOOL_CONFIGURATION = f"{PURL}lti-tool-configuration"
PLATFORM_CONFIGURATION = f"{PURL}lti-platform-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
LTI_VERSION = "1.3.0"


class MessageType(StrEnum):
    """The messages that the tool answers."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


class NoticeType(StrEnum):
    """The notices that the tool asks for (Platform Notification Service 1.0, 5)."""

    CONTEXT_COPY = "LtiContextCopyNotice"


ASKED_SCOPES = tuple(scope for scope in Scope if scope is not Scope.NOTICE_HANDLERS)
"""What every LMS is asked for; for notices only one that offers them is."""
