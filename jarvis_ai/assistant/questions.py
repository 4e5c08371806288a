"""What a model is asked: a prompt file, the shape of the answer, and how firmly the model can be held to it.

The prompts are the versioned files in `prompts/`; a changed text is a new version, so that the log can tell them apart.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from jarvis_ai.assistant.results import INTENTS, TIME_TYPES
from jarvis_ai.catalog import Catalog
from jarvis_ai.domain import OPENAI, OPENROUTER, Chain, Link, Prompt, text_of

ENTITIES = ("who", "what", "when", "phone", "email", "duration")
"""What of a message may be named."""

MAX_TOKENS = 400
"""Of an answer: the longest that makes sense takes a third of it."""
EARLIER_MESSAGES, EARLIER_LETTERS = 6, 500
"""How much of the conversation before is sent along: so many messages, so much of each."""


class Form(StrEnum):
    """How firmly a model can be held to the shape of its answer. Every prompt describes the shape besides."""

    SCHEMA = "schema"
    OBJECT = "object"
    DESCRIBED = "described"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two analyses."""

    name: str
    """Of the JSON object that is asked for."""
    version: str
    """Name of the prompt's file; operations carry it as their tag."""
    properties: Mapping[str, Any]
    """JSON schemas of the object's fields, all of them required."""
    names: Mapping[str, Mapping[str, str]]
    """What the prompt's file has lists of: each name with an example."""

    @property
    def schema(self) -> dict[str, Any]:
        """The object's JSON schema, as the strict mode of structured outputs wants it."""
        return _object(self.properties)


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    required = list(properties)
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


NULLABLE = MappingProxyType({"type": ["string", "null"]})
INTENT = Kind(
    "intent",
    "intent_v2",
    {
        "intent": {"type": "string", "enum": list(INTENTS)},
        "confidence": {"type": "number"},
        "entities": _object({name: dict(NULLABLE) for name in ENTITIES}),
    },
    {"intents": INTENTS},
)
TIME = Kind(
    "time_info",
    "time_v2",
    {
        "type": {"type": "string", "enum": list(TIME_TYPES)},
        **{name: dict(NULLABLE) for name in ("datetime", "end", "recurrence")},
        "readable_time": {"type": "string"},
        "confidence": {"type": "number"},
    },
    {"types": TIME_TYPES},
)
KINDS = {kind.name: kind for kind in (INTENT, TIME)}

# In this order: a model that takes schemas takes plain objects too.
FORMS = (("structured_outputs", Form.SCHEMA), ("response_format", Form.OBJECT))


def form_for(chain: Chain, catalog: Catalog) -> Form:
    """The firmest form that the chain's first link takes.

    The further links get the same prompt: OpenRouter and Anthropic's door leave out what a model does not take, and the
    shape is described in words as well.
    """
    link = chain.links[0].link if chain.links else Link(OPENROUTER)
    if link.provider == OPENAI:
        return Form.SCHEMA
    model = catalog.find(link.model) if link.provider == OPENROUTER else None
    taken = model.supported_parameters if model else frozenset()
    return next((form for parameter, form in FORMS if parameter in taken), Form.DESCRIBED)


def question(
    kind: Kind,
    text: str,
    now: datetime,
    *,
    form: Form = Form.DESCRIBED,
    context: Iterable[Mapping[str, Any]] = (),
    complaints: Sequence[str] = (),
) -> Prompt:
    """The prompt for `text`, which stays the last user message word for word.

    `context` are the messages before it, oldest first; of long ones the beginning is sent, of many the last.
    `complaints` say what was wrong with earlier answers.
    """
    system = {"role": "system", "content": instructions(kind, now, complaints)}
    messages = (system, *_earlier(context), {"role": "user", "content": text})
    return Prompt(messages, temperature=0.0, max_tokens=MAX_TOKENS, extra=_response_format(kind, form))


def instructions(kind: Kind, now: datetime, complaints: Sequence[str] = ()) -> str:
    """The system message: the prompt's file, with the present and the known names filled in."""
    lists = {name: _list(known) for name, known in kind.names.items()}
    moment = {"now": now.isoformat(timespec="seconds"), "weekday": f"{now:%A}", "zone": zone_name(now)}
    filled = _template(kind.version).format(**moment, **lists, entities=", ".join(ENTITIES))
    # In our words only: what the model said is no instruction to the next one.
    return "\n\n".join([filled.strip(), *(f"An earlier answer could not be used: {each}." for each in complaints)])


@functools.cache
def _template(version: str) -> str:
    return files("jarvis_ai.assistant").joinpath("prompts", f"{version}.md").read_text(encoding="utf-8")


def zone_name(now: datetime) -> str:
    """The IANA name of the zone of `now`, or its offset where it has no name."""
    return getattr(now.tzinfo, "key", None) or f"UTC{now:%z}"


ASKED = re.compile(r'JSON object "(\w{1,40})"')
PRESENT = re.compile(r"It is now (\S{10,40}), a \w+, in the time zone (\S{1,60})\.")


def kind_of(prompt: Prompt) -> Kind | None:
    """Which analysis a prompt asks for, by its schema or its system message; None for any other prompt."""
    wanted = prompt.extra.get("response_format")
    schema = wanted.get("json_schema") if isinstance(wanted, Mapping) else None
    named = str(schema.get("name")) if isinstance(schema, Mapping) else ""
    described = ASKED.search(_system(prompt))
    return KINDS.get(named) or KINDS.get(described[1] if described else "")


def present_of(prompt: Prompt) -> datetime | None:
    """The present that a prompt's system message names, in its zone; None where it names none that is one."""
    said = PRESENT.search(_system(prompt))
    try:
        return datetime.fromisoformat(said[1]).astimezone(_zone(said[2])) if said else None
    except (ValueError, OverflowError, OSError, KeyError):
        return None


def _zone(name: str) -> tzinfo | None:
    """A named zone; None for one that is but an offset: the moment's own is kept then."""
    return None if name.startswith("UTC") and name != "UTC" else ZoneInfo(name)


def _system(prompt: Prompt) -> str:
    return "\n".join(text_of(each.get("content")) for each in prompt.messages if each.get("role") == "system")


def _list(known: Mapping[str, str]) -> str:
    return "\n".join(f'- {name}: "{example}"' for name, example in known.items())


def _earlier(context: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """The conversation before, as one message that nobody takes for the one to be judged."""
    said = [f"{each.get('role', 'user')}: {text_of(each.get('content'))[:EARLIER_LETTERS]}" for each in context]
    if not said:
        return ()
    lines = "\n".join(said[-EARLIER_MESSAGES:])
    # Followed by a turn of the assistant: some models refuse two user messages in a row.
    return (
        {"role": "user", "content": f"What was said before, only to understand the next message:\n{lines}"},
        {"role": "assistant", "content": "Understood. I wait for the message."},
    )


def _response_format(kind: Kind, form: Form) -> dict[str, Any]:
    if form is Form.SCHEMA:
        described = {"name": kind.name, "strict": True, "schema": kind.schema}
        return {"response_format": {"type": "json_schema", "json_schema": described}}
    return {"response_format": {"type": "json_object"}} if form is Form.OBJECT else {}
