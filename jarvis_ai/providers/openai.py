"""OpenAI, and every server that speaks its chat completions, such as vLLM and Ollama (contract §10)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from jarvis_ai.domain import OPENAI, Chunk, Prompt
from jarvis_ai.providers.chat_completions import ChatAnswer, request_body
from jarvis_ai.providers.conversation import GRACE, converse, visible
from jarvis_ai.providers.transport import JSON, AiohttpTransport

REASONING_FAMILIES = re.compile(r"o\d|gpt-(?:[5-9]|\d\d)")
"""Models that answer 400 to `max_tokens` and to a temperature of the caller's (contract §10)."""

SAMPLING = (
    *("temperature", "top_p", "presence_penalty", "frequency_penalty"),
    *("logit_bias", "logprobs", "top_logprobs"),
)
"""What those models refuse besides."""

ROUTER_ONLY = frozenset(
    (
        *("provider", "models", "route", "plugins", "session_id", "trace", "transforms", "usage", "debug"),
        *("reasoning", "include_reasoning", "cache_control", "top_k", "min_p", "top_a", "repetition_penalty"),
    )
)
"""Fields that OpenRouter knows and OpenAI does not; it refuses a request with an unknown field."""


class OpenAI:
    """A direct door to one vendor, or to a server of the operator's own."""

    name = OPENAI

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        usage_grace: float = GRACE,
    ) -> None:
        self._chat = httpx.URL(f"{base_url}/chat/completions")
        self._transport = transport or AiohttpTransport()
        self._grace = usage_grace
        self._headers = httpx.Headers({**JSON, **({"Authorization": f"Bearer {visible(api_key)}"} if api_key else {})})

    def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        """See `Provider.stream`."""
        body = direct_body(model, prompt)
        return converse(
            self._transport,
            self._chat,
            headers=self._headers,
            body=body,
            answer=ChatAnswer,
            id_header="x-request-id",
            grace=self._grace,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


def direct_body(model: str, prompt: Prompt) -> dict[str, Any]:
    """The body as OpenAI itself takes it: usage is asked for, and reasoning models get their own field names."""
    body = {name: value for name, value in request_body(model, prompt).items() if name not in ROUTER_ONLY}
    if prompt.stream:
        body["stream_options"] = {"include_usage": True}
    if REASONING_FAMILIES.match(model):
        limit = body.pop("max_tokens", None) or body["max_completion_tokens"]
        return {**{name: value for name, value in body.items() if name not in SAMPLING}, "max_completion_tokens": limit}
    return body
