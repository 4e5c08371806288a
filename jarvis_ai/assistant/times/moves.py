"""What is put off: in "move my 3 pm meeting to 5" the time that is wanted is the one after "to"."""

from __future__ import annotations

import re

MOVES = re.compile(
    r"\b(?:move|moved|reschedule|push|postpone|delay|bring forward)\b"
    r"|(?:^|\b(?:please|to|you|and|ok|okay|ok,|okay,) )shift\b"  # not the noun, as in "my shift"
    r"|\bchange (?!my status|status)"
)
BARE_TARGET = re.compile(r" to (?=(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9])?(?:$|[.!?,]| (?:please|instead|on|in)\b| <))")
DAY = re.compile(r"<[DR][0-9]+>")
TARGET = re.compile(r" (?:to|until) (?:at )?(?=(?:the )?(?:<[DRCPM]|[0-9]{1,2}(?:$|[:.!?, ])))")


def target(text: str) -> str:
    """The marked `text` without what it is moved from; the old day stays when only a new hour is named."""
    if not MOVES.search(text):
        return text
    found = list(TARGET.finditer(text))
    if not found:
        return text
    head, tail = text[: found[-1].start()], text[found[-1].end() :]
    day = DAY.search(head) if not DAY.search(tail) else None
    hour = "at " if BARE_TARGET.match(text, found[-1].start()) else ""
    return f"{day[0]} {hour}{tail}" if day else hour + tail
