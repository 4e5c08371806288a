"""OpenAI, and every server that speaks its chat completions, such as vLLM and Ollama (contract §10)."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any

from jarvis_ai.domain import Prompt
from jarvis_ai.providers.chat_completions import ChatAnswer, request_body
from jarvis_ai.providers.shapes import mapping
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
        *("image_config", "stop_server_tools_when"),
    )
)
"""Fields that OpenRouter knows and OpenAI does not; it refuses a request with an unknown field."""

ROUTER_ONLY_IN_MESSAGES = frozenset(("reasoning", "reasoning_details", "images"))
"""The same for messages: what OpenRouter's answers hold, and its callers send back."""

EFFORTS = frozenset(("none", "minimal", "low", "medium", "high", "xhigh"))
"""How hard OpenAI's models may be asked to think; OpenRouter knows one more."""


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
    body = _without(request_body(model, prompt), ROUTER_ONLY)
    body["messages"] = [_plain(message) for message in prompt.messages]
    if prompt.stream:
        body["stream_options"] = {"include_usage": True}
    if not body.get("store"):
        body.pop("metadata", None)  # which is refused where nothing is stored
    return _for_reasoning(body, prompt) if REASONING_FAMILIES.match(model) else body


def _plain(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message without what only OpenRouter knows, in its parts either."""
    plain = _without(message, ROUTER_ONLY_IN_MESSAGES)
    if isinstance(parts := plain.get("content"), list):
        plain["content"] = [_without(part, ("cache_control",)) if isinstance(part, Mapping) else part for part in parts]
    return plain


def _for_reasoning(body: Mapping[str, Any], prompt: Prompt) -> dict[str, Any]:
    """The same for a model that reasons."""
    limit, effort = body.get("max_tokens"), mapping(prompt.extra.get("reasoning")).get("effort")
    return {
        **({"reasoning_effort": effort} if effort in EFFORTS else {}),
        **_without(body, (*SAMPLING, "max_tokens")),
        **({} if limit is None else {"max_completion_tokens": limit}),
    }


def _without(fields: Mapping[str, Any], names: Container[str]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}
