"""Moving from direct providers to OpenRouter a share of the callers at a time.

Each caller has a fixed place on a line from 0 to 100; those left of the share go to OpenRouter first. So a caller
stays on its side while the share only grows, and only those between the old and the new share change over.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from jarvis_ai.domain import OPENROUTER

DIRECT = "direct"
ARMS = (OPENROUTER, DIRECT)
"""The two sides: asked through OpenRouter first, or through the vendor's own door."""


@dataclass(frozen=True, slots=True)
class Migration:
    """How far the move has come."""

    share: int | None = None
    """Percent of callers that go to OpenRouter first, 0 to 100; None while there is no migration."""
    salt: str = ""
    """Decides who is among the first: another salt, another order of callers."""

    def arm(self, caller: str) -> str:
        """The side that `caller` is on; empty while there is no migration."""
        if self.share is None:
            return ""
        return OPENROUTER if place(caller, self.salt) < self.share else DIRECT


def place(caller: str, salt: str) -> float:
    """Where a caller stands, 0 ≤ place < 100: the same for ever, and even over many callers."""
    digest = sha256(f"{salt}\0{caller}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:6]) * 100 / 2**48
