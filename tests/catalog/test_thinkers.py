"""Which models reason before their first word, as far as names tell."""

from __future__ import annotations

import pytest

from jarvis_ai.catalog import Model, thinks_by_name

THINK = (
    "openai/o1", "o1-pro", "openai/o3-mini-high", "o4-mini", "openai/gpt-5", "gpt-5-mini", "openai/gpt-5-codex",
    "anthropic/claude-3.7-sonnet:thinking", "deepseek/deepseek-r1:free", "deepseek-reasoner", "qwen/qwq-32b",
    "moonshotai/kimi-k2-thinking", "microsoft/phi-4-reasoning-plus", "google/gemini-2.5-pro",
    "google/gemini-3-pro-preview", "x-ai/grok-3-mini", "x-ai/grok-4",
)  # fmt: skip
DO_NOT = (
    "openai/gpt-4o", "gpt-4o-mini", "openai/gpt-5-chat", "openai/gpt-5.1", "anthropic/claude-sonnet-4.6",
    "google/gemini-2.5-flash", "x-ai/grok-4-fast", "meta-llama/llama-3.1-8b-instruct", "acme/solo1",
    "x-ai/grok-4.1-non-reasoning", "keyword", "",
)  # fmt: skip


@pytest.mark.parametrize("name", THINK)
def test_a_name_can_say_that_its_model_thinks(name: str) -> None:
    assert thinks_by_name(name)


@pytest.mark.parametrize("name", DO_NOT)
def test_other_names_say_nothing(name: str) -> None:
    assert not thinks_by_name(name)


@pytest.mark.parametrize(
    ("row", "thinks"),
    [
        ({"id": "acme/sage", "reasoning": {"mandatory": True}}, True),
        ({"id": "acme/sage", "reasoning": {"mandatory": False}}, False),
        ({"id": "acme/sage", "reasoning": None}, False),
        ({"id": "acme/sage", "reasoning": "odd", "pricing": [], "top_provider": 3, "architecture": "text"}, False),
        ({"id": "openai/o3"}, True),
    ],
)
def test_the_catalogue_goes_before_a_name_that_says_nothing(row: dict, thinks: bool) -> None:
    assert Model.read(row).thinks is thinks
