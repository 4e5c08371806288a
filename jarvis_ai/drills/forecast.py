"""What the policy will do about a set of faults, before anything is sent.

Nothing here knows a rule: the policy's own decision is asked again and again, with failures that are made up after
the faults, until it has nobody left to ask or comes to a link that answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from jarvis_ai.domain import Attempt, Chain, Failure, FailureKind, Link, Prompt, Status
from jarvis_ai.drills.meanings import CONDITIONAL, MIDWAY, meaning, meaning_in_rescue, wish
from jarvis_ai.engine.answer import Answer
from jarvis_ai.engine.shown import Shown
from jarvis_ai.policy import Deadlines, GiveUp, Policy, Reach, Send, deadlines_for, next_step
from jarvis_ai.policy.rescue import takes_prefill
from jarvis_ai.policy.timing import UNKNOWN_SPEED
from jarvis_ai.simulator import Fault

Faults = Mapping[Link, Fault]
"""What is broken: a fault for each link that has one."""

ANSWER_SECONDS = 10.0
"""Of life: no simulated answer takes longer from its first word to its last."""
REFUSAL_SECONDS = 1.0
"""A refusal takes no longer than this."""
MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt that is to be expected."""

    link: Link
    reason: str
    wait: float
    """Seconds before it is sent, at most."""
    resumed: bool = False
    """Whether it is asked to go on with what was said before it."""
    fault: str = ""
    failure: FailureKind | None = None
    """What it fails with; None when it answers."""
    reach: Reach | None = None
    """What else would fail for the same reason; None when it answers."""
    seconds: float = 0.0
    """From dispatch to the failure, at most; 0 for the one that answers."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the policy promises for a chain with faults."""

    steps: tuple[Step, ...]
    answers: Link | None
    """Who gives the answer; None when nobody does."""
    failure: FailureKind | None
    """What the caller is told when nobody answers."""
    latest: float
    """Seconds after the start by which the link that answers has been asked, or the caller has been told."""
    restarts: int = 0
    """How often words that were shown are taken back."""
    certain: bool = True
    """Whether no fault leaves it to chance whom it meets."""

    @property
    def refuses(self) -> bool:
        """Whether the request itself is at fault, so that asking anybody else is no use."""
        return self.answers is None and bool(self.steps) and self.steps[-1].reach is Reach.REQUEST


def foresee(
    chain: Chain, faults: Faults, policy: Policy, *, prompt: Prompt, restarts: bool = True, speed: float = 1.0
) -> Forecast:
    """The attempts that `chain` will lead to under `faults`, waits and times at their longest.

    `restarts` as in `Operation`; `speed` is how many times faster than life the simulator answers. Hedges, which come
    only sooner, and breakers, which a drill begins with closed, are left out.
    """
    return _Oracle(chain, faults, policy, prompt, restarts=restarts, speed=speed).forecast()


class _Oracle:
    def __init__(
        self, chain: Chain, faults: Faults, policy: Policy, prompt: Prompt, *, restarts: bool, speed: float
    ) -> None:
        self._chain = chain
        self._faults = faults
        self._policy = policy
        self._prompt = prompt
        self._restarts = restarts
        self._speed = speed
        self._now = self._talked = 0.0
        self._met: Counter[Link] = Counter()
        self._attempts: list[Attempt] = []
        self._steps: list[Step] = []
        self._shown = Shown()
        self._restarted = 0

    def forecast(self) -> Forecast:
        while len(self._steps) < MOST_STEPS:
            send = self._decide()
            if isinstance(send, FailureKind):
                if self._take_back():
                    continue
                return self._ending(None, send)
            self._now += send.wait
            step = self._step(send)
            self._steps.append(step)
            if step.failure is None:
                return self._ending(step.link, None)
            self._fail(step)
        return self._ending(None, FailureKind.DEADLINE)

    def _decide(self) -> Send | FailureKind:
        """Whom the engine asks next, or what it tells the caller."""
        step = next_step(
            self._chain,
            self._attempts,
            (),
            self._policy,
            {},
            now=self._now,
            deadline=min(self._policy.deadlines.total + self._talked, self._policy.deadlines.longest),
            jitter=1.0,
            resuming=bool(self._shown),
        )
        broken = self._shown.failure
        if isinstance(step, Send) and not self._may_be_asked(step):
            return broken.kind if broken else FailureKind.INTERNAL
        if isinstance(step, GiveUp):
            return (broken or step.failure).kind
        assert isinstance(step, Send)  # noqa: S101 - without flights there is nothing to wait for
        return step

    def _may_be_asked(self, send: Send) -> bool:
        shown = self._shown
        return not shown or (shown.can_go_on(send.place.link) and not shown.hopeless(restarts=self._restarts))

    def _take_back(self) -> bool:
        if not (self._restarts and self._shown):
            return False
        self._shown = Shown()
        self._restarted += 1
        return True

    def _step(self, send: Send) -> Step:
        link, reason = send.place.link, send.reason
        fault = self._fault_for(link)
        if fault is None:
            return Step(link, reason, send.wait, resumed=bool(self._shown))
        asked = {link, *(attempt.link for attempt in self._attempts)}
        last = all(place.link in asked for place in self._chain.links)
        deadlines = deadlines_for(send.place, self._prompt, UNKNOWN_SPEED, self._policy, last=last)
        kind = self._kind(link, fault, deadlines)
        known = Step(link, reason, send.wait, resumed=bool(self._shown), fault=fault.kind, failure=kind)
        if kind is None:
            return known
        seconds = self._seconds(fault, kind, deadlines)
        return replace(known, reach=self._policy.rules[kind].reach, seconds=seconds)

    def _fault_for(self, link: Link) -> Fault | None:
        """The fault that the next call to `link` meets; it wears off after as many calls as it says."""
        fault = self._faults.get(link)
        if fault is None or (fault.kind in CONDITIONAL and not self._shown):
            return None
        self._met[link] += 1
        return None if fault.times and self._met[link] > fault.times else fault

    def _kind(self, link: Link, fault: Fault, deadlines: Deadlines) -> FailureKind | None:
        if fault.kind not in CONDITIONAL:
            return meaning(link, fault, deadlines, speed=self._speed)
        refused = any(
            attempt.link == link and attempt.failure_kind is FailureKind.PREFILL for attempt in self._attempts
        )
        return meaning_in_rescue(fault, prefilled=takes_prefill(link) and not refused)

    def _seconds(self, fault: Fault, kind: FailureKind, deadlines: Deadlines) -> float:
        answering = ANSWER_SECONDS / self._speed
        limits = {
            FailureKind.HEADERS_TIMEOUT: deadlines.headers,
            FailureKind.FIRST_TOKEN_TIMEOUT: deadlines.first_token,
            FailureKind.STALLED: answering + deadlines.silence,
        }
        return limits.get(kind, answering if fault.kind in MIDWAY | CONDITIONAL else REFUSAL_SECONDS)

    def _fail(self, step: Step) -> None:
        assert step.failure is not None  # noqa: S101 - only steps that fail come here
        self._now += step.seconds
        fault = self._faults[step.link]
        failure = Failure(step.failure, retry_after=wish(fault))
        number = len(self._steps)
        self._attempts.append(
            Attempt("", number, step.link, self._now, Status.FAILED, failure=failure, resumed=step.resumed)
        )
        words = ["…"] if fault.kind in MIDWAY and fault.after != 0 else []
        self._talked += step.seconds if words else 0.0
        self._shown.broke_off(number, Answer(pieces=words), failure)

    def _ending(self, link: Link | None, failure: FailureKind | None) -> Forecast:
        certain = all(fault.rate == 1 for fault in self._faults.values())
        latest = min(self._now, self._policy.deadlines.longest)
        return Forecast(tuple(self._steps), link, failure, latest, restarts=self._restarted, certain=certain)
