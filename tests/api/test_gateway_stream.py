"""What a stream says, and when: a run by hand, and a caller in the same process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from openrouter.components import ChatStreamChunk
from starlette.types import Message

from jarvis_ai.api.gateway.stream import AnswerStream
from jarvis_ai.domain import (
    Attempt,
    AttemptCancelled,
    AttemptStarted,
    Chain,
    Completed,
    Completion,
    Event,
    Link,
    Operation,
    Planned,
    Prompt,
    ReasoningDelta,
    Source,
    Status,
    TextDelta,
    ToolCallDelta,
)
from jarvis_ai.runtime import Run
from tests.api.fakes import ANSWERED, FAILED, FELL_BACK, NOW
from tests.api.serving import chunks, spoken
from tests.builders import A, B

pytestmark = pytest.mark.anyio

CHAIN = Chain.of("openrouter:acme/a", "openrouter:acme/b")


@dataclass
class Caller:
    """The other end of a response, in this process."""

    stays: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[Message] = field(default_factory=list)
    hears: Callable[[Message], None] = lambda message: None

    async def receive(self) -> Message:
        await self.stays.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        self.hears(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


def a_run(*events: Event) -> Run:
    run = Run(Operation("op-1", NOW, Source.GATEWAY, Prompt.of("Hello?"), CHAIN))
    for event in (Planned(run.operation), *events):
        run.emit(event)
    return run


def asked(link: Link, number: int = 1) -> AttemptStarted:
    return AttemptStarted(Attempt("op-1", number, link, NOW))


async def play(run: Run, caller: Caller, *, patience: float = 0.001) -> None:
    stream = AnswerStream(lambda: run, 0.0, patience=patience, keep_alive=0.001, longest_wait=0.01)
    await stream({"type": "http"}, caller.receive, caller.send)


async def test_comments_keep_a_waiting_client_alive_until_the_answer_comes():
    run, caller = a_run(asked(A)), Caller()

    def hears(message: Message) -> None:
        if len(caller.sent) == 4:
            run.emit(TextDelta("Hello!"))
            run.emit(Completed(FELL_BACK))

    caller.hears = hears
    await play(run, caller)
    assert caller.status == 200
    assert caller.body.startswith(b": JARVIS PROCESSING\n\n" * 3 + b"data: {")
    assert caller.body.endswith(b"\n\ndata: [DONE]\n\n")
    assert spoken(chunks(caller.body.decode())) == "Hello!"


async def test_words_that_come_at_the_same_time_go_out_as_one():
    caller = Caller()
    words = [TextDelta(word) for word in ("Hel", "lo", "!")]
    await play(a_run(asked(A), *words, Completed(FELL_BACK)), caller)
    said, last, account = chunks(caller.body.decode())
    assert said["choices"][0]["delta"] == {"role": "assistant", "content": "Hello!"}
    assert last["choices"][0]["finish_reason"] == "stop"
    assert (account["choices"], account["usage"]["cost"]) == ([], 3.15e-06)
    assert account["jarvis"]["attempts"] == 2 and account["jarvis"]["fallback"] is True


async def test_an_operation_that_fails_before_anything_was_sent_has_a_status():
    caller = Caller()
    failed = Completion("op-1", NOW, Status.FAILED, failure=FAILED.failure, attempts=(FAILED,))
    await play(a_run(asked(A), Completed(failed)), caller, patience=60.0)
    assert caller.status == 503
    assert (caller.headers[b"retry-after"], caller.headers[b"x-jarvis-attempts"]) == (b"7", b"1")
    error = json.loads(caller.body)["error"]
    assert error["message"].startswith("Nobody answered. 1. openrouter:openai/gpt-4o: ")
    assert error["attempts"][0]["failure"] == "rate_limited"


async def test_patience_ends_with_a_good_status_and_the_error_comes_in_the_stream():
    run, caller = a_run(asked(A)), Caller()
    failed = Completion("op-1", NOW, Status.FAILED, failure=FAILED.failure, attempts=(FAILED,))
    caller.hears = lambda message: run.emit(Completed(failed)) if len(caller.sent) == 2 else None
    await play(run, caller)
    assert caller.status == 200
    (last,) = chunks(caller.body.decode())
    assert (last["error"]["code"], last["choices"][0]["finish_reason"]) == (503, "error")
    assert last["error"]["message"].startswith("Nobody answered. ")
    assert b"[DONE]" not in caller.body


async def test_of_two_that_are_asked_at_once_the_one_that_speaks_is_named():
    run, caller = a_run(asked(A), asked(B, 2), TextDelta("Hello!")), Caller()
    lost = AttemptCancelled(Attempt("op-1", 1, A, NOW, Status.CANCELLED))
    answered = Completion("op-1", NOW, Status.OK, text="Hello!", link=B, preferred=A, attempts=(ANSWERED,))
    run.emit(lost)
    run.emit(Completed(answered))
    await play(run, caller)
    assert {event["model"] for event in chunks(caller.body.decode())} == {"acme/b"}
    assert (caller.headers[b"x-jarvis-fallback"], caller.headers[b"x-jarvis-attempts"]) == (b"true", b"2")
    assert float(caller.headers[b"x-jarvis-overhead-ms"]) >= 0


async def test_usage_that_no_provider_told_is_null():
    caller = Caller()
    silent = Completion("op-1", NOW, Status.OK, text="Hello!", link=A, attempts=(ANSWERED,))
    await play(a_run(asked(A), TextDelta("Hello!"), Completed(silent)), caller)
    assert chunks(caller.body.decode())[-1]["usage"] is None


class Deaf(Caller):
    """Takes the headers, and then nothing."""

    async def send(self, message: Message) -> None:
        await super().send(message)
        if len(self.sent) > 1:
            await asyncio.Event().wait()


async def test_a_caller_who_stops_reading_is_given_up_and_the_call_with_it():
    run, caller, task = a_run(asked(A), TextDelta("Hello!")), Deaf(), Future[Completion]()
    run.belongs_to(task)
    await play(run, caller)
    assert task.cancelled()
    assert len(caller.sent) == 2


async def test_reasoning_and_tools_come_piece_by_piece_as_the_official_package_reads_them():
    detail = {"type": "reasoning.text", "text": "Hm", "index": 0, "format": "unknown"}
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{"}}
    more = {"index": 0, "function": {"arguments": "}"}}
    words = [ReasoningDelta("Hm", (detail,)), ToolCallDelta(call), ToolCallDelta(more)]
    caller = Caller()
    await play(a_run(asked(A), *words, Completed(FELL_BACK)), caller)
    events = chunks(caller.body.decode())
    thought, first, second, *_ = (event["choices"][0]["delta"] for event in events[:3])
    assert thought == {"role": "assistant", "content": "", "reasoning": "Hm", "reasoning_details": [detail]}
    assert (first["tool_calls"], second["tool_calls"]) == ([call], [more])
    read = [ChatStreamChunk.model_validate(event) for event in events]
    assert read[0].choices[0].delta.reasoning == "Hm"
