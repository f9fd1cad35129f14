"""Prints tables in Markdown, so that a run can be pasted into `docs/speed.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers stand to the right, fractions with two digits."""
    cells = [[_written(each) for each in row] for row in rows]
    widths = [max(len(line[place]) for line in [list(heads), *cells]) for place in range(len(heads))]
    print("| " + " | ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)) + " |")
    print("|" + "|".join("-" * (width + 1) + ("-" if place == 0 else ":") for place, width in enumerate(widths)) + "|")
    for line in cells:
        first = line[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        print("| " + " | ".join([first, *rest]) + " |")
    print(flush=True)


def _written(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
