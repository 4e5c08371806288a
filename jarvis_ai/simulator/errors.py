"""How each vendor words each refusal (contract §5, §10, §11). Tables; the one function below them only looks up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import responses
from typing import Any

from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER
from jarvis_ai.simulator.faults import Fault

HINT_SECONDS = 1.0
"""What Retry-After says where the fault does not."""


class Refused(Exception):
    """A request ends in an error response; `refusal` holds what every vendor needs to word it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer. Fields that a vendor's envelope does not have are not sent by that vendor."""

    status: int
    message: str
    code: str | None = None
    """OpenAI's word for it."""
    type: str | None = None
    """OpenAI's or Anthropic's type; None means the usual one of the status."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    availability: Mapping[str, Any] = field(default_factory=dict)
    param: str | None = None
    """OpenAI's: which parameter is wrong."""
    worded: bool = False
    """Whether OpenRouter's envelope has the word `code` in place of the status."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Anthropic's."""
    retry_after: float | None = None


def refuse(status: int, message: str, **details: Any) -> Refused:
    """The exception for an error answer."""
    return Refused(Refusal(status, message, **details))


_RAW_LIMITED = "{model} is temporarily rate-limited upstream. Please retry shortly."
_PREFILL = "This model does not support assistant message prefill. The conversation must end with a user message."
_POLICY = "Your request was rejected as a result of our safety system."

OPENROUTER_REFUSALS: Mapping[str, Mapping[str, Any]] = {
    "rate_limited": {
        "status": 429,
        "message": "Provider returned error",
        "metadata": {
            "error_type": "rate_limit_exceeded",
            "raw": _RAW_LIMITED,
            "provider_name": "{upstream}",
            "limit_source": "upstream_provider_shared_pool",
        },
        "availability": {"code": "capacity_exhausted", "retryable": True},
    },
    "rate_limited_no_hint": {
        "status": 429,
        "message": "Provider returned error",
        "metadata": {"error_type": "rate_limit_exceeded", "raw": _RAW_LIMITED, "provider_name": "{upstream}"},
    },
    "quota_exhausted": {
        "status": 429,
        "message": "Rate limit exceeded: free-models-per-day. "
        "Add 10 credits to unlock 1000 free model requests per day",
        "metadata": {
            "error_type": "rate_limit_exceeded",
            "headers": {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{midnight}"},
            "limit_source": "openrouter_free_tier_daily",
        },
    },
    "no_credit": {
        "status": 402,
        "message": "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
        "metadata": {"error_type": "payment_required", "provider_name": None},
    },
    "unauthorized": {"status": 401, "message": "User not found."},
    "key_limit": {
        "status": 403,
        "message": "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys",
    },
    "moderated": {
        "status": 403,
        "message": "{model} requires moderation. Your input was flagged.",
        "metadata": {
            "error_type": "content_policy_violation",
            "reasons": ["violence"],
            "flagged_input": "…",
            "provider_name": "{upstream}",
            "model_slug": "{model}",
        },
    },
    "not_found": {
        "status": 404,
        "message": "No endpoints found for {model}.",
        "metadata": {"error_type": "not_found"},
        "availability": {"code": "no_endpoints", "retryable": False, "requested_models": ["{model}"]},
    },
    "context_too_long": {
        "status": 400,
        "message": "This endpoint's maximum context length is {context} tokens. "
        "However, you requested about {requested} tokens.",
        "metadata": {"error_type": "context_length_exceeded", "provider_name": None},
    },
    "invalid_request": {
        "status": 400,
        "message": "Invalid request parameters",
        "metadata": {"error_type": "invalid_request"},
    },
    "too_large": {
        "status": 413,
        "message": "Request Entity Too Large",
        "metadata": {"error_type": "payload_too_large"},
    },
    "refused": {
        "status": 400,
        "message": "Provider returned error",
        "metadata": {"error_type": "content_policy_violation", "raw": _POLICY, "provider_name": "{upstream}"},
    },
    "refuses_prefill": {
        "status": 400,
        "message": "Provider returned error",
        "metadata": {"error_type": "invalid_request", "raw": _PREFILL, "provider_name": "{upstream}"},
    },
    "server_error": {"status": 500, "message": "Internal Server Error"},
    "bad_gateway": {
        "status": 502,
        "message": "Provider returned error",
        "metadata": {
            "error_type": "provider_unavailable",
            "raw": '{{"error":{{"message":"upstream connect error or disconnect/reset before headers"}}}}',
            "provider_name": "{upstream}",
        },
    },
    "unavailable": {
        "status": 503,
        "message": "No provider is available for {model} at the moment.",
        "metadata": {"error_type": "provider_unavailable"},
        "availability": {"code": "temporarily_unavailable", "retryable": True, "requested_models": ["{model}"]},
    },
    "upstream_timeout": {"status": 504, "message": "Gateway timeout", "metadata": {"error_type": "timeout"}},
    "overloaded": {
        "status": 529,
        "message": "Provider returned error",
        "metadata": {"error_type": "provider_overloaded", "raw": "Overloaded", "provider_name": "{upstream}"},
    },
    "string_code": {"status": 500, "message": "Internal Server Error", "code": "server_error", "worded": True},
    "other_status": {"status": 408, "message": "{phrase}"},
}

OPENAI_REFUSALS: Mapping[str, Mapping[str, Any]] = {
    "rate_limited": {
        "status": 429,
        "message": "Rate limit reached for {model} on requests per min (RPM): Limit 500, Used 500, Requested 1.",
        "code": "rate_limit_exceeded",
        "type": "requests",
    },
    "rate_limited_no_hint": {
        "status": 429,
        "message": "Please reduce your request rate.",
        "code": "slow_down",
        "type": "rate_limit_error",
    },
    "quota_exhausted": {
        "status": 429,
        "message": "Your organization has reached its usage limit.",
        "code": "organization_usage_limit_exceeded",
        "type": "insufficient_quota",
    },
    "no_credit": {
        "status": 429,
        "message": "You exceeded your current quota, please check your plan and billing details.",
        "code": "insufficient_quota",
        "type": "insufficient_quota",
    },
    "unauthorized": {"status": 401, "message": "Incorrect API key provided.", "code": "invalid_api_key"},
    "key_limit": {
        "status": 429,
        "message": "This project has reached its spend limit.",
        "code": "project_spend_limit_exceeded",
        "type": "insufficient_quota",
    },
    "moderated": {"status": 403, "message": "This request is not allowed here.", "code": "content_policy_violation"},
    "not_found": {
        "status": 404,
        "message": "The model `{model}` does not exist or you do not have access to it.",
        "code": "model_not_found",
    },
    "context_too_long": {
        "status": 400,
        "message": "This model's maximum context length is {context} tokens. "
        "However, your messages resulted in {requested} tokens.",
        "code": "context_length_exceeded",
    },
    "invalid_request": {"status": 400, "message": "Invalid request parameters", "code": "invalid_value"},
    "too_large": {"status": 413, "message": "Maximum content size limit exceeded."},
    "refused": {"status": 400, "message": _POLICY, "code": "content_policy_violation"},
    "refuses_prefill": {"status": 400, "message": _PREFILL, "code": "invalid_value"},
    "server_error": {"status": 500, "message": "The server had an error while processing your request."},
    "bad_gateway": {"status": 502, "message": "Bad gateway."},
    "upstream_timeout": {"status": 504, "message": "Gateway timeout."},
    "unavailable": {
        "status": 503,
        "message": "That model is currently overloaded with other requests.",
        "code": "server_is_overloaded",
        "type": "service_unavailable_error",
    },
    "overloaded": {
        "status": 503,
        "message": "The engine is currently overloaded, please try again later.",
        "code": "server_is_overloaded",
        "type": "service_unavailable_error",
    },
    "string_code": {"status": 500, "message": "The server had an error.", "code": "server_error"},
    "other_status": {"status": 408, "message": "{phrase}"},
}

ANTHROPIC_REFUSALS: Mapping[str, Mapping[str, Any]] = {
    "rate_limited": {"status": 429, "message": "This request would exceed your organization's rate limit."},
    "rate_limited_no_hint": {"status": 429, "message": "Number of concurrent connections has exceeded your limit."},
    "quota_exhausted": {
        "status": 429,
        "message": "Your organization has reached its enforced spend limit.",
        "details": {"error_code": "enforced_spend_limit_reached"},
    },
    "no_credit": {
        "status": 402,
        "message": "Your credit balance is too low to access the Anthropic API.",
        "type": "billing_error",
    },
    "unauthorized": {"status": 401, "message": "invalid x-api-key"},
    "key_limit": {
        "status": 400,
        "message": "You have reached your specified API usage limits. You will regain access on the first.",
    },
    "moderated": {"status": 403, "message": "This request is not permitted by the safety settings."},
    "not_found": {"status": 404, "message": "model: {model}"},
    "context_too_long": {"status": 400, "message": "prompt is too long: {requested} tokens > {context} maximum"},
    "invalid_request": {"status": 400, "message": "messages: at least one message is required"},
    "too_large": {"status": 413, "message": "Request exceeds the maximum size"},
    "refused": {"status": 400, "message": "Output blocked by content filtering policy"},
    "refuses_prefill": {"status": 400, "message": _PREFILL},
    "server_error": {"status": 500, "message": "Internal server error"},
    "bad_gateway": {"status": 502, "message": "Bad gateway"},
    "upstream_timeout": {"status": 504, "message": "Request timed out"},
    "unavailable": {"status": 503, "message": "Service temporarily unavailable"},
    "overloaded": {"status": 529, "message": "Overloaded"},
    "string_code": {"status": 500, "message": "Internal server error"},
    "other_status": {"status": 408, "message": "{phrase}"},
}

REFUSALS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    OPENROUTER: OPENROUTER_REFUSALS,
    OPENAI: OPENAI_REFUSALS,
    ANTHROPIC: ANTHROPIC_REFUSALS,
}

FALLS_BACK = frozenset(OPENROUTER_REFUSALS) - {"unauthorized", "no_credit", "key_limit", "invalid_request"}
"""After these OpenRouter itself goes on to the next of the request's `models`."""

HINTED = {"rate_limited"}
"""These carry a Retry-After even when the fault does not say how long."""

PHRASES: Mapping[int, str] = {
    **responses,
    408: "Operation timed out",
    499: "Client closed request",
    520: "Web server returned an unknown error",
    524: "A timeout occurred",
}

PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502: Bad gateway</title></head><body>"
    "<h1>Bad gateway</h1><p>Error code 502. The web server reported a bad gateway error.</p>"
    "<p>Cloudflare Ray ID: <code>8f1d2c3b4a5e6f70</code></p></body></html>\n"
)


def refusal_of(provider: str, fault: Fault, facts: Mapping[str, Any]) -> Refusal:
    """The error answer of a fault; kinds without one of their own are a broken upstream. `facts` fill the words."""
    table = REFUSALS[provider]
    row = table.get(fault.kind, table["bad_gateway"])
    status = fault.status or row["status"]
    filled = _fill(row, {**facts, "phrase": PHRASES.get(status, "Error")}) | {"status": status}
    hint = fault.retry_after if fault.retry_after is not None or fault.kind not in HINTED else HINT_SECONDS
    if fault.kind == "rate_limited_no_hint":
        hint = None
    if hint is not None and filled.get("availability"):
        filled["availability"]["retry_after"] = hint
    return Refusal(**filled, retry_after=hint)


def _fill(value: Any, facts: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return value.format_map(facts)
    if isinstance(value, Mapping):
        return {key: _fill(item, facts) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, facts) for item in value]
    return value
