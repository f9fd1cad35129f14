"""Measures what the tool costs: `python -m benchmarks`, or `make bench`. Nothing here passes or fails."""

from __future__ import annotations
