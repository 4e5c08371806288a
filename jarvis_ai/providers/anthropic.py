"""Anthropic's Messages: OpenAI's shapes go in, its own go over the wire, and ours come out (contract §11)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx
import orjson

from jarvis_ai.domain import (
    ANTHROPIC,
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
from jarvis_ai.providers.anthropic_request import request_body
from jarvis_ai.providers.border import opened
from jarvis_ai.providers.failures import failure_of
from jarvis_ai.providers.sse import SseParser
from jarvis_ai.providers.transport import JSON, AiohttpTransport

VERSION = "2023-06-01"
"""The last one under which older models take a temperature."""

REASONS = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "pause_turn": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.CONTENT_FILTER,
}

ALIVE = Alive()


class Anthropic:
    """A direct door to Anthropic."""

    name = ANTHROPIC

    def __init__(self, *, api_key: str, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = httpx.URL(f"{base_url}/v1/messages")
        self._transport = transport or AiohttpTransport()
        self._headers = httpx.Headers({"x-api-key": api_key, "anthropic-version": VERSION, **JSON})

    async def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        """See `Provider.stream`."""
        message, parser = Message(), SseParser()
        body = request_body(model, prompt)
        async with opened(self._transport, "POST", self._url, headers=self._headers, body=body) as response:
            yield Opened(response.headers.get("request-id", ""))
            if "text/event-stream" not in response.headers.get("content-type", ""):
                for chunk in message.whole(await response.aread()):
                    yield chunk
                return
            async for piece in response.aiter_raw():
                for event in parser.feed(piece):
                    for chunk in message.take(event.data) if event.data else (ALIVE,):
                        yield chunk
                if message.over:
                    break
        for chunk in message.close():
            yield chunk

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


class Message:
    """What a response has said so far."""

    def __init__(self) -> None:
        self.over = False
        self._finish: FinishReason | None = None
        self._usage: dict[str, Any] = {}
        self._model = self._id = ""
        self._tools: dict[int, int] = {}
        self._malformed = self._spoke = False
        self._readers = {
            "message_start": self._start,
            "content_block_start": self._block,
            "content_block_delta": self._delta,
            "message_delta": self._end,
            "message_stop": self._stop,
            "error": self._error,
        }

    def take(self, data: bytes) -> Iterator[Chunk]:
        """One event of a stream; unknown ones are passed over. Raises `ProviderError` for an error event."""
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError:
            self._malformed = True
            return
        reader = self._readers.get(str(event.get("type"))) if isinstance(event, dict) else None
        yield from reader(event) if reader else (ALIVE,)

    def whole(self, data: bytes) -> Iterator[Chunk]:
        """An answer in one piece."""
        try:
            body = orjson.loads(data)
        except orjson.JSONDecodeError as exc:
            raise ProviderError(Failure(FailureKind.MALFORMED, "the answer is not JSON", 200)) from exc
        if not isinstance(body, dict) or body.get("type") == "error":
            raise ProviderError(failure_of(200, {}, body, now=time.time()))
        yield from self._start({"message": body})
        for index, block in enumerate(body.get("content") or ()):
            yield from self._block({"index": index, "content_block": block})
        yield from self._end({"delta": body, "usage": body.get("usage")})
        yield from self.close()

    def close(self) -> Iterator[Chunk]:
        """The end of the answer. Raises `ProviderError` when it was not whole, or empty."""
        if self._finish is None:
            kind = FailureKind.MALFORMED if self._malformed else FailureKind.TRUNCATED
            raise ProviderError(Failure(kind, "the stream ended without a stop reason", 200))
        usage = read_usage(self._usage)
        if not self._spoke and (self._finish is FinishReason.CONTENT_FILTER or not usage.output_tokens):
            kind = FailureKind.REFUSED if self._finish is FinishReason.CONTENT_FILTER else FailureKind.EMPTY
            raise ProviderError(Failure(kind, "the answer has no content", 200))
        yield usage
        yield Finished(self._finish, self._model, generation_id=self._id)

    def _start(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        message = event.get("message") or {}
        self._model, self._id = str(message.get("model") or ""), str(message.get("id") or "")
        self._usage |= message.get("usage") or {}
        yield ALIVE

    def _block(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        block = event.get("content_block") or {}
        if block.get("type") == "tool_use":
            self._spoke = True
            tool = self._tools.setdefault(event.get("index") or 0, len(self._tools))
            arguments = orjson.dumps(block["input"]).decode() if block.get("input") else ""
            function = {"name": block.get("name"), "arguments": arguments}
            yield ToolCallDelta({"index": tool, "id": block.get("id"), "type": "function", "function": function})
        yield from self._words(block)

    def _delta(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        delta = event.get("delta") or {}
        if delta.get("partial_json"):
            tool = self._tools.get(event.get("index") or 0, 0)
            yield ToolCallDelta({"index": tool, "function": {"arguments": delta["partial_json"]}})
        yield from self._words(delta)

    def _words(self, part: Mapping[str, Any]) -> Iterator[Chunk]:
        if part.get("text"):
            self._spoke = True
            yield TextDelta(part["text"])
        if part.get("thinking"):
            self._spoke = True
            yield ReasoningDelta(part["thinking"])

    def _end(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        self._usage |= {name: value for name, value in (event.get("usage") or {}).items() if value is not None}
        reason = (event.get("delta") or {}).get("stop_reason")
        if reason:
            self._finish = REASONS.get(reason, FinishReason.STOP)
        yield ALIVE

    def _stop(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        self.over = True
        yield ALIVE

    def _error(self, event: Mapping[str, Any]) -> Iterator[Chunk]:
        raise ProviderError(failure_of(200, {}, event, now=time.time()))
        yield ALIVE  # makes this a generator like its siblings


def read_usage(usage: Mapping[str, Any]) -> Usage:
    """Anthropic counts cached tokens beside the input, we count them in it."""
    read, written = usage.get("cache_read_input_tokens") or 0, usage.get("cache_creation_input_tokens") or 0
    return Usage(
        input_tokens=(usage.get("input_tokens") or 0) + read + written,
        output_tokens=usage.get("output_tokens") or 0,
        cache_read_tokens=read,
        cache_write_tokens=written,
    )
