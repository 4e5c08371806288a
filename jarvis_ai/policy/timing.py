"""How long a link may take, judged by how long it usually takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jarvis_ai.domain import ChainLink, Prompt, text_of
from jarvis_ai.policy.rules import Deadlines, Hedging, Policy

KNOWN = 20
"""First tokens that have to be seen before a link's times are believed."""

SLOW = (1.75, 2.0)
"""Times the median: no call is slow before the first, every one is after the second."""

LETTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Speed:
    """Recent times to the first token of one link, in seconds."""

    samples: int
    median: float
    p95: float

    @property
    def known(self) -> bool:
        return self.samples >= KNOWN


UNKNOWN_SPEED = Speed(0, 0.0, 0.0)


def deadlines_for(place: ChainLink, prompt: Prompt, speed: Speed, policy: Policy, *, last: bool = False) -> Deadlines:
    """The deadlines of one attempt; `last`: nobody is left to ask after this link.

    The first token of a link whose times are known may take a few times as long as its slow ones do, between a floor
    and the policy's own limit. A model that thinks first, and a long prompt, get more; so does the last link, since to
    leave it helps nobody. What an operator has set for the link goes before all of this. Headers have no longer than
    the first token.
    """
    usual = policy.deadlines
    patient = last or thinks(place, prompt)
    first = place.first_token or _first_token(prompt, UNKNOWN_SPEED if last else speed, policy, patient=patient)
    # Whoever thinks before the headers come must be given the time; all others show with them that they are there.
    late = patient or not prompt.stream or place.first_token is not None
    headers = first if late else min(usual.headers, first)
    return replace(usual, headers=headers, first_token=first, silence=place.silence or usual.silence)


def _first_token(prompt: Prompt, speed: Speed, policy: Policy, *, patient: bool) -> float:
    adaptive, limit = policy.adaptive, policy.deadlines.first_token
    if not prompt.stream:
        # An answer in one piece comes when the whole of it is ready; another link is to have its turn after that.
        return policy.deadlines.total / 2
    if patient:
        limit = min(adaptive.patient * limit, max(limit, policy.deadlines.total / 2))
    if speed.known:
        limit = min(limit, max(adaptive.floor, adaptive.factor * speed.p95))
    return limit + adaptive.per_token * prompt_tokens(prompt)


def thinks(place: ChainLink, prompt: Prompt) -> bool:
    """Whether the model reasons before it speaks, by its nature or because the prompt asks for it."""
    wish = prompt.extra.get("reasoning_effort") or prompt.extra.get("reasoning")
    return place.thinks or (bool(wish) and wish not in ("none", {"effort": "none"}))


def prompt_tokens(prompt: Prompt) -> int:
    """About how many tokens a prompt has."""
    return sum(len(text_of(message.get("content"))) for message in prompt.messages) // LETTERS_PER_TOKEN


def hedge_delay(place: ChainLink, prompt: Prompt, speed: Speed, hedging: Hedging) -> float:
    """Seconds after which a link that has not spoken is slow.

    The 95th percentile of its recent first tokens, held near twice their median: a call that is a little late is not
    worth another one, and where one call in twenty is slow the percentile is itself a slow call.
    """
    if speed.known:
        least, most = (share * speed.median for share in SLOW)
        return max(hedging.floor, min(max(speed.p95, least), most))
    slow = hedging.unknown * (6 if thinks(place, prompt) else 1)
    return max(hedging.floor, slow)
