"""OpenAI's own words for a completion (contract §10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from jarvis_ai.domain import OPENAI
from jarvis_ai.simulator import catalog, chat
from jarvis_ai.simulator.checks import stranger
from jarvis_ai.simulator.errors import REFUSALS, Refusal, refuse
from jarvis_ai.simulator.exchange import Order, Turn, World
from jarvis_ai.simulator.rows import Row

TYPES = {401: "invalid_request_error", 429: "rate_limit_error", 500: "server_error", 503: "service_unavailable_error"}

FIELDS = frozenset(
    (
        *("model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n", "stop", "seed"),
        *("temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs"),
        *("tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "response_format"),
        *("reasoning_effort", "verbosity", "modalities", "audio", "prediction", "web_search_options", "moderation"),
        *("user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options"),
        *("metadata", "store", "service_tier"),
    )
)
"""Whatever else is in a request is refused."""


def check_key(request: web.Request) -> None:
    """Raises `Refused` for a request without a key, or with one that says that it is invalid."""
    key = chat.bearer(request.headers)
    if not key:
        raise refuse(401, "You didn't provide an API key.", type="invalid_request_error")
    if "invalid" in key:
        raise refuse(401, "Incorrect API key provided.", code="invalid_api_key")


def _check_family(row: Row, body: Mapping[str, Any]) -> None:
    """Raises `Refused` for what reasoning models do not take."""
    if row.samples:
        return
    if body.get("max_tokens") is not None:
        raise refuse(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            code="unsupported_parameter",
            param="max_tokens",
        )
    if body.get("temperature") not in (None, 1):
        raise refuse(
            400,
            "Unsupported value: 'temperature' does not support any but the default (1) value with this model.",
            code="unsupported_value",
            param="temperature",
        )


class OpenAIDialect:
    """Chat completions as OpenAI sends them."""

    provider = OPENAI
    keep_alive = b""
    junk = chat.JUNK

    def read(self, request: web.Request, body: Mapping[str, Any]) -> Order:
        check_key(request)
        if unknown := stranger(body, FIELDS):
            raise refuse(400, f"Unrecognized request argument supplied: {unknown}", param=unknown)
        name = body.get("model")
        if not name or not isinstance(name, str):
            raise refuse(400, "you must provide a model parameter", param="model")
        row = catalog.find_direct(OPENAI, name)
        if row is None:
            missing = REFUSALS[OPENAI]["not_found"]
            raise refuse(404, missing["message"].format(model=name), code="model_not_found", param="model")
        ask = chat.read_ask(body, name)
        _check_family(row, body)
        wanted = bool((body.get("stream_options") or {}).get("include_usage"))
        return Order(ask, (row,), stream=body.get("stream") is True, usage_wanted=wanted)

    def new_id(self, world: World) -> str:
        return f"chatcmpl-{world.letters(29)}"

    def headers(self, turn: Turn) -> dict[str, str]:
        return {
            "x-request-id": f"req_{turn.id[-24:]}",
            "openai-processing-ms": str(int(turn.seconds * 1000)),
            "x-ratelimit-limit-requests": "10000",
            "x-ratelimit-remaining-requests": "9999",
            "x-ratelimit-reset-requests": "6ms",
        }

    def error(self, refusal: Refusal) -> tuple[dict[str, Any], dict[str, str]]:
        type_ = refusal.type or TYPES.get(
            refusal.status, "server_error" if refusal.status > 500 else "invalid_request_error"
        )
        error = {"message": refusal.message, "type": type_, "param": refusal.param, "code": refusal.code}
        return {"error": error}, {"x-request-id": "req_simulated"}

    def whole(self, turn: Turn) -> dict[str, Any]:
        choice = {"index": 0, "message": {**chat.message(turn), "annotations": []}, "logprobs": None}
        choices = [{**choice, "finish_reason": turn.answer.finish}] if turn.answer.text else []
        return {**self._frame(turn, "chat.completion"), "choices": choices, "usage": usage(turn)}

    def partial(self, turn: Turn, said: str, refusal: Refusal) -> None:
        return None

    def opening(self, turn: Turn) -> bytes:
        delta = {"role": "assistant", "content": None if turn.answer.tool else "", "refusal": None}
        return self._chunk(turn, {**delta, **(chat.call_opening(turn) if turn.answer.tool else {})})

    def piece(self, turn: Turn, text: str) -> bytes:
        return self._chunk(turn, chat.piece(turn, text))

    def closing(self, turn: Turn) -> bytes:
        finish = self._chunk(turn, {}, turn.answer.finish)
        if not turn.order.usage_wanted:
            return finish
        return finish + chat.event({**self._frame(turn), "choices": [], "usage": usage(turn)})

    def ending(self, turn: Turn) -> bytes:
        return chat.DONE

    def broken(self, turn: Turn, refusal: Refusal) -> bytes:
        return chat.event(self.error(refusal)[0])

    def _frame(self, turn: Turn, kind: str = "chat.completion.chunk") -> dict[str, Any]:
        return {
            "id": turn.id,
            "object": kind,
            "created": int(turn.created),
            "model": turn.row.served,
            "service_tier": "default",
            "system_fingerprint": "fp_simulated",
        }

    def _chunk(self, turn: Turn, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        nothing = {"usage": None} if turn.order.usage_wanted else {}
        return chat.event({**self._frame(turn), "choices": [choice], **nothing})


def usage(turn: Turn) -> dict[str, Any]:
    charge = turn.charge()
    return {
        "prompt_tokens": charge.input_tokens,
        "completion_tokens": charge.output_tokens,
        "total_tokens": charge.input_tokens + charge.output_tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
