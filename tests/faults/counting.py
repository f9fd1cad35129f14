"""The count that the fault suite keeps: what became of every completion, test by test, and all of it at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

LEDGER = "completions"


@dataclass
class Account:
    """What became of the completions of one test."""

    completions: int = 0
    once: int = 0
    """In the gradebook, written there one time."""
    twice: int = 0
    """Written more than once."""
    beside: int = 0
    """Scores beside the one that is owed: the review would say of them what is not true."""
    lost: int = 0
    """Neither in the gradebook nor in the review."""
    review: Counter[str] = field(default_factory=Counter)
    """In the review and not in the gradebook, by reason."""

    def add(self, other: Account) -> None:
        """Take in another account."""
        self.completions += other.completions
        self.once, self.twice, self.lost = self.once + other.once, self.twice + other.twice, self.lost + other.lost
        self.beside += other.beside
        self.review.update(other.review)

    def as_property(self) -> tuple[str, dict[str, Any]]:
        """Return it as a property of a test's report, which passes from process to process."""
        return LEDGER, {**asdict(self), "review": dict(self.review)}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what became of the completions of all tests that counted them."""
    whole, tests = Account(), 0
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            for name, kept in getattr(report, "user_properties", ()):
                if name == LEDGER and report.when == "call":
                    whole.add(Account(**{**kept, "review": Counter(kept["review"])}))
                    tests += 1
    if not tests:
        return
    terminalreporter.section("what became of the completions")
    terminalreporter.write_line(f"{tests} tests, {whole.completions} completions")
    terminalreporter.write_line(f"  in the gradebook once: {whole.once}")
    terminalreporter.write_line(f"  written twice:         {whole.twice}")
    terminalreporter.write_line(f"  a second score:        {whole.beside}")
    terminalreporter.write_line(f"  in the review:         {sum(whole.review.values())}")
    for reason, count in whole.review.most_common():
        terminalreporter.write_line(f"      {count:4}  {reason}")
    terminalreporter.write_line(f"  lost:                  {whole.lost}")
