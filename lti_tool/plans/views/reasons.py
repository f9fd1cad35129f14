"""Why something is shown where it is, in words."""

from __future__ import annotations

from flask_babel import gettext as translated

from lti_tool.people.words import CONTEXT_WORDS, EDUCATOR_ROLE_WORDS
from lti_tool.plans.finding import Facet, Fit, Found, Liking, Match, Place
from lti_tool.plans.queries import InsideOffer
from lti_tool.plans.queries.practices import InsidePractice


def gettext(words: str, **values: str) -> str:
    """Return words in the language of the page."""
    return str(translated(words, **values))


def because(found: Found) -> str:
    """Return why something serves the person: indicator, grades, discipline, role, school, what they like."""
    fit = found.best
    parts = [_indicators(found)] if fit else []
    if fit:
        parts += [_meant(fit, facet) for facet in fit.facets(Match.OWN)]
        if set(fit.matches.values()) == {Match.EVERYBODY}:
            parts.append(gettext("meant for everybody"))
    parts += _near(found.place)
    parts += [_liking(liking) for liking in Liking if liking in found.likings]
    return gettext("Because: %(parts)s", parts=", ".join(parts)) if parts else ""


def caveat(found: Found) -> str:
    """Return what speaks against it: it has been, it is meant for others, or nobody has said for whom."""
    if found.has_been:
        return gettext("It has been. If you were there, count it.")
    fit = found.best
    if fit is None or fit.is_unsaid:
        return gettext("Nobody has said yet for whom this is.") if fit else ""
    others = [_meant(fit, facet) for facet in fit.facets(Match.OTHERS)]
    if others:
        return gettext("Meant for others: %(parts)s.", parts=", ".join(others))
    maybe = [_meant(fit, facet) for facet in fit.facets(Match.MAYBE)]
    return gettext("Meant for %(parts)s; your profile does not say.", parts=", ".join(maybe)) if maybe else ""


def because_of_offer(offer: InsideOffer) -> str:
    """Return why a colleague's offer is shown."""
    shared = offer.card.reason
    codes = [each.code for each in (shared.indicators or shared.components)] if shared else []
    parts = [gettext("indicator %(codes)s", codes=", ".join(codes))] if shared and shared.indicators else []
    parts += [gettext("near your indicator: %(codes)s", codes=", ".join(codes))] if codes and not parts else []
    parts += _near(offer.place)
    return gettext("Because: %(parts)s", parts=", ".join(parts)) if parts else ""


def because_of_practice(found: InsidePractice) -> str:
    """Return why what a colleague passed on is shown."""
    codes = ", ".join(each.code for each in found.indicators)
    parts = [gettext("indicator %(codes)s", codes=codes)] if codes else []
    parts += _near(found.place)
    return gettext("Because: %(parts)s", parts=", ".join(parts)) if parts else ""


def _indicators(found: Found) -> str:
    codes = ", ".join(dict.fromkeys(each.code for each in found.indicators))
    if all(fit.is_near for fit in found.fits):
        return gettext("near your indicator: %(codes)s", codes=codes)
    return gettext("indicator %(codes)s", codes=codes)


def _near(place: Place) -> list[str]:
    return {Place.TEAM: [gettext("your team")], Place.SCHOOL: [gettext("your school")]}.get(place, [])


def _meant(fit: Fit, facet: Facet) -> str:
    values = list(getattr(fit.alignment, facet.value))
    match facet:
        case Facet.GRADES:
            return gettext("grades %(bands)s", bands=", ".join(values))
        case Facet.ROLE:
            return ", ".join(str(EDUCATOR_ROLE_WORDS.get(each, each)).lower() for each in values)
        case Facet.CONTEXT:
            return ", ".join(str(CONTEXT_WORDS.get(each, each)) for each in values)
        case _:
            return ", ".join(values)


def _liking(liking: Liking) -> str:
    return {
        Liking.FORMAT: gettext("the way you like to learn"),
        Liking.TIME: gettext("when you have time"),
        Liking.STUDENTS: gettext("names your students or a language of yours"),
        Liking.EXPERIENCE: gettext("fits your years of experience"),
    }[liking]
