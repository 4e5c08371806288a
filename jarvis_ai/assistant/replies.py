"""What a model said, made into a result. Its words are data: repaired where that is safe, refused where it is not.

Nothing that a model says makes this raise anything but `Unusable`, whose words never repeat the model's.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from jarvis_ai.assistant.questions import ENTITIES
from jarvis_ai.assistant.results import INTENTS, TIME_TYPES, Intent, TimeInfo
from jarvis_ai.assistant.times import readable

LONGEST_REPLY, LONGEST_TEXT, LONGEST_NAME = 8_000, 200, 40
"""Letters that are read of a reply, of a text in it, and of a name."""
MOST_BRACKETS = 100
"""Of an object that makes sense; a thousand of them keep a parser busy."""
DEEPEST = 4
"""An object may be wrapped in others so often."""
UNSURE = 0.5
"""The confidence of an answer that gives none."""

ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("alarm", "set_alarm", "wake_up", "wakeup"), "wake_up_call"),
    **dict.fromkeys(("reminder", "create_reminder", "remind"), "set_reminder"),
    **dict.fromkeys(("call", "phone_call"), "make_call"),
    **dict.fromkeys(("text", "sms", "message", "send_text"), "send_message"),
    **dict.fromkeys(("todo", "note", "notes", "shopping_list"), "notes_todo"),
    **dict.fromkeys(("digest", "briefing"), "daily_digest"),
    **dict.fromkeys(("chat", "small_talk", "smalltalk", "greeting", "chitchat"), "general_chat"),
    **dict.fromkeys(("other", "none", "null", "out_of_scope"), "unknown"),
}
"""What models say for an intent, and which one they mean."""
TYPE_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("datetime", "date", "time", "point", "specific"), "absolute"),
    **dict.fromkeys(("interval", "period"), "range"),
    **dict.fromkeys(("repeat", "repeating", "recurrence", "recurrent"), "recurring"),
    **dict.fromkeys(("null", "no_time", "unknown"), "none"),
}
"""Likewise for a type of time."""
SURE: Mapping[str, float] = {"high": 0.9, "medium": 0.6, "low": 0.3}
"""Confidence in words."""

YEARS = range(1000, 3000)
"""That a message can mean. At the ends of the calendar a change of zone is an error, for us and for our callers."""
POINTS = {"absolute", "relative", "range", "recurring"}
"""Types that have a moment."""
RRULE = re.compile(
    r"FREQ=(?:SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)"
    r"(?:;(?:INTERVAL|COUNT|UNTIL|WKST|BYDAY|BYHOUR|BYMINUTE|BYMONTH|BYMONTHDAY|BYSETPOS|BYWEEKNO|BYYEARDAY)=[\w,+-]+)*"
)
"""A rule of RFC 5545, the frequency first."""


class Unusable(ValueError):
    """A reply that no repair makes a result of; the message says what is wrong with it."""


def read_intent(reply: str) -> Intent:
    """The intent in a model's reply. Raises `Unusable` when it holds no name of an intent."""
    said = _object_with("intent", reply)
    intent = _name(said["intent"], INTENTS, ALIASES)
    if intent is None:
        raise Unusable("its 'intent' was none of the names")
    return Intent.of(intent, _share(said.get("confidence")), _entities(said.get("entities")), "model")


def read_time(reply: str, now: datetime, local: TimeInfo) -> TimeInfo:
    """The time in a model's reply, in the zone of `now`. Raises `Unusable` when it holds none and does not say "none".

    Where a moment can be read in two ways, for its offset is not the zone's or it is a mere day, `local` decides.
    """
    said = _object_with("type", reply)
    kind = _name(said["type"], TIME_TYPES, TYPE_ALIASES)
    moment = _moment(said.get("datetime"), now, local)
    if kind is None or (kind == "none" and moment):
        kind = _kind_of(moment, local)
    if kind in POINTS and moment is None:
        raise Unusable("its 'datetime' was no moment in ISO 8601")
    recurrence = _rule(said.get("recurrence")) if kind == "recurring" else None
    return TimeInfo(
        type=kind,
        readable_time=_words(kind, moment, said.get("readable_time"), now),
        datetime=moment.isoformat(timespec="seconds") if moment and kind in POINTS else None,
        end=_end(said.get("end"), moment, now) if kind == "range" else None,
        recurrence=recurrence,
        confidence=_share(said.get("confidence")),
        source="model",
    )


def _object_with(field: str, reply: str) -> Mapping[str, Any]:
    """The first JSON object in a reply that has a field, whatever fences, prose or objects stand around it."""
    text = reply[:LONGEST_REPLY]
    if text.count("{") + text.count("[") > MOST_BRACKETS:
        raise Unusable("it was nested too deeply")
    found = next((each for each in _objects(_parsed(text)) if field in each), None)
    if found is None:
        raise Unusable(f"it held no JSON object with the field '{field}'")
    return found


def _parsed(text: str) -> Any:
    import json_repair  # noqa: PLC0415 - takes longer to import than all the rest, and words alone do not need it

    try:
        return json_repair.loads(text)
    except Exception as exc:  # whatever a parser of broken JSON stumbles over, there is none to be used
        raise Unusable("it held no JSON that can be read") from exc


def _objects(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every object in a value, outer ones first, with its fields' names in small letters."""
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        yield {str(name).strip().lower(): each for name, each in value.items()}
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for each in inside:
        yield from _objects(each, depth + 1)


def _name(value: Any, known: Collection[str], aliases: Mapping[str, str]) -> str | None:
    """The known name that was meant: itself, an alias, or one that looks the same but for a slip."""
    if not isinstance(value, str):
        return "none" if value is None and "none" in known else None
    name = re.sub(r"[^a-z]+", "_", value[:LONGEST_NAME].lower()).strip("_")
    if name in known or name in aliases:
        return aliases.get(name, name)
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.85)), None)


def _share(value: Any) -> float:
    """A confidence from 0 to 1: percentages and words are understood, anything else is `UNSURE`."""
    if isinstance(value, str) and value.strip().lower() in SURE:
        return SURE[value.strip().lower()]
    try:
        number = float(value.strip().rstrip("%") if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        return UNSURE
    if isinstance(value, bool) or not math.isfinite(number) or not 0 <= number <= 100:
        return UNSURE
    return number / 100 if number > 1 or (isinstance(value, str) and "%" in value) else number


def _entities(value: Any) -> dict[str, str]:
    """What was named, as plain text."""
    if not isinstance(value, Mapping):
        return {}
    named = {str(name).strip().lower(): _text(each) for name, each in value.items()}
    return {name: named[name] for name in ENTITIES if named.get(name)}


def _text(value: Any) -> str:
    """A text or a number in one line; of a list its texts. Nothing else is text."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value[:5])))[:LONGEST_TEXT]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else _digits(value)
    said = "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_TEXT])
    return "" if said.strip().lower() in ("null", "none", "nan") else " ".join(said.split())


def _digits(value: int) -> str:
    """A whole number as text; one that is too long to be anybody's is nothing."""
    return str(value) if abs(value) < 10**18 else ""


def _moment(value: Any, now: datetime, local: TimeInfo) -> datetime | None:
    """The moment that a text means, in the zone of `now`; None where it means none that a calendar holds."""
    readings = list(_readings(value, now, local))
    agreed = (each for each in readings if local.datetime and same(each.isoformat(), local.datetime))
    return next(agreed, next(iter(readings), None))


def _readings(value: Any, now: datetime, local: TimeInfo) -> Iterator[datetime]:
    """What a text can mean, the likeliest first."""
    said = _iso(value)
    if said is None:
        return
    if said.tzinfo is not None:
        yield from _in_zone(said, now)
    # A wall clock's time without its zone, or with that of another: the zone that was asked in is meant.
    yield from _in_zone(said.replace(tzinfo=now.tzinfo), now)
    if len(value.strip()) == len("2026-11-24") and local.datetime:
        yield from _in_zone(
            datetime.combine(said.date(), datetime.fromisoformat(local.datetime).time(), now.tzinfo), now
        )


def _iso(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip()[:LONGEST_NAME].partition("[")[0])
    except ValueError:
        return None


def _in_zone(moment: datetime, now: datetime) -> Iterator[datetime]:
    """A moment in the zone of `now`, past the gap where the clocks leave it out; nothing outside of `YEARS`."""
    if moment.year in YEARS:
        yield moment.astimezone(UTC).astimezone(now.tzinfo)


def same(one: str, other: str) -> bool:
    """Whether two ISO moments are the same to the minute: a model is told the present no closer than that."""
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) < 60


def _kind_of(moment: datetime | None, local: TimeInfo) -> str:
    """The type where a model named none that there is: what the moment allows."""
    if moment is None:
        raise Unusable("its 'type' was none of the names")
    return local.type if local.type in POINTS else "absolute"


def _end(value: Any, start: datetime | None, now: datetime) -> str | None:
    said = _iso(value)
    if said is None or start is None:
        return None
    ends = _in_zone(said if said.tzinfo else said.replace(tzinfo=now.tzinfo), now)
    return next((end.isoformat(timespec="seconds") for end in ends if end > start), None)


def _rule(value: Any) -> str | None:
    """A recurrence in the form of RFC 5545; None for anything else."""
    rule = _text(value).upper().removeprefix("RRULE:").replace(" ", "").strip(";")
    parts = sorted(rule.split(";"), key=lambda part: not part.startswith("FREQ="))
    return ";".join(parts) if RRULE.fullmatch(";".join(parts)) else None


def _words(kind: str, moment: datetime | None, said: Any, now: datetime) -> str:
    """The time in words. Those of a moment are ours, so that they never contradict it."""
    if moment and kind in POINTS - {"recurring"}:
        return readable(moment, now)
    if kind == "none":
        return "no time mentioned"
    return _text(said) or (readable(moment, now) if moment else "")
