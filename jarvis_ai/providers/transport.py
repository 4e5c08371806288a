"""httpx over aiohttp's sockets.

httpx's own pool collapses under waiting calls. The one published bridge reports a refused connection and one that was
closed before the answer both as a timeout, which a fallback engine must not confuse: so this one is ours.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator

import aiohttp
import httpx
from yarl import URL

HEADERS = {
    "User-Agent": "jarvis-ai",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
}
"""Of every request. Nothing is compressed: a compressed stream is held back until a block is full."""

# In this order: aiohttp's timeouts are also connection errors of other kinds.
TRANSLATIONS: tuple[tuple[type[BaseException], type[httpx.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.SocketTimeoutError, httpx.ReadTimeout),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.ClientOSError, httpx.ReadError),
    (aiohttp.ClientError, httpx.RemoteProtocolError),
    (asyncio.TimeoutError, httpx.ReadTimeout),
    (OSError, httpx.ReadError),
)


def translated(exc: BaseException, request: httpx.Request) -> httpx.TransportError:
    """The exception that httpx itself would have raised."""
    kind = next(kind for foreign, kind in TRANSLATIONS if isinstance(exc, foreign))
    return kind(str(exc) or type(exc).__name__, request=request)


@functools.lru_cache(maxsize=256)
def _address(url: str) -> URL:
    """The same few addresses are asked again and again; reading one takes longer than looking it up."""
    return URL(url, encoded=True)


def _payload(content: bytes) -> aiohttp.Payload | None:
    """The body as aiohttp sends it; given bytes, it would look for the kind of payload among all that it knows."""
    return aiohttp.BytesPayload(content, content_type="application/json") if content else None


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._response = response
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except (aiohttp.ClientError, OSError) as exc:
            raise translated(exc, self._request) from exc

    async def aclose(self) -> None:
        if self._response.content.is_eof():
            self._response.release()
        else:
            self._response.close()


class AiohttpTransport(httpx.AsyncBaseTransport):
    """One session, made in the loop that first uses it. Sets a deadline to connect, in seconds, and no other."""

    def __init__(self, *, connect_timeout: float = 5.0) -> None:
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout, connect=None)
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        session = self._session or self._open()
        try:
            response = await session.request(
                request.method,
                _address(str(request.url)),
                headers=[(name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=_payload(await request.aread()),
                allow_redirects=False,
            )
        except (aiohttp.ClientError, OSError) as exc:
            raise translated(exc, request) from exc
        headers = [(k, v) for k, v in response.raw_headers if k.lower() != b"content-encoding"]
        return httpx.Response(response.status, headers=headers, stream=_Body(response, request), request=request)

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),  # how many calls run at a time is not the transport's to say
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self._session

    async def aclose(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()
