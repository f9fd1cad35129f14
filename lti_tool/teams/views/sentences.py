"""The reasons of a team in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import flask_babel

from lti_tool.teams.asking import FLOOR
from lti_tool.teams.matching.reasons import SharedStandard, TeamReasons, WhyNot, code_of
from lti_tool.teams.models import Placement
from lti_tool.teams.reasons import WhyTogether
from lti_tool.teams.views.blueprint import bp

gettext: Callable[..., str] = flask_babel.gettext
NUMBERS = tuple(map(flask_babel.lazy_gettext, ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")))


@bp.app_template_filter("in_sentences")
def in_sentences(why: WhyTogether | None) -> list[str]:
    """Return why a team is a team, the strongest reason first."""
    if why is None:
        return []
    common = why.common
    done = _achieved(why.achieved)
    said = (_standard(common), done, _bands(common), _disciplines(common), _schools(common), _offers(why.offering))
    return [sentence for sentence in said if sentence]


@bp.app_template_filter("nearness")
def nearness(likeness: float) -> str:
    """Return in words how like two goals are, or a goal and those of a team."""
    near = [
        (0.8, gettext("very near")),
        (0.6, gettext("near")),
        (FLOOR, gettext("partly near")),
        (-1.0, gettext("with little in common")),
    ]
    return next(words for least, words in near if likeness >= least)


@bp.app_template_filter("placed_in_words")
def placed_in_words(placed: Placement) -> list[str]:
    """Return how near a member of a proposal is to the others, and why another one is no better."""
    said = [gettext("On average %(near)s to the others.", near=nearness(placed.here))]
    if placed.is_closest:
        said.append(gettext("Nobody could be in closer company."))
    else:
        said.append(gettext("The closest company that exists would be %(near)s.", near=nearness(placed.best)))
    if placed.why_not and placed.other_team:
        said.append(_not_there(placed, placed.why_not))
    return said


def _not_there(placed: Placement, why_not: WhyNot) -> str:
    why = {
        WhyNot.LOWER: gettext("but is less near"),
        WhyNot.APART: gettext("but has somebody who is kept apart from this person"),
        WhyNot.FULL: gettext("but is full"),
        WhyNot.OWN_TOO_SMALL: gettext("but this one would be too small then"),
        WhyNot.KEPT: gettext("but this person is kept here"),
        WhyNot.MOVES: gettext("but a move would gain little"),
        WhyNot.OTHERS_LOSE: gettext("but the others would lose more by it"),
    }[why_not]
    near = nearness(placed.there)
    return gettext("The best other one is %(team)s: %(near)s, %(why)s.", team=placed.other_team, near=near, why=why)


@bp.app_template_filter("in_percent")
def in_percent(part: float) -> str:
    """Return a part as people of this language write it."""
    return str(flask_babel.format_percent(part, "#,##0.#%"))


def _number(number: int) -> str:
    return str(NUMBERS[number]) if number < len(NUMBERS) else str(number)


def _capital(number: int) -> str:
    return _number(number).capitalize()


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return gettext("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1])


def _standard(common: TeamReasons) -> str:
    shared = common.standard
    if shared is None:
        return gettext("No standard is shared by most of them.")
    if shared.sharing < common.size:
        return _most(shared, common.size)
    if common.size == 2:
        return gettext("Both work on %(code)s.", code=shared.code)
    return gettext("All %(number)s work on %(code)s.", number=_number(common.size), code=shared.code)


def _most(shared: SharedStandard, size: int) -> str:
    said = gettext(
        "%(some)s of %(all)s work on %(code)s", some=_capital(shared.sharing), all=_number(size), code=shared.code
    )
    one = size - shared.sharing == 1
    if not shared.rest_near:
        rest = (
            gettext("the other works elsewhere in the standards")
            if one
            else gettext("the others work elsewhere in the standards")
        )
    elif one:
        rest = gettext("the other works near %(code)s", code=code_of(shared.rest_near))
    else:
        rest = gettext("the others work near %(code)s", code=code_of(shared.rest_near))
    return f"{said}; {rest}."


def _achieved(achieved: Mapping[str, Sequence[str]]) -> str:
    met = [gettext("%(name)s in %(codes)s", name=name, codes=_listed(codes)) for name, codes in achieved.items()]
    return gettext("Has met a goal or shows something: %(who)s.", who=_listed(met)) if met else ""


def _bands(common: TeamReasons) -> str:
    bands = [each.name for each in common.bands]
    if len(bands) == 1:
        return gettext("Grade band %(band)s.", band=bands[0])
    return gettext("Grade bands %(bands)s.", bands=_listed(bands)) if bands else ""


def _disciplines(common: TeamReasons) -> str:
    found = common.disciplines
    if len(found) == 1 and found[0].people == common.size:
        if common.size == 2:
            return gettext("Both work in %(discipline)s.", discipline=found[0].name)
        return gettext("All %(number)s work in %(discipline)s.", number=_number(common.size), discipline=found[0].name)
    return gettext("Disciplines: %(names)s.", names=_listed([each.name for each in found])) if found else ""


def _schools(common: TeamReasons) -> str:
    names = [each.name for each in common.schools]
    if len(names) == 1:
        return gettext("All from %(school)s.", school=names[0]) if common.schools[0].people == common.size else ""
    return gettext("%(number)s schools: %(names)s.", number=_capital(len(names)), names=_listed(names)) if names else ""


def _offers(offering: int) -> str:
    if not offering:
        return gettext("Nobody here has offered to show something yet.")
    if offering == 1:
        return gettext("One of them offers to show what works.")
    return gettext("%(number)s of them offer to show what works.", number=_capital(offering))
