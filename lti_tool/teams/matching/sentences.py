"""Reasons in English sentences, for whoever reads a file; pages say the same in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.teams.matching.answer import Alone, WhyAlone
from lti_tool.teams.matching.reasons import Count, Explained, NearestElsewhere, Placement, TeamReasons, WhyNot, code_of
from lti_tool.teams.matching.request import Options

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def of_team(explained: Explained) -> list[str]:
    """Return why these people make a team, then how each is placed."""
    reasons = explained.reasons
    said = [
        _standard(reasons),
        _words(reasons),
        _experts(reasons),
        _bands(reasons),
        _disciplines(reasons),
        _schools(reasons),
    ]
    return [sentence for sentence in (*said, *map(_placement, explained.placements)) if sentence]


def of_alone(alone: Alone, nearest: NearestElsewhere | None, options: Options, people: int) -> str:
    """Return why somebody is alone, and who is nearest."""
    if alone.why is WhyAlone.TOO_FEW:
        sizes = f"of {options.minimum} to {options.maximum}"
        why = f"{people} people cannot all be in teams {sizes}." if people != 1 else f"One person is no team {sizes}."
    elif alone.why is WhyAlone.NO_TEAM:
        why = "No team with a place for this person was found: those near are full, or somebody there is kept apart."
    else:
        best = f" ({nearest.best:.2f} alike at best)" if nearest else ""
        why = f"No company is near enough{best}: a team asks for {options.floor:.2f}."
    return f"{why} {_nearest(nearest)}" if nearest else why


def _nearest(nearest: NearestElsewhere) -> str:
    where = (
        "of the same school"
        if nearest.same_school
        else f"of {nearest.nearest_school}"
        if nearest.nearest_school
        else ""
    )
    return f"Nearest is {' '.join(filter(None, (nearest.nearest, where)))} ({nearest.likeness:.2f} alike)."


def in_words(number: int) -> str:
    """Return a small number as a word."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def listed(words: Sequence[str]) -> str:
    """Return words as a list that can be read aloud."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _all(number: int) -> str:
    return "Both" if number == 2 else f"All {in_words(number)}"


def _standard(reasons: TeamReasons) -> str:
    shared = reasons.standard
    if shared is None:
        return "No standard is shared by most of them."
    if shared.sharing == reasons.size:
        return f"{_all(reasons.size)} work on {shared.code}."
    where = f"near {code_of(shared.rest_near)}" if shared.rest_near else "elsewhere in the standards"
    others = "the other works" if reasons.size - shared.sharing == 1 else "the others work"
    sharing = in_words(shared.sharing).capitalize()
    return f"{sharing} of {in_words(reasons.size)} work on {shared.code}; {others} {where}."


def _words(reasons: TeamReasons) -> str:
    return f"Most of them write of {listed(reasons.words)}." if reasons.words else ""


def _experts(reasons: TeamReasons) -> str:
    if not reasons.experts:
        return "Nobody here has achieved a goal in what the others work on yet."
    done = [
        f"{each.id} has achieved a goal in {listed([code_of(node) for node in each.components])}"
        for each in reasons.experts
    ]
    return f"{listed(done)}."


def _bands(reasons: TeamReasons) -> str:
    bands = reasons.bands
    return "" if not bands else f"Grade band{'s' if len(bands) > 1 else ''}: {_counted(bands)}."


def _disciplines(reasons: TeamReasons) -> str:
    found = reasons.disciplines
    if len(found) == 1 and found[0].people == reasons.size:
        return f"{_all(reasons.size)} work in {found[0].name}."
    return f"Disciplines: {_counted(found)}." if found else ""


def _schools(reasons: TeamReasons) -> str:
    found = reasons.schools
    if len(found) == 1 and found[0].people == reasons.size:
        return f"{_all(reasons.size)} are from {found[0].name}."
    return (
        f"{in_words(len(found)).capitalize()} school{'s' if len(found) > 1 else ''}: {_counted(found)}."
        if found
        else ""
    )


def _counted(counts: Sequence[Count]) -> str:
    return listed([f"{each.name} ({each.people})" for each in counts])


def _placement(placement: Placement) -> str:
    near = f"{placement.id} is {placement.here:.2f} like the others on average"
    if placement.is_closest:
        near = f"{near}, and nobody could be in closer company"
    else:
        near = f"{near}; the closest company that exists is {placement.best:.2f}"
    return f"{near}{_other_team(placement)}."


def _other_team(placement: Placement) -> str:
    if placement.why_not is None:
        return ""
    why = {
        WhyNot.LOWER: "is less near",
        WhyNot.APART: "has somebody who is kept apart",
        WhyNot.FULL: "is full",
        WhyNot.OWN_TOO_SMALL: "would leave the own team too small",
        WhyNot.KEPT: "is closed to who is locked or kept together with others",
        WhyNot.MOVES: "would move one person for little",
        WhyNot.OTHERS_LOSE: "would make all together lose",
    }[placement.why_not]
    return f". The best other team, {placement.other_team} ({placement.there:.2f}), {why}"
