"""The parts of a record, one for each table that holds something about a person; each after those that it names.

A new table is one `Part` here. A new column goes into its `fields`, `refs` or `shared`, or into `left_out` with why.
"""

from __future__ import annotations

from lti_tool.grades.models import Completion, Reminder, Score, StrayResult
from lti_tool.home.record.part import Kept, Part
from lti_tool.home.record.parts_together import INDICATOR, OF_DISTRICT, TEAM, TO_A_SCHOOL, TOGETHER
from lti_tool.home.record.shared import CreditInWords, LearningInWords, Named
from lti_tool.launch.models import LaunchSession, Registration, ResourceLink
from lti_tool.people.models import (
    AuditEvent,
    Course,
    District,
    EducatorProfile,
    Identity,
    MatchingPause,
    Membership,
    Opportunity,
    Person,
    RoleGrant,
    School,
    Supervision,
)
from lti_tool.plans.models import (
    Activity,
    Audience,
    CommitteeMember,
    Declaration,
    DeclarationExemption,
    Evidence,
    EvidenceIndicator,
    Goal,
    GoalDraft,
    GoalIndicator,
    GoalRationale,
    GoalRevision,
    GrowthPlan,
    LedgerEntry,
    LicenceCycle,
    PlanChange,
    PlanReview,
    PlanReviewer,
    PlanSnapshot,
    ReviewComment,
    TemplateVersion,
    TryIt,
)
from lti_tool.teams.models import TeamMember

LEARNING, CREDIT = LearningInWords(), CreditInWords()
COURSE, SCHOOL = Named(Course, "title"), Named(School, "name")
SEEN_BY_ITS_OWNER = {"audience": Audience.PRIVATE}

OWN = (
    Part(
        "profile", Person, by="id", is_single=True,
        fields=("position", "educator_role", "grade_bands", "discipline", "name", "email", "created_at"),
        shared={"district_id": Named(District, "name"), "school_id": SCHOOL, "requested_school_id": SCHOOL},
        only_here=frozenset({"name", "email", "created_at", "district_id", "school_id", "requested_school_id"}),
    ),
    Part(
        "about_me", EducatorProfile, by="person_id",
        fields=("experience", "languages", "students", "formats", "times", "updated_at"),
    ),
    Part(
        "plans", GrowthPlan, by="person_id",
        fields=(
            "school_year", "state", "starts_on", "ends_on", "outcome", "is_restricted", "shared_kind", "shared_with",
            "shared_purpose", "shared_rhythm", "shared_products", "mid_year_words", "results_statement", "response",
            "submitted_at", "opened_at", "approved_at", "mid_year_at", "final_at", "signed_at", "closed_at",
            "created_at",
        ),
        shared={"template_version_id": Named(TemplateVersion, "name")}, only_here=frozenset({"template_version_id"}),
        left_out={
            **OF_DISTRICT, "carried_from_id": "the plan before it is in the record too",
            "answer_by": "it is for its readers here",
            "version": "it counts the saves of one instance",
        },
    ),
    Part(
        "goals", Goal, by="plan_id", under="plans",
        fields=(
            "headline", "kind", "practice_change", "student_result", "measure", "due_on", "with_whom", "company",
            "state", "met_at", "announced_at", "results_statement", "created_at", "updated_at",
        ),
        left_out={
            "version": "it counts the saves of one instance", "joined_goal_id": "it is somebody else's goal",
            "shared_goal_id": "it is a goal of the school or the district",
            "carried_from_id": "the goal before it is in the record too",
        },
    ),
    Part(
        "rationales", GoalRationale, by="goal_id", under="goals",
        fields=("kind", "source", "text", "dated_on", "link", "priority_text", "cleared"),
        left_out={"priority_id": "its text is told"},
    ),
    Part(
        "indicators", GoalIndicator, by="goal_id", under="goals", fields=("kept_at",),
        shared={"indicator_id": INDICATOR},
    ),
    Part(
        "card", Declaration, by="goal_id", under="goals", is_single=True,
        fields=("audience", "next_step", "offer", "wish", "declared_at"),
        only_here=frozenset({"audience"}), brought_as=SEEN_BY_ITS_OWNER, left_out=TO_A_SCHOOL,
    ),
    Part(
        "activities", Activity, by="plan_id", under="plans",
        fields=("looked_inside", "completed_at", "taken_back_at", "created_at"),
        refs={"goal_id": "goals"}, shared={"opportunity_id": LEARNING},
        left_out={"announced_at": "what is brought is of no course here of which anything could be announced"},
    ),
    Part(
        "try_its", TryIt, by="goal_id", under="goals",
        fields=("plan", "tried_on", "reflection", "opened_at", "done_at"),
        shared={"opportunity_id": LEARNING, "support_id": Named(Person, "name")}, only_here=frozenset({"support_id"}),
    ),
    Part(
        "evidence", Evidence, by="goal_id", under="goals",
        fields=(
            "kind", "title", "url", "reflection", "audience", "dated_on", "holds_students", "attested_at",
            "created_at", "updated_at",
        ),
        refs={"activity_id": "activities"},
        only_here=frozenset({"audience"}), brought_as=SEEN_BY_ITS_OWNER, left_out=TO_A_SCHOOL,
    ),
    Part("team_pause", MatchingPause, by="person_id", is_single=True, fields=("since",)),
    Part("speaks_to", EvidenceIndicator, by="evidence_id", under="evidence", shared={"indicator_id": INDICATOR}),
    Part(
        "changes", PlanChange, by="plan_id", under="plans", fields=("from_state", "to_state", "at"),
        shared={"actor_id": Named(Person, "name")}, only_here=frozenset({"actor_id"}),
    ),
    Part(
        "words_handed_in", PlanSnapshot, by="plan_id", under="plans", fields=("number", "reason", "words", "taken_at"),
    ),
    Part(
        "reviews", PlanReview, by="plan_id", under="plans",
        fields=("stage", "decision", "words", "signed_name", "at"),
        shared={"reviewer_id": Named(Person, "name")}, only_here=frozenset({"reviewer_id"}),
    ),
    Part(
        "comments", ReviewComment, by="plan_id", under="plans",
        fields=("field", "kind", "words", "created_at", "resolved_at"), refs={"goal_id": "goals"},
        shared={"author_id": Named(Person, "name")}, only_here=frozenset({"author_id"}),
        left_out={"reply_to_id": "replies follow what they answer"},
    ),
    Part(
        "ledger", LedgerEntry, by="person_id",
        fields=(
            "quantity", "hours", "earned_on", "source", "title", "note", "proof_url", "attested_at", "created_at",
            "withdrawn_at", "brought_at",
        ),
        refs={"activity_id": "activities", "plan_id": "plans"},
        shared={"credit_type_id": CREDIT, "opportunity_id": LEARNING},
        only_here=frozenset({"brought_at"}),
        left_out={**OF_DISTRICT, "session_key": "it names a session of one instance"},
    ),
    Part(
        "licence_cycles", LicenceCycle, by="person_id", fields=("starts_on", "ends_on", "needed", "created_at"),
        shared={"credit_type_id": CREDIT},
    ),
)  # fmt: skip

TOLD = (
    Part(
        "teams", TeamMember, by="person_id", kept=Kept.WORDS, fields=("state", "created_at", "accepted_at"),
        shared={"team_id": TEAM, "leaves_id": TEAM, "goal_id": Named(Goal, "headline")},
        left_out={"is_locked": "it is how a designer arranges proposals"},
    ),
    Part(
        "completions", Completion, by="person_id", kept=Kept.WORDS,
        fields=("source", "completed_at", "noticed_at", "withdrawn_at"), shared={"course_id": COURSE},
        left_out={
            **OF_DISTRICT,
            **dict.fromkeys(
                ("held_at", "held_why", "left_out_at", "recalled_at", "kept_at", "reviewed_at"),
                "it says what an administrator has looked at, or has yet to",
            ),
        },
    ),
    Part(
        "scores", Score, by="person_id", kept=Kept.WORDS,
        fields=("kind", "state", "achieved_at", "created_at", "sent_at", "confirmed_at", "outcome"),
        shared={"course_id": COURSE, "resource_link_id": Named(ResourceLink, "title")},
        left_out={
            **OF_DISTRICT, "timestamp": "it is sent_at as the LMS wants it",
            "line_item_url": "an address of the LMS", "cause": "the outcome says it in words",
            "shown": "it is what the gradebook of the LMS shows",
            "resend_id": "it says with whose scores an administrator had it sent again",
        },
    ),
)  # fmt: skip

HERE = (
    Part(
        "reminders", Reminder, by="person_id", is_single=True, kept=Kept.HERE,
        fields=("frequency", "email", "confirmed_at", "hook_url", "saved_at", "due_at"),
        left_out={
            "locale": "it is the language of the launch", "token": "it is a key that stops the reminders",
            "confirm_nonce": "it is a key that confirms the address",
        },
    ),
    Part(
        "unknown_results", StrayResult, by="person_id", kept=Kept.HERE, fields=("shown", "noticed_at"),
        shared={"course_id": COURSE}, left_out={**OF_DISTRICT, "left_at": "somebody else looked at it"},
    ),
    Part(
        "plans_to_read", PlanReviewer, by="person_id", kept=Kept.HERE, fields=("created_at",),
        left_out={"plan_id": "it is somebody else's plan"},
    ),
    Part(
        "committee", CommitteeMember, by="person_id", kept=Kept.HERE, fields=("created_at", "ended_at"),
        left_out=OF_DISTRICT,
    ),
    Part(
        "saved_versions", GoalRevision, by="saved_by_id", kept=Kept.HERE, fields=("version", "words", "saved_at"),
        shared={"goal_id": Named(Goal, "headline")},
        left_out=dict.fromkeys(("sheet", "turn"), "it orders the saves of one opened page"),
    ),
    Part(
        "drafts", GoalDraft, by="person_id", kept=Kept.HERE, fields=("words", "created_at", "saved_at"),
        shared={"goal_id": Named(Goal, "headline")},
        left_out=dict.fromkeys(("base_version", "writers", "sheet", "plan_id"), "it orders the saves of opened pages"),
    ),
    Part(
        "offers", Opportunity, by="host_id", kept=Kept.HERE,
        fields=(
            "kind", "title", "description", "url", "place", "hours", "starts_at", "retired_on", "next_step",
            "created_at",
        ),
        left_out={
            **OF_DISTRICT, "provider": "somebody outside of the district", "school_id": "the profile says it",
            "refreshed_on": "it is about courses", "unavailable_since": "it is about courses",
            "created_by_id": "it is about whoever entered it",
        },
    ),
    Part(
        "exemptions", DeclarationExemption, by="person_id", kept=Kept.HERE, fields=("created_at", "ended_at"),
        left_out={
            "granted_by_id": "it is about whoever granted it",
            "reason": "only whoever exempts sees it, whom its person can ask: a record goes through many hands",
        },
    ),
    Part(
        "named_as_support", TryIt, by="support_id", kept=Kept.HERE, fields=("opened_at",),
        left_out=dict.fromkeys(
            ("goal_id", "opportunity_id", "plan", "tried_on", "reflection", "done_at"), "somebody else wrote it"
        ),
    ),
    Part(
        "comments_written", ReviewComment, by="author_id", kept=Kept.HERE,
        fields=("field", "kind", "words", "created_at", "resolved_at"),
        left_out=dict.fromkeys(("plan_id", "goal_id", "reply_to_id"), "it is of somebody else's plan"),
    ),
    Part(
        "lms_accounts", Identity, by="person_id", kept=Kept.HERE, fields=("sub", "lms_user_id", "global_user_id"),
        shared={"registration_id": Named(Registration, "name")},
    ),
    Part(
        "courses", Membership, by="person_id", kept=Kept.HERE, fields=("role", "is_active", "seen_at"),
        shared={"course_id": COURSE},
    ),
    Part(
        "roles", RoleGrant, by="person_id", kept=Kept.HERE, fields=("role", "source", "created_at", "revoked_at"),
        left_out={"granted_by_id": "it is about whoever gave the role"},
    ),
    Part(
        "supervisors", Supervision, by="person_id", kept=Kept.HERE, fields=("source", "created_at", "ended_at"),
        shared={"supervisor_id": Named(Person, "name")},
    ),
    Part(
        "launches", LaunchSession, by="person_id", kept=Kept.HERE,
        fields=("context", "is_course_designer", "locale", "time_zone", "created_at", "expires_at"),
        shared={"course_id": COURSE, "registration_id": Named(Registration, "name")},
        left_out={
            "key_hash": "it opens the session", "cookie_seen": "it guards the session",
            "deployment_id": "it says the same as the registration", "deep_linking": "it answers an LMS in the midst",
            "return_url": "an address of the LMS",
        },
    ),
    Part(
        "acts", AuditEvent, by="actor_id", kept=Kept.HERE, fields=("action", "subject", "subject_id", "detail", "at"),
        left_out=OF_DISTRICT,
    ),
)  # fmt: skip

PARTS = (*OWN, *TOLD, *HERE, *TOGETHER)


def parts_under(name: str, among: tuple[Part, ...] = PARTS) -> list[Part]:
    """Return the parts whose rows hang on the rows of this one; of nothing, those that hang on the person."""
    return [part for part in among if part.under == name]
