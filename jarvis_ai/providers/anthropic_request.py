"""A prompt in OpenAI's shapes, turned into a request of Anthropic's (contract §11)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from jarvis_ai.domain import Prompt, text_of

SYSTEM = {"system", "developer"}
"""Roles whose words go to the top of the request: Anthropic has no such message."""

TAKES_TEMPERATURE = re.compile(r"claude-(3|(haiku|sonnet|opus)-4-[0-6]\b|(sonnet|opus)-4-\d{8})")
"""Models up to 4.6; newer ones answer 400 to any value but the default."""


def request_body(model: str, prompt: Prompt) -> dict[str, Any]:
    """A prompt in Anthropic's shape. Fields that it does not know are left out: it refuses a request with any."""
    system = "\n\n".join(text_of(each.get("content")) for each in prompt.messages if each.get("role") in SYSTEM)
    extra = prompt.extra
    body: dict[str, Any] = {
        "model": model,
        "messages": [message_of(each) for each in prompt.messages if each.get("role") not in SYSTEM],
        "max_tokens": prompt.max_tokens,
        "stream": prompt.stream,
    }
    if system:
        body["system"] = system
    if prompt.temperature is not None and takes_temperature(model):
        body["temperature"] = min(max(prompt.temperature, 0.0), 1.0)
    if extra.get("stop"):
        body["stop_sequences"] = [extra["stop"]] if isinstance(extra["stop"], str) else list(extra["stop"])
    if extra.get("tools"):
        body["tools"] = [tool_of(each) for each in extra["tools"]]
    choice = choice_of(extra.get("tool_choice"))
    if choice and extra.get("tools"):
        body["tool_choice"] = choice
    return body


def takes_temperature(model: str) -> bool:
    """Whether a model takes one; newer ones answer 400 to any but the default."""
    return TAKES_TEMPERATURE.match(model) is not None


def message_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """One message: a tool's result becomes a user's block, a tool call the assistant's."""
    role, content = message.get("role"), message.get("content")
    if role == "tool":
        result = {"type": "tool_result", "tool_use_id": message.get("tool_call_id"), "content": text_of(content)}
        return {"role": "user", "content": [result]}
    calls = [call_of(each) for each in message.get("tool_calls") or ()]
    if calls:
        words = [{"type": "text", "text": text_of(content)}] if text_of(content) else []
        return {"role": "assistant", "content": [*words, *calls]}
    return {"role": role, "content": content if isinstance(content, str) else _parts(content)}


def _parts(content: Any) -> list[dict[str, Any]]:
    parts = content if isinstance(content, Sequence) else ()
    return [_part(each) for each in parts if isinstance(each, Mapping)]


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a message; an image given by its address is passed on as one."""
    if part.get("type") != "image_url":
        return {"type": "text", "text": str(part.get("text") or "")}
    url = str((part.get("image_url") or {}).get("url") or "")
    if url.startswith("data:"):
        kind, _, data = url.removeprefix("data:").partition(";base64,")
        return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}
    return {"type": "image", "source": {"type": "url", "url": url}}


def call_of(call: Mapping[str, Any]) -> dict[str, Any]:
    """An assistant's tool call. Arguments that are no JSON are kept as text, and not lost."""
    function = call.get("function") or {}
    try:
        arguments = orjson.loads(function.get("arguments") or "{}")
    except orjson.JSONDecodeError:
        arguments = {"arguments": function.get("arguments")}
    return {"type": "tool_use", "id": call.get("id"), "name": function.get("name"), "input": arguments}


def tool_of(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's description."""
    function = tool.get("function") or {}
    described = {"description": function["description"]} if function.get("description") else {}
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    return {"name": function.get("name"), **described, "input_schema": schema}


def choice_of(choice: Any) -> dict[str, Any] | None:
    """How tools may be used: OpenAI's words in Anthropic's."""
    if isinstance(choice, Mapping):
        return {"type": "tool", "name": (choice.get("function") or {}).get("name")}
    return {"auto": {"type": "auto"}, "required": {"type": "any"}, "none": {"type": "none"}}.get(choice or "")
