"""A simulated model that is shown the beginning of an answer goes on with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_ai.simulator import Fault, Simulator
from jarvis_ai.simulator.answers import Ask, compose
from jarvis_ai.simulator.continuation import go_on, partial_of
from tests.simulator.words import GPT, HAIKU, QUESTION, Wire

SEED = 1
WHOLE = compose(Ask(GPT, [{"role": "user", "content": QUESTION}]), seed=SEED).text


def prefilled(shown: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": shown}]


def requested(shown: str, quoted: str) -> list[dict[str, Any]]:
    wish = f"Your answer broke off. Go on from there, and begin by repeating:\n<<<{quoted}>>>"
    return [*prefilled(shown), {"role": "user", "content": wish}]


def continuation(messages: list[dict[str, Any]], model: str = HAIKU) -> str:
    partial = partial_of(messages)
    assert partial is not None
    return go_on(Ask(model, messages), partial, seed=SEED).text


@given(st.integers(len("(simulated answer from gpt-4o) "), len(WHOLE)))
def test_another_model_goes_on_with_the_words_of_the_first(after: int) -> None:
    shown = WHOLE[:after]
    assert shown + continuation(prefilled(shown)) == WHOLE


@given(st.integers(60, len(WHOLE)), st.integers(10, 60))
def test_asked_in_words_it_repeats_the_quoted_end_and_goes_on(after: int, length: int) -> None:
    shown = WHOLE[:after].rstrip()
    quoted = shown[-length:]
    answer = continuation(requested(shown, quoted))
    assert answer.startswith(quoted)
    assert shown + answer.removeprefix(quoted) == WHOLE


@given(st.integers(1, len("(simulated answer from ")))
def test_before_a_name_was_said_the_model_that_is_asked_may_have_begun(after: int) -> None:
    own = compose(Ask(HAIKU, [{"role": "user", "content": QUESTION}]), seed=SEED).text
    shown = WHOLE[:after]
    assert shown + continuation(prefilled(shown)) == own


def test_white_space_at_the_end_of_what_was_shown_is_neither_lost_nor_doubled() -> None:
    shown = WHOLE[: WHOLE.index(" ", 60)]
    assert continuation(prefilled(shown)) == " " + continuation(prefilled(shown + " "))


@pytest.mark.parametrize("shown", ["Once upon a time", "(simulated answer from nobody) Hello"])
def test_words_of_a_stranger_are_gone_on_with_somehow(shown: str) -> None:
    said = continuation(prefilled(shown))
    assert said == continuation(prefilled(shown))
    assert said.startswith(" ") and len(said.split()) > 5


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": QUESTION}],
        [*prefilled("It rains."), {"role": "user", "content": "And tomorrow?"}],
        [*prefilled(WHOLE), {"role": "user", "content": "Thanks. Would you do it?"}],
        prefilled(""),
        [],
    ],
)
def test_a_conversation_is_no_continuation(messages: list[dict[str, Any]]) -> None:
    assert partial_of(messages) is None


@pytest.mark.parametrize("provider", ["openrouter", "openai", "anthropic"])
def test_every_vendor_goes_on(simulator: Simulator, wire: Wire, provider: str) -> None:
    healthy = said(wire.ask(provider).json())
    assert healthy[:70] + said(wire.ask(provider, messages=prefilled(healthy[:70])).json()) == healthy


@pytest.mark.parametrize("provider", ["openrouter", "openai", "anthropic"])
def test_a_model_may_refuse_a_prefill_and_take_the_rest(simulator: Simulator, wire: Wire, provider: str) -> None:
    simulator.faults.set(provider, Fault("refuses_prefill", times=1))
    assert wire.ask(provider).status_code == 200
    assert wire.ask(provider, messages=requested(WHOLE[:90], WHOLE[60:90])).status_code == 200
    refused = wire.ask(provider, messages=prefilled(WHOLE[:90]))
    assert refused.status_code == 400 and "prefill" in refused.text
    assert simulator.faults.active() == {}


def test_a_model_may_forget_what_was_said(simulator: Simulator, wire: Wire) -> None:
    healthy = said(wire.ask("openrouter").json())
    simulator.faults.set("openrouter", Fault("forgets"))
    assert said(wire.ask("openrouter").json()) == healthy
    for messages in (prefilled(healthy[:90]), requested(healthy[:90], healthy[60:90])):
        anew = said(wire.ask("openrouter", messages=messages).json())
        assert anew[:10] not in healthy and healthy[60:90] not in anew


def said(body: dict[str, Any]) -> str:
    """The words of an answer in one body, whichever vendor's it is."""
    if "content" in body:
        return str(body["content"][0]["text"])
    return str(body["choices"][0]["message"]["content"])
