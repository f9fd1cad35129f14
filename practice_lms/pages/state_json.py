"""What the LMS itself now says, as JSON for scripts: read only, and no part of any real LMS."""

from __future__ import annotations

from typing import Any

from flask import abort, request

from practice_lms import progress
from practice_lms.current import lms
from practice_lms.pages.blueprint import pages
from practice_lms.pages.gradebook import course_learners, grade_table
from practice_lms.pages.groups import groups_by_set
from practice_lms.state import Activity, Course, Grade, Group, LineItem, User


@pages.get("/practice/state/people")
def people_state() -> list[dict[str, Any]]:
    """Return everybody with an account."""
    return [_person(user) for user in lms().users.values()]


@pages.get("/practice/state/courses")
def courses_state() -> list[dict[str, Any]]:
    """Return every course with its activities, its people and how far its learners are."""
    return [_course(course) for course in lms().courses.values()]


@pages.get("/practice/state/gradebook")
def gradebook_state() -> dict[str, Any]:
    """Return the columns and the cells of one course's gradebook; `?course=<id>`."""
    course = _asked_course()
    table = grade_table(course, course_learners(course))
    columns = {line_item.id: line_item for line_item in table.line_items}
    return {
        "course": course.id,
        "line_items": [_line_item(each) for each in table.line_items],
        "grades": [_grade(cell, columns[cell.line_item_id]) for cell in table.cells.values()],
    }


@pages.get("/practice/state/groups")
def groups_state() -> dict[str, Any]:
    """Return the groups of one course under their set or grouping; `?course=<id>`."""
    course = _asked_course()
    return {
        "course": course.id,
        "sets": [
            {"name": name, "groups": [_group(group) for group in groups]}
            for name, groups in groups_by_set(course).items()
        ],
    }


def _asked_course() -> Course:
    return lms().courses.get(request.args.get("course", 0, int)) or abort(404, "Name a course: ?course=<id>.")


def _person(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "lti_id": user.lti_id,
        "login": user.login,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "position": user.position,
        "school": user.school,
        "administrator": user.administrator,
    }


def _course(course: Course) -> dict[str, Any]:
    return {
        "id": course.id,
        "context_id": course.context_id,
        "label": course.label,
        "title": course.title,
        "people": {lms().users[number].login: str(role) for number, role in course.enrolments.items()},
        "activities": [_activity(each) for each in lms().activities_of(course.id)],
        "progress": {user.login: _progress(course, user) for user in course_learners(course)},
    }


def _activity(activity: Activity) -> dict[str, Any]:
    return {
        "id": activity.id,
        "title": activity.title,
        "requirement": str(activity.requirement),
        "published": activity.published,
        "tool_id": activity.tool_id,
        "resource_link_id": activity.resource_link_id,
    }


def _progress(course: Course, user: User) -> dict[str, Any]:
    state = progress.course_progress(lms(), course, user.id)
    at = state.completed_at.isoformat() if state.completed_at else None
    return {"required": state.required, "completed": state.completed, "completed_at": at}


def _line_item(line_item: LineItem) -> dict[str, Any]:
    return {
        "id": line_item.id,
        "label": line_item.label,
        "score_maximum": line_item.score_maximum,
        "tool_id": line_item.tool_id,
        "activity_id": line_item.activity_id,
        "tag": line_item.tag,
        "resource_id": line_item.resource_id,
        "published": line_item.published,
    }


def _grade(grade: Grade, line_item: LineItem) -> dict[str, Any]:
    return {
        "line_item_id": grade.line_item_id,
        "line_item": line_item.label,
        "user_id": grade.user_id,
        "login": lms().users[grade.user_id].login,
        "score": grade.score,
        "score_maximum": line_item.score_maximum,
        "result_score": grade.result_score,
        "result_maximum": grade.result_maximum,
        "activity_progress": grade.activity_progress,
        "grading_progress": grade.grading_progress,
        "comments": grade.comments,
        "overridden": grade.overridden,
        "writes": grade.writes,
        "updated_at": grade.updated_at.isoformat() if grade.updated_at else None,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "idnumber": group.idnumber,
        "members": [lms().users[number].login for number in group.member_ids],
    }
