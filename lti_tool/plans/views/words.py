"""How the pages of plans name states, rules, fields and what is missing."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_babel import LazyString, format_date, gettext, lazy_gettext, ngettext

from lti_tool.people.models import Person
from lti_tool.plans.lacks import Lack
from lti_tool.plans.models import (
    ApprovalRule,
    Collaboration,
    CommentKind,
    Decision,
    GoalKind,
    GrowthPlan,
    PlanOutcome,
    PlanState,
    SharedKind,
    Stage,
    TemplateVersion,
)
from lti_tool.plans.views.wording import KIND_WORDS as GOAL_KIND_WORDS

A_DAY = r"\d{4}-\d\d-\d\d"
STATE_WORDS: dict[PlanState, LazyString] = {
    PlanState.DRAFT: lazy_gettext("Being written"),
    PlanState.SUBMITTED: lazy_gettext("With its readers"),
    PlanState.CHANGES_REQUESTED: lazy_gettext("Changes are asked for"),
    PlanState.APPROVED: lazy_gettext("Approved, not active yet"),
    PlanState.ACTIVE: lazy_gettext("Active"),
    PlanState.MID_YEAR_DONE: lazy_gettext("Active, mid-year review done"),
    PlanState.FINAL_SUBMITTED: lazy_gettext("Its end is with its readers"),
    PlanState.CLOSED: lazy_gettext("Closed"),
    PlanState.WITHDRAWN: lazy_gettext("Withdrawn"),
    PlanState.SUPERSEDED: lazy_gettext("Goes on in another district"),
}
OUTCOME_WORDS = {
    PlanOutcome.MET: lazy_gettext("Its goals are met"),
    PlanOutcome.PARTLY: lazy_gettext("Its goals are partly met"),
    PlanOutcome.CARRIED_OVER: lazy_gettext("I go on with it in another plan"),
}
APPROVAL_WORDS = {
    ApprovalRule.SUPERVISOR: lazy_gettext("The supervisor agrees"),
    ApprovalRule.COMMITTEE: lazy_gettext("A committee of the district agrees"),
    ApprovalRule.PEERS: lazy_gettext("Colleagues whom the educator names agree"),
    ApprovalRule.COLLEAGUE: lazy_gettext("One colleague whom the educator names agrees"),
    ApprovalRule.NONE: lazy_gettext("Nobody has to agree"),
}
COLLABORATION_WORDS = {
    Collaboration.NONE: lazy_gettext("Not asked for"),
    Collaboration.ENCOURAGED: lazy_gettext("Encouraged"),
    Collaboration.REQUIRED: lazy_gettext("Required"),
}
SHARED_WORDS = {
    SharedKind.TEAM: lazy_gettext("A team at my school"),
    SharedKind.CROSS_SCHOOL: lazy_gettext("A team across schools"),
    SharedKind.MENTOR: lazy_gettext("A mentor pair"),
    SharedKind.OPEN_DOOR: lazy_gettext("An open-door exchange: we see each other's lessons"),
    SharedKind.COLLEAGUE: lazy_gettext("One colleague"),
}
SLOT_WORDS = {
    "educator": lazy_gettext("what the educator noticed"),
    "student": lazy_gettext("what students' work shows as a whole"),
    "system": lazy_gettext("what the school or district cares about"),
}
CHANGE_WORDS = {
    PlanState.DRAFT: lazy_gettext("Taken back"),
    PlanState.SUBMITTED: lazy_gettext("Handed in"),
    PlanState.CHANGES_REQUESTED: lazy_gettext("Changes asked for"),
    PlanState.APPROVED: lazy_gettext("Agreed to"),
    PlanState.ACTIVE: lazy_gettext("Active"),
    PlanState.MID_YEAR_DONE: lazy_gettext("Mid-year review done"),
    PlanState.FINAL_SUBMITTED: lazy_gettext("Handed in at its end"),
    PlanState.CLOSED: lazy_gettext("Closed"),
    PlanState.WITHDRAWN: lazy_gettext("Withdrawn"),
    PlanState.SUPERSEDED: lazy_gettext("Goes on in another district"),
}
SNAPSHOT_WORDS = {
    PlanState.SUBMITTED: lazy_gettext("Handed in"),
    PlanState.APPROVED: lazy_gettext("Agreed to"),
    PlanState.MID_YEAR_DONE: lazy_gettext("Handed in at mid-year"),
    PlanState.FINAL_SUBMITTED: lazy_gettext("Handed in at its end"),
}
KIND_WORDS = {
    CommentKind.PRAISE: lazy_gettext("Praise"),
    CommentKind.QUESTION: lazy_gettext("Question"),
    CommentKind.CHANGE: lazy_gettext("Request to change"),
}
DECISION_WORDS = {
    Decision.APPROVED: lazy_gettext("agreed"),
    Decision.CHANGES: lazy_gettext("asked for changes"),
    Decision.RESPONDED: lazy_gettext("answered"),
    Decision.SIGNED: lazy_gettext("signed"),
}
STAGE_WORDS = {
    Stage.APPROVAL: lazy_gettext("At the beginning"),
    Stage.MID_YEAR: lazy_gettext("In the middle"),
    Stage.FINAL: lazy_gettext("At the end"),
}
FIELD_WORDS = {
    "shared_kind": lazy_gettext("Learning with others"),
    "shared_with": lazy_gettext("With whom"),
    "shared_purpose": lazy_gettext("What for"),
    "shared_rhythm": lazy_gettext("How often"),
    "shared_products": lazy_gettext("What we will share"),
    "mid_year_words": lazy_gettext("How it goes, in the middle"),
    "headline": lazy_gettext("Goal"),
    "kind": lazy_gettext("What it is about"),
    "why_educator": lazy_gettext("Why it matters: my own work"),
    "why_student": lazy_gettext("Why it matters: my students as a whole"),
    "why_system": lazy_gettext("Why it matters: my school or district"),
    "indicators": lazy_gettext("Indicators of the standards"),
    "practice_change": lazy_gettext("What I will change in my practice"),
    "student_result": lazy_gettext("What will be different for my students"),
    "measure": lazy_gettext("How I will know"),
    "learning": lazy_gettext("Learning that serves it"),
    "with_whom": lazy_gettext("With whom"),
    "due_on": lazy_gettext("By when"),
    "results_statement": lazy_gettext("What came of it"),
}
LACK_WORDS = {
    "headline": lazy_gettext("“%(goal)s” needs a headline."),
    "why_educator": lazy_gettext("“%(goal)s”: say what in your own work tells you that this matters."),
    "why_student": lazy_gettext("“%(goal)s”: say what your students as a whole tell you."),
    "why_system": lazy_gettext("“%(goal)s”: say what your school or district cares about."),
    "indicators": lazy_gettext("“%(goal)s”: choose at least one indicator of the standards."),
    "practice_change": lazy_gettext("“%(goal)s”: say what you will change in your practice."),
    "student_result": lazy_gettext("“%(goal)s”: say what will be different for your students."),
    "measure": lazy_gettext("“%(goal)s”: say how you will know."),
    "due_on": lazy_gettext("“%(goal)s”: say by when."),
}


def said_lack(lack: Lack) -> str:
    """Return what is missing as a sentence that names the field."""
    match lack.part:
        case "goals":
            sentence = ngettext("Write at least %(num)d goal.", "Write at least %(num)d goals.", lack.needed)
        case "standards":
            sentence = ngettext(
                "Your goals have to work on at least %(num)d indicator of the standards.",
                "Your goals have to work on at least %(num)d different indicators of the standards.",
                lack.needed,
            )
        case "shared":
            sentence = gettext("Say what of it you learn with others: with whom, what for, how often, what you share.")
        case "evidence":
            sentence = ngettext(
                "Add at least %(num)d piece of evidence: open one of the goals below and add it there.",
                "Add at least %(num)d pieces of evidence: open the goals below and add them there.",
                lack.needed,
            )
        case "evidence_for_readers" | "readers" | "committee":
            sentence = _said_of_readers(lack)
        case part if part in LACK_WORDS:
            return str(LACK_WORDS[part]) % {"goal": lack.title}
        case part:
            name = FIELD_WORDS.get(part, part)
            return str(gettext("“%(goal)s”: fill in “%(field)s”.", goal=lack.title, field=name))
    return str(sentence)


def _said_of_readers(lack: Lack) -> str:
    """Return what those who are to read the plan lack."""
    match lack.part:
        case "readers":
            sentence = ngettext(
                "Name %(num)d colleague who reads it.", "Name %(num)d colleagues who read it.", lack.needed
            )
        case "committee":
            sentence = ngettext(
                "The committee of your district has too few members: %(num)d has to agree. An administrator of your"
                " district names them; their first page says so.",
                "The committee of your district has too few members: %(num)d have to agree. An administrator of your"
                " district names them; their first page says so.",
                lack.needed,
            )
        case _:
            sentence = ngettext(
                "Add at least %(num)d piece of evidence that your readers may see: open one of the goals below.",
                "Add at least %(num)d pieces of evidence that your readers may see: open the goals below.",
                lack.needed,
            )
    return str(sentence)


def said_readers(rules: TemplateVersion) -> str:
    """Return who has to agree, with how many of how many."""
    if rules.quorum == rules.reviewers == 1 or rules.is_restricted:
        return str(APPROVAL_WORDS[rules.approval])
    how_many = gettext("%(quorum)s of %(all)s", quorum=rules.quorum, all=rules.reviewers)
    return f"{APPROVAL_WORDS[rules.approval]}: {how_many}"


def said_length(rules: TemplateVersion) -> str:
    """Return how long such a plan lasts, in years where they are whole ones."""
    years, rest = divmod(rules.months, 12)
    if rest:
        return str(ngettext("%(num)d month", "%(num)d months", rules.months))
    return str(ngettext("%(num)d year", "%(num)d years", years))


def said_start(rules: TemplateVersion) -> str:
    """Return on which day of each year such a plan begins."""
    return str(format_date(date(2027, rules.start_month or 1, rules.start_day or 1), "d MMMM", rebase=False))


def said_state(plan: GrowthPlan, person: Person) -> str:
    """Return where a plan stands for this person, in words."""
    if plan.state is PlanState.FINAL_SUBMITTED and plan.signed_at:
        return str(gettext("Signed; waits for its owner to have read it"))
    if plan.is_at_mid_year and plan.state_for(person) is PlanState.APPROVED:
        return str(gettext("Approved, not active yet; the mid-year words are with its readers"))
    if plan.is_at_mid_year:
        return str(gettext("Active; the mid-year words are with its readers"))
    return str(STATE_WORDS[plan.state_for(person)])


def said_field(field: str, text: str) -> str:
    """Return the text of a field as people read it: a choice by its words, a date as dates are said."""
    if (field == "due_on" or field.endswith("_dated_on")) and re.fullmatch(A_DAY, text):
        return _said_day(text)
    if field == "learning":
        return re.sub(rf"\(({A_DAY})\)$", lambda day: f"({_said_end(day[1])})", text, flags=re.MULTILINE)
    if field == "kind" and text in set(GoalKind):
        return str(GOAL_KIND_WORDS[GoalKind(text)])
    if field == "shared_kind" and text in set(SharedKind):
        return str(SHARED_WORDS[SharedKind(text)])
    return text


def _said_day(day: str) -> str:
    return str(format_date(date.fromisoformat(day), "d MMMM y", rebase=False))


def _said_end(day: str) -> str:
    return str(gettext("finished %(day)s", day=_said_day(day)))


def all_words() -> dict[str, Any]:
    """Return what templates say plans with."""
    return {
        "outcome_words": OUTCOME_WORDS,
        "approval_words": APPROVAL_WORDS,
        "collaboration_words": COLLABORATION_WORDS,
        "shared_words": SHARED_WORDS,
        "slot_words": SLOT_WORDS,
        "change_words": CHANGE_WORDS,
        "snapshot_words": SNAPSHOT_WORDS,
        "comment_kind_words": KIND_WORDS,
        "decision_words": DECISION_WORDS,
        "stage_words": STAGE_WORDS,
        "field_words": FIELD_WORDS,
        "said_lack": said_lack,
        "said_readers": said_readers,
        "said_length": said_length,
        "said_start": said_start,
        "said_state": said_state,
        "said_field": said_field,
    }
