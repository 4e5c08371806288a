"""Wherever a stream is cut: the text received is the healthy text, or the run ends in a failure. Nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import anyio
import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jarvis_ai.domain import Chain, Completion, Event, Prompt, Source, Status, TextDelta, TextDiscarded, text_of
from jarvis_ai.engine import Engine
from jarvis_ai.policy import Backoff, Policy
from jarvis_ai.providers.openrouter import OpenRouter
from tests.builders import Notebook

CHAIN = Chain.of("acme/first", "acme/second", "acme/third")
OTHER = "\0Something else altogether."
"""Begins as no other answer does: one that begins with the few letters that were shown would be a good one."""


def event(**fields: object) -> bytes:
    return b"data: " + orjson.dumps({"id": "gen-1", "object": "chat.completion.chunk", **fields}) + b"\n\n"


def stream_of(text: str, size: int) -> bytes:
    """A healthy stream of `text`, so many letters an event."""
    words = (text[at : at + size] for at in range(0, len(text), size))
    said = [event(choices=[{"index": 0, "delta": {"content": word}, "finish_reason": None}]) for word in words]
    end = event(choices=[{"index": 0, "delta": {"content": ""}, "finish_reason": "stop"}])
    usage = event(choices=[], usage={"prompt_tokens": 3, "completion_tokens": 5, "cost": 0.001})
    return b": OPENROUTER PROCESSING\n\n" + b"".join(said) + end + usage + b"data: [DONE]\n\n"


@dataclass
class Cut(httpx.AsyncByteStream):
    """Bytes up to a cut, in packets of a size; then the end, or an error."""

    data: bytes
    packet: int
    breaks: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self.data), self.packet):
            yield self.data[at : at + self.packet]
        if self.breaks:
            raise httpx.ReadError("cut")


def goes_on(healthy: str, messages: list) -> str:
    """Repeats the last words that it is given, as it was asked to, and goes on from there."""
    shown, anchor = text_of(messages[-2]["content"]), text_of(messages[-1]["content"]).partition("\n\n")[2]
    return healthy[len(shown) - len(anchor) :]


RESCUERS: dict[str, Callable[[str, list], str]] = {
    "goes on": goes_on,
    "says it all again": lambda healthy, messages: healthy,
    "says something else": lambda healthy, messages: OTHER,
    "only goes on without the words it was to repeat": lambda healthy, messages: healthy[len(healthy) // 2 :],
}


@dataclass
class Case:
    """One healthy text, where it is cut, and what the links after it do."""

    healthy: str
    size: int
    packet: int
    cuts: list[float]
    breaks: bool
    crlf: bool
    rescuer: str
    restarts: bool

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = orjson.loads(request.content)
        resumed = len(body["messages"]) > 1
        text = RESCUERS[self.rescuer](self.healthy, body["messages"]) if resumed else self.healthy
        data = stream_of(text, self.size)
        data = data.replace(b"\n", b"\r\n") if self.crlf else data
        if self.cuts:
            data = data[: int(self.cuts.pop(0) * len(data))]
        return httpx.Response(
            200,
            headers={"content-type": "text/event-stream"},
            stream=Cut(data, self.packet, self.breaks),
        )

    async def run(self) -> tuple[Completion, str]:
        """How the run ended, and what its caller has before him."""
        received: list[str] = []

        def emit(happened: Event) -> None:
            match happened:
                case TextDelta(text):
                    received.append(text)
                case TextDiscarded():
                    received.clear()

        provider = OpenRouter(
            api_key="sk-or-v1-test", base_url="http://test", transport=httpx.MockTransport(self.answer)
        )
        engine = Engine({"openrouter": provider}, Notebook(), policy=Policy(backoff=Backoff(base=0.0)))
        operation = engine.open(Prompt.of("Hi"), CHAIN, source=Source.PYTHON, restarts=self.restarts)
        return await engine.run(operation, emit), "".join(received)


CASES = st.builds(
    Case,
    healthy=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=120).filter(str.strip),
    size=st.integers(1, 9),
    packet=st.integers(1, 64),
    cuts=st.lists(st.floats(0, 1), min_size=1, max_size=3),
    breaks=st.booleans(),
    crlf=st.booleans(),
    rescuer=st.sampled_from(list(RESCUERS)),
    restarts=st.booleans(),
)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_the_text_received_is_the_healthy_text_or_the_run_ends_in_a_failure(case: Case):
    completion, received = anyio.run(case.run)
    if completion.ok:
        assert received == completion.text == case.healthy
    else:
        assert completion.status is Status.FAILED
        assert completion.text == ""
        assert case.healthy.startswith(received)


@pytest.mark.parametrize("rescuer", ["goes on", "says it all again"])
@pytest.mark.parametrize("restarts", [True, False])
def test_a_link_that_goes_on_saves_the_answer_at_every_letter(rescuer: str, restarts: bool):
    healthy = "The tide comes in twice a day — because of the moon 🌙, as every child knows."
    for cut in range(1, 20):
        case = Case(healthy, 3, 7, [cut / 20], True, False, rescuer, restarts)
        completion, received = anyio.run(case.run)
        assert (completion.status, received) == (Status.OK, healthy)
