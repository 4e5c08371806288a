"""One attempt under way: its row, what it has said, and what it comes to in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from jarvis_ai.domain import Attempt, ChainLink, Failure, FailureKind, Prompt, Status
from jarvis_ai.engine.answer import Answer, Listener
from jarvis_ai.engine.costs import NOTHING, Price, cost_of, was_refused
from jarvis_ai.policy.credit import judged
from jarvis_ai.policy.rescue import Seam

REJECTIONS = {FailureKind.INVALID_REQUEST, FailureKind.UPSTREAM_REJECTED, FailureKind.SEAM}
"""What a link that takes no prefill makes of one: an error, or an answer that begins anew."""


@dataclass(slots=True, eq=False)
class Call:
    """An attempt and everything about it that changes."""

    attempt: Attempt
    place: ChainLink
    prompt: Prompt
    """What this link is asked: the operation's prompt, or the request to go on."""
    began: float
    """Of the timer: when it was dispatched."""
    answer: Answer = field(default_factory=Answer)
    listener: Listener | None = None
    seam: Seam | None = None
    """None where the answer begins at its beginning."""
    prefilled: bool = False

    def failure_of(self, failure: Failure) -> Failure:
        """The failure as it is to be judged: a prefill that was refused says nothing of the caller's own request."""
        if self.prefilled and failure.kind in REJECTIONS:
            return replace(failure, kind=FailureKind.PREFILL)
        return judged(failure, self.prompt)

    def ended(self, status: Status, failure: Failure | None, *, price: Price, timer: Callable[[], float]) -> Attempt:
        """The attempt with everything that is known at its end."""
        answer = self.answer
        refused = was_refused(failure, opened=answer.opened)
        return replace(
            self.attempt,
            status=status,
            failure=failure,
            latency=timer() - self.began,
            ttft=answer.ttft,
            usage=answer.usage,
            cost=NOTHING if refused else cost_of(self.attempt, answer.usage, price),
            generation_id=answer.generation_id,
            served_model=answer.finished.served_model if answer.finished else "",
        )
