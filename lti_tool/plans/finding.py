"""How well learning fits a person and a goal: what is inside first, then by fit, and the reason for each in parts.

Nothing here compares people: what is put in order is what can be learned from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from lti_tool.db import utc_now
from lti_tool.people.models import (
    HELD_ONCE,
    EducatorRole,
    Experience,
    GradeBand,
    LearningFormat,
    LearningTime,
    Opportunity,
    OpportunityKind,
    Person,
    StudentGroup,
)
from lti_tool.standards.models import EVERYBODY, Alignment, Indicator, Strength


class Place(IntEnum):
    """Whence learning comes, in the order in which it is shown."""

    TEAM = 0
    SCHOOL = 1
    DISTRICT = 2
    COURSE = 3
    OUTSIDE = 4


class Facet(StrEnum):
    """What an alignment says of whom it is meant for."""

    GRADES = "grade_bands"
    DISCIPLINE = "disciplines"
    ROLE = "roles"
    CONTEXT = "contexts"


class Match(StrEnum):
    """How one facet of an alignment meets one person."""

    OWN = "own"
    EVERYBODY = "everybody"
    MAYBE = "maybe"
    """It is meant for some, and the person has not said whether they are one."""
    UNSAID = "unsaid"
    OTHERS = "others"


class Liking(StrEnum):
    """What a person said of how they like to learn, where something meets it."""

    FORMAT = "format"
    TIME = "time"
    STUDENTS = "students"
    EXPERIENCE = "experience"


PAST_IS_FOUND = timedelta(days=31)
"""Whoever was at a session finds it for so long, to count it."""
FORMATS: dict[OpportunityKind, LearningFormat] = {
    OpportunityKind.COURSE: LearningFormat.OWN_PACE,
    OpportunityKind.LIVE_SESSION: LearningFormat.LIVE,
    OpportunityKind.OPEN_DOOR: LearningFormat.COLLEAGUE,
    OpportunityKind.COACHING: LearningFormat.COLLEAGUE,
    OpportunityKind.MENTOR: LearningFormat.COLLEAGUE,
    OpportunityKind.STUDY: LearningFormat.GROUP,
    OpportunityKind.SOLVE_TOGETHER: LearningFormat.GROUP,
}
STRENGTHS: dict[Experience, tuple[Strength, ...]] = {
    Experience.FIRST_YEARS: (Strength.INTRODUCES,),
    Experience.SETTLED: (Strength.DEVELOPS,),
    Experience.LONG: (Strength.DEVELOPS, Strength.DEMONSTRATES),
}
STUDENT_MENTIONS: dict[StudentGroup, tuple[str, ...]] = {
    StudentGroup.MULTILINGUAL: ("multilingual", "bilingual", "english learner"),
    StudentGroup.DISABILITIES: ("disabilit", "special education", "iep"),
    StudentGroup.GIFTED: ("gifted",),
    StudentGroup.NEWCOMERS: ("newcomer", "refugee"),
}
"""Parts of words by which a title or a description names students."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who looks for learning, as far as they have said."""

    person_id: int
    district_id: int
    school_id: int | None = None
    grade_bands: tuple[GradeBand, ...] = ()
    discipline: str = ""
    role: EducatorRole | None = None
    contexts: frozenset[str] = frozenset()
    experience: Experience | None = None
    mentions: tuple[str, ...] = ()
    """What a title or a description may name: languages and students."""
    formats: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    now: datetime = field(default_factory=utc_now)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    mate_ids: frozenset[int] = frozenset()

    def values(self, facet: Facet) -> frozenset[str]:
        """Return what the person is in this respect, in small letters; empty when they have not said."""
        said = {
            Facet.GRADES: self.grade_bands,
            Facet.DISCIPLINE: {self.discipline} if self.discipline else (),
            Facet.ROLE: {self.role} if self.role else (),
            Facet.CONTEXT: self.contexts,
        }
        return frozenset(each.casefold() for each in said[facet])


@dataclass(frozen=True, slots=True)
class Fit:
    """How something meets a person by one alignment to an indicator that they work on, or near it."""

    alignment: Alignment
    is_near: bool
    """Whether it serves a neighbour of the indicator, in the same part of the standards."""
    matches: dict[Facet, Match]

    @property
    def is_for_others(self) -> bool:
        return Match.OTHERS in self.matches.values()

    @property
    def is_unsaid(self) -> bool:
        """Whether nobody said at all for whom it is meant."""
        return set(self.matches.values()) == {Match.UNSAID}

    @property
    def order(self) -> tuple[bool, bool, bool, int, int]:
        """Return what sorts the best first; for others comes late, and not said last."""
        found = list(self.matches.values())
        return (self.is_unsaid, self.is_for_others, self.is_near, -found.count(Match.OWN), found.count(Match.UNSAID))

    def facets(self, match: Match) -> list[Facet]:
        """Return in which respects it meets the person in this way."""
        return [facet for facet, each in self.matches.items() if each is match]


@dataclass(frozen=True, slots=True)
class Found:
    """Something to learn from, whence it comes, and why it is shown where it is."""

    opportunity: Opportunity
    place: Place
    fits: tuple[Fit, ...] = ()
    """The best first; none where it serves nothing that the person works on."""
    likings: frozenset[Liking] = frozenset()
    has_been: bool = False
    """Whether it was held at one moment, which is past; whoever was there can still count it."""

    @property
    def best(self) -> Fit | None:
        return next(iter(self.fits), None)

    @property
    def indicators(self) -> list[Indicator]:
        """Return the indicators by which it was found: those that the person works on, else those near them."""
        exact = [each.alignment.indicator for each in self.fits if not each.is_near]
        return exact or [each.alignment.indicator for each in self.fits]

    @property
    def order(self) -> tuple[object, ...]:
        """Return what sorts it among all that was found: inside first, then by fit, then by title."""
        fit = self.best.order if self.best else (True,) * 5
        return (
            self.place,
            self.has_been,
            fit,
            -len(self.likings),
            self.opportunity.title.casefold(),
            self.opportunity.id,
        )


def seeker_of(person: Person, mate_ids: Collection[int] = (), time_zone: str = "UTC") -> Seeker:
    """Return what is known of a person who looks for learning; an empty profile is enough."""
    profile = person.profile
    students = [StudentGroup(each) for each in profile.students] if profile else []
    mentions = [*(profile.spoken if profile else []), *(word for each in students for word in STUDENT_MENTIONS[each])]
    return Seeker(
        person_id=person.id,
        district_id=person.district_id,
        school_id=person.school_id,
        grade_bands=person.bands,
        discipline=person.discipline.strip(),
        role=person.likely_role,
        contexts=frozenset(person.school.contexts if person.school else ()),
        experience=profile.experience if profile else None,
        mentions=tuple(mentions),
        formats=frozenset(profile.formats if profile else ()),
        times=frozenset(profile.times if profile else ()),
        zone=ZoneInfo(time_zone),
        mate_ids=frozenset(mate_ids),
    )


def place_of(opportunity: Opportunity, seeker: Seeker) -> Place:
    """Return whence something comes, seen from this person."""
    if opportunity.is_outside:
        return Place.OUTSIDE
    if opportunity.kind is OpportunityKind.COURSE:
        return Place.COURSE
    if opportunity.host_id in seeker.mate_ids:
        return Place.TEAM
    host_school = opportunity.host.school_id if opportunity.host else None
    at_school = seeker.school_id is not None and seeker.school_id in {opportunity.school_id, host_school}
    return Place.SCHOOL if at_school else Place.DISTRICT


def fit_of(alignment: Alignment, seeker: Seeker, wanted: Collection[int]) -> Fit:
    """Return how an alignment meets a person who works on these indicators."""
    matches = {facet: _match(getattr(alignment, facet.value), seeker.values(facet)) for facet in Facet}
    return Fit(alignment, alignment.indicator_id not in wanted, matches)


def found_of(
    opportunity: Opportunity, alignments: Iterable[Alignment], seeker: Seeker, wanted: Collection[int]
) -> Found:
    """Return something with how it fits, by those of its alignments that touch what the person works on."""
    fits = sorted(
        (fit_of(each, seeker, wanted) for each in alignments),
        key=lambda fit: (fit.order, fit.alignment.indicator.framework_id, fit.alignment.indicator.position),
    )
    held_at = opportunity.starts_at if opportunity.kind in HELD_ONCE else None
    return Found(
        opportunity,
        place_of(opportunity, seeker),
        tuple(fits),
        _likings(opportunity, fits, seeker),
        has_been=held_at is not None and held_at < seeker.now,
    )


def time_of(moment: datetime, zone: ZoneInfo) -> LearningTime:
    """Return the part of the week that a moment falls in, where the person is."""
    local = moment.astimezone(zone)
    if local.weekday() > 4:
        return LearningTime.WEEKEND
    ends = ((8, LearningTime.BEFORE_SCHOOL), (15, LearningTime.SCHOOL_DAY), (18, LearningTime.AFTER_SCHOOL))
    return next((part for hour, part in ends if local.hour < hour), LearningTime.EVENING)


def _match(meant_for: Collection[str], own: frozenset[str]) -> Match:
    if not meant_for:
        return Match.UNSAID
    if EVERYBODY in meant_for:
        return Match.EVERYBODY
    if not own:
        return Match.MAYBE
    return Match.OWN if own & {each.casefold() for each in meant_for} else Match.OTHERS


def _likings(opportunity: Opportunity, fits: list[Fit], seeker: Seeker) -> frozenset[Liking]:
    text = f"{opportunity.title} {opportunity.description}".casefold()
    wanted = STRENGTHS[seeker.experience] if seeker.experience else ()
    met = {
        Liking.FORMAT: FORMATS.get(opportunity.kind) in seeker.formats,
        Liking.TIME: opportunity.starts_at is not None and time_of(opportunity.starts_at, seeker.zone) in seeker.times,
        Liking.STUDENTS: any(word.casefold() in text for word in seeker.mentions),
        Liking.EXPERIENCE: any(each.alignment.strength in wanted for each in fits[:1]),
    }
    return frozenset(liking for liking, is_met in met.items() if is_met)
