"""What a drill consists of, as controls: the chain, what breaks in it, and what the policy will do about it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from jarvis_ai.console import asking, formats
from jarvis_ai.console.charts import words
from jarvis_ai.console.timeline import name
from jarvis_ai.domain import KEYWORD, OPENROUTER, Chain, Cost, Link, Prompt, Usage
from jarvis_ai.drills import Drill, Faults, Forecast, Step, breakable, foresee
from jarvis_ai.drills.cases import MAX_TOKENS
from jarvis_ai.engine.costs import NOTHING, total_cost
from jarvis_ai.policy import Deadlines, Reach
from jarvis_ai.runtime import Rehearsals, Runtime
from jarvis_ai.simulator import FAULTS, Fault

NONE = ""
PLANNED = ""
SIMULATOR, REAL = "Simulator", "Real providers"

REACHES: Mapping[Reach, str] = {
    Reach.REQUEST: "The request itself is at fault: nobody else is asked.",
    Reach.MODEL: "The model is passed over.",
    Reach.PROVIDER: "The whole provider is passed over.",
}
AGAIN = "It is asked again."

TOLD = frozenset(("rate_limited", "overloaded", "unavailable"))
LASTS = frozenset(("silence", "stalled", "slow_first_token", "slow_tokens", "missing_done"))
AFTER = frozenset(("cut", "cut_clean", "stalled", "stream_error", "no_finish"))


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that a fault may have."""

    label: str
    usual: str
    """What holds where none is given."""
    step: float
    kinds: frozenset[str] = frozenset(FAULTS)
    most: float | None = None


SETTINGS: Mapping[str, Setting] = {
    "retry_after": Setting("Retry-After, in seconds", "as the fault has it", 0.5, TOLD),
    "seconds": Setting("Lasts so many seconds", "as long as it can", 0.5, LASTS),
    "after": Setting("After so many letters", "half of the answer", 10, AFTER),
    "status": Setting("HTTP status", "408", 1, frozenset(("other_status",)), 599),
    "times": Setting("Meets so many calls", "every one", 1),
    "rate": Setting("Meets a call by chance, 0 to 1", "always", 0.1, most=1.0),
}


def where_picker(rehearsals: Rehearsals) -> bool:
    """Whether healthy links are the real providers; asked only where there are any."""
    if not rehearsals.real_providers:
        return False
    where = st.segmented_control(
        "Who answers for healthy links",
        [SIMULATOR, REAL],
        default=SIMULATOR,
        required=True,
        key="drills_where",
        persist_state="session",
        help="What is broken is never sent to a provider: the simulator answers for it in either case.",
    )
    return where == REAL


def chain_picker(runtime: Runtime) -> Chain:
    """The planned chain, or one that was saved."""
    names = [PLANNED, *runtime.planner.saved.chains]
    if st.session_state.get("drills_chain", PLANNED) not in names:
        del st.session_state["drills_chain"]  # it was removed on another page
    chosen = st.selectbox(
        "Chain",
        names,
        format_func=lambda name: name or "As planned",
        key="drills_chain",
        persist_state="session",
        help="Saved chains are made on the page Chains.",
    )
    return runtime.plan(chain=chosen or None)


def scenarios(chain: Chain) -> dict[str, Faults]:
    """Ready cases, by the name of their button."""
    links = breakable(chain)
    router = [link for link in links if link.provider == OPENROUTER]
    first, second = links[:1], links[1:2]
    return {
        "Nothing breaks": {},
        "Rate limited once": dict.fromkeys(first, Fault("rate_limited", times=1)),
        "First model is overloaded": dict.fromkeys(first, Fault("overloaded")),
        "First answer breaks off": dict.fromkeys(first, Fault("cut")),
        "Nobody can go on": {**dict.fromkeys(first, Fault("cut")), **dict.fromkeys(links[1:], Fault("forgets"))},
        "First and second are silent": dict.fromkeys([*first, *second], Fault("silence")),
        "Credit is spent": dict.fromkeys(router, Fault("no_credit")),
        "OpenRouter is down": dict.fromkeys(router, Fault("unavailable")),
        "Every model is down": dict.fromkeys(links, Fault("unavailable")),
        "The prompt is refused": dict.fromkeys(links, Fault("moderated")),
    }


def choose(chain: Chain, faults: Faults) -> None:
    """Put a case into the pickers."""
    for link in breakable(chain):
        fault = faults.get(link)
        st.session_state[_key(link)] = fault.kind if fault else NONE
        for setting in SETTINGS:
            given = getattr(fault, setting) if fault else None
            st.session_state[_key(link, setting)] = None if setting == "rate" and given == 1 else given


def fault_pickers(chain: Chain) -> dict[Link, Fault]:
    """One picker a link, in the chain's order; what was picked, without the links that work."""
    picked: dict[Link, Fault] = {}
    with st.grid(3, min_column_width=300):
        for place, link in enumerate(breakable(chain), start=1):
            with st.container():
                if fault := _fault_picker(place, link):
                    picked[link] = fault
    if any(place.link.provider == KEYWORD for place in chain.links):
        st.caption("Last comes keyword analysis in this process, which needs no network and cannot be broken here.")
    return picked


def _fault_picker(place: int, link: Link) -> Fault | None:
    kind = st.selectbox(
        f"{place}. {name(link)}",
        [NONE, *FAULTS],
        format_func=fault_words,
        key=_key(link),
        persist_state="session",
    )
    if not kind:
        return None
    with st.popover("Details", icon=":material/tune:", type="tertiary", key=_key(link, "details")):
        given = {setting: _number(link, setting, of) for setting, of in SETTINGS.items() if kind in of.kinds}
    return _fault(kind, given)


def _number(link: Link, setting: str, of: Setting) -> Any:
    whole = of.step >= 1
    return st.number_input(
        of.label,
        min_value=(400 if setting == "status" else 1 if setting == "times" else 0) if whole else 0.0,
        max_value=of.most if of.most is None or not whole else int(of.most),
        value=None,
        step=int(of.step) if whole else of.step,
        placeholder=of.usual,
        key=_key(link, setting),
        persist_state="session",
    )


def _fault(kind: str, given: Mapping[str, Any]) -> Fault:
    return Fault(kind, **{setting: value for setting, value in given.items() if value is not None})


def fault_words(kind: str) -> str:
    """A fault as the picker shows it."""
    return f"{words(kind)} · {FAULTS[kind]}" if kind else "Works"


def forecast(rehearsals: Rehearsals, drill: Drill, *, real: bool) -> Forecast:
    """What the policy will do."""
    policy, speed = rehearsals.policy(real=real), rehearsals.speed
    return foresee(drill.chain, drill.faults, policy, prompt=drill.prompt, restarts=drill.restarts, speed=speed)


def forecast_table(foreseen: Forecast) -> None:
    """The attempts that are to be expected, in order, and what the caller gets in the end."""
    following = [*foreseen.steps[1:], None]
    rows = [
        (step.wait or None, name(step.link), happens(step, after), step.seconds or None)
        for step, after in zip(foreseen.steps, following, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["Waits", "Asked", "What happens", "Takes"])
    table.index = pd.RangeIndex(1, len(table) + 1, name="Attempt")
    columns: dict[str, Any] = {
        column: st.column_config.NumberColumn(f"{column} at most", format="%.1f s", width="small")
        for column in ("Waits", "Takes")
    }
    columns["What happens"] = st.column_config.TextColumn(width="large")
    st.dataframe(
        table,
        key="drills_forecast",
        column_config=columns,
        placeholder="–",
        height="content",
        alt=f"{len(rows)} attempts to be expected. {promise(foreseen)}",
    )


def happens(step: Step, after: Step | None = None) -> str:
    """What comes of an attempt, and of its link, in words; `after` is the attempt that follows."""
    if step.failure is None:
        does = "Goes on with the answer" if step.resumed else "Answers"
        return f"{does} all the same: {words(step.fault).lower()}." if step.fault else f"{does}."
    again = after is not None and after.link == step.link
    reach = AGAIN if again else REACHES[step.reach] if step.reach else ""
    return f"Fails: {words(step.failure).lower()}. {reach}".strip()


def promise(foreseen: Forecast) -> str:
    """What the caller gets in the end, in one sentence."""
    within = f"within {formats.seconds(foreseen.latest)}"
    if foreseen.answers is None:
        failure = words(foreseen.failure).lower() if foreseen.failure else "no reason"
        return f"The caller is told the error {within}: {failure}."
    anew = "; words that were shown are taken back before" if foreseen.restarts else ""
    chance = "" if foreseen.certain else " Chance decides which calls meet a fault: this is the worst of it."
    if foreseen.latest == 0:
        return f"{name(foreseen.answers)} answers at once.{chance}"
    return f"{name(foreseen.answers)} is asked {within} and answers{anew}.{chance}"


def price_words(rehearsals: Rehearsals, drills: Sequence[Drill], *, real: bool) -> str:
    """What drills cost, before they are pressed."""
    if not real:
        return "Simulated: it costs nothing, and breaks nothing on other pages."
    costs = [_price(rehearsals, drill) for drill in drills]
    nanos = total_cost([cost for cost in costs if cost is not NOTHING]).nanos
    if all(cost is NOTHING for cost in costs):
        return "Costs nothing: no healthy link of a provider is to be asked."
    if nanos is None:
        return "What it costs is not known beforehand: a link has no list price. This costs real money."
    amount = formats.money(nanos).replace("$", r"\$")
    return (
        f"At most {amount} of real money, if every answer has {MAX_TOKENS} tokens. Broken links cost nothing; one "
        "that is slow or fails by itself may add another."
    )


def _price(rehearsals: Rehearsals, drill: Drill) -> Cost:
    """Of the answer that a drill is to get, at list price; nothing where no provider gives it."""
    link = forecast(rehearsals, drill, real=True).answers
    if link is None or link.provider == KEYWORD or link in drill.faults:
        return NOTHING
    usage = Usage(asking.prompt_tokens(drill.prompt), drill.prompt.max_tokens or 0)
    return rehearsals.runtime(real=True).engine.price(link, usage, time.time())


def deadline_words(deadlines: Deadlines, usual: Deadlines) -> str:
    """Which deadlines a drill has, and how they differ from those of real traffic."""
    own, others = _deadlines(deadlines), _deadlines(usual)
    return f"Deadlines: {own}." if own == others else f"Deadlines of drills: {own}. Real traffic has {others}."


def _deadlines(of: Deadlines) -> str:
    return (
        f"{of.headers:g} s to the headers, {of.first_token:g} s to the first token, {of.silence:g} s between tokens, "
        f"{of.total:g} s of waiting in all, {of.longest:g} s for everything"
    )


def prompt_of(text: str, drill: Prompt) -> Prompt:
    """The drill's prompt with another text."""
    return Prompt.of(text, max_tokens=drill.max_tokens)


def _key(link: Link, setting: str = "fault") -> str:
    return f"drills_{setting}_{link}"
