"""Facts to rows: pure, and the one place that knows both shapes.

Units change here: seconds become integer milliseconds. Every text passes through `redact` on its way, and none of
these functions raises for what a user or a provider wrote: a call must not fail because of its log.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from jarvis_ai.domain import Attempt, Chain, Completion, Fact, Link, Operation, Prompt, Status
from jarvis_ai.redaction import MASK, redact, suspicious
from jarvis_ai.usage_log.media import without_media

Row = dict[str, Any]

LARGEST = 2**63 - 1
"""SQLite's largest integer. A provider that reports more tokens than this is not believed."""

DEEPEST = 32
"""Levels of nesting in a request that are kept."""

SECRET_FIELDS = frozenset(
    {
        "api_key",
        "apikey",
        "api-key",
        "x-api-key",
        "authorization",
        "password",
        "secret",
        "client_secret",
        "access_token",
    }
)
"""Fields of a request whose value is kept from the log whatever it looks like."""


class Write(NamedTuple):
    """One statement's name (a key of `statements.STATEMENTS`) and its parameters."""

    statement: str
    row: Row


def writes_of(fact: Fact, *, writer: str, keep_bodies: bool = True) -> list[Write]:
    """The statements that put one fact into the log."""
    match fact:
        case Operation():
            body = [Write("body", body_row(fact))] if keep_bodies else []
            return [Write("operation", operation_row(fact, writer)), *body]
        case Attempt(status=Status.PENDING):
            return [Write("intent", intent_row(fact))]
        case Attempt():
            return [Write("attempt", attempt_row(fact))]
        case Completion():
            answer = [Write("answer", answer_row(fact))] if keep_bodies else []
            return [Write("completion", completion_row(fact)), *answer]


def operation_row(operation: Operation, writer: str) -> Row:
    """An operation before its first dispatch."""
    return {
        "id": operation.id,
        "started_at": ms(operation.started_at) or 0,
        "source": str(operation.source),
        "task": clean(operation.task),
        "tag": clean(operation.tag),
        "requested_model": clean(operation.requested_model),
        "chain": chain_json(operation.chain),
        "chain_hash": chain_hash(operation.chain),
        "arm": clean(operation.arm),
        "status": str(Status.PENDING),
        "simulated": int(operation.simulated),
        "writer": writer,
    }


def intent_row(attempt: Attempt) -> Row:
    """An attempt before its dispatch."""
    return {
        "operation_id": attempt.operation_id,
        "attempt_no": attempt.number,
        "provider": attempt.link.provider,
        "model": model_of(attempt.link),
        "started_at": ms(attempt.started_at) or 0,
        "status": str(attempt.status),
        "reason": clean(attempt.reason),
        "waited_ms": ms(attempt.waited) or 0,
        "hedge": int(attempt.hedge),
        "resumed": int(attempt.resumed),
    }


def attempt_row(attempt: Attempt) -> Row:
    """An attempt after its end."""
    failure, usage = attempt.failure, attempt.usage
    return {
        **intent_row(attempt),
        "failure": str(failure.kind) if failure else None,
        "http_status": integer(failure.http_status) if failure else None,
        "retry_after_ms": ms(failure.retry_after) if failure else None,
        "detail": clean(failure.detail or failure.raw) if failure else None,
        "latency_ms": ms(attempt.latency),
        "ttft_ms": ms(attempt.ttft),
        "input_tokens": integer(usage.input_tokens) if usage else None,
        "output_tokens": integer(usage.output_tokens) if usage else None,
        "cache_read_tokens": integer(usage.cache_read_tokens) if usage else None,
        "cache_write_tokens": integer(usage.cache_write_tokens) if usage else None,
        "reasoning_tokens": integer(usage.reasoning_tokens) if usage else None,
        "cost_nanos": integer(attempt.cost.nanos),
        "cost_source": str(attempt.cost.source),
        "generation_id": clean(attempt.generation_id),
        "served_model": clean(attempt.served_model),
    }


def completion_row(completion: Completion) -> Row:
    """How an operation ended. Tokens are those of all its attempts, like its cost."""
    link, failure = completion.link, completion.failure
    return {
        "id": completion.operation_id,
        "finished_at": ms(completion.finished_at),
        "status": str(completion.status),
        "provider": link.provider if link else None,
        "model": model_of(link) if link else None,
        "fallback": int(completion.fell_back),
        "attempts": len(completion.attempts),
        "latency_ms": ms(completion.latency),
        "ttft_ms": ms(completion.ttft),
        "overhead_ms": round(completion.overhead * 1000, 3),
        **tokens_of(completion),
        "cost_nanos": integer(completion.cost.nanos),
        "cost_source": str(completion.cost.source),
        "finish_reason": str(completion.finish_reason) if completion.finish_reason else None,
        "failure": str(failure.kind) if failure else None,
        "detail": clean(failure.detail or failure.raw) if failure else None,
    }


def body_row(operation: Operation) -> Row:
    """The request, in the shape of the HTTP API's body."""
    return {
        "operation_id": operation.id,
        "started_at": ms(operation.started_at) or 0,
        "request": safe_json(request_of(operation.prompt)),
    }


def answer_row(completion: Completion) -> Row:
    """The answer's text and its tool calls."""
    calls = safe_json(list(completion.tool_calls)) if completion.tool_calls else None
    return {"operation_id": completion.operation_id, "answer": clean(completion.text), "tool_calls": calls}


def request_of(prompt: Prompt) -> Row:
    """A prompt as the JSON body it came as, with what is long in images, sounds and files cut off."""
    return {
        "messages": without_media(prompt.messages),
        "temperature": prompt.temperature,
        "max_tokens": prompt.max_tokens,
        "stream": prompt.stream,
        **prompt.extra,
    }


@lru_cache(maxsize=256)
def chain_json(chain: Chain) -> str:
    """The links in order with the reason for each place."""
    links = [
        {"link": str(item.link), "reason": item.reason, **({"requested": item.requested} if item.requested else {})}
        for item in chain.links
    ]
    return safe_json(links)


@lru_cache(maxsize=256)
def chain_hash(chain: Chain) -> str:
    """See `Chain.hash`."""
    return chain.hash


def model_of(link: Link) -> str:
    """The model's id; the keyword link has none and goes by its provider's name."""
    return clean(link.model) or link.provider


def tokens_of(completion: Completion) -> Row:
    """Tokens of all attempts together, None when none reported any."""
    usages = [attempt.usage for attempt in completion.attempts if attempt.usage]
    if not usages and completion.usage:
        usages = [completion.usage]
    return {
        "input_tokens": total(usage.input_tokens for usage in usages),
        "output_tokens": total(usage.output_tokens for usage in usages),
    }


def total(counts: Iterable[int]) -> int | None:
    """The sum, None of nothing."""
    known = [count for count in map(integer, counts) if count is not None]
    return integer(sum(known)) if known else None


def ms(seconds: float | None) -> int | None:
    """Whole milliseconds; None for what is no number."""
    if seconds is None or not math.isfinite(seconds):
        return None
    return integer(round(seconds * 1000))


def integer(value: int | None) -> int | None:
    """A number that fits into a column, else None."""
    return value if value is not None and -LARGEST <= value <= LARGEST else None


def clean(text: str) -> str:
    """Redacted text that SQLite can store: a lone surrogate becomes a question mark."""
    safe = redact(text) if text else ""
    return safe if safe.isascii() else safe.encode("utf-8", "replace").decode()


def redacted(value: Any, depth: int = 0) -> Any:
    """The same structure with every text redacted; what JSON does not know becomes text."""
    plain: Any
    match value:
        case str():
            plain = clean(value) if depth < DEEPEST else "…"
        case None | bool() | float():
            plain = value
        case int() if integer(value) is not None:
            plain = value
        case Mapping() if depth < DEEPEST:
            plain = {clean(str(key)): _field(str(key), item, depth) for key, item in value.items()}
        case list() | tuple() if depth < DEEPEST:
            plain = [redacted(item, depth + 1) for item in value]
        case _:
            plain = clean(str(value)) if depth < DEEPEST else "…"
    return plain


def _field(name: str, value: Any, depth: int) -> Any:
    return MASK if name.lower() in SECRET_FIELDS else redacted(value, depth + 1)


def safe_json(value: Any) -> str:
    """Compact JSON of `value`, redacted."""
    try:
        plain = orjson.dumps(value).decode()
    except TypeError:
        return orjson.dumps(redacted(value)).decode()
    # Looking through the text is ten times quicker than walking the structure, and finds as much to be wary of.
    return orjson.dumps(redacted(value)).decode() if suspicious(plain) or _names_a_secret(plain) else plain


def _names_a_secret(json: str) -> bool:
    lowered = json.lower()
    return any(name in lowered for name in SECRET_FIELDS)
