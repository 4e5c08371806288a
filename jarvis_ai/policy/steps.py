"""The decision itself: given what was tried, what is next?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jarvis_ai.domain import KEYWORD, Attempt, Chain, ChainLink, Failure, FailureKind, Link
from jarvis_ai.policy.breaker import CLOSED, Breaker, BreakerState
from jarvis_ai.policy.rules import Policy, Reach, backoff

MOST_TRIES = 2
"""Of one link in one operation, whatever it was asked."""

NOT_GONE_ON = (FailureKind.SEAM, FailureKind.PREFILL)
"""Failures to go on with another's words. The link may well answer anew."""


@dataclass(frozen=True, slots=True)
class Send:
    """Ask the link at this place of the chain after `wait` seconds."""

    place: ChainLink
    reason: str
    wait: float = 0.0
    hedge: bool = False
    """Whether it is asked beside one that is slow to speak."""


@dataclass(frozen=True, slots=True)
class Flight:
    """An attempt under way that has not spoken yet."""

    attempt: Attempt
    slow: bool = False
    """Whether it has taken longer than the link usually does."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until one of the attempts in flight ends."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody is left to ask."""

    failure: Failure


def next_step(
    chain: Chain,
    attempts: Sequence[Attempt],
    flights: Sequence[Flight],
    policy: Policy,
    breakers: Mapping[str, Breaker],
    *,
    now: float,
    deadline: float,
    jitter: float,
    resuming: bool = False,
) -> Send | Wait | GiveUp:
    """Decide what to do next: ask a link, wait for the ones in flight, or stop.

    `attempts` are the ended ones in order, failed or called off; `now` and `deadline` are seconds since the epoch,
    `jitter` is uniform in 0..1; `resuming`: an answer that broke off is to be gone on with. A link is asked again as
    often as the failure's rule allows, waiting at least as long as it asked for, and never a third time. A failure that
    reaches the whole provider rules out its other links; one that is the request's own fault ends the chain; a link
    that could not go on may still answer anew. Links behind an open breaker are passed over, unless nothing was asked
    yet and all of them are. Beside a single flight that is slow the next link is asked too, if it is well.
    """
    failed = [attempt for attempt in attempts if attempt.failure]
    judged = failed if resuming else [attempt for attempt in failed if attempt.failure_kind not in NOT_GONE_ON]
    candidates = (place for place in chain.links if not _ruled_out(place, attempts, judged, chain, policy))
    if flights:
        return _beside(flights, candidates, policy, breakers, now)
    if now >= deadline:
        return GiveUp(Failure(FailureKind.DEADLINE, "The time for the whole operation was used up."))
    if failed:
        last = failed[-1]
        # What a link says to the request to go on is no judgement of the caller's own.
        if policy.rules[_failure(last).kind].reach is Reach.REQUEST and not last.resumed:
            return GiveUp(_failure(last))
        again = _again(chain, attempts, last, policy, now=now, deadline=deadline, jitter=jitter)
        # A failure that has opened the breaker, a trial's above all, is not followed by another try.
        if again is not None and all(breaker.admits(now + again) for breaker in _before(last.link, breakers)):
            return Send(_place(chain, last.link), f"asked again after {_failure(last).kind.value}", again)
    return _onward(chain, failed, candidates, breakers, now)


def breaker_key(link: Link, reach: Reach) -> str:
    """The breaker that a failure of `reach` on `link` belongs to."""
    return link.provider if reach is Reach.PROVIDER else str(link)


def breaker_keys(link: Link) -> tuple[str, str]:
    """Both breakers that stand before `link`: its provider's and its own."""
    return link.provider, str(link)


def _beside(
    flights: Sequence[Flight],
    candidates: Iterable[ChainLink],
    policy: Policy,
    breakers: Mapping[str, Breaker],
    now: float,
) -> Send | Wait:
    """A second link for a flight that is slow. A guess is not worth a trial of one that was sick, nor keywords."""
    first = flights[0]
    if len(flights) > 1 or not first.slow or not policy.hedging.on:
        return Wait()
    for place in candidates:
        others = place.link != first.attempt.link and place.link.provider != KEYWORD
        well = all(breaker.state(now) is BreakerState.CLOSED for breaker in _before(place.link, breakers))
        if others and well:
            return Send(place, f"asked beside {first.attempt.link}, which is slow to speak", hedge=True)
    return Wait()


def _again(
    chain: Chain,
    attempts: Sequence[Attempt],
    last: Attempt,
    policy: Policy,
    *,
    now: float,
    deadline: float,
    jitter: float,
) -> float | None:
    """Seconds until the link of the last failure is asked again; None when it is not."""
    failure = _failure(last)
    rule, own = policy.rules[failure.kind], _place(chain, last.link).retries
    tries = sum(attempt.link == last.link for attempt in attempts)
    if failure.retryable is False or tries > (rule.retries if own is None else min(own, rule.retries)):
        return None
    wish = failure.retry_after
    if wish is not None and wish > policy.patience:
        return None
    # A wish is a lower bound: a little jitter above it keeps a crowd from returning in one instant.
    pause = backoff(tries, policy, jitter=jitter) if rule.pause else 0.0
    wait = pause if wish is None else wish + min(pause, 0.1 * wish)
    return wait if now + wait < deadline else None


def _onward(
    chain: Chain,
    failed: Sequence[Attempt],
    candidates: Iterable[ChainLink],
    breakers: Mapping[str, Breaker],
    now: float,
) -> Send | GiveUp:
    resting: list[str] = []
    for place in candidates:
        if all(breaker.admits(now) for breaker in _before(place.link, breakers)):
            return Send(place, _why(place, failed, resting))
        resting.append(str(place.link))
    if chain.links and not failed:
        soonest = min(chain.links, key=lambda place: _reopens(place.link, breakers))
        return Send(soonest, "every link is resting; this one is due back soonest")
    return GiveUp(_original(failed))


def _ruled_out(
    place: ChainLink, attempts: Sequence[Attempt], judged: Sequence[Attempt], chain: Chain, policy: Policy
) -> bool:
    if sum(attempt.link == place.link for attempt in attempts) >= MOST_TRIES:
        return True
    return any(_rules_out(attempt, place, chain, policy) for attempt in judged)


def _rules_out(attempt: Attempt, place: ChainLink, chain: Chain, policy: Policy) -> bool:
    if attempt.link == place.link:
        return True
    failure = _failure(attempt)
    if failure.kind is FailureKind.CONTEXT_TOO_LONG:
        held = _place(chain, attempt.link).context_length
        return held is not None and place.context_length is not None and place.context_length <= held
    return policy.rules[failure.kind].reach is Reach.PROVIDER and attempt.link.provider == place.link.provider


def _why(place: ChainLink, failed: Sequence[Attempt], resting: Sequence[str]) -> str:
    reason = place.reason or "first in the chain"
    if any(attempt.link == place.link for attempt in failed):
        reason = "asked anew: it could not go on with the answer that broke off"
    elif failed:
        reason = f"next in the chain after {failed[-1].link} failed: {_failure(failed[-1]).kind.value}"
    return f"{reason}; passed over, since at rest after failures: {', '.join(resting)}" if resting else reason


def _original(failed: Sequence[Attempt]) -> Failure:
    """The failure that the caller is told: a context that was too long, else the first."""
    failures = [_failure(attempt) for attempt in failed]
    if not failures:
        return Failure(FailureKind.NOT_CONFIGURED, "The chain is empty: no provider is configured for its links.")
    too_long = (failure for failure in failures if failure.kind is FailureKind.CONTEXT_TOO_LONG)
    return next(too_long, failures[0])


def _before(link: Link, breakers: Mapping[str, Breaker]) -> Iterator[Breaker]:
    return (breakers.get(key, CLOSED) for key in breaker_keys(link))


def _reopens(link: Link, breakers: Mapping[str, Breaker]) -> float:
    return max(breaker.reopens_at or 0.0 for breaker in _before(link, breakers))


def _place(chain: Chain, link: Link) -> ChainLink:
    return next(place for place in chain.links if place.link == link)


def _failure(attempt: Attempt) -> Failure:
    return attempt.failure or Failure(FailureKind.INTERNAL, "The attempt ended without a reason.")
