"""Faults to choose, a drill to start, and the verdict on it in words."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from jarvis_ai.console import formats
from jarvis_ai.console.charts import words
from jarvis_ai.console.formats import literal
from jarvis_ai.console.timeline import name
from jarvis_ai.domain import KEYWORD, OPENROUTER, Chain, Completion, Link, Prompt, Source, Status
from jarvis_ai.runtime import Run, Runtime
from jarvis_ai.simulator import FAULTS, Fault

Faults = Mapping[Link, str]
"""What is broken: a kind of fault for each link that has one."""

NONE = ""


def scenarios(chain: Chain) -> dict[str, Faults]:
    """Ready cases, by the name of their button."""
    links = _breakable(chain)
    router = [link for link in links if link.provider == OPENROUTER]
    first = links[:1]
    return {
        "Nothing breaks": {},
        "First model is rate limited": dict.fromkeys(first, "rate_limited_no_hint"),
        "First answer breaks off": dict.fromkeys(first, "cut"),
        "Credit is spent": dict.fromkeys(router, "no_credit"),
        "OpenRouter is down": dict.fromkeys(router, "unavailable"),
        "Every model is down": dict.fromkeys(links, "unavailable"),
        "The prompt is refused": dict.fromkeys(links, "moderated"),
    }


def choose(chain: Chain, faults: Faults) -> None:
    """Put a case into the pickers."""
    for link in _breakable(chain):
        st.session_state[_key(link)] = faults.get(link, NONE)


def fault_pickers(chain: Chain) -> dict[Link, str]:
    """One picker a link, in the chain's order; what was picked, without the links that work."""
    picked: dict[Link, str] = {}
    with st.grid(3, min_column_width=300):
        for place, link in enumerate(_breakable(chain), start=1):
            kind = st.selectbox(
                f"{place}. {name(link)}",
                [NONE, *FAULTS],
                format_func=fault_words,
                key=_key(link),
                persist_state="session",
            )
            if kind:
                picked[link] = kind
    if any(place.link.provider == KEYWORD for place in chain.links):
        st.caption("Last comes keyword analysis in this process, which needs no network and cannot be broken here.")
    return picked


def fault_words(kind: str) -> str:
    """A fault as the picker shows it."""
    return f"{words(kind)} · {FAULTS[kind]}" if kind else "Works"


def start(runtime: Runtime, chain: Chain, faults: Faults, prompt: Prompt) -> Run:
    """Break what is to be broken and ask. What earlier drills left behind is cleared first: faults and breakers."""
    assert runtime.simulator is not None  # noqa: S101 - a runtime for drills always has one
    runtime.simulator.faults.clear()
    runtime.engine.breakers.clear()
    for link, kind in faults.items():
        runtime.simulator.faults.set(str(link), Fault(kind))
    return runtime.start(prompt, chain, source=Source.DRILL)


def verdict(completion: Completion, faults: Faults) -> None:
    """What the caller got, as a box whose colour says how well that is."""
    draw, icon = _MOODS[_mood(completion)]
    draw(f"{literal(verdict_words(completion))} {literal(_broken(faults))}", icon=f":material/{icon}:")


def verdict_words(completion: Completion) -> str:
    """What the caller got, in one sentence."""
    after = _after(completion)
    took = f"in {formats.seconds(completion.latency)}"
    if completion.status is Status.CANCELLED:
        return f"The drill was stopped {took}; the caller got what had come until then."
    if not completion.ok or completion.link is None:
        reason = f": {words(completion.failure.kind).lower()}" if completion.failure else ""
        return f"Nobody answered, and the caller was told so{reason}, {after} {took}."
    if completion.link.provider == KEYWORD:
        return f"No model answered: only keyword analysis was left, {after} {took}."
    return f"The caller got a whole answer from {name(completion.link)}, {after} {took}."


_MOODS = {
    "good": (st.success, "check_circle"),
    "fair": (st.warning, "warning"),
    "bad": (st.error, "error"),
}


def _mood(completion: Completion) -> str:
    if not completion.ok or completion.link is None:
        return "fair" if completion.status is Status.CANCELLED else "bad"
    return "fair" if completion.link.provider == KEYWORD else "good"


def _after(completion: Completion) -> str:
    failed = sum(attempt.status is Status.FAILED for attempt in completion.attempts)
    if not failed:
        return "at the first attempt" if completion.ok else "without a single attempt"
    return f"after {failed} failed attempt{'' if failed == 1 else 's'}"


def _broken(faults: Faults) -> str:
    if not faults:
        return "Nothing was broken."
    return f"{len(faults)} link{' was' if len(faults) == 1 else 's were'} broken."


def _breakable(chain: Chain) -> list[Link]:
    return [place.link for place in chain.links if place.link.provider != KEYWORD]


def _key(link: Link) -> str:
    return f"drills_fault_{link}"
