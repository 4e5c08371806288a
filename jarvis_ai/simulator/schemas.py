"""JSON that fits a schema and, for the words of an assistant, makes some sense.

Naive on purpose: a simulated model may be wrong, as a real one may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

INTENT_WORDS: Mapping[str, str] = {
    "cancel": r"\bcancel|never ?mind|\bdelete\b|\bforget (it|about)\b",
    "wake_up_call": r"\bwake|\balarm",
    "reminder_query": r"\b(what|which|show|list|any|read)\b.*remind",
    "set_reminder": r"\bremind|don't let me forget",
    "snooze": r"\bsnooze|more minutes",
    "email_query": r"\b(any|new|unread|check|read|show)\b.*e-?mail|\binbox",
    "email_send": r"\be-?mail",
    "send_message": r"\btext\b|\bmessage\b|\bsms\b|\btell \w+ that",
    "make_call": r"\bcall\b|\bring\b|\bphone\b|\bdial\b",
    "calendar_update": r"\b(move|reschedule|postpone|change)\b.*(meeting|appointment|review|event|lunch)",
    "calendar_query": r"\b(what|when|do i have|next|any|show)\b.*(meeting|calendar|appointment|schedule|event)",
    "calendar_create": r"\b(schedule|book|put|add|create)\b.*(meeting|calendar|appointment|lunch|event|table)"
    r"|\bmeeting with",
    "notes_todo": r"\b(list|note|to-?do|groceries)\b",
    "daily_digest": r"\bdigest\b|\bsummary\b|\bbriefing\b",
    "weather": r"\bweather|\brain|\bsnow|\bsunny|\bforecast|\btemperature|\bumbrella",
    "directions": r"\bdirections?\b|\bhow do i get to|\broute\b|\bnavigate",
    "general_chat": r"\bhello\b|\bhi\b|\bhey\b|\bjoke\b|\bhow are you|\bthanks?\b|\?",
}
"""Which words stand for which intent, the first that fits."""

NAMED: Mapping[str, re.Pattern[str]] = {
    "who": re.compile(r"\b(?i:call|ring|phone|text|tell|with|from|to) ((?!I\b)[A-Z]\w+)", re.A),
    "phone": re.compile(r"(\+?\d[\d ().-]{6,18}\d)", re.A),
    "email": re.compile(r"([\w.+-]{1,60}@[\w-]{1,60}\.[\w.]{2,60})", re.A),
}
"""What an entity looks like in a message."""

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
CLOCK = re.compile(r"\b(?:at )?(\d{1,2})(?::(\d{2}))? ?(am|pm)\b|\b(?:at )?(\d{1,2}):(\d{2})\b", re.I)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = re.compile(rf"\b(today|tomorrow|{'|'.join(WEEKDAYS)})\b", re.I)
NUMBERS = {"a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20}
SPAN = re.compile(rf"\b(in|for) (\d{{1,4}}|{'|'.join(NUMBERS)}) (second|minute|hour|day|week)s?\b", re.I)
NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
DESCRIBED = re.compile(r"JSON object[^\n]{0,60}fields:\n\n((?:[- ] [^\n]{1,300}\n)+)")
FIELD = re.compile(r"^- (\w{1,40}): ", re.MULTILINE)
ANY: Mapping[str, Any] = {"type": ["string", "number", "null"]}
LONGEST_DESCRIPTION = 20_000
DEEPEST = 8
"""A schema that holds itself is followed so far."""
MOST_VALUES, LONGEST_ARRAY, LONGEST_TEXT = 500, 20, 1_000
"""However much a schema asks for: it comes from outside."""


def fitting(schema: Mapping[str, Any], prompt: str, system: str = "") -> Any:
    """A value that fits `schema`; `system` may say what time it is now, in ISO 8601."""
    return _Maker(schema, prompt, _now(system)).make(schema)


def described(system: str) -> dict[str, Any] | None:
    """The schema of the JSON object whose fields a system message lists, one a line; None where it lists none."""
    found = DESCRIBED.search(system[:LONGEST_DESCRIPTION])
    fields = FIELD.findall(found[1]) if found else []
    return {"type": "object", "properties": dict.fromkeys(fields, ANY)} if fields else None


def intent(prompt: str) -> str:
    """What the prompt asks for, by its words."""
    text = prompt.lower()
    return next((name for name, words in INTENT_WORDS.items() if re.search(words, text)), "unknown")


def named(prompt: str) -> dict[str, str]:
    """The entities that the prompt names, by their looks."""
    found = ((name, looks.search(prompt[:2_000])) for name, looks in NAMED.items())
    return {name: match[1] for name, match in found if match}


def when(prompt: str, now: datetime) -> dict[str, Any]:
    """The time that the prompt speaks of, by its words."""
    span, clock, day = SPAN.search(prompt), CLOCK.search(prompt), DAY.search(prompt)
    nothing: dict[str, Any] = {"type": "none", "readable_time": "", "datetime": None, "end": None, "recurrence": None}
    if span:
        count = NUMBERS.get(span[2].lower()) or int(span[2])
        moment = _later(now, count * UNITS[span[3].lower()])
        kind = "relative" if span[1].lower() == "in" else "duration"
        return nothing | {"type": kind, "readable_time": span[0], "datetime": moment.isoformat(timespec="seconds")}
    if clock or day:
        moment = _at(clock, day, now)
        words = " ".join(match[0] for match in (day, clock) if match)
        recurrence = "FREQ=DAILY" if re.search(r"\bevery ?day|\bdaily\b", prompt, re.I) else None
        kind = "recurring" if recurrence else "absolute"
        found = {"type": kind, "readable_time": words, "datetime": moment.isoformat(timespec="seconds")}
        return nothing | found | {"recurrence": recurrence}
    return nothing


def _at(clock: re.Match[str] | None, day: re.Match[str] | None, now: datetime) -> datetime:
    """A clock's time on a day, the next one that comes where none is named; a day without a time begins at nine."""
    hour, minute = (int(clock[1] or clock[4]), int(clock[2] or clock[5] or 0)) if clock else (9, 0)
    if clock and clock[3]:
        hour = hour % 12 + (12 if clock[3].lower() == "pm" else 0)
    moment = now.replace(hour=hour % 24, minute=minute % 60, second=0, microsecond=0)
    ahead = _days_ahead(day[1].lower(), now) if day else int(moment <= now)
    return _later(moment, ahead * UNITS["day"])


def _days_ahead(day: str, now: datetime) -> int:
    if day in WEEKDAYS:
        return (WEEKDAYS.index(day) - now.weekday() - 1) % 7 + 1
    return int(day == "tomorrow")


def _later(moment: datetime, seconds: int) -> datetime:
    """So many seconds on; the moment itself at the end of all days."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return moment


def _now(system: str) -> datetime:
    """The moment that a system message names, the real one where it names none that is one."""
    said = NOW.search(system)
    try:
        return datetime.fromisoformat(said[0]) if said else datetime.now(UTC)
    except ValueError:
        return datetime.now(UTC)


class _Maker:
    """Follows one schema, knowing the prompt."""

    def __init__(self, root: Mapping[str, Any], prompt: str, now: datetime) -> None:
        self._root = root
        self._prompt = prompt
        self._left = MOST_VALUES
        self._known: dict[str, Any] = {
            "intent": intent(prompt),
            "confidence": 0.92,
            "entities": {},
            **named(prompt),
            **when(prompt, now),
        }
        self._known |= {"action_needed": True, "priority": "normal", "query": prompt, "text": prompt, "time": prompt}

    def make(self, schema: Any, name: str = "", depth: int = 0) -> Any:
        self._left -= 1
        if not isinstance(schema, Mapping) or depth > DEEPEST or self._left < 0:
            return None
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if values := _list(schema, "enum"):
            return self._chosen(values, name)
        if options := _list(schema, "anyOf") or _list(schema, "oneOf"):
            return self._any(options, name, depth)
        return self._typed(schema, name, depth)

    def _typed(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        types = _types(schema)
        known = self._known.get(name)
        if name in self._known and any(_is(known, kind) for kind in types) and "object" not in types:
            return known
        # What may be left out is, where nothing is known of it.
        kind = types[0] if "null" not in types else "null"
        makers: Mapping[str, Callable[[], Any]] = {
            "object": lambda: self._object(schema, depth),
            "array": lambda: (
                [self.make(schema.get("items", {}), name, depth + 1)] * _size(schema, "minItems", 1, LONGEST_ARRAY)
            ),
            "string": lambda: self._string(schema, name),
            "integer": lambda: int(_inside(schema, 1)),
            "number": lambda: float(_inside(schema, 0.5)),
            "boolean": lambda: True,
            "null": lambda: None,
        }
        return makers.get(kind, lambda: None)()

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        return {key: self.make(part, key, depth + 1) for key, part in properties.items()}

    def _string(self, schema: Mapping[str, Any], name: str) -> str:
        formats = {"date-time": "2026-01-01T09:00:00Z", "date": "2026-01-01", "email": "ana@example.com"}
        text = formats.get(str(schema.get("format"))) or self._prompt[:60] or name or "text"
        text = text.ljust(_size(schema, "minLength", 0, LONGEST_TEXT), ".")
        return text[: _size(schema, "maxLength", len(text), LONGEST_TEXT)]

    def _chosen(self, values: Sequence[Any], name: str) -> Any:
        """The value that the prompt's words speak for; else a harmless one, else the first."""
        known = self._known.get(name)
        if known in values:
            return known
        spoken = (value for value in values if isinstance(value, str) and value.lower() in self._prompt.lower())
        harmless = (value for value in values if value in ("unknown", "none", "other", "normal", "neutral"))
        return next(spoken, next(harmless, values[0]))

    def _any(self, options: Sequence[Any], name: str, depth: int) -> Any:
        known = self._known.get(name)
        kinds = [kind for option in options if isinstance(option, Mapping) for kind in _types(self._resolved(option))]
        if name in self._known and any(_is(known, kind) for kind in kinds):
            return known
        solid = (option for option in options if isinstance(option, Mapping) and option.get("type") != "null")
        return self.make(next(solid, options[0]), name, depth + 1)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Any = schema
        for _ in range(DEEPEST):
            reference = found.get("$ref") if isinstance(found, Mapping) else None
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            found = self._root
            for step in reference[2:].split("/"):
                found = found.get(step, {}) if isinstance(found, Mapping) else {}
        return found if isinstance(found, Mapping) else {}


def _types(schema: Mapping[str, Any]) -> list[str]:
    named = schema.get("type") or ("object" if "properties" in schema else "array" if "items" in schema else "string")
    return [str(kind) for kind in named] if isinstance(named, list) else [str(named)]


PYTHON = {"string": str, "number": float, "integer": int, "object": dict, "array": list, "boolean": bool}


def _is(value: Any, kind: str) -> bool:
    return value is None if kind == "null" else isinstance(value, PYTHON.get(kind, ()))


def _list(schema: Mapping[str, Any], name: str) -> list[Any]:
    value = schema.get(name)
    return value if isinstance(value, list) else []


def _size(schema: Mapping[str, Any], name: str, usual: int, most: int) -> int:
    value = schema.get(name)
    return min(max(value if type(value) is int else usual, 0), most)


def _inside(schema: Mapping[str, Any], usual: float) -> float:
    low, high = (limit if isinstance(limit, int | float) else None for limit in map(schema.get, ("minimum", "maximum")))
    if low is not None and usual < low:
        return float(low)
    return float(high) if high is not None and usual > high else usual
