"""The keyword link's voice: what a model would say, from words alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from jarvis_ai.assistant.keyword import intent_of
from jarvis_ai.assistant.questions import INTENT, TIME, kind_of, present_of
from jarvis_ai.assistant.results import Intent, TimeInfo
from jarvis_ai.assistant.times import extract
from jarvis_ai.domain import Prompt


def respond(prompt: Prompt) -> str:
    """An answer to `prompt`: JSON where it asks for an intent or a time, else a sentence that says what this is."""
    kind, now = kind_of(prompt), present_of(prompt) or datetime.now().astimezone()
    if kind is None:
        return _sentence(prompt.text, now)
    return json.dumps(ANALYSES[kind.name](prompt.text, now).as_dict())


ANALYSES: Mapping[str, Callable[[str, datetime], Intent | TimeInfo]] = {
    INTENT.name: lambda text, now: intent_of(text),
    TIME.name: extract,
}


def _sentence(text: str, now: datetime) -> str:
    intent, moment = intent_of(text), extract(text, now)
    wish = intent.intent.replace("_", " ")
    what = f"you seem to want: {wish}" if intent.action_needed else "it names nothing that I can do"
    when = f", {moment.readable_time}" if moment.datetime else ""
    return f"No AI model could be reached, so this is a keyword analysis of your message: {what}{when}."
