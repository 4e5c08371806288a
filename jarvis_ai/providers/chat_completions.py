"""The chat-completions format, as OpenRouter and OpenAI-compatible servers speak it (contract §2-§4, §10)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx
import orjson

from jarvis_ai.domain import (
    Alive,
    Chunk,
    Failure,
    FailureKind,
    Finished,
    FinishReason,
    Opened,
    Prompt,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.border import opened
from jarvis_ai.providers.failures import failure_of
from jarvis_ai.providers.sse import SseParser

USAGE_GRACE = 1.0
"""Seconds to wait for usage after a finish reason: the answer is whole, only its account may still come."""

ALIVE = Alive()
DONE = b"[DONE]"
REASONS = {reason.value: reason for reason in FinishReason}


async def converse(
    transport: httpx.AsyncBaseTransport,
    url: httpx.URL,
    *,
    headers: httpx.Headers,
    body: Mapping[str, Any],
    grace: float = USAGE_GRACE,
) -> AsyncIterator[Chunk]:
    """Send `body` and yield the answer's chunks, streamed or in one piece. Raises `ProviderError` and nothing else."""
    answer, parser = ChatAnswer(), SseParser()
    async with opened(transport, "POST", url, headers=headers, body=body) as response:
        yield Opened(response.headers.get("x-generation-id", ""))
        if "text/event-stream" not in response.headers.get("content-type", ""):
            for chunk in answer.whole(await response.aread()):
                yield chunk
            return
        pieces = response.aiter_raw()
        async for piece in pieces:
            for event in parser.feed(piece):
                if not event.data:
                    yield ALIVE
                    continue
                for chunk in answer.take(event.data):
                    yield chunk
            if answer.finish is not None or answer.done:
                break
        for chunk in await _rest(pieces, parser, answer, grace):
            yield chunk
    for chunk in answer.close():
        yield chunk


async def _rest(pieces: AsyncIterator[bytes], parser: SseParser, answer: ChatAnswer, grace: float) -> list[Chunk]:
    """What comes after the finish reason. The answer is whole: neither a silence nor a cut can spoil it now."""
    late: list[Chunk] = []
    try:
        async with asyncio.timeout(grace):
            while not answer.over:
                piece = await anext(pieces, None)
                for event in parser.end() if piece is None else parser.feed(piece):
                    late += answer.take(event.data) if event.data else ()
                if piece is None:
                    break
    except (TimeoutError, httpx.HTTPError):
        if answer.finish is None:
            raise
    return late


class ChatAnswer:
    """What a response has said so far."""

    def __init__(self) -> None:
        self.finish: FinishReason | None = None
        self.usage: Usage | None = None
        self.done = False
        self._model = self._upstream = self._id = ""
        self._malformed = self._spoke = False

    @property
    def over(self) -> bool:
        """Whether nothing that matters can follow."""
        return self.done or (self.finish is not None and self.usage is not None)

    def take(self, data: bytes) -> Iterator[Chunk]:
        """One event of a stream. Raises `ProviderError` for an error event; a line that is no JSON is passed over."""
        if data == DONE:
            self.done = True
            return
        try:
            body = orjson.loads(data)
        except orjson.JSONDecodeError:
            self._malformed = True
            return
        if isinstance(body, dict):
            yield from self._body(body, "delta")

    def whole(self, body: bytes) -> Iterator[Chunk]:
        """An answer in one piece."""
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise ProviderError(Failure(FailureKind.MALFORMED, "the answer is not JSON", 200)) from exc
        if not isinstance(parsed, dict):
            raise ProviderError(Failure(FailureKind.MALFORMED, "the answer is not a JSON object", 200))
        yield from self._body(parsed, "message")
        if self.finish is None and not self._spoke:
            raise ProviderError(Failure(FailureKind.EMPTY, "the answer has no content", 200))
        yield from self.close()

    def close(self) -> Iterator[Chunk]:
        """The end of the answer. Raises `ProviderError` when it was not whole, or empty."""
        if self.finish is None:
            raise ProviderError(self._unfinished())
        if not self._spoke and not (self.usage and self.usage.output_tokens):
            kind = FailureKind.REFUSED if self.finish is FinishReason.CONTENT_FILTER else FailureKind.EMPTY
            raise ProviderError(Failure(kind, "the answer has no content", 200))
        yield Finished(self.finish, self._model, self._upstream, self._id)

    def _unfinished(self) -> Failure:
        if self._malformed:
            return Failure(FailureKind.MALFORMED, "the stream held a line that is not JSON, and did not finish", 200)
        return Failure(FailureKind.TRUNCATED, "the stream ended without a finish reason", 200)

    def _body(self, body: Mapping[str, Any], key: str) -> Iterator[Chunk]:
        if body.get("usage") and self.usage is None:
            self.usage = read_usage(body["usage"])
            yield self.usage
        if body.get("error"):
            raise ProviderError(failure_of(200, {}, body, now=time.time()))
        if not self._model:
            self._model, self._id = str(body.get("model") or ""), str(body.get("id") or "")
            self._upstream = str(body.get("provider") or "")
        for choice in body.get("choices") or ():
            yield from self._words(choice.get(key) or {})
            self._finish(choice)

    def _words(self, delta: Mapping[str, Any]) -> Iterator[Chunk]:
        if text := delta.get("content") or delta.get("refusal"):
            self._spoke = True
            yield TextDelta(text)
        if reasoning := delta.get("reasoning") or delta.get("reasoning_content"):
            self._spoke = True
            yield ReasoningDelta(reasoning)
        for index, call in enumerate(delta.get("tool_calls") or ()):
            self._spoke = True
            yield ToolCallDelta({"index": index, **call})

    def _finish(self, choice: Mapping[str, Any]) -> None:
        reason = choice.get("finish_reason")
        if reason == "error":
            raise ProviderError(failure_of(200, {}, {"error": choice.get("error") or {}}, now=time.time()))
        if reason and self.finish is None:
            self.finish = REASONS.get(reason, FinishReason.STOP)


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Token counts, and the cost where the provider names it (`usage.cost`, US dollars)."""
    prompt, completion = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
    return Usage(
        input_tokens=usage.get("prompt_tokens") or 0,
        output_tokens=usage.get("completion_tokens") or 0,
        cache_read_tokens=prompt.get("cached_tokens") or 0,
        cache_write_tokens=prompt.get("cache_write_tokens") or 0,
        reasoning_tokens=completion.get("reasoning_tokens") or 0,
        cost_nanos=_nanos(usage.get("cost")),
    )


def _nanos(dollars: Any) -> int | None:
    try:
        return None if dollars is None else round(Decimal(str(dollars)) * 10**9)
    except (InvalidOperation, OverflowError, ValueError):
        return None


def request_body(model: str, prompt: Prompt) -> dict[str, Any]:
    """The body of a prompt, every field of the caller's own included."""
    body: dict[str, Any] = {
        "model": model,
        "messages": list(prompt.messages),
        "max_tokens": prompt.max_tokens,
        "stream": prompt.stream,
        **prompt.extra,
    }
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    return body
