"""Whatever links say, and whichever of them is slow: no third try, no lost or doubled word, one end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jarvis_ai.domain import (
    AttemptStarted,
    Chain,
    Chunk,
    Completed,
    Event,
    Failure,
    FailureKind,
    Finished,
    FinishReason,
    Opened,
    Prompt,
    ReasoningDelta,
    Source,
    Status,
    TextDelta,
    TextDiscarded,
)
from jarvis_ai.engine import Engine
from jarvis_ai.errors import ProviderError
from jarvis_ai.policy import Backoff, Hedging, Policy
from tests.builders import Notebook

CHAIN = Chain.of("acme/a", "meta-llama/llama-3.1-8b-instruct", "acme/c")
SHOWN, REST = "The tide comes in twice a day", " because of the moon."
OPENINGS = ([], [TextDelta(SHOWN)], [ReasoningDelta("Hm.")], [ReasoningDelta("Hm."), TextDelta(SHOWN)])
WHOLES = (SHOWN + REST, "comes in twice a day" + REST, "twice a day" + REST, "It is the moon.")
KINDS = (
    FailureKind.TRUNCATED,
    FailureKind.DISCONNECTED,
    FailureKind.SERVER_ERROR,
    FailureKind.INVALID_REQUEST,
    FailureKind.STALLED,
)
POLICY = Policy(backoff=Backoff(base=0.0), hedging=Hedging(floor=0.0, unknown=0.0, share=1.0))

Script = tuple[bool, list[Chunk | Exception]]
"""Whether it is slow to speak, and what it says then."""

broken = st.builds(
    lambda said, kind: [*said, ProviderError(Failure(kind))], st.sampled_from(OPENINGS), st.sampled_from(KINDS)
)
whole = st.sampled_from(WHOLES).map(lambda text: [TextDelta(text), Finished(FinishReason.STOP)])
SCRIPTS = st.lists(st.tuples(st.booleans(), broken | whole), min_size=8, max_size=8)


@dataclass
class AnyProvider:
    """Plays one script a call, whoever is asked."""

    scripts: list[Script]

    async def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        slow, script = self.scripts.pop(0)
        yield Opened()
        if slow:
            spoken = asyncio.Event()
            asyncio.get_running_loop().call_later(0.001, spoken.set)
            await spoken.wait()
        for step in script:
            if isinstance(step, Exception):
                raise step
            yield step


async def walked(scripts: list[Script], restarts: bool) -> list[Event]:
    engine = Engine({"openrouter": AnyProvider(list(scripts))}, Notebook(), policy=POLICY)
    operation = engine.open(Prompt.of("Hi"), CHAIN, source=Source.PYTHON, restarts=restarts)
    events: list[Event] = []
    await engine.run(operation, events.append)
    return events


def received(events: list[Event]) -> str:
    text = ""
    for event in events:
        match event:
            case TextDelta(piece):
                text += piece
            case TextDiscarded():
                text = ""
    return text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCRIPTS, st.booleans())
def test_no_link_is_asked_a_third_time_and_what_was_heard_is_the_answer(scripts: list[Script], restarts: bool):
    events = anyio.run(walked, scripts, restarts)
    asked = Counter(event.attempt.link for event in events if isinstance(event, AttemptStarted))
    assert max(asked.values()) <= 2
    [completion] = [event.completion for event in events if isinstance(event, Completed)]
    assert completion.status in (Status.OK, Status.FAILED)
    assert received(events) == completion.text or not (completion.ok or restarts)
    if completion.ok:
        assert completion.text in (SHOWN + REST, *WHOLES)
