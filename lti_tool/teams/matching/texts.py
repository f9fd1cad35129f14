"""Words of goals as vectors: a hashed bag of words, weighted by how rare each word is here.

Nothing is learnt and nothing is multiplied by a linear algebra library, so that any machine makes the same vectors.
It sees shared words only; two goals that say the same in other words are not alike to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from lti_tool.teams.matching.arrays import Floats, Ints
from lti_tool.teams.matching.words import words_of

DIMENSIONS = 256


@lru_cache(maxsize=65536)
def place_of(word: str) -> tuple[int, int]:
    """Return the dimension of a word and the sign that it has there."""
    number = int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
    return number % DIMENSIONS, 1 if number >> 63 else -1


def text_vectors(texts: Sequence[str]) -> Floats:
    """Return a unit vector for each text; one without telling words has none."""
    distinct = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    repeats = np.bincount([distinct[text] for text in texts], minlength=len(distinct)).astype(np.float64)
    rows, words, vocabulary = _numbered(distinct)
    rarity = _rarity(
        np.bincount(words, weights=repeats[rows], minlength=len(vocabulary)).astype(np.float64), len(texts)
    )
    places = np.array([place_of(word) for word in vocabulary], dtype=np.int64).reshape(-1, 2)
    cells = rows * DIMENSIONS + places[words, 0]
    values = rarity[words] * places[words, 1]
    flat = np.bincount(cells, weights=values, minlength=len(distinct) * DIMENSIONS)
    vectors = flat.reshape(len(distinct), DIMENSIONS)
    lengths = np.sqrt((vectors * vectors).sum(axis=1))
    unit = vectors / np.where(lengths > 0, lengths, 1.0)[:, None]
    return unit.astype(np.float32)[[distinct[text] for text in texts]]


def _numbered(texts: Iterable[str]) -> tuple[Ints, Ints, list[str]]:
    """Return each different word of each text as a pair of numbers, and the words by number."""
    numbers: dict[str, int] = {}
    rows: list[int] = []
    words: list[int] = []
    for row, text in enumerate(texts):
        own = dict.fromkeys(words_of(text))
        rows.extend([row] * len(own))
        words.extend(numbers.setdefault(word, len(numbers)) for word in own)
    return np.array(rows, dtype=np.int64), np.array(words, dtype=np.int64), list(numbers)


def _rarity(counts: Floats, texts: int) -> Floats:
    """Return how much each word says, in sixty-fourths: no machine's logarithm differs by as much as that."""
    return np.array([round(64 * (1 + math.log((1 + texts) / (1 + count)))) / 64 for count in counts.tolist()])
