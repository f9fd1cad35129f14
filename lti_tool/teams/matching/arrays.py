"""Short names for the kinds of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.signedinteger[Any]]
Bools = npt.NDArray[np.bool_]

NOBODY = -1
"""Fills places where there is no person, and marks people who are in no team."""


def on_grid(value: float) -> float:
    """Return a number rounded to 2**-18, so that sums of products of features stay exact in 32 bits."""
    return round(value * 2**18) / 2**18
