"""OpenAI, and every server that speaks its chat completions, such as vLLM and Ollama (contract §10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jarvis_ai.domain import Prompt
from jarvis_ai.providers.chat_completions import ChatAnswer, request_body
from jarvis_ai.providers.vendor import Vendor

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


class OpenAI(Vendor):
    """A direct door to one vendor, or to a server of the operator's own, which may want no key."""

    path = "/chat/completions"
    answer = ChatAnswer
    id_header = "x-request-id"

    def credentials(self, api_key: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {api_key}"} if api_key else {}

    def body(self, model: str, prompt: Prompt) -> dict[str, Any]:
        return direct_body(model, prompt)


def direct_body(model: str, prompt: Prompt) -> dict[str, Any]:
    """The body as OpenAI itself takes it: usage is asked for, and reasoning models get their own field names."""
    body = {name: value for name, value in request_body(model, prompt).items() if name not in ROUTER_ONLY}
    if prompt.stream:
        body["stream_options"] = {"include_usage": True}
    if REASONING_FAMILIES.match(model):
        limit = body.pop("max_tokens", None)
        renamed = {} if limit is None else {"max_completion_tokens": limit}
        return {**{name: value for name, value in body.items() if name not in SAMPLING}, **renamed}
    return body
