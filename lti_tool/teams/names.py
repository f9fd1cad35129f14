"""Names of teams: a colour and a bird, because everybody in an LMS course can read the names of its groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count

COLOURS = ("Amber", "Azure", "Cedar", "Copper", "Coral", "Crimson", "Golden", "Indigo", "Ivory", "Jade", "Olive",
           "Pearl", "Russet", "Sable", "Scarlet", "Silver", "Slate", "Teal", "Umber", "Violet")  # fmt: skip
BIRDS = ("avocet", "bunting", "crane", "curlew", "dipper", "finch", "grebe", "heron", "ibis", "kestrel", "lapwing",
         "linnet", "martin", "oriole", "osprey", "plover", "robin", "siskin", "swift", "tern", "thrush", "warbler",
         "wren")  # fmt: skip
HOW_MANY = len(COLOURS) * len(BIRDS)


def free_names(taken: Collection[str], start: int) -> Iterator[str]:
    """Yield names that are not taken, from a place in the list that differs from course to course."""
    for step in range(HOW_MANY):
        number = start * 37 + step
        name = f"{COLOURS[number % len(COLOURS)]} {BIRDS[number % len(BIRDS)]}"
        if name not in taken:
            yield name
    for step in count(HOW_MANY * 2):  # each of them once more, with a 2, and so on
        number = start * 37 + step
        name = f"{COLOURS[number % len(COLOURS)]} {BIRDS[number % len(BIRDS)]} {step // HOW_MANY}"
        if name not in taken:
            yield name
