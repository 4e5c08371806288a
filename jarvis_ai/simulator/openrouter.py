"""OpenRouter's words for a completion (contract §2-§5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from jarvis_ai.domain import OPENROUTER
from jarvis_ai.simulator import catalog, chat
from jarvis_ai.simulator.catalog import AUTO
from jarvis_ai.simulator.errors import Refusal, refuse
from jarvis_ai.simulator.exchange import Order, Turn, World
from jarvis_ai.simulator.ledger import Charge, dollars, nanos_of
from jarvis_ai.simulator.rows import Row

MOST_MODELS = 3
NATIVE = {
    "anthropic": {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
    "google": {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP"},
}


def key_of(request: web.Request, *, management: bool = False) -> str:
    """The key that a request carries. Raises `Refused` for none, an unknown one, or one of the wrong sort."""
    key = chat.bearer(request.headers)
    if not key:
        raise refuse(401, "Missing Authentication header")
    if not key.startswith("sk-or-") or "invalid" in key:
        raise refuse(401, "User not found.")
    if management and not is_management(key):
        raise refuse(403, "Only management keys can perform this operation")
    return key


def is_management(key: str) -> bool:
    return "mgmt" in key


class OpenRouterDialect:
    """Chat completions as OpenRouter sends them."""

    provider = OPENROUTER
    keep_alive = b": OPENROUTER PROCESSING\n\n"
    junk = chat.JUNK

    def read(self, request: web.Request, body: Mapping[str, Any]) -> Order:
        if is_management(key_of(request)):
            raise refuse(
                403, "Management keys cannot be used for inference", metadata={"error_type": "permission_denied"}
            )
        names = _names(body)
        ask = chat.read_ask(body, names[0])
        return Order(ask, tuple(_row(name) for name in names), stream=body.get("stream") is True)

    def new_id(self, world: World) -> str:
        return f"gen-{int(world.clock())}-{world.letters(20)}"

    def headers(self, turn: Turn) -> dict[str, str]:
        return {"X-Generation-Id": turn.id, "X-Provider-Name": turn.row.upstream[0]}

    def error(self, refusal: Refusal) -> tuple[dict[str, Any], dict[str, str]]:
        error: dict[str, Any] = {"code": refusal.code if refusal.worded else refusal.status, "message": refusal.message}
        if refusal.metadata:
            error["metadata"] = dict(refusal.metadata)
        if refusal.availability:
            error["availability"] = dict(refusal.availability)
        return {"error": error, "user_id": "user_simulated"}, dict(refusal.metadata.get("headers") or {})

    def whole(self, turn: Turn) -> dict[str, Any]:
        said = bool(turn.answer.text)
        choice = {
            "index": 0,
            "logprobs": None,
            "finish_reason": turn.answer.finish,
            "native_finish_reason": native(turn),
            "message": {**chat.message(turn), "reasoning": None},
        }
        body = self._frame(turn, "chat.completion")
        return {
            **body,
            "system_fingerprint": None,
            "choices": [choice] if said else [],
            "usage": usage(turn, turn.charge()),
        }

    def partial(self, turn: Turn, said: str, refusal: Refusal) -> dict[str, Any]:
        body, charge = self._frame(turn, "chat.completion"), turn.charge(len(said), finish="error")
        choice = {
            "index": 0,
            "logprobs": None,
            "finish_reason": "error",
            "native_finish_reason": None,
            "message": {"role": "assistant", "content": said, "refusal": None, "reasoning": None},
            "error": self._inner(refusal),
        }
        return {**body, "system_fingerprint": None, "choices": [choice], "usage": usage(turn, charge)}

    def opening(self, turn: Turn) -> bytes:
        return self._chunk(turn, {"content": None, **chat.call_opening(turn)}) if turn.answer.tool else b""

    def piece(self, turn: Turn, text: str) -> bytes:
        return self._chunk(turn, chat.piece(turn, text))

    def closing(self, turn: Turn) -> bytes:
        last = {**self._frame(turn), "choices": [], "usage": usage(turn, turn.charge())}
        return self._chunk(turn, {"content": ""}, turn.answer.finish, native(turn)) + chat.event(last)

    def ending(self, turn: Turn) -> bytes:
        return chat.DONE

    def broken(self, turn: Turn, refusal: Refusal) -> bytes:
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error", "native_finish_reason": None}
        return chat.event({**self._frame(turn), "error": self._inner(refusal), "choices": [choice]})

    def _inner(self, refusal: Refusal) -> dict[str, Any]:
        return {
            "code": refusal.status,
            "message": refusal.message,
            "metadata": {"error_type": "provider_unavailable", **refusal.metadata},
        }

    def _frame(self, turn: Turn, kind: str = "chat.completion.chunk") -> dict[str, Any]:
        row = catalog.priced(turn.row)
        return {
            "id": turn.id,
            "object": kind,
            "created": int(turn.created),
            "model": row.served,
            "provider": row.upstream[0],
        }

    def _chunk(self, turn: Turn, delta: dict[str, Any], finish: str | None = None, native_: str | None = None) -> bytes:
        choice = {
            "index": 0,
            "delta": {"role": "assistant", **delta},
            "finish_reason": finish,
            "native_finish_reason": native_,
        }
        return chat.event({**self._frame(turn), "choices": [choice]})


def _names(body: Mapping[str, Any]) -> list[str]:
    """The models that are asked for, the first one first."""
    more, first = body.get("models") or [], body.get("model")
    if not isinstance(more, list) or not all(isinstance(name, str) for name in (first or "", *more)):
        raise refuse(400, "Invalid request parameters", metadata={"error_type": "invalid_request"})
    if len(more) > MOST_MODELS:
        raise refuse(400, f"'models' array must have {MOST_MODELS} items or fewer.")
    return list(dict.fromkeys([*filter(None, [first]), *more])) or [AUTO]


def _row(name: str) -> Row:
    row = catalog.find(name)
    if row is None:
        raise refuse(
            400,
            f"{name} is not a valid model ID",
            availability={"code": "model_not_found", "retryable": False, "requested_models": [name]},
        )
    return row


def native(turn: Turn) -> str:
    """The finish reason as the model's maker writes it."""
    return NATIVE.get(turn.row.author, {}).get(turn.answer.finish, turn.answer.finish)


def usage(turn: Turn, charge: Charge) -> dict[str, Any]:
    """The usage of an answer; its cost is what the ledger has."""
    spoken = nanos_of(charge.output_tokens, catalog.priced(turn.row).completion) if charge.nanos else 0
    return {
        "prompt_tokens": charge.input_tokens,
        "completion_tokens": charge.output_tokens,
        "total_tokens": charge.input_tokens + charge.output_tokens,
        "cost": charge.dollars,
        "is_byok": False,
        "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0, "audio_tokens": 0, "video_tokens": 0},
        "cost_details": {
            "upstream_inference_cost": charge.dollars,
            "upstream_inference_prompt_cost": dollars(charge.nanos - spoken),
            "upstream_inference_completions_cost": dollars(spoken),
        },
        "completion_tokens_details": {"reasoning_tokens": 0, "image_tokens": 0, "audio_tokens": 0},
    }
