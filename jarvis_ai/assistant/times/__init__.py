"""When the caller means, from words alone. Wall-clock arithmetic in the zone of `now`, across its changes of clock.

A text is brought to one way of writing (`normal`) and read in `steps`, each a table of rules that replace words by
marks (`reading`); `choose` makes one answer of what is marked. It knows no intent classifier and no model.
"""

from __future__ import annotations

from datetime import datetime

from jarvis_ai.assistant.results import NO_TIME, TimeInfo
from jarvis_ai.assistant.times.choose import chosen
from jarvis_ai.assistant.times.found import Found
from jarvis_ai.assistant.times.normal import normalise
from jarvis_ai.assistant.times.steps import read
from jarvis_ai.assistant.times.words import clock, readable

__all__ = ["clock", "extract", "readable"]


def extract(text: str, now: datetime, *, intent: str | None = None) -> TimeInfo:
    """The time that `text` speaks of; `now` is aware, and its zone is the caller's.

    Times that are past roll forward, except in a story or a question of the past. `intent` is one of `INTENTS`; it
    helps to tell the morning from the evening. What can be read in two ways carries the others in `alternatives`. A
    time that no calendar holds, such as a billion years from now, is none. Never raises.
    """
    try:
        return chosen(Found.of(read(normalise(text), now, intent), intent))
    except (OverflowError, ValueError):  # what the calendar says beyond its first and last year
        return NO_TIME
