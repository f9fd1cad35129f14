"""Why these people: sentences that anybody in the team may read. They name standards, never the words of a goal."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.teams.likeness import BANDS_BY_AGE, Candidate, code_of, nodes, shared_node

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def explain(members: Sequence[Candidate]) -> tuple[str, ...]:
    """Return why these people make a team, the strongest reason first."""
    sentences = (_standard(members), _bands(members), _discipline(members), _schools(members), _offers(members))
    return tuple(sentence for sentence in sentences if sentence)


def explain_if_any(members: Sequence[Candidate]) -> tuple[str, ...]:
    """Return the reasons of a team, or none when fewer than two goals speak for it."""
    return explain(members) if len(members) > 1 else ()


def explain_alone(has_company: bool) -> str:
    """Return why somebody is left without a team."""
    if has_company:
        return "Everybody with a like goal is in a team that is full."
    return "Nobody else here has shared a like goal that both may see."


def in_words(number: int) -> str:
    """Return a small number as a word."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def _standard(members: Sequence[Candidate]) -> str:
    found = shared_node(members)
    if found is None:
        return "No standard is shared by most of them."
    node, sharing = found
    if sharing == len(members):
        return f"{_all(sharing)} work on {code_of(node)}."
    rest = [member for member in members if not any(node in nodes(path) for path in member.indicators)]
    near = shared_node([*rest, next(member for member in members if member not in rest)])
    where = f"near {code_of(near[0])}" if near else "elsewhere in the standards"
    others = "the other works" if len(rest) == 1 else "the others work"
    return f"{in_words(sharing).capitalize()} of {in_words(len(members))} work on {code_of(node)}; {others} {where}."


def _all(number: int) -> str:
    return "Both" if number == 2 else f"All {in_words(number)}"


def _bands(members: Sequence[Candidate]) -> str:
    bands = [band for band in BANDS_BY_AGE if any(member.grade_band == band for member in members)]
    if not bands:
        return ""
    return f"Grade band {bands[0]}." if len(bands) == 1 else f"Grade bands {_list(bands)}."


def _discipline(members: Sequence[Candidate]) -> str:
    spelt = {member.discipline.casefold(): member.discipline for member in members if member.discipline}
    disciplines = [spelt[name] for name in sorted(spelt)]
    if len(disciplines) == 1 and all(member.discipline for member in members):
        return f"{_all(len(members))} work in {disciplines[0]}."
    return f"Disciplines: {_list(disciplines)}." if disciplines else ""


def _schools(members: Sequence[Candidate]) -> str:
    schools = sorted({member.school for member in members if member.school})
    if len(schools) == 1:
        return f"All from {schools[0]}." if all(member.school for member in members) else ""
    return f"{in_words(len(schools)).capitalize()} schools: {_list(schools)}." if schools else ""


def _offers(members: Sequence[Candidate]) -> str:
    offering = sum(member.offers for member in members)
    if not offering:
        return "Nobody here has offered to show something yet."
    return f"{in_words(offering).capitalize()} of them {'offers' if offering == 1 else 'offer'} to show what works."


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
