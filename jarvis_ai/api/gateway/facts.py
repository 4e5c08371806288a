"""What is told of an operation beside its answer: tokens, money, and how it came about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from jarvis_ai.domain import Attempt, Completion, Link, Usage

PREFIX = "X-Jarvis-"
OVERHEAD = f"{PREFIX}Overhead-Ms"


def encoded(body: Any) -> bytes:
    """`body` as JSON."""
    try:
        return orjson.dumps(body, default=str)
    except TypeError:  # half a character, which a caller may have sent and keywords repeat
        return json.dumps(body, default=str).encode()


def generation_id(operation_id: str) -> str:
    """The operation's id in the form that OpenRouter's clients know."""
    return f"gen-{operation_id}"


def milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def headers(operation_id: str, attempts: int, *, fallback: bool, link: Link | None) -> dict[str, str]:
    """What is known of an operation when the headers of its answer go out."""
    known = {
        "Operation-Id": operation_id,
        "Attempts": str(attempts),
        "Fallback": "true" if fallback else "false",
        **({"Link": str(link)} if link else {}),
    }
    return {
        "X-Generation-Id": generation_id(operation_id),
        **{PREFIX + name: value.encode("latin-1", "replace").decode("latin-1") for name, value in known.items()},
    }


def final_headers(completion: Completion, overhead: float) -> dict[str, str]:
    """What is known of an operation that is over; `overhead` in seconds."""
    known = headers(
        completion.operation_id, len(completion.attempts), fallback=completion.fell_back, link=completion.link
    )
    return {**known, OVERHEAD: f"{milliseconds(overhead):g}"}


def usage_of(completion: Completion) -> dict[str, Any] | None:
    """Tokens and US dollars of the answering attempt, in OpenRouter's words; None when the provider told none."""
    if completion.usage is None:
        return None
    return {**_tokens(completion.usage), "cost": _dollars(completion)}


def _tokens(usage: Usage) -> Mapping[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def _dollars(completion: Completion) -> float | None:
    answering = answering_attempt(completion)
    return answering.cost.dollars if answering else None


def answering_attempt(completion: Completion) -> Attempt | None:
    """The attempt whose answer was kept."""
    return next((attempt for attempt in reversed(completion.attempts) if attempt.status == "ok"), None)


def jarvis(completion: Completion, overhead: float) -> dict[str, Any]:
    """Our own facts of an operation; the cost is that of all its attempts, US dollars."""
    return {
        "operation_id": completion.operation_id,
        "link": str(completion.link) if completion.link else None,
        "attempts": len(completion.attempts),
        "fallback": completion.fell_back,
        "cost": completion.cost.dollars,
        "cost_source": completion.cost.source.value,
        "latency_ms": milliseconds(completion.latency),
        "ttft_ms": None if completion.ttft is None else milliseconds(completion.ttft),
        "overhead_ms": milliseconds(overhead),
        "simulated": completion.simulated,
    }
