"""Tables of plans, one file per part. The words in them belong to their owner; nobody else may change one."""

from __future__ import annotations

from lti_tool.plans.models.activities import IS_FINISHED, Activity, LookedInside, TryIt
from lti_tool.plans.models.brought import Brought, BroughtKind
from lti_tool.plans.models.declarations import (
    Audience,
    Declaration,
    DeclarationExemption,
    DeclarationPolicy,
    DeclarationRule,
    ExemptionReason,
)
from lti_tool.plans.models.evidence import Evidence, EvidenceIndicator, EvidenceKind
from lti_tool.plans.models.goals import WORTH_SAYING, Company, Goal, GoalIndicator, GoalKind, GoalState
from lti_tool.plans.models.hours import CreditType, EntrySource, LedgerEntry, LicenceCycle
from lti_tool.plans.models.plans import GrowthPlan, PlanOutcome, PlanState, SharedKind
from lti_tool.plans.models.practices import PracticeCard, PracticeIndicator, PracticeTry, TryStep
from lti_tool.plans.models.rationales import SOURCES, GoalRationale, Priority, RationaleKind, RationaleSource
from lti_tool.plans.models.reviews import (
    CommentKind,
    CommitteeMember,
    Decision,
    PlanChange,
    PlanReview,
    PlanReviewer,
    PlanSnapshot,
    ReviewComment,
    Stage,
)
from lti_tool.plans.models.revisions import GoalDraft, GoalRevision
from lti_tool.plans.models.shared_goals import SharedGoal
from lti_tool.plans.models.templates import RATIONALE_SLOTS, ApprovalRule, Collaboration, PlanTemplate, TemplateVersion

__all__ = [
    "IS_FINISHED",
    "RATIONALE_SLOTS",
    "SOURCES",
    "WORTH_SAYING",
    "Activity",
    "ApprovalRule",
    "Audience",
    "Brought",
    "BroughtKind",
    "Collaboration",
    "CommentKind",
    "CommitteeMember",
    "Company",
    "CreditType",
    "Decision",
    "Declaration",
    "DeclarationExemption",
    "DeclarationPolicy",
    "DeclarationRule",
    "EntrySource",
    "Evidence",
    "EvidenceIndicator",
    "EvidenceKind",
    "ExemptionReason",
    "Goal",
    "GoalDraft",
    "GoalIndicator",
    "GoalKind",
    "GoalRationale",
    "GoalRevision",
    "GoalState",
    "GrowthPlan",
    "LedgerEntry",
    "LicenceCycle",
    "LookedInside",
    "PlanChange",
    "PlanOutcome",
    "PlanReview",
    "PlanReviewer",
    "PlanSnapshot",
    "PlanState",
    "PlanTemplate",
    "PracticeCard",
    "PracticeIndicator",
    "PracticeTry",
    "Priority",
    "RationaleKind",
    "RationaleSource",
    "ReviewComment",
    "SharedGoal",
    "SharedKind",
    "Stage",
    "TemplateVersion",
    "TryIt",
    "TryStep",
]
