"""Who and what a message names, as far as it stands out."""

from __future__ import annotations

import re

ENTITIES: tuple[tuple[str, str], ...] = (
    ("email", r"[\w.+-]+@[\w-]+\.[\w.]+"),
    ("phone", r"\+?\d[\d\s().-]{6,}\d"),
    (
        "who",
        r"\b(?:call|ring|phone|dial|text|message|tell|with|from)\s+(?:to\s+)?((?!(?:me|the|my|a|back)\b)[A-Za-z]+)",
    ),
    ("what", r"\b(?:remind (?:me|us) to|add|buy)\s+(.+?)(?:\s+(?:to|on|at|in|by|tomorrow|tonight|every)\b|[.!?]|$)"),
)

_ENTITIES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in ENTITIES)


def entities_of(text: str) -> dict[str, str]:
    """Who, what, phone number and e-mail address, as far as they stand out."""
    found = ((name, pattern.search(text)) for name, pattern in _ENTITIES)
    return {name: (match.group(match.lastindex or 0)).strip() for name, match in found if match}
