"""A team as a group of a Canvas course (groups_controller.rb, group_membership.rb).

In one category nobody can be in two groups: joining a second one silently ends the first membership. So each cycle has
a family of as many categories as it takes, and nobody is put into a group while another of its category has the person.
A team has a group in each cycle that it was in; whoever leaves the team leaves all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from lti_tool.errors import LMSRejectedError, LMSWaitingError
from lti_tool.lms.rest import SET_NAME, GroupRead, GroupSpec, gone
from lti_tool.lms.schemas import CanvasGroupSchema, MembershipSchema, NamedSchema, parse

if TYPE_CHECKING:
    from lti_tool.lms.canvas import CanvasRest

Named = dict[str, str]
OURS = "like-goals-"
"""How the mark in the description of every group of the tool's begins."""
TRIES = 3
REFUSED = (400, 404)
"""What Canvas answers where a group is full, or a person or a membership is gone meanwhile."""


def sync_group(canvas: CanvasRest, course_id: str, spec: GroupSpec) -> GroupRead:
    """Make the group and set who is in it, of those the tool answers for, one by one."""
    course = _Course(canvas, course_id, spec)
    found = course.found()
    if found is None and (course.is_known or not spec.may_be_made):
        course.take_out()
        return gone(spec)
    group = found or course.made()
    present = course.memberships(group["id"])
    elsewhere = course.elsewhere(group) if set(course.wanted).difference(present) else set()
    removed = {each for each in spec.seen if course.is_known and each not in present and each not in elsewhere}
    for user_id in course.wanted:
        if user_id not in present and user_id not in elsewhere and user_id not in removed:
            course.join(group, user_id)
    course.take_out(group)
    if not spec.given_name and group["name"] != spec.name:
        group = course.renamed(group)
    return course.read_back(group, removed, elsewhere)


class _Course:
    """What a sync reads of a course, and changes there."""

    def __init__(self, canvas: CanvasRest, course_id: str, spec: GroupSpec) -> None:
        self._canvas, self._path, self._spec = canvas, f"courses/{course_id}", spec

    @cached_property
    def enrolled(self) -> set[str]:
        return self._enrolled_now()

    def _enrolled_now(self) -> set[str]:
        return {each["id"] for each in self._named(f"{self._path}/users")}

    @property
    def is_known(self) -> bool:
        """Whether the group of this cycle was there once."""
        return bool(self._spec.set_id and self._spec.group_id)

    @property
    def wanted(self) -> list[str]:
        return [each for each in self._spec.members if each in self.enrolled]

    @cached_property
    def marked(self) -> list[Named]:
        """The groups of the team that are known by their mark: of this cycle, and of those before."""
        ours = (each["id"] for each in self._categories() if each["name"].startswith(SET_NAME))
        groups = itertools.chain.from_iterable(map(self._groups, ours))
        return [each for each in groups if self._spec.idnumber in each["description"].split()]

    def found(self) -> Named | None:
        """Return the group of this cycle by the id that is known of it, else by its mark."""
        if self.is_known:
            try:
                found: Named = parse(NamedSchema(), self._canvas.get(f"groups/{self._spec.group_id}"))
            except LMSRejectedError as error:
                if error.http_status != 404:
                    raise
            else:
                return found
        family = {each["id"] for each in self._family(self._categories())}
        return next((each for each in self.marked if each["group_category_id"] in family), None)

    def made(self) -> Named:
        """Make the group in the first category of the cycle where nobody of the wanted is in a group yet."""
        set_id = self._free_category()
        form = {"name": self._spec.name, "description": self._spec.idnumber, "join_level": "invitation_only"}
        answer = self._canvas.send("POST", f"group_categories/{set_id}/groups", **form)
        return {**parse(NamedSchema(), answer.json()), "group_category_id": set_id}

    def renamed(self, group: Named) -> Named:
        """Give the group the team's name."""
        answer = self._canvas.send("PUT", f"groups/{group['id']}", name=self._spec.name)
        return {**group, "name": parse(NamedSchema(), answer.json())["name"]}

    def take_out(self, group: Named | None = None) -> None:
        """Take whom the tool put in, and who is no longer wanted, out of this group and all others of the team."""
        leavers = self._spec.leavers
        groups = [*self.marked, *([group] if group else [])] if leavers else []
        for group_id in {each["id"] for each in groups}:
            present = self.memberships(group_id)
            for user_id in leavers.intersection(present):
                self.change("DELETE", f"groups/{group_id}/memberships/{present[user_id]}")

    def memberships(self, group_id: str) -> dict[str, str]:
        """Return the ids of memberships by the ids of people."""
        found = parse(MembershipSchema(), list(self._canvas.all_of(f"groups/{group_id}/memberships")), many=True)
        return {each["user_id"]: each["id"] for each in found if each["workflow_state"] == "accepted"}

    def elsewhere(self, group: Named) -> set[str]:
        """Return who is in another group of the same category, and would silently lose that one."""
        others = [each["id"] for each in self._groups(group["group_category_id"]) if each["id"] != group["id"]]
        return self._people_in(others)

    def join(self, group: Named, user_id: str) -> None:
        """Put somebody in, but for whoever has left the course meanwhile.

        Canvas refuses that person in the same words in which it refuses whoever may not manage groups.
        """
        try:
            self.change("POST", f"groups/{group['id']}/memberships", user_id=user_id)
        except LMSWaitingError:
            self.enrolled = self._enrolled_now()
            if user_id in self.enrolled:
                raise

    def change(self, method: str, path: str, **form: str) -> None:
        """Change one membership; one that Canvas refuses shows in what is read back."""
        try:
            self._canvas.send(method, path, **form)
        except LMSRejectedError as error:
            if error.http_status not in REFUSED:
                raise

    def read_back(self, group: Named, removed: set[str], elsewhere: set[str]) -> GroupRead:
        spec, present = self._spec, self.memberships(group["id"])
        absent = [each for each in spec.members if each not in present]
        enrolled = [each for each in absent if each in self.enrolled]
        return GroupRead(
            group_id=group["id"],
            set_id=group["group_category_id"],
            name=group["name"],
            members=tuple(each for each in spec.members if each in present),
            missing=tuple(each for each in absent if each not in self.enrolled),
            others=tuple(sorted(set(present) - set(spec.members))),
            elsewhere=tuple(each for each in enrolled if each in elsewhere),
            removed=tuple(each for each in enrolled if each in removed),
            refused=tuple(each for each in enrolled if each not in elsewhere and each not in removed),
        )

    def _free_category(self, tries: int = TRIES) -> str:
        """Return a category for a new group; where somebody else takes its name meanwhile, look once more."""
        categories = self._categories()
        ours = (each["id"] for each in self._family(categories) if self._is_ours(each["id"]))
        free = next((each for each in ours if self._people_in(self._ids(each)).isdisjoint(self.wanted)), None)
        if free is not None:
            return free
        taken = {each["name"] for each in categories}
        name = next(name for name in self._family_names() if name not in taken)
        try:
            answer = self._canvas.send("POST", f"{self._path}/group_categories", name=name)
        except LMSRejectedError as error:
            if error.http_status != 400 or tries <= 1:
                raise
            return self._free_category(tries - 1)
        return str(parse(NamedSchema(), answer.json())["id"])

    def _is_ours(self, set_id: str) -> bool:
        """Return whether a category of this name is the tool's, and not one that somebody made by hand for others."""
        groups = self._groups(set_id)
        return not groups or any(each["description"].startswith(OURS) for each in groups)

    def _family(self, categories: Iterable[Named]) -> list[Named]:
        """Return the categories of the cycle in the order in which they are filled."""
        found = {each["name"]: each for each in categories}
        names = itertools.islice(self._family_names(), len(found))
        return [found[name] for name in names if name in found]

    def _family_names(self) -> Iterator[str]:
        first = self._spec.cycle_name
        return itertools.chain([first], (f"{first} ({number})" for number in itertools.count(2)))

    def _people_in(self, group_ids: Iterable[str]) -> set[str]:
        """Return who is in these groups; read group by group only of which the list of all does not say."""
        told = self._people_by_group if (ids := list(group_ids)) else {}
        return {
            each for group_id in ids for each in (told[group_id] if group_id in told else self.memberships(group_id))
        }

    @cached_property
    def _people_by_group(self) -> dict[str, set[str]]:
        """Who is in each group of the course, where the person who connected Canvas and the API key may list it so."""
        asked = [("include[]", "users")]
        try:
            rows = parse(CanvasGroupSchema(), list(self._canvas.all_of(f"{self._path}/groups", asked)), many=True)
        except (LMSRejectedError, LMSWaitingError):
            return {}
        return {row["id"]: {user["id"] for user in row["users"]} for row in rows if row["users"] is not None}

    def _categories(self) -> list[Named]:
        return self._named(f"{self._path}/group_categories")

    def _ids(self, set_id: str) -> list[str]:
        return [each["id"] for each in self._groups(set_id)]

    def _groups(self, set_id: str) -> list[Named]:
        return [{**each, "group_category_id": set_id} for each in self._named(f"group_categories/{set_id}/groups")]

    def _named(self, path: str) -> list[Named]:
        found: list[Named] = parse(NamedSchema(), list(self._canvas.all_of(path)), many=True)
        return found
