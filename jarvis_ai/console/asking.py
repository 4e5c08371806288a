"""What pages that ask have in common: whom to ask, with which parameters, and what it may cost."""

from __future__ import annotations

import secrets
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import streamlit as st

from jarvis_ai.catalog import Catalog
from jarvis_ai.console import formats
from jarvis_ai.domain import DEFAULT_MAX_TOKENS, KEYWORD, OPENROUTER, UNKNOWN_COST, Chain, Cost, Link, Prompt, Usage
from jarvis_ai.engine.costs import NOTHING, total_cost
from jarvis_ai.policy import breaker_keys
from jarvis_ai.pricing import estimate
from jarvis_ai.runtime import Runtime

CHARACTERS_A_TOKEN = 4
"""Of English text, about."""
TEMPERATURE = 0.3


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is sent along with every prompt of a page."""

    temperature: float = TEMPERATURE
    max_tokens: int = DEFAULT_MAX_TOKENS
    system: str = ""

    def prompt(self, text: str) -> Prompt:
        """`text` with these parameters."""
        return Prompt.of(text, system=self.system, temperature=self.temperature, max_tokens=self.max_tokens)


def parameters(prefix: str) -> Parameters:
    """Temperature, length and system message, as controls that outlive a change of page."""
    warmth, length = st.columns(2)
    temperature = warmth.slider(
        "Temperature", 0.0, 2.0, TEMPERATURE, 0.1, key=f"{prefix}_temperature", persist_state="session"
    )
    max_tokens = length.number_input(
        "Longest answer, in tokens",
        1,
        128_000,
        DEFAULT_MAX_TOKENS,
        step=256,
        key=f"{prefix}_max_tokens",
        persist_state="session",
        help="Sent with every request: without it the provider checks the balance against the longest answer possible.",
    )
    system = st.text_area(
        "System message",
        key=f"{prefix}_system",
        persist_state="session",
        height=80,
        placeholder="None. For example: answer in one sentence.",
    )
    return Parameters(temperature, max_tokens, system.strip())


def model_picker(runtime: Runtime, key: str) -> list[str]:
    """Models that lead the chain, in the order picked; none leaves the choice to the plan."""
    return st.multiselect(
        "Models to ask first",
        model_names(runtime),
        key=key,
        placeholder="The default chain",
        accept_new_options=True,
        select_all=False,
        persist_state="session",
        help="In this order; the default chain follows. A name that is not listed can be typed, "
        "for example openai:gpt-4o for the vendor's own door.",
    )


def chain_picker(runtime: Runtime, key: str) -> str:
    """The saved chain that answers; empty for the usual one, and as long as none is saved."""
    names = ["", *runtime.planner.saved.chains]
    if len(names) == 1 or st.session_state.get(key, "") not in names:
        st.session_state.pop(key, None)
    if len(names) == 1:
        return ""
    return st.selectbox(
        "Chain",
        names,
        format_func=lambda name: name or "The usual one",
        key=key,
        persist_state="session",
        width=220,
        help="A saved chain is asked just as it was written; the page Chains makes them.",
    )


def caller() -> str:
    """What tells this session from others: it stays on its side of a migration."""
    return str(st.session_state.setdefault("caller", secrets.token_hex(8)))


def model_names(runtime: Runtime) -> list[str]:
    """The catalogue's ids in order; the default chain's while there is no catalogue."""
    listed = [model.id for model in runtime.catalog]
    planned = [place.link.model for place in runtime.plan().links if place.link.provider == OPENROUTER]
    return sorted(listed) or planned


def resting(runtime: Runtime, chain: Chain) -> dict[Link, float]:
    """The links of a chain that are passed over now, with the second at which their breaker lets a trial through."""
    reopens = {row.key: row.reopens_at or 0.0 for row in runtime.breakers() if row.state == "open"}
    closed = {place.link: [reopens[key] for key in breaker_keys(place.link) if key in reopens] for place in chain.links}
    return {link: max(moments) for link, moments in closed.items() if moments}


def first_asked(chain: Chain, resting: Container[Link]) -> Link | None:
    """Who is asked first as things stand; None when nobody can be."""
    links = [place.link for place in chain.links]
    return next((link for link in links if link not in resting), links[0] if links else None)


def summary(chain: Chain, resting: Container[Link]) -> str:
    """A plan in one line."""
    first, able = first_asked(chain, resting), sum(place.link not in resting for place in chain.links)
    if first is None:
        return "Plan: nobody can be asked"
    rest = f", then {able - 1} more if it fails" if able > 1 else ", and nobody else"
    passed = len(chain.links) - able
    over = f"; {passed} {'is' if passed == 1 else 'are'} passed over after failures" if passed else ""
    return f"Plan: {first.model or first.provider} first{rest}{over}"


def plan_table(chain: Chain, resting: Mapping[Link, float], key: str) -> None:
    """The links in the order they are asked, with the reason for each, and until when one is passed over."""
    rows = [
        (place.link.model or "keyword analysis", place.link.provider, place.reason, _until(resting.get(place.link)))
        for place in chain.links
    ]
    table = pd.DataFrame(rows, columns=["Model", "Through", "Why it stands here", "Passed over"])
    table.index = pd.RangeIndex(1, len(table) + 1, name="Place")
    shown = table if resting else table.drop(columns="Passed over")
    st.dataframe(shown, key=key, height="content", alt=f"{summary(chain, resting)}; {len(rows)} links with reasons")


def _until(reopens: float | None) -> str:
    return "" if reopens is None else f"until {datetime.fromtimestamp(reopens, formats.local_zone()):%H:%M:%S}"


def highest_cost(catalog: Catalog, model: str, prompt: Prompt) -> Cost:
    """What a whole answer of `max_tokens` costs at list price; unknown where a price is."""
    link = Link.parse(model)
    if link.provider == KEYWORD:
        return NOTHING
    found = catalog.resolve(link.model).model
    if found is None or link.provider != OPENROUTER:
        return UNKNOWN_COST
    usage = Usage(prompt_tokens(prompt), prompt.max_tokens or DEFAULT_MAX_TOKENS)
    return estimate(usage, input_price=found.input_price, output_price=found.output_price)


def prompt_tokens(prompt: Prompt) -> int:
    """About how many tokens a prompt has."""
    characters = sum(len(str(message.get("content", ""))) for message in prompt.messages)
    return -(-characters // CHARACTERS_A_TOKEN)


def alone(runtime: Runtime, model: str) -> Chain:
    """A chain of this one model, or of its successor when it is retired."""
    return Chain(runtime.plan(model, keyword=False).links[:1])


def well_known(runtime: Runtime, number: int) -> list[str]:
    """The first models of the default chain."""
    listed = set(model_names(runtime))
    return [place.link.model for place in runtime.plan().links if place.link.model in listed][:number]


def price_words(runtime: Runtime, models: Sequence[str], prompt: Prompt) -> str:
    """What asking all of `models` costs at most, before it is done."""
    total = total_cost([highest_cost(runtime.catalog, model, prompt) for model in models]).nanos
    simulated = "simulated, nobody is billed" if runtime.simulated else "this costs real money"
    if total is None:
        return f"What it costs is not known beforehand: a model has no fixed price. {simulated.capitalize()}."
    amount = formats.money(total).replace("$", r"\$")
    return f"At most {amount} if every answer has {prompt.max_tokens:,} tokens; {simulated}."
