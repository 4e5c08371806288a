"""Chat completions, the shape that OpenRouter has from OpenAI: reading a request, wording an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from jarvis_ai.simulator.answers import Ask, Tool
from jarvis_ai.simulator.errors import Refused, refuse
from jarvis_ai.simulator.exchange import Turn, names_of

ROLES = {"system", "developer", "user", "assistant", "tool"}


def read_ask(body: Mapping[str, Any], model: str) -> Ask:
    """The question in a request's body. Raises `Refused` where it is not in order."""
    _check(body)
    format_ = body.get("response_format")
    return Ask(
        model=model,
        messages=names_of(body.get("messages")),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        tools=tuple(_tools(body.get("tools"))),
        tool_choice=_choice(body.get("tool_choice")),
        schema=_schema(format_) if isinstance(format_, Mapping) else None,
    )


def _check(body: Mapping[str, Any]) -> None:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _invalid("Input required: specify 'messages'.", "messages")
    if any(not isinstance(message, Mapping) or message.get("role") not in ROLES for message in messages):
        raise _invalid("Each of 'messages' needs a role.", "messages")
    for name in ("max_tokens", "max_completion_tokens"):
        limit = body.get(name)
        if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
            raise _invalid(f"'{name}' must be a positive integer.", name)
    temperature = body.get("temperature")
    if temperature is not None and not (isinstance(temperature, int | float) and 0 <= temperature <= 2):
        raise _invalid("'temperature' must be a number from 0 to 2.", "temperature")


def _invalid(message: str, parameter: str) -> Refused:
    return refuse(400, message, code="invalid_value", param=parameter, metadata={"error_type": "invalid_request"})


def _tools(tools: Any) -> list[Tool]:
    functions = [tool.get("function") for tool in names_of(tools)]
    return [
        Tool(str(function.get("name")), function.get("parameters") or {})
        for function in functions
        if isinstance(function, Mapping)
    ]


def _choice(choice: Any) -> str:
    if isinstance(choice, Mapping):
        return str((choice.get("function") or {}).get("name"))
    return choice if isinstance(choice, str) else "auto"


def _schema(format_: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if format_.get("type") == "json_schema":
        return (format_.get("json_schema") or {}).get("schema") or {"type": "object"}
    if format_.get("type") == "json_object":
        return {"type": "object", "properties": {"answer": {"type": "string"}}}
    return None


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
