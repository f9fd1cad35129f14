"""Names of teams: a colour and a bird, because everybody in an LMS course can read the names of its groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator

COLOURS = ("Amber", "Azure", "Cedar", "Copper", "Coral", "Crimson", "Golden", "Indigo", "Ivory", "Jade", "Olive",
           "Pearl", "Russet", "Sable", "Scarlet", "Silver", "Slate", "Teal", "Umber", "Violet")  # fmt: skip
BIRDS = ("avocet", "bunting", "crane", "curlew", "dipper", "finch", "grebe", "heron", "ibis", "kestrel", "lapwing",
         "linnet", "martin", "oriole", "osprey", "plover", "robin", "siskin", "swift", "tern", "thrush", "warbler",
         "wren")  # fmt: skip


def free_names(taken: Collection[str], start: int) -> Iterator[str]:
    """Yield names that are not taken, from a place in the list that differs from course to course."""
    size = len(COLOURS) * len(BIRDS)
    for step in range(size):
        number = start * 37 + step
        name = f"{COLOURS[number % len(COLOURS)]} {BIRDS[number % len(BIRDS)]}"
        if name not in taken:
            yield name
    number = 2
    while True:
        if (name := f"{COLOURS[start % len(COLOURS)]} {BIRDS[start % len(BIRDS)]} {number}") not in taken:
            yield name
        number += 1
