"""What the Playground is filled with."""

from __future__ import annotations

from typing import Any

import pytest

from jarvis_ai.console.again import state

OPERATION = {"requested_model": "openai/gpt-4o", "task": "fast"}
USER = {"role": "user", "content": "Hello"}


def bodies(*messages: Any, **request: Any) -> dict[str, Any]:
    return {"request": {"messages": list(messages), **request}}


def test_prompt_model_and_parameters_are_filled_in() -> None:
    filled = state(OPERATION, bodies({"role": "system", "content": "Be brief."}, USER, temperature=0.7, max_tokens=50))
    assert filled == {
        "playground_prompt": "Hello",
        "playground_system": "Be brief.",
        "playground_models": ["openai/gpt-4o"],
        "playground_chain": "",
        "playground_task": "fast",
        "playground_temperature": 0.7,
        "playground_max_tokens": 50,
    }


def test_a_saved_chain_is_chosen_by_its_name() -> None:
    filled = state({"requested_model": "chain:cheap", "task": ""}, bodies(USER))
    assert filled
    assert (filled["playground_chain"], filled["playground_models"]) == ("cheap", [])


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {"request": "not JSON"},
        bodies(),
        bodies(USER, {"role": "assistant", "content": "Hi"}, USER),
        bodies({"role": "user", "content": "Look", "images": []}),
        bodies({"role": "user", "content": ""}),
        bodies("Hello"),
    ],
)
def test_what_is_more_or_less_than_one_prompt_cannot_be_run_there(kept: Any) -> None:
    assert state(OPERATION, kept) is None
