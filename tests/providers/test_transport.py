"""What can go wrong between two sockets, on real ones."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from jarvis_ai.providers.transport import AiohttpTransport

pytestmark = pytest.mark.anyio

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def a_server(handler: Handler) -> AsyncIterator[str]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        yield f"http://{host}:{port}"


async def ask(url: str, connect_timeout: float = 5.0) -> bytes:
    async with httpx.AsyncClient(transport=AiohttpTransport(connect_timeout=connect_timeout)) as client:
        response = await client.post(url, content=b"{}")
        return response.content


async def test_a_refused_connection_is_a_failed_connection():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(httpx.ConnectError):
            await ask(f"http://127.0.0.1:{unused.getsockname()[1]}")


async def test_a_connection_that_nobody_accepts_is_a_connect_timeout():
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        with pytest.raises(httpx.ConnectTimeout):
            await ask(f"http://127.0.0.1:{full.getsockname()[1]}", connect_timeout=0.05)


async def test_a_connection_closed_before_the_answer_is_a_protocol_error():
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.close()

    async with a_server(hang_up) as url:
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(url)


async def test_a_reset_connection_is_a_read_error():
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async with a_server(reset) as url:
        with pytest.raises(httpx.ReadError):
            await ask(url)


async def test_a_body_cut_short_is_a_protocol_error():
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    async with a_server(cut) as url:
        with pytest.raises(httpx.RemoteProtocolError):
            await ask(url)


async def test_an_answer_arrives_as_it_was_sent():
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nwhole")
        await writer.drain()
        writer.close()

    async with a_server(answer) as url:
        assert await ask(url) == b"whole"


async def test_leaving_a_stream_closes_its_connection():
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        await reader.read()
        gone.set()
        writer.close()

    async with a_server(talk) as url, httpx.AsyncClient(transport=AiohttpTransport()) as client:
        async with client.stream("POST", url, content=b"{}") as response:
            assert await anext(response.aiter_raw()) == b"half"
        await asyncio.wait_for(gone.wait(), 1)
