"""Forms of plans."""

from __future__ import annotations

from lti_tool.plans.schemas.activities import FinishForm, LookedForm, ReflectionForm, TryPlanForm
from lti_tool.plans.schemas.cards import CardForm
from lti_tool.plans.schemas.drafts import digests_of, sheet_of, typed_words
from lti_tool.plans.schemas.evidence import EvidenceForm
from lti_tool.plans.schemas.fields import typed_with_indicators
from lti_tool.plans.schemas.goals import GoalForm, LongText, PriorityForm
from lti_tool.plans.schemas.hours import CreditTypeForm, CycleForm, EntryForm
from lti_tool.plans.schemas.plans import CommentForm, EndForm, MidYearForm, ReaderForm, SharedForm
from lti_tool.plans.schemas.policy import ExemptionForm, PolicyForm
from lti_tool.plans.schemas.templates import TemplateForm, typed_rules

__all__ = [
    "CardForm",
    "CommentForm",
    "CreditTypeForm",
    "CycleForm",
    "EndForm",
    "EntryForm",
    "EvidenceForm",
    "ExemptionForm",
    "FinishForm",
    "GoalForm",
    "LongText",
    "LookedForm",
    "MidYearForm",
    "PolicyForm",
    "PriorityForm",
    "ReaderForm",
    "ReflectionForm",
    "SharedForm",
    "TemplateForm",
    "TryPlanForm",
    "digests_of",
    "sheet_of",
    "typed_rules",
    "typed_with_indicators",
    "typed_words",
]
