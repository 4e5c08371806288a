"""The two results, the same whether a model or the keyword link found them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

INTENTS: Mapping[str, str] = {
    "wake_up_call": "Wake me at 6:30",
    "set_reminder": "Remind me to water the plants",
    "reminder_query": "What did I ask to be reminded of?",
    "snooze": "Ten more minutes, please",
    "cancel": "Never mind the alarm",
    "send_message": "Text Ana that I am late",
    "make_call": "Ring the dentist",
    "calendar_create": "Put lunch with Bo on Thursday",
    "calendar_query": "What is my next meeting?",
    "calendar_update": "Move the review to Friday",
    "email_query": "Any new mail from Kim?",
    "email_send": "Write an e-mail to Kim",
    "notes_todo": "Add milk to the shopping list",
    "daily_digest": "Give me my summary for the day",
    "weather": "Will it rain tomorrow?",
    "directions": "How do I get to the station?",
    "general_chat": "Tell me a joke",
    "unknown": "Blue forty",
}
"""Every intent, with a message that has it."""

TIME_TYPES: Mapping[str, str] = {
    "absolute": "tomorrow at 7 AM",
    "relative": "in 2 hours",
    "range": "from 3 to 5 PM",
    "recurring": "every day at 9 AM",
    "duration": "for twenty minutes",
    "none": "no time at all",
}
"""Every type of time, with words that have it."""

NO_ACTION = ("general_chat", "unknown")
URGENT = {"wake_up_call", "cancel", "snooze"}


@dataclass(frozen=True, slots=True)
class Intent:
    """What the caller wants."""

    intent: str
    """One of `INTENTS`."""
    confidence: float
    """0 to 1."""
    entities: Mapping[str, str] = field(default_factory=dict)
    action_needed: bool = False
    priority: str = "normal"
    """high, normal or low."""
    source: str = "keyword"
    """model or keyword."""
    note: str = ""
    """What a reader should know of how this was found; empty when there is nothing to say."""

    @classmethod
    def of(cls, intent: str, confidence: float, entities: Mapping[str, str], source: str) -> Intent:
        """An intent whose urgency follows from what it is."""
        priority = "high" if intent in URGENT else "low" if intent in NO_ACTION else "normal"
        return cls(intent, confidence, entities, intent not in NO_ACTION, priority, source)

    def as_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"entities": dict(self.entities)}


@dataclass(frozen=True, slots=True)
class TimeInfo:
    """When the caller means."""

    type: str
    """One of `TIME_TYPES`."""
    readable_time: str = ""
    datetime: str | None = None
    """ISO 8601 with offset; the beginning of a range, the first of a recurrence."""
    end: str | None = None
    """Where a range ends, or what has a length: the first moment that is no longer meant."""
    recurrence: str | None = None
    """RFC 5545 RRULE."""
    confidence: float = 0.0
    """0 to 1; lower where something was assumed or can be read in two ways."""
    source: str = "keyword"
    """model or keyword."""
    alternatives: tuple[str, ...] = ()
    """Other moments that the words can mean, likeliest first, like `datetime`; empty where they mean but one."""
    note: str = ""
    """What a reader should know of how this was found, such as that model and local parser disagree; else empty."""
    precision: str = "minute"
    """minute, part (of a day), day, weekend, week, month, quarter or year: what was named; the rest is assumed."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


NO_TIME = TimeInfo("none", "no time mentioned", confidence=0.9)
