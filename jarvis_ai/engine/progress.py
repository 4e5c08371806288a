"""What one operation has come to so far: its attempts, its times, and the facts that are not written yet.

It decides nothing and asks nobody; see `Walk` for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jarvis_ai.domain import Attempt, Completion, Fact, Failure, FailureKind, Link, Operation, Prompt, Status
from jarvis_ai.engine.answer import Answer
from jarvis_ai.engine.call import Call
from jarvis_ai.engine.costs import total_cost
from jarvis_ai.policy.credit import within

if TYPE_CHECKING:
    from jarvis_ai.engine.loop import Engine


class Progress:
    """Of an operation that begins when this is made. Times are seconds of the engine's timer."""

    def __init__(self, engine: Engine, operation: Operation) -> None:
        self.attempts: list[Attempt] = []
        """Those that have ended, in the order of their ends."""
        self.outside = 0.0
        """Seconds that went to providers and to waits."""
        self.talked = 0.0
        """Those of them in which an answer was being given."""
        self.ttft: float | None = None
        self._engine = engine
        self._operation = operation
        self._began = engine.timer()
        self._unwritten: list[Fact] = [operation]

    @property
    def elapsed(self) -> float:
        """Seconds since it began; a clock that is set anew meanwhile changes nothing."""
        return self._engine.timer() - self._began

    @property
    def remaining(self) -> float:
        """Seconds left until somebody has to speak."""
        deadlines = self._engine.policy.deadlines
        return min(deadlines.total + self.talked, deadlines.longest) - self.elapsed

    @property
    def longest(self) -> float:
        """Seconds left even for an answer that is being given."""
        return self._engine.policy.deadlines.longest - self.elapsed

    def prompt_for(self, link: Link) -> Prompt:
        """The operation's prompt, within what the link has said that the account pays for."""
        prompt = self._operation.prompt
        for attempt in self.attempts:
            if attempt.link == link and attempt.failure:
                prompt = within(prompt, attempt.failure)
        return prompt

    def refuses_prefill(self, link: Link) -> bool:
        """Whether the link was given the beginning of its answer, and did not take it."""
        return any(each.link == link and each.failure_kind is FailureKind.PREFILL for each in self.attempts)

    def is_last(self, attempt: Attempt) -> bool:
        """Whether every other link has been asked before this attempt."""
        asked = {attempt.link, *(each.link for each in self.attempts)}
        return not attempt.hedge and all(place.link in asked for place in self._operation.chain.links)

    def settle(self, call: Call, status: Status, failure: Failure | None = None) -> Attempt:
        """A call is over. As long as its words stand, its first token is the operation's."""
        ttft = call.answer.ttft
        if ttft is not None:
            self._engine.speeds.add(call.attempt.link, ttft)
            if self.ttft is None and call.answer.said:
                self.ttft = call.began - self._began + ttft
        ended = call.ended(status, failure, price=self._engine.price, timer=self._engine.timer)
        self.attempts.append(ended)
        self._unwritten.append(ended)
        return ended

    def answered(self, shown: str, answer: Answer) -> Completion:
        """The completion of a whole answer, to what was `shown` of it by others before."""
        answering = next(each for each in reversed(self.attempts) if each.status is Status.OK)
        finished = answer.finished
        return self.ended(
            Status.OK,
            text=shown + answer.text,
            link=answering.link,
            usage=answer.usage,
            finish_reason=finished.reason if finished else None,
            served_model=answering.served_model,
            upstream=finished.upstream if finished else "",
            reasoning="".join(answer.reasoning),
            reasoning_details=tuple(answer.reasoning_details),
            tool_calls=tuple(answer.tool_calls),
            logprobs=tuple(answer.logprobs),
            extra=tuple(answer.extra),
            native_finish_reason=finished.native if finished else "",
        )

    def ended(self, status: Status, **more: Any) -> Completion:
        """The completion of an operation that is over now; `more` are further fields of it."""
        links, latency = self._operation.chain.links, self.elapsed
        return Completion(
            operation_id=self._operation.id,
            finished_at=self._engine.clock(),
            status=status,
            preferred=links[0].link if links else None,
            attempts=tuple(sorted(self.attempts, key=lambda each: each.number)),
            cost=total_cost([attempt.cost for attempt in self.attempts]),
            latency=latency,
            ttft=self.ttft,
            simulated=self._operation.simulated,
            overhead=max(0.0, latency - self.outside),
            **more,
        )

    async def write(self, *facts: Fact) -> None:
        """Have what was not written yet recorded, and `facts` after it."""
        facts = (*self._unwritten, *facts)
        self._unwritten = []
        if facts:
            await self._engine.recorder.record(*facts)
