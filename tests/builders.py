"""Small builders and fakes that are real classes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from jarvis_ai.domain import (
    Attempt,
    Chunk,
    Fact,
    Failure,
    FailureKind,
    Finished,
    FinishReason,
    Link,
    Opened,
    Prompt,
    Status,
    TextDelta,
    Usage,
)
from jarvis_ai.errors import ProviderError

A, B, C = (Link.parse(f"openrouter:acme/{name}") for name in "abc")
DIRECT = Link.parse("openai:gpt-4o")


def failed(link: Link, kind: FailureKind, *, retry_after: float | None = None, at: float = 0.0) -> Attempt:
    """An ended attempt that failed."""
    return Attempt("op", 1, link, at, Status.FAILED, failure=Failure(kind, retry_after=retry_after))


def said(text: str, *, usage: Usage | None = None) -> list[Chunk | Exception]:
    """A provider's whole answer, a word at a time."""
    words = [TextDelta(word) for word in text.split(" ")]
    return [Opened("gen-1"), *words, usage or Usage(10, 5, cost_nanos=1000), Finished(FinishReason.STOP)]


def refused(kind: FailureKind, **details: object) -> list[Chunk | Exception]:
    """A provider that answers with an error."""
    return [ProviderError(Failure(kind, **details))]  # type: ignore[arg-type]


@dataclass
class Scripted:
    """A provider that plays one script a call, in order, and notes what it was asked. It waits for events in it."""

    scripts: list[Sequence[Chunk | Exception | asyncio.Event]]
    asked: list[str] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)

    async def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        self.asked.append(model)
        self.prompts.append(prompt)
        for step in self.scripts.pop(0):
            if isinstance(step, Exception):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
            else:
                yield step


@dataclass
class Notebook:
    """A log that keeps facts in a list."""

    facts: list[Fact] = field(default_factory=list)

    async def record(self, *facts: Fact) -> None:
        self.facts.extend(facts)

    def of(self, kind: type) -> Iterable[Fact]:
        return [fact for fact in self.facts if isinstance(fact, kind)]
