"""Bodies as a server sends them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx


class Pieces(httpx.AsyncByteStream):
    """A body that arrives in the pieces it is given."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
