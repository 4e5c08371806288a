"""What a text names without meaning it: times in titles, in the names of things, and those it denies."""

from __future__ import annotations

import re

from jarvis_ai.assistant.times.reading import MARK, Reading
from jarvis_ai.assistant.times.values import Day, Part, Period, Value

QUOTED = re.compile(r'"[^"]{1,200}"')
TOLD = {"on", "for", "to", "this", "next", "coming", "starting"}
"""Words before a day on which something is to be."""
NAMED = re.compile(
    r"(?: <P[0-9]+>)? (?!(?:at|on|in|from|for|with|and|or|to|until|by|is|are|was|i|we|that|please|so|will|if)\b)[a-z]"
)
"""What follows a day that is part of a name."""
DENIED = re.compile(r"\bnot (?:on |at |for |by )?$")
PLAYED = re.compile(
    r"^(?:(?:hey|ok|okay|please|can you|could you|will you|would you|alexa|siri|jarvis|just|i want you to),? ){0,3}"
    r"(?:play|resume|shuffle|sing|put on|listen to|i want to (?:hear|listen to)|start playing)\b"
)
"""What follows is mostly the name of a song or a show."""


def in_order(reading: Reading) -> list[tuple[int, Value]]:
    """Where each value stands: what is told first, then what is denied or only in a name, as in "Sunday school"."""
    quoted = [match.span() for match in QUOTED.finditer(reading.text)]
    marks = reading.marks()
    told = any(isinstance(value, Day) and word_before(reading.text, at) in TOLD for at, value in marks)

    def comes_last(mark: tuple[int, Value]) -> bool:
        at, value = mark
        denied = DENIED.search(reading.text, max(0, at - 12), at) is not None
        quotes = any(begin < at < end for begin, end in quoted)
        return denied or quotes or (told and _names_a_thing(reading.text, at, value))

    return sorted((mark for mark in marks if not _is_title(reading.text, *mark)), key=comes_last)


def _is_title(text: str, at: int, value: Value) -> bool:
    """Whether a day or a part of it is in the name of what is to be played: "play yesterday by the Beatles"."""
    if not isinstance(value, Day | Part | Period) or not PLAYED.search(text):
        return False
    follows = text[text.index(">", at) + 1 :]
    told = word_before(text, at) in TOLD | {"at", "in"}
    return not told and (follows.startswith(" by ") or NAMED.match(follows) is not None or _opens(text, at))


def _opens(text: str, at: int) -> bool:
    """Whether nothing but days stand between "play" and this."""
    opening = PLAYED.search(text)
    return opening is not None and MARK.sub("", text[opening.end() : at]).strip() == ""


def _names_a_thing(text: str, at: int, value: Value) -> bool:
    if not isinstance(value, Day) or (value.weekday is None and not value.holiday):
        return False
    before = text[:at].rstrip()
    inside = before != "" and before[-1].isalpha() and word_before(text, at) not in TOLD
    return inside and NAMED.match(text, text.index(">", at) + 1) is not None


def word_before(text: str, at: int) -> str:
    """The word that ends before the position `at`; nothing at the beginning."""
    head = text[max(0, at - 20) : at].split()
    return head[-1] if head else ""
