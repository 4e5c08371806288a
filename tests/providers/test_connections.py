"""One connection serves call after call: a handshake costs more than an answer's last bytes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jarvis_ai.providers.anthropic import Anthropic
from jarvis_ai.providers.openrouter import OpenRouter
from tests.providers.replies import heard

pytestmark = pytest.mark.anyio

CHAT = (
    {"choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}},
)
MESSAGE = (
    {"type": "content_block_delta", "index": 0, "delta": {"text": "Hello"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
)


class Server:
    """Streams the same events to everybody, each in a packet of its own, and counts connections."""

    def __init__(self, events: tuple[dict, ...], end: bytes) -> None:
        self.connections = 0
        self._pieces = [*(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events), end, b""]

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split()[0]))
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                for piece in self._pieces:
                    writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    await writer.drain()
                    # A turn of the loop, so that the client reads this piece alone.
                    await asyncio.sleep(0)
        except asyncio.IncompleteReadError:
            writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self, "127.0.0.1", 0)
        async with server:
            yield "http://{}:{}".format(*server.sockets[0].getsockname())


@pytest.mark.parametrize(
    ("make", "server"),
    [
        (OpenRouter, Server(CHAT, b"data: [DONE]\n\n")),
        (Anthropic, Server(MESSAGE, b'data: {"type": "message_stop"}\n\n')),
    ],
    ids=["openrouter", "anthropic"],
)
async def test_a_stream_is_read_to_its_end_so_that_its_connection_serves_the_next(make: type, server: Server):
    async with server.listening() as url:
        provider = make(api_key="k", base_url=url)
        errors = [(await heard(provider))[1] for _ in range(3)]
        await provider.aclose()
    assert (errors, server.connections) == ([None] * 3, 1)
