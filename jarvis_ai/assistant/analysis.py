"""Intent and time with a model, checked; and without one when it says nothing usable."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from typing import Any

from jarvis_ai.assistant.keyword import intent_of
from jarvis_ai.assistant.results import INTENTS, TIME_TYPES, Intent, TimeInfo
from jarvis_ai.assistant.times import extract
from jarvis_ai.domain import KEYWORD, Completion, Prompt

Ask = Callable[[Prompt, str], Awaitable[Completion]]
"""Runs a prompt as an operation with this tag."""

NULLABLE = {"type": ["string", "null"]}
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "intent": {
        "intent": {"type": "string", "enum": list(INTENTS)},
        "confidence": {"type": "number"},
        "entities": {"type": "object"},
    },
    "time_info": {
        "type": {"type": "string", "enum": list(TIME_TYPES)},
        "datetime": NULLABLE,
        "end": NULLABLE,
        "recurrence": NULLABLE,
        "readable_time": {"type": "string"},
        "confidence": {"type": "number"},
    },
}


async def analyze_intent(ask: Ask, text: str, *, now: datetime) -> Intent:
    """What `text` asks for. Never raises for want of a model: words alone decide then."""
    system = _prompt("intent_v1").format(intents=", ".join(INTENTS))
    completion = await ask(_question("intent", system, text, now), "intent")
    said = read_object(completion.text) if completion.ok else None
    if said is None or said.get("intent") not in INTENTS:
        return intent_of(text)
    return Intent.of(
        said["intent"], _share(said.get("confidence")), _entities(said.get("entities")), _source(completion)
    )


async def extract_time(ask: Ask, text: str, *, now: datetime) -> TimeInfo:
    """When `text` means; `now` is aware. Never raises for want of a model: words alone decide then."""
    system = _prompt("time_v1").format(
        now=now.isoformat(timespec="minutes"), zone=now.tzname(), types=", ".join(TIME_TYPES)
    )
    completion = await ask(_question("time_info", system, text, now), "time")
    local = extract(text, now)
    said = read_object(completion.text) if completion.ok else None
    if said is None or said.get("type") not in TIME_TYPES or not _is_moment(said.get("datetime")):
        return local
    found = TimeInfo(
        type=said["type"],
        readable_time=str(said.get("readable_time") or "") or local.readable_time,
        datetime=said.get("datetime"),
        end=said.get("end") if _is_moment(said.get("end")) else None,
        recurrence=said.get("recurrence") if isinstance(said.get("recurrence"), str) else None,
        confidence=_share(said.get("confidence")),
        source=_source(completion),
    )
    # Two readings that differ: one of them is wrong, so neither is sure.
    return found if _agree(found.datetime, local.datetime) else replace(found, confidence=min(found.confidence, 0.5))


def read_object(text: str) -> dict[str, Any] | None:
    """The first JSON object in `text`, whatever fences or prose stand around it; None when there is none."""
    decoder = json.JSONDecoder()
    for start, letter in enumerate(text):
        if letter == "{":
            try:
                found, _ = decoder.raw_decode(text, start)
            except json.JSONDecodeError:
                continue
            except RecursionError:
                return None
            return found if isinstance(found, dict) else None
    return None


def _question(name: str, system: str, text: str, now: datetime) -> Prompt:
    properties = SCHEMAS[name]
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return Prompt.of(
        text,
        system=system,
        temperature=0.0,
        max_tokens=300,
        extra={
            "response_format": {"type": "json_schema", "json_schema": {"name": name, "schema": schema}},
            "metadata": {"now": now.isoformat()},
        },
    )


def _prompt(name: str) -> str:
    return files("jarvis_ai.assistant").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")


def _source(completion: Completion) -> str:
    return "keyword" if completion.link and completion.link.provider == KEYWORD else "model"


def _share(value: Any) -> float:
    return min(max(float(value), 0.0), 1.0) if isinstance(value, int | float) and math.isfinite(value) else 0.5


def _entities(value: Any) -> dict[str, str]:
    return {str(name): str(each) for name, each in value.items() if each} if isinstance(value, dict) else {}


def _agree(one: str | None, other: str | None) -> bool:
    """Whether both are the same moment, to the minute: a model is told the present no closer than that."""
    if one is None or other is None:
        return one is other
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) < 60


def _is_moment(value: Any) -> bool:
    """Whether it is nothing, or an ISO 8601 moment with its offset."""
    if value is None:
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False
