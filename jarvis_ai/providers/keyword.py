"""The last link: answers on this machine, from words alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from jarvis_ai.domain import KEYWORD, Chunk, Finished, FinishReason, Opened, Prompt, TextDelta, Usage


class Keyword:
    """A provider that needs no network and cannot fail."""

    def __init__(self, respond: Callable[[Prompt], str]) -> None:
        self._respond = respond

    async def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        yield Opened()
        yield TextDelta(self._respond(prompt))
        yield Usage(cost_nanos=0)
        yield Finished(FinishReason.STOP, served_model=KEYWORD)
