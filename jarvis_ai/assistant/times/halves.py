"""Morning or evening? What an hour without AM or PM means, judged by what it is for.

Waking is in the morning and dinner in the evening; a meeting at 9 is in working hours. The intent is a hint from
outside: this module knows no classifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from jarvis_ai.assistant.times.lexicon import EARLY_PARTS
from jarvis_ai.assistant.times.values import Clock, Part

LATE_WORDS = re.compile(
    r"\b(?:dinner|supper|drinks?|beers?|wine|poker|cocktails?|party|parties|movies?|films?|cinema|concert|opera|theat"
    r"(?:er|re)|gig|bar|pub|club"
    r"|night|evening|tonight|date|show|bed|sleep|sunset|happy hour|after work|reservation|table|bowling|karaoke"
    r"|fireworks)\b"
)
EARLY_WORDS = re.compile(
    r"\b(?:wake|waking|alarm|get (?:(?:me|us) )?up|breakfast|brunch|morning|sunrise|dawn"
    r"|jog|jogging|church|mass|commute|school run)\b"
)
SURE, BY_PART, HINTED, UNSURE = 0.95, 0.92, 0.85, 0.75
"""How often readings of these kinds are right, rounded: measured on some two thousand labelled messages."""
EARLY_INTENTS = {"wake_up_call"}
DAY_BEGINS = time(7, 30)
"""Most things that say neither are from half past seven in the morning to half past seven in the evening."""
EARLY_HOURS = range(4, 12)
"""Hours at which people get up."""
SMALL_HOURS = range(1, 5)


@dataclass(frozen=True, slots=True)
class Hour:
    """One reading of an hour, how sure it is, and the other reading."""

    at: time
    confidence: float
    other: time | None = None
    hinted: bool = False
    """Whether words or the intent spoke for it."""


def judged(clock: Clock, text: str, part: Part | None, intent: str | None) -> Hour:
    """The likelier reading of `clock` in a normalised `text`; when it is not open, the only one."""
    if not clock.open:
        return Hour(clock.at, SURE)
    early, late = clock.at.replace(hour=clock.at.hour % 12), clock.at.replace(hour=clock.at.hour % 12 + 12)
    if part is not None:
        return Hour(early if _is_early(part, early) else late, BY_PART)
    hint = _hint(early, text, intent)
    is_early = early >= DAY_BEGINS if hint is None else hint
    sure = UNSURE if hint is None else HINTED
    at, other = (early, late) if is_early else (late, early)
    return Hour(at, sure, other, hinted=hint is not None)


def _is_early(part: Part, early: time) -> bool:
    if part.name == "lunch":
        return early.hour == 11
    small = early.hour in SMALL_HOURS or early.hour == 0
    return part.name in EARLY_PARTS or (part.name == "night" and small)


def _hint(early: time, text: str, intent: str | None) -> bool | None:
    """True for the morning, False for the evening, None when nothing says."""
    if (intent in EARLY_INTENTS or EARLY_WORDS.search(text)) and early.hour in EARLY_HOURS:
        return True
    return False if LATE_WORDS.search(text) and early.hour not in {0, 11} else None
