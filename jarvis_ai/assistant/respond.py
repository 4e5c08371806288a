"""The keyword link's voice: what a model would say, from words alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jarvis_ai.assistant.keyword import intent_of
from jarvis_ai.assistant.times import extract
from jarvis_ai.domain import Prompt


def respond(prompt: Prompt) -> str:
    """An answer to `prompt`: JSON where it asks for an intent or a time, else a sentence that says what this is."""
    shaped = ANALYSES.get(_schema_name(prompt))
    now = _now(prompt)
    return json.dumps(shaped(prompt.text, now)) if shaped else _sentence(prompt.text, now)


def _intent(text: str, now: datetime) -> dict[str, Any]:
    return intent_of(text).as_dict()


def _time(text: str, now: datetime) -> dict[str, Any]:
    return extract(text, now).as_dict()


ANALYSES: Mapping[str, Callable[[str, datetime], dict[str, Any]]] = {"intent": _intent, "time_info": _time}


def _sentence(text: str, now: datetime) -> str:
    intent, moment = intent_of(text), extract(text, now)
    wish = intent.intent.replace("_", " ")
    what = f"you seem to want: {wish}" if intent.action_needed else "it names nothing that I can do"
    when = f", {moment.readable_time}" if moment.datetime else ""
    return f"No AI model could be reached, so this is a keyword analysis of your message: {what}{when}."


def _schema_name(prompt: Prompt) -> str:
    asked = prompt.extra.get("response_format")
    schema = asked.get("json_schema") if isinstance(asked, Mapping) else None
    return str(schema.get("name")) if isinstance(schema, Mapping) else ""


def _now(prompt: Prompt) -> datetime:
    """The caller's present, which an analysis sends along; else this machine's."""
    metadata = prompt.extra.get("metadata")
    given = metadata.get("now") if isinstance(metadata, Mapping) else None
    return datetime.fromisoformat(given) if isinstance(given, str) else datetime.now().astimezone()
