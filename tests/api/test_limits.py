"""How much is read of a body."""

from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from jarvis_ai.api.limits import BodyLimit

pytestmark = pytest.mark.anyio


class Sender:
    """Sends pieces of ten bytes for as long as somebody reads."""

    def __init__(self, pieces: float) -> None:
        self.pieces = pieces
        self.sent = 0

    async def receive(self) -> Message:
        self.sent += 1
        return {"type": "http.request", "body": b"x" * 10, "more_body": self.sent < self.pieces}


async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive())["more_body"]:
        pass


async def read(sender: Sender, path: str = "/ai/test") -> None:
    async def send(message: Message) -> None:
        raise AssertionError("The limit answers nothing itself.")

    limit = BodyLimit(reads_all, longest=100, longest_chat=200)
    await limit({"type": "http", "path": path}, sender.receive, send)


async def test_a_body_as_long_as_the_limit_is_read_whole():
    sender = Sender(pieces=10)
    await read(sender)
    assert sender.sent == 10


async def test_a_body_without_end_is_read_no_further_than_the_limit():
    sender = Sender(pieces=float("inf"))
    with pytest.raises(HTTPException) as refusal:
        await read(sender)
    assert (refusal.value.status_code, sender.sent) == (413, 11)


async def test_a_conversation_with_its_images_may_be_longer():
    sender = Sender(pieces=20)
    await read(sender, "/chat/completions")
    assert sender.sent == 20
