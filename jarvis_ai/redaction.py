"""Secrets out of text, before it is shown or kept."""

from __future__ import annotations

import re

MASK = "[redacted]"

MARKS = ("sk-", "earer", "gsk_", "hf_", "ghp_", "xox", "aiza")
"""What stands in every key or header of a vendor, in small letters."""

_known: list[str] = []
"""Secrets of this process, whatever they look like. Only ever appended to: other threads walk it meanwhile."""

SHORTEST = 8
"""Characters. A shorter secret would be found in the middle of words."""

_SECRETS = re.compile(
    r"""
    # a header, an assignment, or a sentence that repeats one
    (?P<keep> \b bearer \s+ | \b x?[-_]?api[-_ ]?key (?:\ provided)? ["']? \s* [:=] \s* ["']? ) [\w\-.~+/=]{8,}
    | \b (?: sk-[\w\-]{8,} | gsk_\w{8,} | hf_\w{16,} | ghp_\w{16,} | xox[abp]-[\w\-]{8,} | AIza[\w\-]{16,} )  # keys
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redact(text: str) -> str:
    """`text` with every key and bearer token masked; the same object when it holds none."""
    # Every text of every row comes through here, and hardly any holds a secret.
    if not suspicious(text):
        return text
    # The longest first: a secret may begin like another, whose rest would stay.
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _SECRETS.sub(lambda match: (match["keep"] or "") + MASK, text)


def suspicious(text: str) -> bool:
    """Whether a closer look could find a secret in `text`."""
    lowered = text.lower()
    # Loops and no any(): every text of every row passes here, and a generator takes longer than all the looking.
    for mark in MARKS:
        if mark in lowered:
            return True
    for secret in _known:
        if secret in text:
            return True
    return "api" in lowered and "key" in lowered


def protect(*secrets: str) -> None:
    """Mask these from now on, whatever they look like: the keys and tokens that this process was given."""
    for secret in secrets:
        if len(secret) >= SHORTEST and secret not in _known:
            _known.append(secret)
