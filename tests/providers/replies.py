"""Bodies as a server sends them, and what a provider makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
from hypothesis import strategies as st

from jarvis_ai.domain import Alive, Chunk, FailureKind, Prompt, Usage
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.base import Provider

STREAMED, IN_ONE_PIECE = "text/event-stream", "application/json"

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


class Pieces(httpx.AsyncByteStream):
    """A body that arrives in the pieces it is given."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


class Silent(httpx.AsyncByteStream):
    """Says something, and then nothing more without hanging up."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        await asyncio.Event().wait()


class Cut(httpx.AsyncByteStream):
    """Says something, and then the connection breaks."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        raise httpx.ReadError("reset by peer")


Body = bytes | httpx.AsyncByteStream


def answering(body: Body, kind: str = STREAMED, **headers: str) -> httpx.MockTransport:
    """A server that gives everybody this body under a good status."""
    stream = Pieces(body) if isinstance(body, bytes) else body
    return httpx.MockTransport(
        lambda request: httpx.Response(200, headers={"content-type": kind, **headers}, stream=stream)
    )


async def heard(
    provider: Provider, prompt: Prompt | None = None, model: str = "claude-haiku-4-5"
) -> tuple[list[Chunk], ProviderError | None]:
    """The chunks that a provider gave, keep-alives left out, and what it raised in the end."""
    chunks: list[Chunk] = []
    try:
        async for chunk in provider.stream(model, prompt or Prompt.of("Hello")):
            if chunk != Alive():
                chunks.append(chunk)  # noqa: PERF401 - what came before the error is wanted
    except ProviderError as error:
        return chunks, error
    return chunks, None


async def kind_of(provider: Provider) -> FailureKind | None:
    """How a provider failed; None when it did not."""
    _, error = await heard(provider)
    return error.failure.kind if error else None


def usages(chunks: list[Chunk]) -> list[Usage]:
    return [chunk for chunk in chunks if isinstance(chunk, Usage)]


Make = Callable[[httpx.AsyncBaseTransport], Provider]
"""A provider over a transport."""
