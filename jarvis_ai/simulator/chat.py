"""Chat completions, the shape that OpenRouter has from OpenAI: reading a request, wording an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from jarvis_ai.simulator.answers import Ask, Tool
from jarvis_ai.simulator.checks import NUMBER, mappings, misfit, within
from jarvis_ai.simulator.errors import Refused, refuse
from jarvis_ai.simulator.exchange import Turn

ROLES = ("system", "developer", "user", "assistant", "tool")

SHAPES: Mapping[str, tuple[type, ...]] = {
    "model": (str,),
    "messages": (list,),
    "stream": (bool,),
    "stream_options": (Mapping,),
    "max_tokens": (int,),
    "max_completion_tokens": (int,),
    "temperature": NUMBER,
    "top_p": NUMBER,
    "n": (int,),
    "stop": (str, list),
    "tools": (list,),
    "tool_choice": (str, Mapping),
    "response_format": (Mapping,),
}
FUNCTION_SHAPES: Mapping[str, tuple[type, ...]] = {"name": (str,), "parameters": (Mapping,)}


def read_ask(body: Mapping[str, Any], model: str) -> Ask:
    """The question in a request's body. Raises `Refused` where it is not in order."""
    _check(body)
    return Ask(
        model=model,
        messages=mappings(body.get("messages")),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        tools=tuple(_tools(body.get("tools"))),
        tool_choice=_choice(body.get("tool_choice")),
        schema=_schema(body.get("response_format") or {}),
    )


def _check(body: Mapping[str, Any]) -> None:
    if wrong := misfit(body, SHAPES):
        raise _invalid(f"Invalid type for '{wrong}'.", wrong)
    messages = body.get("messages")
    if not messages:
        raise _invalid("Input required: specify 'messages'.", "messages")
    if any(not isinstance(message, Mapping) or message.get("role") not in ROLES for message in messages):
        raise _invalid("Each of 'messages' needs a role.", "messages")
    for name in ("max_tokens", "max_completion_tokens"):
        if not within(body.get(name), 1, float("inf")):
            raise _invalid(f"'{name}' must be a positive integer.", name)
    if not within(body.get("temperature"), 0, 2):
        raise _invalid("'temperature' must be a number from 0 to 2.", "temperature")


def _invalid(message: str, parameter: str) -> Refused:
    return refuse(400, message, code="invalid_value", param=parameter, metadata={"error_type": "invalid_request"})


def _tools(tools: Any) -> Iterator[Tool]:
    for tool in tools or ():
        function = tool.get("function") if isinstance(tool, Mapping) else None
        if not isinstance(function, Mapping) or not function.get("name") or misfit(function, FUNCTION_SHAPES):
            raise _invalid("Each of 'tools' needs a function with a name.", "tools")
        yield Tool(function["name"], function.get("parameters") or {})


def _choice(choice: Any) -> str:
    if isinstance(choice, Mapping):
        return str(_part(choice, "function", "tool_choice").get("name"))
    return choice or "auto"


def _schema(format_: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if format_.get("type") == "json_schema":
        described = _part(format_, "json_schema", "response_format")
        return _part(described, "schema", "response_format.json_schema") or {"type": "object"}
    if format_.get("type") == "json_object":
        return {"type": "object", "properties": {"answer": {"type": "string"}}}
    return None


def _part(of: Mapping[str, Any], name: str, parameter: str) -> Mapping[str, Any]:
    part = of.get(name) or {}
    if not isinstance(part, Mapping):
        raise _invalid(f"Invalid type for '{parameter}.{name}'.", parameter)
    return part


def message(turn: Turn) -> dict[str, Any]:
    """The whole answer as a message."""
    if not turn.answer.tool:
        return {"role": "assistant", "content": turn.answer.text, "refusal": None}
    function = {"name": turn.answer.tool, "arguments": turn.answer.text}
    call = {"id": call_id(turn), "type": "function", "index": 0, "function": function}
    return {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}


def call_opening(turn: Turn) -> dict[str, Any]:
    """The first piece of a tool call."""
    function = {"name": turn.answer.tool, "arguments": ""}
    return {"tool_calls": [{"index": 0, "id": call_id(turn), "type": "function", "function": function}]}


def piece(turn: Turn, text: str) -> dict[str, Any]:
    """A further piece of the answer."""
    if turn.answer.tool:
        return {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}
    return {"content": text}


def call_id(turn: Turn) -> str:
    return f"call_{turn.id[-20:]}"


def event(value: Any) -> bytes:
    """One `data:` event."""
    return b"data: " + orjson.dumps(value) + b"\n\n"


DONE = b"data: [DONE]\n\n"
JUNK = b'data: {"choices": [{"index": 0, "del\n\n'


def bearer(headers: Mapping[str, str]) -> str:
    """The key in the Authorization header; empty where there is none."""
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
