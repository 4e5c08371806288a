"""Secrets out of text, before it is shown or kept."""

from __future__ import annotations

import re

MASK = "[redacted]"

_HINTS = ("sk-", "earer", "api-key", "api_key", "apikey")
_SECRETS = re.compile(
    r"""
    (?P<keep>\b[Bb]earer\s+|\bx?[-_]?api[-_]?key["']?\s*[:=]\s*["']?)[\w\-.~+/=]{8,}   # a header or an assignment
    | \bsk-[\w\-]{8,}                                                                  # any vendor's key
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str) -> str:
    """`text` with every key and bearer token masked; the same object when it holds none."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    return _SECRETS.sub(lambda match: (match["keep"] or "") + MASK, text)
