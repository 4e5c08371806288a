"""Where the transport's exceptions become ours."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from jarvis_ai.domain import Failure, FailureKind
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.failures import failure_of

# In this order, subclasses before their bases. The second word is the failure once the answer had begun.
FAILURES: tuple[tuple[type[Exception], FailureKind, FailureKind], ...] = (
    (httpx.ConnectTimeout, FailureKind.CONNECT_TIMEOUT, FailureKind.CONNECT_TIMEOUT),
    (httpx.ConnectError, FailureKind.CONNECT_FAILED, FailureKind.CONNECT_FAILED),
    (httpx.TimeoutException, FailureKind.HEADERS_TIMEOUT, FailureKind.STALLED),
    (httpx.UnsupportedProtocol, FailureKind.CONNECT_FAILED, FailureKind.CONNECT_FAILED),
    (httpx.TransportError, FailureKind.DISCONNECTED, FailureKind.TRUNCATED),
    (httpx.DecodingError, FailureKind.MALFORMED, FailureKind.MALFORMED),
    (httpx.HTTPError, FailureKind.DISCONNECTED, FailureKind.TRUNCATED),
    (httpx.InvalidURL, FailureKind.CONNECT_FAILED, FailureKind.CONNECT_FAILED),
)

WORDS = {
    FailureKind.CONNECT_TIMEOUT: "no connection in time",
    FailureKind.CONNECT_FAILED: "no connection could be made",
    FailureKind.HEADERS_TIMEOUT: "no response in time",
    FailureKind.STALLED: "the answer stopped arriving",
    FailureKind.DISCONNECTED: "the connection was closed before the answer",
    FailureKind.TRUNCATED: "the connection was closed in the middle of the answer",
    FailureKind.MALFORMED: "the answer could not be read",
}


@asynccontextmanager
async def opened(
    transport: httpx.AsyncBaseTransport, method: str, url: httpx.URL, *, headers: httpx.Headers, content: bytes = b""
) -> AsyncIterator[httpx.Response]:
    """A response with a good status, closed at the end. Raises `ProviderError` for everything else that can happen.

    Speaks to the transport itself: redirects, cookies and the rest of a client have no business with a model's answer.
    """
    # A ready stream keeps httpx from working out headers that the transport sets anyway.
    request = httpx.Request(method, url, headers=headers, stream=httpx.ByteStream(content))
    response = None
    try:
        response = await transport.handle_async_request(request)
        if not response.is_success:
            raise await _refusal(response)
        yield response
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise ProviderError(_broken(exc, begun=response is not None)) from exc
    finally:
        if response is not None:
            await response.aclose()


async def whole(response: httpx.Response) -> bytes:
    """The body in one piece; it is never compressed."""
    return b"".join([piece async for piece in response.aiter_raw()])


async def _refusal(response: httpx.Response) -> ProviderError:
    body = await whole(response)
    return ProviderError(failure_of(response.status_code, response.headers, body, now=time.time()))


def _broken(exc: Exception, *, begun: bool) -> Failure:
    before, after = next((before, after) for kind, before, after in FAILURES if isinstance(exc, kind))
    kind = after if begun else before
    return Failure(kind, WORDS[kind])
