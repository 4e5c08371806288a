"""Secrets out of text, before it is shown or kept."""

from __future__ import annotations

import re

MASK = "[redacted]"

_SECRETS = re.compile(
    r"""
    # a header, an assignment, or a sentence that repeats one
    (?P<keep> \b bearer \s+ | \b x?[-_]?api[-_ ]?key (?:\ provided)? ["']? \s* [:=] \s* ["']? ) [\w\-.~+/=]{8,}
    | \b sk-[\w\-]{8,}  # any vendor's key
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str) -> str:
    """`text` with every key and bearer token masked; the same object when it holds none."""
    # Every text of every row comes through here, and hardly any holds a secret.
    if not suspicious(text):
        return text
    return _SECRETS.sub(lambda match: (match["keep"] or "") + MASK, text)


def suspicious(text: str) -> bool:
    """Whether a closer look could find a secret in `text`."""
    lowered = text.lower()
    return "sk-" in lowered or "earer" in lowered or ("api" in lowered and "key" in lowered)
