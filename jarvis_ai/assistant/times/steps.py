"""In which order a text is read: what looks like something else before it, what speaks of others after them."""

from __future__ import annotations

import re
from datetime import datetime

from jarvis_ai.assistant.times import clocks, dates, every, lengths, periods
from jarvis_ai.assistant.times.moves import target
from jarvis_ai.assistant.times.reading import Reading

NAMES = (
    clocks.LIKE_LENGTHS,
    lengths.AMOUNTS,
    every.RULES,
    clocks.CLOCKS,
    dates.DATES,
    periods.EARLY,
    clocks.PARTS_OF_DAY,
)
"""What is named by itself."""
TOGETHER = (periods.LATE, dates.TWO_DAYS, every.DATED, clocks.SPANS)
"""What names that have been read say together."""
QUANTITY = re.compile(
    r"\b(?:volume|brightness|thermostat|temperature|heating|fan|speed|channel|dim|degrees|percent|level|score|scored)\b"
)
"""Where these are spoken of, "at 7" is no hour."""
PAST = re.compile(
    r"\b(?:was|were|wasn't|weren't|happened|missed|received|lasted|had|went|got)\b"
    r"|\bwho (?:\w+ed|sent|wrote|came|rang)\b"
    r"|\bdid(?:n't)?\b(?!.* (?:set|schedule|scheduled|book|accept|accepted|decline|add|plan|make|create|put|ask|tell"
    r"|invite|confirm)\b)"
)
"""Words of a story of the past, or a question about it; who asks "did I set an alarm for 7?" asks for one to come."""


def read(normal: str, now: datetime) -> Reading:
    """A normalised text, all of its times marked. Raises OverflowError or ValueError where the calendar ends."""
    reading = Reading(normal, now, past=PAST.search(normal) is not None)
    for rules in NAMES:
        reading.apply(rules)
    reading.text = target(reading.text)
    for rules in TOGETHER:
        reading.apply(rules)
    if not QUANTITY.search(normal):
        reading.apply(clocks.BARE_HOURS)
    reading.apply(lengths.COUNTED)
    return reading
