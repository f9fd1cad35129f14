"""Where words of a framework come from and what one may do with them; it goes with the words wherever they are kept."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """What is said of a framework wherever its words stand."""

    title: str
    version: str
    licence: str
    """Its name and its address; empty where nobody said one."""
    attribution: str
    is_retired: bool = field(default=False, compare=False)

    @property
    def licence_url(self) -> str:
        """Where its licence can be read, or nothing."""
        return next((word for word in self.licence.split() if word.startswith(("https://", "http://"))), "")

    @property
    def licence_name(self) -> str:
        """What its licence is called; its address where it has no name."""
        return " ".join(word for word in self.licence.split() if word != self.licence_url) or self.licence_url
