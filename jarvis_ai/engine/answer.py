"""Listening to one attempt: deadlines, the pieces of the answer, and what they come to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from jarvis_ai.domain import (
    Alive,
    Chunk,
    Event,
    ExtraDelta,
    Failure,
    FailureKind,
    Finished,
    Opened,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from jarvis_ai.engine.deadline import MovingDeadline
from jarvis_ai.errors import ProviderError
from jarvis_ai.policy import Deadlines
from jarvis_ai.policy.rescue import Seam, SeamBroken

SILENCES = {
    FailureKind.HEADERS_TIMEOUT: "no response headers within {:g} s",
    FailureKind.FIRST_TOKEN_TIMEOUT: "no token within {:g} s",
    FailureKind.STALLED: "no further token for {:g} s",
    FailureKind.DEADLINE: "the {:g} s that were left for the whole operation were used up",
}

Words = TextDelta | ReasoningDelta | ToolCallDelta | ExtraDelta

NO_SEAM = Failure(FailureKind.SEAM, "the answer did not go on where the shown text ends")


@dataclass(slots=True)
class Answer:
    """What one attempt has said so far."""

    pieces: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    reasoning_details: list[Mapping[str, Any]] = field(default_factory=list)
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    logprobs: list[Mapping[str, Any]] = field(default_factory=list)
    extra: list[Mapping[str, Any]] = field(default_factory=list)
    wordless: bool = False
    """Whether a part of it is none that words could finish: of a tool call, sound, an image."""
    usage: Usage | None = None
    finished: Finished | None = None
    opened: bool = False
    generation_id: str = ""
    ttft: float | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def said(self) -> bool:
        """Whether anything of the answer itself is there."""
        return bool(self.pieces) or self.wordless

    def take(self, words: Words) -> None:
        """Add a piece at the end."""
        match words:
            case TextDelta(text, logprobs):
                self.pieces.append(text)
                if logprobs:
                    self.logprobs.append(logprobs)
            case ReasoningDelta(text, details):
                self.reasoning.append(text)
                self.reasoning_details.extend(details)
            case ToolCallDelta(delta):
                merge_tool_call(self.tool_calls, delta)
                self.wordless = True
            case ExtraDelta(fields):
                self.extra.append(fields)
                self.wordless = self.wordless or words.speaks


class Lost(Exception):
    """Another link spoke first: this one is not listened to any more."""


class Listener:
    """Gathers one provider's chunks into an answer and passes its words on."""

    def __init__(
        self,
        answer: Answer,
        deadlines: Deadlines,
        emit: Callable[[Event], None],
        *,
        timer: Callable[[], float],
        speak: Callable[[], None] = lambda: None,
        seam: Seam | None = None,
        aloud: bool = True,
    ) -> None:
        """`speak` is called before the first word and may raise `Lost`. Words before the `seam` are held back.

        Unless it thinks `aloud`, its thought is gathered and not passed on.
        """
        self._answer = answer
        self._deadlines = deadlines
        self._emit = emit
        self._timer = timer
        self._speak = speak
        self._seam = seam
        self._aloud = aloud
        self._limit: MovingDeadline | None = None
        self._spoke = self._lost = False
        self.talked = 0.0
        """Seconds from its first word that was passed on to its end."""

    def stop(self) -> None:
        """Do not listen any more: `listen` raises `Lost`."""
        self._lost = True
        if self._limit is not None:
            self._limit.move(0.0)

    async def listen(self, chunks: AsyncIterator[Chunk], *, remaining: float, longest: float) -> None:
        """Take in `chunks` to their end; words must be passed on within `remaining` seconds, and end within `longest`.

        Raises `ProviderError`, be it the provider's own or that of a deadline, and `Lost`. Cancelling closes the
        connection.
        """
        clock = asyncio.get_running_loop().time
        began, dispatched = clock(), self._timer()
        end, heard_at = began + remaining, None
        silence = self._deadlines.silence
        take = self._taker()
        phase, allowed = FailureKind.HEADERS_TIMEOUT, self._deadlines.headers
        # Providers are async generators: closing one closes its connection.
        stream = cast("AsyncGenerator[Chunk]", chunks)
        try:
            async with MovingDeadline(min(end, began + allowed)) as limit, aclosing(stream):
                self._limit = limit
                async for chunk in stream:
                    # By type, the most frequent first: a match takes twice as long, and this runs for every token.
                    kind = type(chunk)
                    if kind is TextDelta or kind is ReasoningDelta or kind is ToolCallDelta or kind is ExtraDelta:
                        if heard_at is None and self._speaks_up():
                            heard_at, end = clock(), began + longest
                        if self._answer.ttft is None and kind is not ReasoningDelta:
                            self._answer.ttft = self._timer() - dispatched
                        phase, allowed = FailureKind.STALLED, silence
                        limit.move(min(end, clock() + silence))
                        take(cast("Words", chunk))
                    elif kind is Opened:
                        phase, allowed = FailureKind.FIRST_TOKEN_TIMEOUT, self._deadlines.first_token
                        limit.move(min(end, began + allowed))
                        self._answer.opened = True
                        self._answer.generation_id = cast("Opened", chunk).generation_id
                    elif kind is not Alive:
                        self._take_account(cast("Usage | Finished", chunk))
        except TimeoutError as exc:
            if self._lost:
                raise Lost from exc
            if clock() >= end:
                phase, allowed = FailureKind.DEADLINE, round(end - began, 1)
            raise ProviderError(Failure(phase, SILENCES[phase].format(allowed))) from exc
        finally:
            self.talked = 0.0 if heard_at is None else clock() - heard_at
        if self._answer.finished is None:
            raise ProviderError(Failure(FailureKind.TRUNCATED, "the answer ended without a finish reason"))
        if self._seam is not None and not self._seam.found:
            raise ProviderError(NO_SEAM)

    def _speaks_up(self) -> bool:
        """There is a word: whether it is passed on, and not held back. Raises `Lost` where another one came first."""
        if not self._spoke:
            if self._lost:
                raise Lost
            self._speak()
            self._spoke = True
        return self._seam is None or self._seam.found

    def _taker(self) -> Callable[[Words], None]:
        if self._seam is not None:
            return partial(self._go_on, self._seam)
        return self._pass_on if self._aloud else self._pass_on_words

    def _pass_on(self, chunk: Words) -> None:
        self._answer.take(chunk)
        self._emit(chunk)

    def _pass_on_words(self, chunk: Words) -> None:
        if isinstance(chunk, ReasoningDelta):
            self._answer.take(chunk)
        else:
            self._pass_on(chunk)

    def _go_on(self, seam: Seam, chunk: Words) -> None:
        """A piece of an answer that another one had begun: what lies before the seam is unseen, and what it thinks."""
        if isinstance(chunk, ReasoningDelta) or (isinstance(chunk, ExtraDelta) and not chunk.speaks):
            return  # it tells of a text of which the caller sees only a part
        if not seam.found:
            self._hold_back(seam, chunk)
        else:
            self._pass_on(TextDelta(chunk.text) if isinstance(chunk, TextDelta) else chunk)

    def _hold_back(self, seam: Seam, chunk: Words) -> None:
        try:
            missing = seam.take(chunk.text) if isinstance(chunk, TextDelta) else _no_words()
        except SeamBroken as exc:
            raise ProviderError(NO_SEAM) from exc
        if missing:
            self._pass_on(TextDelta(missing))

    def _take_account(self, chunk: Usage | Finished) -> None:
        match chunk:
            case Usage():
                self._answer.usage = chunk
            case Finished():
                self._answer.finished = chunk
                self._answer.generation_id = chunk.generation_id or self._answer.generation_id


def _no_words() -> str:
    """A tool call, a sound or an image in place of the words that were to come."""
    raise SeamBroken


def merge_tool_call(calls: list[dict[str, Any]], delta: Mapping[str, Any]) -> None:
    """Add a streamed piece to the tool calls gathered so far: arguments are concatenated by index (contract §4)."""
    index = delta.get("index") or 0
    while len(calls) <= index:
        calls.append({"id": "", "type": "function", "function": {"name": "", "arguments": ""}})
    call, function = calls[index], delta.get("function") or {}
    call["id"] = delta.get("id") or call["id"]
    call["function"]["name"] = function.get("name") or call["function"]["name"]
    call["function"]["arguments"] += function.get("arguments") or ""
