"""One operation's way along its chain: ask, listen, decide, ask the next, and record every attempt.

A second call runs beside the first only as a hedge: until one of the two has spoken. All of it is one task, and one
more for the hedge; nothing here outlives the operation.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from anyio import CancelScope

from jarvis_ai.domain import (
    Attempt,
    AttemptCancelled,
    AttemptFailed,
    AttemptStarted,
    Completed,
    Completion,
    Event,
    Failure,
    FailureKind,
    Operation,
    Planned,
    Status,
    TextDiscarded,
    Waiting,
)
from jarvis_ai.engine.answer import Answer, Listener, Lost
from jarvis_ai.engine.call import Call
from jarvis_ai.engine.progress import Progress
from jarvis_ai.engine.shown import Shown
from jarvis_ai.errors import ProviderError
from jarvis_ai.policy import Flight, GiveUp, Send, Wait, deadlines_for, hedge_delay, next_step
from jarvis_ai.policy.rescue import Seam, continuation, takes_prefill

if TYPE_CHECKING:
    from jarvis_ai.engine.loop import Engine

logger = logging.getLogger("jarvis_ai.engine")

Emit = Callable[[Event], None]


class Walk:
    """The state of one operation."""

    def __init__(self, engine: Engine, operation: Operation, emit: Emit) -> None:
        self.engine = engine
        self.operation = operation
        self.emit = emit
        self.progress = Progress(engine, operation)
        self.begun = 0
        self.shown = Shown()
        self.speaker: Call | None = None
        self.first: Call | None = None
        self.hedge: tuple[Call, asyncio.Task[Answer | None]] | None = None

    async def to_the_end(self) -> Completion:
        """See `Engine.run`."""
        self.emit(Planned(self.operation))
        try:
            completion = await self._walk()
        except asyncio.CancelledError:
            # Whoever cancels through a scope does so again at every wait that follows.
            with CancelScope(shield=True):
                await self._call_off()
                await self._close(self.progress.ended(Status.CANCELLED))
            raise
        return await self._close(completion)

    async def _walk(self) -> Completion:
        while True:
            match self._decide(self._flights()):
                case Send() as send if self._may_be_asked(send):
                    answer = await self._ask(send)
                case Wait():
                    answer = await self._landing()
                case _ if self._take_back():
                    continue  # who could not go on may well answer anew
                case Send():
                    return self.progress.ended(Status.FAILED, failure=self.shown.failure)
                case GiveUp(failure):
                    return self.progress.ended(Status.FAILED, failure=self.shown.failure or failure)
            if answer is not None:
                await self._call_off()
                return self.progress.answered(self.shown.text, answer)

    # Deciding

    def _decide(self, flights: Sequence[Flight] = ()) -> Send | Wait | GiveUp:
        engine, now = self.engine, self.engine.clock()
        step = next_step(
            self.operation.chain,
            self.progress.attempts,
            flights,
            engine.policy,
            engine.breakers,
            now=now,
            deadline=now + self.progress.remaining,
            jitter=engine.jitter(),
            resuming=bool(self.shown),
        )
        logger.debug("operation %s: %s", self.operation.id, step)
        return step

    def _flights(self) -> Sequence[Flight]:
        return (Flight(self.hedge[0].attempt),) if self.hedge else ()

    def _may_be_asked(self, send: Send) -> bool:
        """Whether the link can do what is to be done: answer, or go on with what was shown."""
        if not self.shown:
            return True
        return self.shown.can_go_on(send.place.link) and not self.shown.hopeless(restarts=self.operation.restarts)

    def _take_back(self) -> bool:
        """Have the caller forget what was shown; whether there was anything, and it could be."""
        if not (self.shown and self.operation.restarts):
            return False
        self.emit(TextDiscarded(self.shown.number))
        self.shown, self.progress.ttft = Shown(), None
        return True

    # Asking

    async def _ask(self, send: Send) -> Answer | None:
        """The whole answer of this link, or of one that spoke sooner beside it; None when the attempt failed."""
        if send.wait > 0:
            self.emit(Waiting(send.place.link, send.wait, send.reason))
            await self.progress.write()
            await self.engine.sleep(send.wait)
            self.progress.outside += send.wait
        self.speaker, self.first = None, self._begin(send)
        call = self.first
        try:
            answer = await self._fly(call)
        finally:
            self.progress.outside += self.engine.timer() - call.began
        outspoken = self.speaker is not None and self.speaker is not call
        return await self._landing() if outspoken else answer

    def _begin(self, send: Send) -> Call:
        """A call, not dispatched yet; its breakers have been told."""
        engine, link, now = self.engine, send.place.link, self.engine.clock()
        engine.breakers.asked(link, now)
        if not send.hedge:
            engine.hedges.called(now)
        self.begun += 1
        attempt = Attempt(
            operation_id=self.operation.id,
            number=self.begun,
            link=link,
            started_at=now,
            reason=send.reason,
            waited=send.wait,
            hedge=send.hedge,
        )
        call = Call(attempt, send.place, self.progress.prompt_for(link), engine.timer())
        return self._going_on(call) if self.shown else call

    def _going_on(self, call: Call) -> Call:
        """The same call, asked to finish what was shown."""
        link, text = call.attempt.link, self.shown.text
        prefill = takes_prefill(link) and not self.progress.refuses_prefill(link)
        asked = continuation(call.prompt, text, prefill=prefill)
        call.attempt = replace(call.attempt, resumed=True)
        call.prompt, call.prefilled, call.seam = asked.prompt, asked.prefilled, Seam(text, asked.anchor)
        return call

    async def _fly(self, call: Call) -> Answer | None:
        """Dispatch a call and listen to its end; None when it failed, or another one spoke first."""
        gate = self.engine.gate(call.attempt.link.provider)
        try:
            await gate.enter(self.progress.remaining)
            try:
                await self.progress.write(call.attempt)
                self.emit(AttemptStarted(call.attempt))
                call.began = self.engine.timer()
                await self._listen(call)
            finally:
                gate.leave()
        except ProviderError as exc:
            self._failed(call, call.failure_of(exc.failure))
            return None
        except Lost:
            self._lost(call)
            return None
        except asyncio.CancelledError:
            self._abandoned(call)
            raise
        self._succeeded(call)
        return call.answer

    async def _listen(self, call: Call) -> None:
        engine, link = self.engine, call.attempt.link
        provider = engine.providers.get(link.provider)
        if provider is None:
            raise ProviderError(Failure(FailureKind.NOT_CONFIGURED, f"No key is set for {link.provider}."))
        speed, last = engine.speeds.of(link), self.progress.is_last(call.attempt)
        deadlines = deadlines_for(call.place, call.prompt, speed, engine.policy, last=last)
        call.listener = Listener(
            call.answer,
            deadlines,
            self.emit,
            timer=engine.timer,
            speak=lambda: self._speak(call),
            seam=call.seam,
            aloud=not self.shown.thought,
        )
        # From now and not from the attempt's start: its row may have had to wait for a slow log.
        remaining, longest = self.progress.remaining, self.progress.longest
        watch = self._watch(call)
        try:
            chunks = provider.stream(link.model, call.prompt)
            await call.listener.listen(chunks, remaining=remaining, longest=longest)
        except (ProviderError, Lost):
            raise
        except Exception as exc:
            logger.exception("operation %s: %s broke", self.operation.id, link)
            raise ProviderError(Failure(FailureKind.INTERNAL, f"{type(exc).__name__} while asking {link}")) from exc
        finally:
            self.progress.talked += call.listener.talked
            if watch is not None:
                watch.cancel()

    # Hedging

    def _watch(self, call: Call) -> asyncio.TimerHandle | None:
        """Look beside a call that takes long to speak, but not beside one whose words are held back as it is."""
        hedging, alone = self.engine.policy.hedging, len(self.operation.chain.links) < 2
        if not hedging.on or alone or call.attempt.hedge or call.attempt.resumed:
            return None
        speed = self.engine.speeds.of(call.attempt.link)
        delay = hedge_delay(call.place, call.prompt, speed, hedging)
        return asyncio.get_running_loop().call_later(delay, self._look_beside, call)

    def _look_beside(self, call: Call) -> None:
        if self.speaker is not None or self.hedge is not None:
            return
        step = self._decide((Flight(call.attempt, slow=True),))
        if isinstance(step, Send) and self.engine.hedges.take(self.engine.clock()):
            beside = self._begin(step)
            self.hedge = beside, asyncio.get_running_loop().create_task(self._fly(beside))

    def _speak(self, call: Call) -> None:
        """The first to speak has the word; the other is called off. Raises `Lost` for one that comes too late."""
        if self.speaker is not None and self.speaker is not call:
            raise Lost
        self.speaker = call
        if self.hedge is None:
            return
        beside, task = self.hedge
        if call is not beside:
            task.cancel()
        elif self.first is not None and self.first.listener is not None:
            self.first.listener.stop()

    async def _landing(self) -> Answer | None:
        """How the hedge ended; None when it failed, or was called off."""
        if self.hedge is None:
            return None
        hedge, self.hedge = self.hedge, None
        task, began = hedge[1], self.engine.timer()
        try:
            # Waited for and not awaited: a hedge that was called off would call off the whole operation.
            await asyncio.wait([task])
        except asyncio.CancelledError:
            self.hedge = hedge  # to be called off with the operation
            raise
        finally:
            self.progress.outside += self.engine.timer() - began
        return None if task.cancelled() else task.result()

    async def _call_off(self) -> None:
        """End a hedge that nobody waits for any more."""
        if self.hedge is not None:
            self.hedge[1].cancel()
            await asyncio.wait([self.hedge[1]])
            self.hedge = None

    # Ending an attempt

    def _succeeded(self, call: Call) -> None:
        attempt = call.attempt
        self.engine.breakers.answered(attempt.link, attempt.started_at)
        self.progress.settle(call, Status.OK)

    def _failed(self, call: Call, failure: Failure) -> None:
        ended = self.progress.settle(call, Status.FAILED, failure)
        self.engine.breakers.failed(ended, self.engine.clock())
        self.shown.broke_off(ended.number, call.answer, failure)
        logger.info("operation %s: attempt %d, %s: %s", ended.operation_id, ended.number, ended.link, failure.kind)
        self.emit(AttemptFailed(ended))

    def _abandoned(self, call: Call) -> None:
        # A cancelled attempt was still made, and maybe billed: it is recorded like any other.
        self.engine.breakers.abandoned(call.attempt.link)
        self.emit(AttemptCancelled(self.progress.settle(call, Status.CANCELLED)))

    def _lost(self, call: Call) -> None:
        """Slow is not sick, but it is slow: that it had not spoken until now is what is known of its speed."""
        self.engine.speeds.add(call.attempt.link, self.engine.timer() - call.began)
        self.engine.breakers.outrun(call.attempt, self.engine.clock())
        self.emit(AttemptCancelled(self.progress.settle(call, Status.CANCELLED)))

    async def _close(self, completion: Completion) -> Completion:
        try:
            await self.progress.write(completion)
        finally:
            self.emit(Completed(completion))
            self.engine.settling.consider(completion)
        return completion
