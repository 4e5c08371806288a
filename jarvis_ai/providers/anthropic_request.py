"""A prompt in OpenAI's shapes, turned into a request of Anthropic's (contract §11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from jarvis_ai.domain import Prompt, text_of
from jarvis_ai.providers.shapes import mapping, mappings

SYSTEM = ("system", "developer")
"""Roles whose words go to the top of the request: Anthropic has no such message."""

USUAL_LIMIT = 4096
"""Tokens of an answer whose caller set no limit: this format cannot do without."""

TAKES_TEMPERATURE = re.compile(r"claude-(3|(haiku|sonnet|opus)-4-[0-6]\b|(sonnet|opus)-4(-\d{8})?$)")
"""Models up to 4.6; newer ones answer 400 to any value but the default."""


def request_body(model: str, prompt: Prompt) -> dict[str, Any]:
    """A prompt in Anthropic's shape. Fields that it does not know are left out: it refuses a request with any."""
    system = "\n\n".join(text_of(each.get("content")) for each in prompt.messages if each.get("role") in SYSTEM)
    extra = prompt.extra
    body: dict[str, Any] = {
        "model": model,
        "messages": messages_of(each for each in prompt.messages if each.get("role") not in SYSTEM),
        "max_tokens": extra.get("max_completion_tokens") or prompt.max_tokens or USUAL_LIMIT,
        "stream": prompt.stream,
    }
    if system:
        body["system"] = system
    if prompt.temperature is not None and takes_temperature(model):
        body["temperature"] = min(max(prompt.temperature, 0.0), 1.0)
    if stops := stops_of(extra.get("stop")):
        body["stop_sequences"] = stops
    if tools := [tool_of(each) for each in mappings(extra.get("tools"))]:
        body["tools"] = tools
        if choice := choice_of(extra.get("tool_choice")):
            body["tool_choice"] = choice
    return body


def stops_of(stop: Any) -> list[str]:
    """Where to stop. Blank ones are left out: Anthropic refuses them."""
    given = [stop] if isinstance(stop, str) else stop if isinstance(stop, Sequence) else ()
    return [each for each in given if isinstance(each, str) and each.strip()]


def takes_temperature(model: str) -> bool:
    """Whether a model takes one; newer ones answer 400 to any but the default."""
    return TAKES_TEMPERATURE.match(model) is not None


def messages_of(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every message that says something: an empty one would have Anthropic refuse the whole request."""
    return [message for message in map(message_of, messages) if message["content"]]


def message_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """One message: a tool's result becomes a user's block, a tool call the assistant's."""
    role, content = message.get("role"), message.get("content")
    if role == "tool":
        result = {"type": "tool_result", "tool_use_id": message.get("tool_call_id"), "content": text_of(content)}
        return {"role": "user", "content": [result]}
    calls = [call_of(each) for each in mappings(message.get("tool_calls"))]
    if calls:
        words = [{"type": "text", "text": text_of(content)}] if text_of(content) else []
        return {"role": "assistant", "content": [*words, *calls]}
    return {"role": role, "content": content if isinstance(content, str) else _parts(content)}


def _parts(content: Any) -> list[dict[str, Any]]:
    """What Anthropic has a form for. An empty text would have it refuse the whole request."""
    return [part for part in map(_part, mappings(content)) if part.get("text") != ""]


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a message; an image given by its address is passed on as one."""
    if part.get("type") != "image_url":
        return {"type": "text", "text": str(part.get("text") or "")}
    url = str(mapping(part.get("image_url")).get("url") or "")
    if url.startswith("data:"):
        kind, _, data = url.removeprefix("data:").partition(";base64,")
        return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}
    return {"type": "image", "source": {"type": "url", "url": url}}


def call_of(call: Mapping[str, Any]) -> dict[str, Any]:
    """An assistant's tool call. Arguments that are no JSON are kept as text, and not lost."""
    function = mapping(call.get("function"))
    said = function.get("arguments")
    try:
        arguments = orjson.loads(said or "{}")
    except orjson.JSONDecodeError:
        arguments = said
    # Anthropic takes nothing but an object.
    input_ = arguments if isinstance(arguments, Mapping) else {"arguments": said}
    return {"type": "tool_use", "id": call.get("id"), "name": function.get("name"), "input": input_}


def tool_of(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's description."""
    function = mapping(tool.get("function"))
    described = {"description": function["description"]} if function.get("description") else {}
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    return {"name": function.get("name"), **described, "input_schema": schema}


def choice_of(choice: Any) -> dict[str, Any] | None:
    """How tools may be used: OpenAI's words in Anthropic's."""
    if isinstance(choice, Mapping):
        return {"type": "tool", "name": mapping(choice.get("function")).get("name")}
    return {"auto": {"type": "auto"}, "required": {"type": "any"}, "none": {"type": "none"}}.get(str(choice))
