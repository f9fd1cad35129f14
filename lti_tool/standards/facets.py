"""For whom learning is meant: four facets, each a list of values or, said explicitly, everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from lti_tool.people.models import EducatorRole, GradeBand, SchoolContext
from lti_tool.standards.models import Alignment

FACETS = ("grade_bands", "disciplines", "roles", "contexts")

VALUES: Mapping[str, tuple[str, ...]] = {
    "grade_bands": tuple(GradeBand),
    "roles": tuple(EducatorRole),
    "contexts": tuple(SchoolContext),
}
"""What can be chosen in the facets that are lists of ours; disciplines are in people's own words."""

DISCIPLINES = (
    "arts", "career and technical education", "computer science", "early learning", "English language arts",
    "English language development", "health and physical education", "mathematics", "music", "science",
    "social studies", "special education", "world languages",
)  # fmt: skip
"""Suggestions; any other word is as good."""


@dataclass(frozen=True, slots=True)
class Facets:
    """For whom something is meant; an empty facet means that nobody said yet."""

    grade_bands: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()

    @property
    def unsaid(self) -> list[str]:
        """Return the names of the facets that nobody answered."""
        return [name for name, values in zip(FACETS, astuple(self), strict=True) if not values]

    def to(self, alignment: Alignment) -> None:
        """Write these facets into an alignment."""
        for name, values in zip(FACETS, astuple(self), strict=True):
            setattr(alignment, name, [str(value) for value in values])


def facets_of(alignment: Alignment) -> Facets:
    """Return for whom an alignment holds."""
    return Facets(*(tuple(getattr(alignment, name)) for name in FACETS))


def usual_facets(alignments: Iterable[Alignment]) -> Facets:
    """Return what most of these alignments say; of an opportunity that is what it says for all but a few indicators."""
    counted = Counter(map(facets_of, alignments))
    return max(counted, key=lambda each: (counted[each], astuple(each)), default=Facets())


EDUCATION_LEVELS: Mapping[str, str] = {
    **{band: band for band in GradeBand},
    **dict.fromkeys(("IT", "PR", "PS", "TK"), GradeBand.PK),
    **dict.fromkeys(("K", "KG", "01", "02", "1", "2"), GradeBand.K2),
    **dict.fromkeys(("03", "04", "05", "3", "4", "5"), GradeBand.G35),
    **dict.fromkeys(("06", "07", "08", "6", "7", "8"), GradeBand.G68),
    **dict.fromkeys(("09", "10", "11", "12", "9"), GradeBand.G912),
}
"""The grades of a framework, in our bands and in the codes of CEDS that CASE packages use."""


def meant_for(facet: str, said: Iterable[str]) -> frozenset[str]:
    """Return the values of a facet that a framework names for an item; none where it names none that is known here."""
    match facet:
        case "grade_bands":
            return frozenset(EDUCATION_LEVELS[each] for each in said if each in EDUCATION_LEVELS)
        case "disciplines":
            return frozenset(map(discipline_key, said)) - {""}
        case _:
            return frozenset(said) & frozenset(VALUES[facet])


def discipline_key(words: str) -> str:
    """Return a discipline as it is compared: without regard to case and spaces."""
    return " ".join(words.split()).casefold()


def tidy_disciplines(words: Iterable[str]) -> tuple[str, ...]:
    """Return each discipline once, spelled as the suggestion where it is one."""
    suggested = {discipline_key(each): each for each in DISCIPLINES}
    found = {discipline_key(each): " ".join(each.split()) for each in words}
    return tuple(suggested.get(key, said) for key, said in found.items() if key)
