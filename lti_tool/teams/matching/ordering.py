"""An order in which what is alike stands close together: cut in two along the main direction, again and again.

The main direction is found by power iteration in whole numbers, so that it is the same on any machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lti_tool.teams.matching.arrays import Floats, Ints

SAMPLE = 128
STEPS = 6
STEEP = np.float32(100)
"""The largest number in a direction: sums of its products with a sample's features stay exact in 32 bits."""
ROWS = 8192


def bisect(features: Ints, order: Ints, unit: int, stop: int, whole: int = 0) -> tuple[Ints, Ints]:
    """Return a finer order, and where its pieces begin: pieces of at most `stop`, cut at multiples of `unit`.

    Pieces larger than `whole` are cut as they stand.
    """
    starts = np.array([0, len(order)])
    while (np.diff(starts) > stop).any():
        if not whole or np.diff(starts).max() <= whole:
            order = _sorted(features, order, starts)
        starts = _cut(starts, unit, stop)
    return order, starts


def _cut(starts: Ints, unit: int, stop: int) -> Ints:
    """Return the starts with each piece that is too large cut near its middle."""
    sizes = np.diff(starts)
    halves = np.maximum(np.rint(sizes / (2 * unit)).astype(np.int64), 1) * unit
    middles = (starts[:-1] + halves)[sizes > stop]
    return np.sort(np.concatenate([starts, middles]))


def _sorted(features: Ints, order: Ints, starts: Ints) -> Ints:
    """Return the order with each piece sorted along its own main direction."""
    piece = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    directions = main_directions(features, order, starts)
    place = np.empty(len(order), dtype=np.float32)
    for at in range(0, len(order), ROWS):
        rows = slice(at, at + ROWS)
        place[rows] = np.einsum("pf,pf->p", features[order[rows]].astype(np.float32), directions[piece[rows]])
    return order[np.lexsort((place, piece))]


def main_directions(features: Ints, order: Ints, starts: Ints) -> Floats:
    """Return for each piece the direction in which it is widest, by a sample of it, in whole numbers."""
    sizes = np.diff(starts)
    count = int(min(SAMPLE, sizes.max()))
    taken = starts[:-1, None] + (np.arange(count) * sizes[:, None]) // count
    rows = features[order[taken]].astype(np.float32)
    rows -= np.rint(rows.mean(axis=1, keepdims=True))
    widest = np.einsum("sif,sif->si", rows, rows).argmax(axis=1)
    direction = _whole(rows[np.arange(len(rows)), widest])
    for _ in range(STEPS):
        along = _whole((rows @ direction[:, :, None])[:, :, 0])
        direction = _whole((along[:, None, :] @ rows)[:, 0])
    return direction


def _whole(direction: Floats) -> Floats:
    largest = np.abs(direction).max(axis=1, keepdims=True)
    return np.rint(direction * (STEEP / np.maximum(largest, 1)))


def tree_order(indicators: Sequence[Sequence[str]]) -> Ints:
    """Return people in the order of the standards that they cite."""
    keys = [sorted(own) for own in indicators]
    return np.array(sorted(range(len(keys)), key=lambda place: keys[place]), dtype=np.int64)
