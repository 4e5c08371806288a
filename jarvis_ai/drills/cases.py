"""The cases of a full drill: every fault in turn, on the link that is asked first, and some that come together.

A fault that only meets a link that goes on with another's answer stands on a later one, behind a first that breaks off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jarvis_ai.domain import KEYWORD, Chain, Link, Prompt
from jarvis_ai.policy import Deadlines, Policy
from jarvis_ai.policy.rescue import takes_prefill
from jarvis_ai.simulator import FAULTS, Fault

HEALTHY = "nothing breaks"
PROMPT = "What is the weather in Zürich tomorrow at noon, and do I need an umbrella?"
"""With a letter of two bytes, which a packet can end in the middle of."""
MAX_TOKENS = 512
QUESTION = Prompt.of(PROMPT, max_tokens=MAX_TOKENS)

DEADLINES = Deadlines(connect=2.0, headers=3.0, first_token=5.0, silence=4.0, total=40.0, answer=40.0)
"""Of drills, in seconds: long enough for every healthy simulated model, and short enough to watch."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What is rehearsed: a chain, what is broken in it, and what is asked."""

    name: str
    chain: Chain
    faults: Mapping[Link, Fault] = field(default_factory=dict)
    prompt: Prompt = QUESTION
    restarts: bool = False
    """Whether words that were shown may be taken back, as in the console; no caller of the gateway can do that."""


def drill_policy(usual: Policy, deadlines: Deadlines = DEADLINES) -> Policy:
    """The policy with a drill's deadlines, and hedges that are sent as much sooner as first tokens are due sooner."""
    hedging, scale = usual.hedging, deadlines.first_token / usual.deadlines.first_token
    return replace(
        usual,
        deadlines=deadlines,
        adaptive=replace(usual.adaptive, floor=usual.adaptive.floor * scale),
        hedging=replace(hedging, floor=hedging.floor * scale, unknown=hedging.unknown * scale),
    )


def name_of(faults: Mapping[Link, Fault]) -> str:
    """A drill by hand is called by what breaks in it."""
    return ", ".join(dict.fromkeys(fault.kind for fault in faults.values())) or HEALTHY


def breakable(chain: Chain) -> list[Link]:
    """The links that can be broken: keyword analysis needs no network."""
    return [place.link for place in chain.links if place.link.provider != KEYWORD]


def catalogue(chain: Chain, policy: Policy) -> list[Drill]:
    """A drill in which nothing breaks, one for each fault, and the combined ones. A chain without a model has none."""
    links = breakable(chain)
    if not links:
        return []
    alone = {kind: _faults(kind, links, policy.deadlines) for kind in FAULTS}
    together = {name: faults(links) for name, faults in COMBINED.items()}
    cases: Mapping[str, dict[Link, Fault]] = {HEALTHY: {}, **alone, **together}
    return [Drill(name, chain, faults) for name, faults in cases.items()]


COMBINED: Mapping[str, Callable[[Sequence[Link]], dict[Link, Fault]]] = {
    "rate limited once": lambda links: {links[0]: Fault("rate_limited", times=1)},
    "rate limited for a minute": lambda links: {links[0]: Fault("rate_limited", retry_after=60)},
    "breaks off twice": lambda links: dict.fromkeys(links[:2], Fault("cut")),
    "first two silent": lambda links: dict.fromkeys(links[:2], Fault("silence")),
    "provider down": lambda links: {link: Fault("unavailable") for link in links if link.provider == links[0].provider},
    "every model down": lambda links: dict.fromkeys(links, Fault("unavailable")),
}
"""What comes together, or wears off."""


def _faults(kind: str, links: Sequence[Link], deadlines: Deadlines) -> dict[Link, Fault]:
    if kind == "refuses_prefill":
        return _before_a_prefill(links)
    if kind == "forgets":
        return {links[0]: Fault("cut"), **{link: Fault(kind) for link in links[1:2]}}
    return {links[0]: _fault(kind, deadlines)}


def _before_a_prefill(links: Sequence[Link]) -> dict[Link, Fault]:
    """The first link breaks off, and whoever stands before one that takes a prefill is gone."""
    takers = [place for place, link in enumerate(links) if place and takes_prefill(link)]
    between, taker = links[1 : takers[0]] if takers else [], [links[place] for place in takers[:1]]
    gone, refusing = dict.fromkeys(between, Fault("not_found")), dict.fromkeys(taker, Fault("refuses_prefill"))
    return {links[0]: Fault("cut"), **gone, **refusing}


def _fault(kind: str, deadlines: Deadlines) -> Fault:
    """The fault as hard as it can be met: what is slow is slower than the deadline, but slow tokens keep coming."""
    if kind == "slow_first_token":
        return Fault(kind, seconds=2 * deadlines.first_token)
    if kind == "slow_tokens":
        return Fault(kind, seconds=deadlines.silence / 4)
    return Fault(kind)
