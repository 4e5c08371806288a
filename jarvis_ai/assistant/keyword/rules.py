"""The first vote: what a rule is. The rules themselves are in `rulebook`."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """Patterns that speak for an intent, any of them enough."""

    intent: str
    says: str
    """What it looks for, in words; its name."""
    pattern: re.Pattern[str]
    sure: bool
    """Whether it decides alone: for what the second vote has never seen."""
    needs: tuple[str, ...]
    """Where none of these letters are, the pattern is not tried: it would take long to find nothing."""

    @classmethod
    def of(cls, intent: str, says: str, *patterns: str, sure: bool = False, needs: str = "") -> Rule:
        return cls(intent, says, re.compile("|".join(patterns)), sure, tuple(needs.split()))

    def found_in(self, plain: str) -> str | None:
        """The words of a message in one spelling that it holds for; None when it does not hold."""
        if self.needs and not any(letters in plain for letters in self.needs):
            return None
        found = self.pattern.search(plain)
        return found.group() if found else None


NO_RULE = Rule.of("", "", r"")
"""What speaks when none does."""
