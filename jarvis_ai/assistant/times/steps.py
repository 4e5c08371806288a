"""In which order a text is read: what looks like something else before it, what speaks of others after them."""

from __future__ import annotations

import re
from datetime import datetime

from jarvis_ai.assistant.times import clocks, dates, edges, every, lengths, periods, ranges
from jarvis_ai.assistant.times.moves import target
from jarvis_ai.assistant.times.reading import Reading

NAMES = (
    clocks.LIKE_LENGTHS,
    periods.LIKE_LENGTHS,
    lengths.AMOUNTS,
    every.RULES,
    dates.DATES,
    clocks.CLOCKS,
    clocks.ZONED,
    periods.PERIODS,
    clocks.PARTS_OF_DAY,
)
"""What is named by itself."""
TOGETHER = (clocks.LAST_MINUTE, edges.EDGES, ranges.TWO_DAYS, every.DATED, clocks.SPANS, clocks.LISTED, clocks.LISTED)
"""What names that have been read say together."""
QUANTITY = re.compile(
    r"\b(?:volume|brightness|thermostat|temperature|heating|fan|speed|channel|dim|degrees|percent|level|score|scored)\b"
)
"""Where these are spoken of, "at 7" is no hour."""
BOOKING = re.compile(
    r"\b(?:schedule|book|block|busy|away|off|out|available|free|meeting|appointment|calendar|event|class|shift|alarm)\b"
    r"(?!.*\b(?:table|reservation|tickets?|seats?|people|party of)\b)"
)
"""Where these are spoken of, "9-5" is from one hour to another, and "for 5" no number of people."""
COMMAND = re.compile(
    r"\b(?:delete|cancel|remove|erase|clear|schedule|add|set|remind|move|change|put|book|create|make|please|wake"
    r"|alarm)\b"
)
"""Who asks for something to be done means a time to come, whatever else is told."""
PAST = re.compile(
    r"\b(?:since|was|were|wasn't|weren't|happened|missed|received|lasted|had(?! to)|went|got)\b"
    r"|\bwho (?:\w+ed|sent|wrote|came|rang)\b"
    r"|\bdid(?:n't)?\b(?!.* (?:accept|accepted|decline|plan|confirm|invite)\b)"
)
"""Words of a story of the past, or a question about it; who asks "did I set an alarm for 7?" asks for one to come."""


PAST_INTENTS = {"email_query"}
"""Who asks for mail asks for what has come."""


def read(normal: str, now: datetime, intent: str | None = None) -> Reading:
    """A normalised text, all of its times marked. Raises OverflowError or ValueError where the calendar ends."""
    past = intent in PAST_INTENTS or (PAST.search(normal) is not None and not COMMAND.search(normal))
    reading = Reading(normal, now, past=past)
    for rules in NAMES:
        reading.apply(rules)
    reading.text = target(reading.text)
    for rules in TOGETHER:
        reading.apply(rules)
    if BOOKING.search(normal):
        reading.apply(clocks.BOOKED)
    if not QUANTITY.search(normal):
        reading.apply(clocks.BARE_HOURS)
    reading.apply(lengths.COUNTED)
    return reading
