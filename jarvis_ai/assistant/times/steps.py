"""In which order a text is read: what looks like something else before it, what speaks of others after them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from jarvis_ai.assistant.times import clocks, dates, edges, every, lengths, periods, ranges, spans
from jarvis_ai.assistant.times.moves import target
from jarvis_ai.assistant.times.reading import Reading, Rule

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
TOGETHER = (clocks.LAST_MINUTE, edges.EDGES, ranges.TWO_DAYS, every.DATED, spans.SPANS)
"""What names that have been read say together."""
QUANTITY = re.compile(
    r"\b(?:volume|brightness|thermostat|oven|preheat|temperature(?! (?:be|going|at [0-9]+ in)\b)"
    r"|heating|fan|speed|channel|dim|degrees|percent|level|score|scored"
    r"|count|scale|rate|rank|guess|odds|ratio|pick (?:a|any|one)|divided?|multipl(?:y|ied)|plus|minus"
    r"|split (?:it|this|that|them) by)\b"
)
"""Where these are spoken of, "at 7" is no hour and "from 1 to 10" no stretch of time."""
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
    r"\b(?:since|(?:was|were)(?! (?:wondering|hoping|thinking|planning|going|supposed|told|just|also))|wasn't|weren't"
    r"|happened|missed|received|lasted|had(?! to| better)|went|(?<!ve )(?<!have )(?<!has )(?<!i )got)\b"
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
    for of_numbers in _of_bare_numbers(normal):
        reading.apply(of_numbers)
    reading.apply(lengths.COUNTED)
    return reading


def _of_bare_numbers(normal: str) -> Iterator[Iterable[Rule]]:
    """Rules for numbers that are hours by what stands around them, and only where no quantity is spoken of."""
    hours = QUANTITY.search(normal) is None
    if hours:
        yield spans.BARE_SPANS
    yield from (spans.LISTED, spans.LISTED)
    if BOOKING.search(normal):
        yield spans.BOOKED
        yield clocks.BOOKED
    if hours:
        yield clocks.BARE_HOURS
