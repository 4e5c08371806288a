"""Names that people still write and nobody answers to, and what took their place (contract §9)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jarvis_ai.domain import ANTHROPIC, OPENAI

DEFAULT_ORDER = (
    "openai/gpt-4o",
    "openai/gpt-4o-mini",
    "anthropic/claude-3-5-sonnet-20241022",
    "anthropic/claude-3-haiku-20240307",
    "meta-llama/llama-3-1-8b-instruct",
    "google/gemini-pro-1.5",
)
"""The models of every chain, in this order. Retired names stay as they were given: `SUCCESSORS` says who stands in."""

TASK_LEADERS: Mapping[str, tuple[str, str]] = {
    "complex": ("openai/gpt-4o", "complex task: the strongest model first"),
    "routine": ("openai/gpt-4o-mini", "routine task: a cheap model is enough"),
    "fast": ("anthropic/claude-3-haiku-20240307", "fast task: the quickest model first"),
}
"""Who leads the chain for a task, and why."""

SUCCESSORS: Mapping[str, tuple[str, ...]] = {
    "anthropic/claude-3-5-sonnet-20241022": ("anthropic/claude-sonnet-4.6", "anthropic/claude-sonnet-5"),
    "anthropic/claude-3.5-sonnet": ("anthropic/claude-sonnet-4.6", "anthropic/claude-sonnet-5"),
    "anthropic/claude-3-haiku-20240307": ("anthropic/claude-haiku-4.5", "anthropic/claude-3-haiku"),
    "meta-llama/llama-3-1-8b-instruct": ("meta-llama/llama-3.1-8b-instruct",),
    "google/gemini-pro-1.5": ("google/gemini-2.5-flash", "google/gemini-3.5-flash"),
}
"""For each retired name what to ask instead, best first; the first that the live catalogue lists is taken."""

DIRECT_AUTHORS = {OPENAI: "openai/", ANTHROPIC: "anthropic/"}

NO_OWN_DOOR = ("openai/gpt-oss", "anthropic/claude-2", "anthropic/claude-3", "anthropic/claude-instant")
"""Beginnings of models that OpenRouter lists and their makers do not serve, or serve no more."""

DATE = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})$")


def direct_model(provider: str, model_id: str) -> str | None:
    """A model's name at its own vendor; None when `provider` does not make it, or serves it no more.

    OpenRouter writes `anthropic/claude-haiku-4.5`, Anthropic `claude-haiku-4-5`.
    """
    author = DIRECT_AUTHORS.get(provider)
    if author is None or not model_id.startswith(author) or model_id.startswith(NO_OWN_DOOR):
        return None
    name = model_id.removeprefix(author).partition(":")[0]
    return name.replace(".", "-") if provider == ANTHROPIC else name


def undated(model: str) -> str:
    """A vendor's own name without the day of its snapshot: `gpt-4o-2024-08-06` is `gpt-4o`."""
    return DATE.sub("", model)
