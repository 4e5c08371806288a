"""An answer that is sent while it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from jarvis_ai.api.gateway.chunks import COMMENT, Chunks
from jarvis_ai.api.gateway.facts import OVERHEAD, headers, milliseconds
from jarvis_ai.api.gateway.failures import refusal
from jarvis_ai.api.presence import CallerLeft, while_present
from jarvis_ai.runtime import Run
from jarvis_ai.runtime.run import Listener

PATIENCE = 5.0
"""Seconds in which an error can still be told by its status. Then the headers go out: no client we know of waits less
than ten seconds for them, and few wait much longer."""
KEEP_ALIVE = 3.0
"""Seconds between two comments while nothing is said. Proxies and clients count ten and more as silence."""
LONGEST_WAIT = 60.0
"""Seconds for a caller who has stopped reading to begin again."""

STREAM_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",  # nginx would gather the words otherwise
}


class AnswerStream(Response):
    """Server-sent events from a run, which begins when the response does and is cancelled when the caller leaves.

    An operation that fails before anything was sent is answered with a status and JSON instead.
    """

    def __init__(
        self,
        start: Callable[[], Run],
        received: float,
        *,
        patience: float = PATIENCE,
        keep_alive: float = KEEP_ALIVE,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        """`received` is when the request was there, on the performance counter."""
        self.background = None
        self._start = start
        self._received = received
        self._patience = patience
        self._keep_alive = keep_alive
        self._longest_wait = longest_wait

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(CallerLeft):
            await while_present(Request(scope, receive), partial(self._answer, scope, receive, send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        run, before = self._start(), perf_counter() - self._received
        try:
            with run.listening() as listener:
                chunks = Chunks(run.operation)
                data = await self._first(listener, chunks)
                refused = chunks.completion
                if refused and not refused.ok:
                    await refusal(refused, before + refused.overhead)(scope, receive, send)
                else:
                    with suppress(TimeoutError):  # as good as gone: nothing was taken for so long
                        await self._tell(listener, chunks, data, before, partial(self._sent, send))
        finally:
            if not run.done:
                run.cancel()

    async def _first(self, listener: Listener, chunks: Chunks) -> bytes:
        """The first words; none when the operation is over, or patience is at its end."""
        end = perf_counter() + self._patience
        while True:
            data = chunks.said(await listener.news(max(end - perf_counter(), 0.0)))
            if data or chunks.completion or perf_counter() >= end:
                return data

    async def _tell(self, listener: Listener, chunks: Chunks, data: bytes, before: float, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": raw_headers(chunks, before)})
        while chunks.completion is None:
            await send({"type": "http.response.body", "body": data or COMMENT, "more_body": True})
            data = chunks.said(await listener.news(self._keep_alive))
        completion = chunks.completion
        last = chunks.ending if completion.ok else chunks.failure
        await send({"type": "http.response.body", "body": data + last(completion, before + completion.overhead)})

    async def _sent(self, send: Send, message: Message) -> None:
        # The server lets us wait while a slow caller has not taken what was sent: only the run's own words pile up.
        async with asyncio.timeout(self._longest_wait):
            await send(message)


def raw_headers(chunks: Chunks, before: float) -> list[tuple[bytes, bytes]]:
    """The headers of a stream, with what is known of its operation by now; `before`: our seconds until it began."""
    known = headers(chunks.operation.id, chunks.attempts, fallback=chunks.fallback, link=chunks.link)
    told = {**STREAM_HEADERS, **known, OVERHEAD: f"{milliseconds(before):g}"}
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in told.items()]
