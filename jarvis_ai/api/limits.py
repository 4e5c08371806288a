"""How much is read of a body. What is longer is refused before it fills the memory.

FastAPI's `max_body_size` does the same, but answers in plain text, where every error of ours is JSON.
"""

from __future__ import annotations

from time import perf_counter

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jarvis_ai.api.errors import own_path

LONGEST_BODY = 4_000_000
"""Bytes: four for each character of the longest message, and as much again."""
LONGEST_CHAT = 32_000_000
"""Bytes of what the gateway passes on: conversations hold images, and their providers take about as much."""


class BodyLimit:
    """Breaks off the reading of a body that is too long, whatever its Content-Length says.

    When the last of it was there is noted in the scope as `read_at`, on the performance counter.
    """

    def __init__(self, app: ASGIApp, *, longest: int = LONGEST_BODY, longest_chat: int = LONGEST_CHAT) -> None:
        """Both in bytes; the second is for the routes under `/chat`."""
        self.app = app
        self.longest = longest
        self.longest_chat = longest_chat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0
        longest = self.longest_chat if own_path(scope).startswith("/chat/") else self.longest

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > longest:
                # FastAPI hands it on to our handlers: the route has asked for the body.
                raise HTTPException(413, f"The body is longer than {longest} bytes.")
            if not message.get("more_body"):
                scope.setdefault("read_at", perf_counter())
            return message

        await self.app(scope, counted, send)
