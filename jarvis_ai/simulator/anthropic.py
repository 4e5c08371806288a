"""Anthropic's words for a message (contract §11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from jarvis_ai.domain import ANTHROPIC
from jarvis_ai.simulator import catalog, chat
from jarvis_ai.simulator.answers import Ask, Tool
from jarvis_ai.simulator.checks import NUMBER, fits, mappings, misfit, stranger, within
from jarvis_ai.simulator.errors import Refusal, refuse
from jarvis_ai.simulator.exchange import Order, Turn, World

VERSIONS = ("2023-06-01", "2026-10-21")
NO_SAMPLING = "2026-10-21"
"""From this version on temperature, top_p and top_k are refused whatever their value."""

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
SHAPES: Mapping[str, tuple[type, ...]] = {
    "model": (str,),
    "max_tokens": (int,),
    "messages": (list,),
    "system": (str, list),
    "stream": (bool,),
    "temperature": NUMBER,
    "top_p": NUMBER,
    "top_k": (int,),
    "stop_sequences": (list,),
    "tools": (list,),
    "tool_choice": (Mapping,),
    "metadata": (Mapping,),
}
FIELDS = frozenset(
    (
        *SHAPES,
        *("thinking", "output_config", "service_tier", "container", "context_management", "mcp_servers"),
        *("inference_geo", "cache_control", "user_profile_id", "fallbacks", "diagnostics", "speed", "workspace_id"),
    )
)
"""Whatever else is in a request is refused."""
TOOL_SHAPES: Mapping[str, tuple[type, ...]] = {"name": (str,), "input_schema": (Mapping,)}

STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}


def check_access(request: web.Request) -> str:
    """The API version asked for. Raises `Refused` without a good key (in either form) or a known version."""
    key = request.headers.get("x-api-key") or chat.bearer(request.headers)
    if not key or "invalid" in key:
        raise refuse(401, "invalid x-api-key" if key else "x-api-key header is required")
    version = request.headers.get("anthropic-version", "")
    if version not in VERSIONS:
        said = f'"{version}" is not a valid version' if version else "header is required"
        raise refuse(400, f"anthropic-version: {said}")
    return version


class AnthropicDialect:
    """Messages as Anthropic sends them."""

    provider = ANTHROPIC
    keep_alive = b""
    junk = b'event: content_block_delta\ndata: {"type": "content_block_delta", "ind\n\n'

    def read(self, request: web.Request, body: Mapping[str, Any]) -> Order:
        version = check_access(request)
        _check(body, version)
        row = catalog.find_direct(ANTHROPIC, body["model"])
        if row is None:
            raise refuse(404, f"model: {body['model']}")
        if not row.samples and body.get("temperature") not in (None, 1):
            raise refuse(400, "temperature: this model takes no other value than the default")
        return Order(_ask(body), (row,), stream=body.get("stream") is True)

    def new_id(self, world: World) -> str:
        return f"msg_01{world.letters(22)}"

    def headers(self, turn: Turn) -> dict[str, str]:
        return {
            "request-id": f"req_01{turn.id[-22:]}",
            "anthropic-ratelimit-requests-limit": "4000",
            "anthropic-ratelimit-requests-remaining": "3999",
        }

    def error(self, refusal: Refusal) -> tuple[dict[str, Any], dict[str, str]]:
        error: dict[str, Any] = {
            "type": refusal.type or TYPES.get(refusal.status, "api_error"),
            "message": refusal.message,
        }
        if refusal.details:
            error["details"] = dict(refusal.details)
        id_ = "req_simulated"
        return {"type": "error", "error": error, "request_id": id_}, {"request-id": id_}

    def whole(self, turn: Turn) -> dict[str, Any]:
        block = {**self._block(turn), **self._filled(turn)}
        content = [block] if turn.answer.text else []
        return {
            **self._message(turn),
            "content": content,
            "stop_reason": STOPS[turn.answer.finish],
            "usage": usage(turn),
        }

    def partial(self, turn: Turn, said: str, refusal: Refusal) -> None:
        return None

    def opening(self, turn: Turn) -> bytes:
        start = {"type": "message_start", "message": {**self._message(turn), "usage": usage(turn, said=1)}}
        ping = _event({"type": "ping"})
        if not turn.answer.text:
            return _event(start) + ping
        block = {"type": "content_block_start", "index": 0, "content_block": self._block(turn)}
        return _event(start) + _event(block) + ping

    def piece(self, turn: Turn, text: str) -> bytes:
        words = {"type": "text_delta", "text": text}
        delta = {"type": "input_json_delta", "partial_json": text} if turn.answer.tool else words
        return _event({"type": "content_block_delta", "index": 0, "delta": delta})

    def closing(self, turn: Turn) -> bytes:
        stop = _event({"type": "content_block_stop", "index": 0}) if turn.answer.text else b""
        delta = {"stop_reason": STOPS[turn.answer.finish], "stop_sequence": None}
        return stop + _event({"type": "message_delta", "delta": delta, "usage": usage(turn)})

    def ending(self, turn: Turn) -> bytes:
        return _event({"type": "message_stop"})

    def broken(self, turn: Turn, refusal: Refusal) -> bytes:
        return _event(self.error(refusal)[0])

    def _message(self, turn: Turn) -> dict[str, Any]:
        return {
            "id": turn.id,
            "type": "message",
            "role": "assistant",
            "model": turn.row.served,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
        }

    def _block(self, turn: Turn) -> dict[str, Any]:
        if turn.answer.tool:
            return {"type": "tool_use", "id": f"toolu_{turn.id[-22:]}", "name": turn.answer.tool, "input": {}}
        return {"type": "text", "text": ""}

    def _filled(self, turn: Turn) -> dict[str, Any]:
        return {"input": orjson.loads(turn.answer.text)} if turn.answer.tool else {"text": turn.answer.text}


def usage(turn: Turn, *, said: int | None = None) -> dict[str, Any]:
    """The usage so far; `said` counts the output tokens, all of them when None."""
    charge = turn.charge()
    return {
        "input_tokens": charge.input_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": charge.output_tokens if said is None else said,
        "service_tier": "standard",
    }


def _event(value: dict[str, Any]) -> bytes:
    return b"event: " + str(value["type"]).encode() + b"\n" + chat.event(value)


def _check(body: Mapping[str, Any], version: str) -> None:
    if unknown := stranger(body, FIELDS):
        raise refuse(400, f"{unknown}: Extra inputs are not permitted")
    if missing := [name for name in ("model", "max_tokens", "messages") if body.get(name) in (None, "", [])]:
        raise refuse(400, f"{missing[0]}: Field required")
    if wrong := misfit(body, SHAPES):
        raise refuse(400, f"{wrong}: Input should be of another type")
    if not within(body["max_tokens"], 1, float("inf")):
        raise refuse(400, "max_tokens: must be greater than or equal to 1")
    _check_sampling(body, version)
    _check_messages(body)
    _check_tools(body)


def _check_sampling(body: Mapping[str, Any], version: str) -> None:
    given = [name for name in ("temperature", "top_p", "top_k") if body.get(name) is not None]
    if given and version == NO_SAMPLING:
        raise refuse(400, f"{given[0]}: Extra inputs are not permitted")
    if not within(body.get("temperature"), 0, 1):
        raise refuse(400, "temperature: range: 0..1")


def _check_messages(body: Mapping[str, Any]) -> None:
    for message in body["messages"]:
        if not isinstance(message, Mapping) or message.get("role") not in ("user", "assistant"):
            raise refuse(400, "messages: Unexpected role. Allowed roles are 'user' or 'assistant'.")
        content = message.get("content")
        if not content or not fits(content, (str, list)):
            raise refuse(400, "messages: all messages must have non-empty content")
        if any(part.get("type") == "text" and not part.get("text") for part in mappings(content)):
            raise refuse(400, "messages: text content blocks must be non-empty")


def _check_tools(body: Mapping[str, Any]) -> None:
    for tool in body.get("tools") or ():
        if not isinstance(tool, Mapping) or not tool.get("name") or misfit(tool, TOOL_SHAPES):
            raise refuse(400, "tools: Field required: name")


def _ask(body: Mapping[str, Any]) -> Ask:
    system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
    tools = [Tool(str(tool.get("name")), tool.get("input_schema") or {}) for tool in mappings(body.get("tools"))]
    return Ask(
        model=body["model"],
        messages=[*system, *mappings(body["messages"])],
        max_tokens=body["max_tokens"],
        tools=tuple(tools),
        tool_choice=_choice(body.get("tool_choice")),
    )


def _choice(choice: Any) -> str:
    kind = choice.get("type") if isinstance(choice, Mapping) else "auto"
    return str(choice.get("name")) if kind == "tool" else {"any": "required", "none": "none"}.get(str(kind), "auto")
