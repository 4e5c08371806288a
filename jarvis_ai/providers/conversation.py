"""One request and the reading of its answer, in whichever vendor's format it comes."""

from __future__ import annotations

import asyncio
import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
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
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.border import opened
from jarvis_ai.providers.failures import failure_of
from jarvis_ai.providers.shapes import json_object, malformed
from jarvis_ai.providers.sse import SseParser

GRACE = 0.5
"""Seconds to wait for the rest after a finish reason: the answer is whole, only its account may still come."""

LINGER = 0.05
"""Seconds to wait for the end of the body once nothing that matters can follow: a new connection costs more."""

ALIVE = Alive()
DONE = b"[DONE]"
EVENTS = (b"data:", b"event:", b":")
"""How a stream begins, where the headers do not say that it is one."""

WORDS = re.compile(rb'"(?:content|text|arguments|partial_json|transcript|data)"\s*:\s*"[^"]|"images"\s*:\s*\[\s*\{')
"""What a line that cannot be read has in it where a piece of the answer is lost with it, in either format."""


class Answer(ABC):
    """What a response has said so far. A vendor's format is in `_event` and `_message`."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.finish: FinishReason | None = None
        """Set as soon as the answer is whole."""
        self.over = False
        """Whether nothing that matters can follow."""
        self._headers = headers
        self._usage: Usage | None = None
        self._model = self._upstream = self._id = self._native = ""
        self._malformed = self._spoke = False

    def take(self, data: bytes) -> Iterator[Chunk]:
        """One event of a stream. A line that is no JSON is passed over, unless it can be seen to hold words.

        Raises `ProviderError` for an error event, and for words that cannot be read: the answer would have a hole.
        """
        try:
            body = orjson.loads(data)
        except orjson.JSONDecodeError:
            if data == DONE:
                self.over = True
                return
            if WORDS.search(data):
                raise malformed("a piece of the answer could not be read") from None
            self._malformed = True
            return
        if isinstance(body, dict):
            yield from self._event(body)

    def whole(self, data: bytes) -> Iterator[Chunk]:
        """An answer in one piece. Raises `ProviderError` for an error, and for one that is not whole."""
        yield from self._message(json_object(data))
        self.over = True
        yield from self.close()

    def close(self) -> Iterator[Chunk]:
        """The end of the answer. Raises `ProviderError` when it was not whole, or empty."""
        usage, self._usage = self._usage, None
        if usage:
            yield usage
        failure = self._unfinished() if self.finish is None else self._silent(usage)
        if failure or self.finish is None:
            raise ProviderError(failure or Failure(FailureKind.TRUNCATED))
        yield Finished(self.finish, self._model, self._upstream, self._id, self._native)

    @abstractmethod
    def _event(self, body: Mapping[str, Any]) -> Iterator[Chunk]: ...

    @abstractmethod
    def _message(self, body: Mapping[str, Any]) -> Iterator[Chunk]: ...

    def _say(self, text: str) -> Iterator[Chunk]:
        if text:
            self._spoke = True
            yield TextDelta(text)

    def _think(self, text: str) -> Iterator[Chunk]:
        if text:
            self._spoke = True
            yield ReasoningDelta(text)

    def _call(self, delta: Mapping[str, Any]) -> Iterator[Chunk]:
        self._spoke = True
        yield ToolCallDelta(delta)

    def _failed(self, body: Mapping[str, Any]) -> ProviderError:
        failure = failure_of(200, self._headers, body, now=time.time())
        if self._spoke and failure.kind is FailureKind.INVALID_REQUEST:
            # A request that was being answered is a good one: whoever ran the model for the vendor broke off.
            failure = replace(failure, kind=FailureKind.UPSTREAM_REJECTED)
        return ProviderError(failure)

    def _unfinished(self) -> Failure:
        if self._malformed:
            return Failure(FailureKind.MALFORMED, "the stream held a line that is not JSON, and did not finish", 200)
        if self.over and not self._spoke:
            return Failure(FailureKind.EMPTY, "the answer has no content", 200)
        return Failure(FailureKind.TRUNCATED, "the answer ended without a finish reason", 200)

    def _silent(self, usage: Usage | None) -> Failure | None:
        """The failure of an answer without a word. Tokens that went elsewhere, into thought, make it a real one."""
        filtered = self.finish is FinishReason.CONTENT_FILTER
        if self._spoke or (usage and usage.output_tokens and not filtered):
            return None
        return Failure(FailureKind.REFUSED if filtered else FailureKind.EMPTY, "the answer has no content", 200)


async def converse(
    transport: httpx.AsyncBaseTransport,
    url: httpx.URL,
    *,
    headers: httpx.Headers,
    body: Mapping[str, Any],
    answer: Callable[[Mapping[str, str]], Answer],
    id_header: str,
    grace: float = GRACE,
) -> AsyncIterator[Chunk]:
    """Send `body` and yield the answer's chunks, streamed or in one piece. Raises `ProviderError` and nothing else."""
    async with opened(transport, "POST", url, headers=headers, content=encoded(body)) as response:
        yield Opened(response.headers.get(id_header, ""))
        said, pieces = answer(response.headers), response.aiter_raw()
        beginning = await _beginning(pieces)
        if not _streamed(response, beginning):
            for chunk in said.whole(b"".join([beginning, *[piece async for piece in pieces]])):
                yield chunk
            return
        parser, deadline = SseParser(), None
        while not said.over:
            piece: bytes | None = beginning
            if not beginning:
                piece = await (anext(pieces, None) if deadline is None else _late(pieces, deadline))
            beginning = b""
            for event in parser.end() if piece is None else parser.feed(piece):
                for chunk in said.take(event.data) if event.data else (ALIVE,):
                    yield chunk
            if piece is None:
                break
            if deadline is None and said.finish is not None:
                deadline = asyncio.get_running_loop().time() + grace
        await _drain(pieces, min(grace, LINGER))
    for chunk in said.close():
        yield chunk


def encoded(body: Mapping[str, Any]) -> bytes:
    """`body` as JSON. Raises `ProviderError` for one that cannot be."""
    try:
        return orjson.dumps(body, default=str)
    except TypeError:
        # Half a character, a number beyond 64 bits, a key that is no text: the slow way takes them all.
        return _encoded_slowly(body)


def _encoded_slowly(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, default=str, ensure_ascii=False).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError) as exc:
        raise ProviderError(Failure(FailureKind.INVALID_REQUEST, f"the request is not JSON: {exc}")) from exc


def visible(key: str) -> str:
    """A key without what no header can hold, a line break above all; the settings have told the operator of it."""
    return "".join(letter for letter in key if "!" <= letter <= "~")


async def _beginning(pieces: AsyncIterator[bytes]) -> bytes:
    """A body up to the first piece that is not blank: blanks may keep an answer alive that is not there yet."""
    beginning = b""
    while not beginning.strip():
        piece = await anext(pieces, None)
        if piece is None:
            break
        beginning += piece
    return beginning


def _streamed(response: httpx.Response, beginning: bytes) -> bool:
    """Whether a body is a stream of events. Its own look goes before the headers, which proxies get wrong."""
    begins = beginning.lstrip()
    said = "text/event-stream" in response.headers.get("content-type", "").lower()
    return not begins.startswith(b"{") if said else begins.startswith(EVENTS)


async def _late(pieces: AsyncIterator[bytes], deadline: float) -> bytes | None:
    """What comes after the finish reason. The answer is whole: neither a silence nor a cut can spoil it now."""
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(pieces, None)
    except (TimeoutError, httpx.HTTPError):
        return None


async def _drain(pieces: AsyncIterator[bytes], seconds: float) -> None:
    """Read what is left, the end marker mostly: only a connection that was read to its end serves the next call."""
    try:
        async with asyncio.timeout(seconds):
            async for _ in pieces:
                pass
    except (TimeoutError, httpx.HTTPError):
        pass
