"""How much is read of a body. What is longer is refused before it fills the memory.

FastAPI's `max_body_size` does the same, but answers in plain text, where every error of ours is JSON.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_BODY = 4_000_000
"""Bytes: four for each character of the longest message, and as much again."""


class BodyLimit:
    """Breaks off the reading of a body that is longer than `longest` bytes, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp, *, longest: int = LONGEST_BODY) -> None:
        self.app = app
        self.longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.longest:
                # FastAPI hands it on to our handlers: the route has asked for the body.
                raise HTTPException(413, f"The body is longer than {self.longest} bytes.")
            return message

        await self.app(scope, counted, send)
