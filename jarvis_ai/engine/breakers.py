"""The breakers of one engine, keyed by the reach of the failures that open them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jarvis_ai.domain import Attempt, FailureKind, Link
from jarvis_ai.policy import CLOSED, Breaker, Policy, Reach, breaker_key, breaker_keys

UNTOLD = {FailureKind.SATURATED, FailureKind.SEAM, FailureKind.PREFILL, FailureKind.UNAFFORDABLE}
"""Failures that tell nothing about how well a link is: it was not asked, was asked for too much, or it answered, if
not as was hoped."""


class Breakers(Mapping[str, Breaker]):
    """A mapping from a link or a provider's name to its breaker; what is not in it is closed."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._breakers: dict[str, Breaker] = {}

    def __getitem__(self, key: str) -> Breaker:
        return self._breakers[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._breakers)

    def __len__(self) -> int:
        return len(self._breakers)

    def clear(self) -> None:
        """Close all of them."""
        self._breakers.clear()

    def asked(self, link: Link, now: float) -> None:
        """A call to `link` goes out."""
        for key in breaker_keys(link):
            if key in self._breakers:
                self._breakers[key] = self._breakers[key].asked(now)

    def answered(self, link: Link, asked_at: float) -> None:
        """A call to `link` succeeded: whatever stood before it, and had opened by then, is closed."""
        for key in breaker_keys(link):
            self._close(key, asked_at)

    def _close(self, key: str, asked_at: float) -> None:
        if key not in self._breakers:
            return
        breaker = self._breakers[key].answered(asked_at, self._policy.breaker)
        # One whose last failures are all forgotten is like one that never had any.
        if breaker.recent or breaker.failures:
            self._breakers[key] = breaker
        else:
            del self._breakers[key]

    def abandoned(self, link: Link) -> None:
        """A call to `link` ended without a verdict."""
        for key in breaker_keys(link):
            if key in self._breakers:
                self._breakers[key] = self._breakers[key].abandoned()

    def outrun(self, attempt: Attempt, now: float) -> None:
        """Another link spoke first. Slow is not sick; but a trial that is slow does not show that its link is well."""
        key = str(attempt.link)
        breaker = self._breakers.get(key, CLOSED)
        self.abandoned(attempt.link)
        if breaker.trial and attempt.started_at >= (breaker.opened_at or 0.0):
            self._breakers[key] = breaker.failed(now, self._policy.breaker)

    def failed(self, attempt: Attempt, now: float) -> None:
        """A call failed: its failure's reach decides which breaker hears of it."""
        failure = attempt.failure
        if failure is None:
            return
        reach = self._policy.rules[failure.kind].reach
        if failure.kind in UNTOLD:
            self.abandoned(attempt.link)
            return
        if reach is Reach.REQUEST:
            # A host that answered and refused this one request is alive; one that we ran out of time on says nothing.
            if failure.http_status is None:
                self.abandoned(attempt.link)
            else:
                self.answered(attempt.link, attempt.started_at)
            return
        if reach is Reach.MODEL:
            # Its provider was reached, and took the key: whatever had stood against that is over.
            self._close(attempt.link.provider, attempt.started_at)
        key = breaker_key(attempt.link, reach)
        wish = failure.retry_after
        rest = None if wish is None or wish <= self._policy.patience else min(wish, self._policy.longest_rest)
        self._breakers[key] = self._breakers.get(key, CLOSED).failed(now, self._policy.breaker, rest=rest)
        self.abandoned(attempt.link)
