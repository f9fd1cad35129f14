"""Reads about teams: whose goals can be matched, the teams and their goals, and what is in a team's room."""

from __future__ import annotations

from lti_tool.teams.queries.apart import clashes_in, may_not_be_teamed, reviews_any
from lti_tool.teams.queries.candidates import (
    LIVE,
    MATCHED_AUDIENCES,
    MOST_TEAMS,
    candidate_for,
    candidates_of,
    candidates_with_room,
    count_teams,
    free_candidates,
    is_matched,
    is_over,
    matched_goals,
    may_still_join,
    told_achievements,
)
from lti_tool.teams.queries.changes import (
    ChangeNow,
    change_of,
    changes_now,
    changes_of,
    changes_page,
    last_look,
    seats_in,
)
from lti_tool.teams.queries.differences import differences_of
from lti_tool.teams.queries.enrolment import account_in, courses_for, marked_course, not_enrolled
from lti_tool.teams.queries.goals import visible_goal
from lti_tool.teams.queries.inviting import (
    asked_by_designers,
    has_a_seat,
    invited_by_members,
    seems_to_wait,
    who_could_join,
)
from lti_tool.teams.queries.listing import TeamList, locked_alone, targets_for, teams_in
from lti_tool.teams.queries.proposals import (
    MATCH,
    count_without_team,
    key_of_matching,
    last_run,
    matching_of,
    people_without_team,
    proposals_in,
    scope_asked,
)
from lti_tool.teams.queries.rare import own_rare_goal, rare_goals
from lti_tool.teams.queries.readiness import MOST_BY_HAND, Readiness, readiness
from lti_tool.teams.queries.seats import teams_with_a_seat
from lti_tool.teams.queries.teams import (
    goal_to_start_from,
    like_goals,
    mates_of,
    team_now,
    team_of_district,
    team_of_member,
    team_seen_from_outside,
    teams_of,
)
from lti_tool.teams.queries.wishes import apart_from, apart_wished, bonds_of, groups_wished, wish_of, wishes_of

__all__ = [
    "LIVE",
    "MATCH",
    "MATCHED_AUDIENCES",
    "MOST_BY_HAND",
    "MOST_TEAMS",
    "ChangeNow",
    "Readiness",
    "TeamList",
    "account_in",
    "apart_from",
    "apart_wished",
    "asked_by_designers",
    "bonds_of",
    "candidate_for",
    "candidates_of",
    "candidates_with_room",
    "change_of",
    "changes_now",
    "changes_of",
    "changes_page",
    "clashes_in",
    "count_teams",
    "count_without_team",
    "courses_for",
    "differences_of",
    "free_candidates",
    "goal_to_start_from",
    "groups_wished",
    "has_a_seat",
    "invited_by_members",
    "is_matched",
    "is_over",
    "key_of_matching",
    "last_look",
    "last_run",
    "like_goals",
    "locked_alone",
    "marked_course",
    "matched_goals",
    "matching_of",
    "mates_of",
    "may_not_be_teamed",
    "may_still_join",
    "not_enrolled",
    "own_rare_goal",
    "people_without_team",
    "proposals_in",
    "rare_goals",
    "readiness",
    "reviews_any",
    "scope_asked",
    "seats_in",
    "seems_to_wait",
    "targets_for",
    "team_now",
    "team_of_district",
    "team_of_member",
    "team_seen_from_outside",
    "teams_in",
    "teams_of",
    "teams_with_a_seat",
    "told_achievements",
    "visible_goal",
    "who_could_join",
    "wish_of",
    "wishes_of",
]
