"""The parts of a record that come of working together: what a person said and did in rooms, and passed on.

Of a conversation, the person's own words alone are told.
"""

from __future__ import annotations

from lti_tool.home.record.part import Kept, Part
from lti_tool.home.record.shared import IndicatorInWords, Named, TeamTold
from lti_tool.people.models import Opportunity, Person
from lti_tool.plans.models import Goal, PracticeCard, PracticeIndicator, PracticeTry
from lti_tool.teams.models import (
    Asking,
    Attendance,
    CheckIn,
    Commitment,
    HelpReply,
    HelpRequest,
    LeftAlone,
    ProposalRun,
    TeamChange,
    TeamCycle,
    TeamEnding,
    TeamSession,
    TeamWish,
    Visit,
    WishedPerson,
)

INDICATOR, TEAM = IndicatorInWords(), TeamTold()
OF_DISTRICT = {"district_id": "it is whichever district the person is in"}
TO_A_SCHOOL = {"school_id": "the audience says that it is a school, the profile which"}

TOGETHER = (
    Part(
        "left_alone", LeftAlone, by="person_id", kept=Kept.HERE, fields=("why",),
        shared={"run_id": Named(ProposalRun, "made_at"), "goal_id": Named(Goal, "headline")},
        left_out={
            "nearest_goal_id": "it is somebody else's goal", "likeness": "it is how somebody else's goal compares",
        },
    ),
    Part(
        "team_changes", TeamChange, by="person_id", kept=Kept.HERE,
        shared={
            "run_id": Named(ProposalRun, "made_at"), "goal_id": Named(Goal, "headline"), "team_id": TEAM,
            "leaves_id": TEAM,
        },
    ),
    Part(
        "wishes_of_designers", WishedPerson, by="person_id", kept=Kept.HERE,
        shared={"wish_id": Named(TeamWish, "kind")},
    ),
    Part(
        "attendance", Attendance, by="person_id", kept=Kept.HERE, fields=("noted_at",),
        shared={"session_id": Named(TeamSession, "starts_at")},
    ),
    Part(
        "ended_teams", TeamEnding, by="person_id", kept=Kept.HERE, fields=("name", "ended_at", "was_taken_out"),
        left_out={"team_id": "its name is told"},
    ),
    Part("asked_to_teams", Asking, by="person_id", kept=Kept.HERE, fields=("until",), shared={"team_id": TEAM}),
    Part(
        "check_ins", CheckIn, by="person_id", kept=Kept.HERE, fields=("state", "words", "at"),
        shared={"team_id": TEAM},
    ),
    Part(
        "questions", HelpRequest, by="person_id", kept=Kept.HERE,
        fields=("words", "opened_at", "answered_at", "closed_at"), shared={"team_id": TEAM},
    ),
    Part(
        "answers", HelpReply, by="person_id", kept=Kept.HERE, fields=("words", "at"),
        left_out={"request_id": "somebody else may have asked it"},
    ),
    Part(
        "visits", Visit, by="person_id", kept=Kept.HERE, fields=("joined_at", "note", "noted_at"),
        shared={"opportunity_id": Named(Opportunity, "title")},
    ),
    Part(
        "commitments", Commitment, by="person_id", kept=Kept.HERE,
        fields=("step", "words", "stated_at", "confirmed_at"),
        shared={
            "cycle_id": Named(TeamCycle, "starts_on"), "goal_id": Named(Goal, "headline"),
            "confirmed_by_id": Named(Person, "name"),
        },
    ),
    Part(
        "practices", PracticeCard, by="person_id", kept=Kept.HERE,
        fields=("title", "did", "with_whom", "needed", "would_change", "audience", "created_at", "retired_at"),
        shared={"goal_id": Named(Goal, "headline")}, left_out={**OF_DISTRICT, **TO_A_SCHOOL},
    ),
    Part(
        "indicators_of_practice", PracticeIndicator, by="card_id", under="practices", kept=Kept.HERE,
        shared={"indicator_id": INDICATOR},
    ),
    Part(
        "practice_tries", PracticeTry, by="person_id", kept=Kept.HERE,
        fields=("step", "words", "is_named", "at"), shared={"goal_id": Named(Goal, "headline")},
        left_out={"card_id": "somebody else wrote it"},
    ),
)  # fmt: skip
