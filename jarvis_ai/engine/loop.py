"""One operation from its plan to its completion.

`Engine.run` is a coroutine and not a generator: streaming or not, there is one loop, and its events leave through
`emit`, which runs in the engine's thread and may queue or write but never wait.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, Unpack

from jarvis_ai.domain import (
    UNKNOWN_COST,
    About,
    Attempt,
    AttemptFailed,
    AttemptStarted,
    Chain,
    Completed,
    Completion,
    Event,
    Fact,
    Failure,
    FailureKind,
    Operation,
    Planned,
    Prompt,
    Source,
    Status,
    TextDiscarded,
    Waiting,
)
from jarvis_ai.engine.answer import Answer, Listener
from jarvis_ai.engine.breakers import Breakers
from jarvis_ai.engine.costs import NOTHING, Price, cost_of, total_cost, was_refused
from jarvis_ai.engine.ids import uuid7
from jarvis_ai.errors import ProviderError
from jarvis_ai.policy import Deadlines, GiveUp, Policy, Send, Wait, next_step
from jarvis_ai.providers.base import Provider

logger = logging.getLogger("jarvis_ai.engine")

Emit = Callable[[Event], None]


class Recorder(Protocol):
    """Where facts are kept."""

    async def record(self, *facts: Fact) -> None:
        """Keep `facts`, all or none, in order; returns once they would survive the process. Never raises.

        Takes them in before it first waits: a caller that is cancelled meanwhile loses none.
        """
        ...


class Engine:
    """Walks chains. One a process, used from one event loop."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        recorder: Recorder,
        *,
        policy: Policy | None = None,
        price: Price = lambda link, usage, at: UNKNOWN_COST,
        simulated: bool = False,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.providers = providers
        self.recorder = recorder
        self.policy = policy or Policy()
        self.breakers = Breakers(self.policy)
        self.deadlines = deadlines_by_stream(self.policy.deadlines)
        self.price = price
        self.simulated = simulated
        self.clock = clock
        self.timer = timer
        self.sleep = sleep
        self.jitter = jitter

    def open(self, prompt: Prompt, chain: Chain, *, source: Source, **about: Unpack[About]) -> Operation:
        """A new operation, not yet begun."""
        now = self.clock()
        return Operation(uuid7(now), now, source, prompt, chain, simulated=self.simulated, **about)

    async def run(self, operation: Operation, emit: Emit = lambda event: None) -> Completion:
        """Ask the operation's links until one has answered whole, or nobody is left to ask.

        Returns the completion, whose status is ok or failed. When the task is cancelled the operation is recorded as
        cancelled and the cancellation goes on. The first event is `Planned`, the last `Completed`.
        """
        return await _Run(self, operation, emit).to_the_end()


class _Run:
    """The state of one operation."""

    def __init__(self, engine: Engine, operation: Operation, emit: Emit) -> None:
        self.engine = engine
        self.operation = operation
        self.emit = emit
        self.began = engine.timer()
        self.attempts: list[Attempt] = []
        self.unwritten: list[Fact] = [operation]
        self.ttft: float | None = None
        self.discarded = False

    async def to_the_end(self) -> Completion:
        self.emit(Planned(self.operation))
        try:
            completion = await self._walk()
        except asyncio.CancelledError:
            await self._close(self._ended(Status.CANCELLED))
            raise
        return await self._close(completion)

    async def _walk(self) -> Completion:
        while True:
            match self._decide():
                case Send() as send:
                    answer = await self._ask(send)
                    if answer is not None:
                        return self._answered(answer)
                    if self.discarded and not self.operation.restarts:
                        return self._ended(Status.FAILED, failure=self.attempts[-1].failure)
                case GiveUp(failure):
                    return self._ended(Status.FAILED, failure=failure)
                case Wait():
                    raise AssertionError("Without hedging nothing is in flight between two steps.")

    def _decide(self) -> Send | Wait | GiveUp:
        engine = self.engine
        step = next_step(
            self.operation.chain,
            self.attempts,
            (),
            engine.policy,
            engine.breakers,
            now=engine.clock(),
            deadline=self.operation.started_at + engine.policy.deadlines.total,
            jitter=engine.jitter(),
        )
        logger.debug("operation %s: %s", self.operation.id, step)
        return step

    async def _ask(self, send: Send) -> Answer | None:
        """The whole answer, or None when the attempt failed."""
        if send.wait > 0:
            self.emit(Waiting(send.place.link, send.wait, send.reason))
            await self._write()
            await self.engine.sleep(send.wait)
        attempt, answer, began = self._begin(send), Answer(), self.engine.timer()
        try:
            await self._write(attempt)
            self.emit(AttemptStarted(attempt))
            began = self.engine.timer()
            await self._listen(attempt, answer)
        except ProviderError as exc:
            self._failed(attempt, answer, exc.failure, began)
            return None
        except asyncio.CancelledError:
            self._abandoned(attempt, answer, began)
            raise
        self._succeeded(attempt, answer, began)
        return answer

    def _begin(self, send: Send) -> Attempt:
        """The attempt, not dispatched yet; its breakers have been told."""
        now = self.engine.clock()
        self.engine.breakers.asked(send.place.link, now)
        return Attempt(
            operation_id=self.operation.id,
            number=len(self.attempts) + 1,
            link=send.place.link,
            started_at=now,
            reason=send.reason,
            waited=send.wait,
        )

    async def _listen(self, attempt: Attempt, answer: Answer) -> None:
        engine, link = self.engine, attempt.link
        provider = engine.providers.get(link.provider)
        if provider is None:
            raise ProviderError(Failure(FailureKind.NOT_CONFIGURED, f"No key is set for {link.provider}."))
        deadlines = engine.deadlines[self.operation.prompt.stream]
        listener = Listener(answer, deadlines, self.emit, timer=engine.timer)
        # From now and not from the attempt's start: its row may have had to wait for a slow log.
        remaining = self.operation.started_at + deadlines.total - engine.clock()
        chunks = provider.stream(link.model, self.operation.prompt)
        try:
            await listener.listen(chunks, remaining=remaining)
        except ProviderError:
            raise
        except Exception as exc:
            logger.exception("operation %s: %s broke", self.operation.id, link)
            raise ProviderError(Failure(FailureKind.INTERNAL, f"{type(exc).__name__} while asking {link}")) from exc

    def _succeeded(self, attempt: Attempt, answer: Answer, began: float) -> None:
        self.engine.breakers.answered(attempt.link, attempt.started_at)
        self._keep_ttft(answer, began)
        self._settle(self._measured(attempt, answer, began, Status.OK))

    def _failed(self, attempt: Attempt, answer: Answer, failure: Failure, began: float) -> None:
        ended = self._measured(attempt, answer, began, Status.FAILED, failure)
        self.engine.breakers.failed(ended, self.engine.clock())
        self._settle(ended)
        logger.info(
            "operation %s: attempt %d, %s: %s", attempt.operation_id, attempt.number, attempt.link, failure.kind
        )
        self.emit(AttemptFailed(ended))
        if answer.pieces:
            self.discarded = True
            self.emit(TextDiscarded(attempt.number))

    def _abandoned(self, attempt: Attempt, answer: Answer, began: float) -> None:
        # A cancelled attempt was still made, and maybe billed: it is recorded like any other.
        self.engine.breakers.abandoned(attempt.link)
        self._keep_ttft(answer, began)
        self._settle(self._measured(attempt, answer, began, Status.CANCELLED))

    def _keep_ttft(self, answer: Answer, began: float) -> None:
        """The words of this attempt stay: its first token is the operation's."""
        if answer.ttft is not None:
            self.ttft = began - self.began + answer.ttft

    def _settle(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        self.unwritten.append(attempt)

    def _measured(
        self, attempt: Attempt, answer: Answer, began: float, status: Status, failure: Failure | None = None
    ) -> Attempt:
        refused = was_refused(failure, opened=answer.opened)
        return replace(
            attempt,
            status=status,
            failure=failure,
            latency=self.engine.timer() - began,
            ttft=answer.ttft,
            usage=answer.usage,
            cost=NOTHING if refused else cost_of(attempt, answer.usage, self.engine.price),
            generation_id=answer.generation_id,
            served_model=answer.finished.served_model if answer.finished else "",
        )

    def _answered(self, answer: Answer) -> Completion:
        last, finished = self.attempts[-1], answer.finished
        return self._ended(
            Status.OK,
            text=answer.text,
            link=last.link,
            usage=answer.usage,
            finish_reason=finished.reason if finished else None,
            served_model=last.served_model,
            reasoning="".join(answer.reasoning),
            tool_calls=tuple(answer.tool_calls),
        )

    def _ended(self, status: Status, **more: Any) -> Completion:
        links = self.operation.chain.links
        return Completion(
            operation_id=self.operation.id,
            finished_at=self.engine.clock(),
            status=status,
            preferred=links[0].link if links else None,
            attempts=tuple(self.attempts),
            cost=total_cost([attempt.cost for attempt in self.attempts]),
            latency=self.engine.timer() - self.began,
            ttft=self.ttft,
            simulated=self.operation.simulated,
            **more,
        )

    async def _close(self, completion: Completion) -> Completion:
        try:
            await self._write(completion)
        finally:
            self.emit(Completed(completion))
        return completion

    async def _write(self, *facts: Fact) -> None:
        facts = (*self.unwritten, *facts)
        self.unwritten = []
        if facts:
            await self.engine.recorder.record(*facts)


def deadlines_by_stream(deadlines: Deadlines) -> Mapping[bool, Deadlines]:
    """Those of a streamed answer, and of one in a piece, whose headers come when the whole of it is ready.

    Half of the operation's time at most, so that another link has its turn after a silent one.
    """
    half = deadlines.total / 2
    return {True: deadlines, False: replace(deadlines, headers=half, first_token=half)}
