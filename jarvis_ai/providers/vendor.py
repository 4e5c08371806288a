"""What the doors to the vendors have in common: an address, a key, and a format of prompts and answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar

import httpx

from jarvis_ai.domain import Chunk, Prompt
from jarvis_ai.providers.conversation import GRACE, Answer, converse, visible
from jarvis_ai.providers.transport import HEADERS, AiohttpTransport


class Vendor(ABC):
    """A provider behind HTTP."""

    path: ClassVar[str]
    """Where prompts go, below the base URL."""
    answer: ClassVar[type[Answer]]
    """The format of its answers."""
    id_header: ClassVar[str]
    """The response header by which the vendor knows the call."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        grace: float = GRACE,
    ) -> None:
        """`grace`: seconds to wait for an answer's account once the answer itself is whole."""
        self._base_url = base_url
        self._url = httpx.URL(base_url + self.path)
        self._transport = transport or AiohttpTransport()
        self._grace = grace
        self._headers = httpx.Headers({**HEADERS, **self.credentials(visible(api_key))})

    def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        """See `Provider.stream`."""
        return converse(
            self._transport,
            self._url,
            headers=self._headers,
            body=self.body(model, prompt),
            answer=self.answer,
            id_header=self.id_header,
            grace=self._grace,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    @abstractmethod
    def credentials(self, api_key: str) -> Mapping[str, str]:
        """Headers that say who asks, and in which version of the format."""

    @abstractmethod
    def body(self, model: str, prompt: Prompt) -> Mapping[str, Any]:
        """A prompt in the vendor's shape."""
