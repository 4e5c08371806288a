"""Names that people still write and nobody answers to, and what took their place (contract §9)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER, Link

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
    return None if model_id.startswith(NO_OWN_DOOR) else direct_name(provider, model_id) or None


def direct_name(provider: str, model_id: str) -> str:
    """How `provider` itself writes the name of its own model, served or not; empty for a model of others."""
    author = DIRECT_AUTHORS.get(provider)
    if author is None or not model_id.startswith(author):
        return ""
    name = model_id.removeprefix(author).partition(":")[0]
    return name.replace(".", "-") if provider == ANTHROPIC else name


SHUTDOWNS: Mapping[Link, date] = {
    Link(OPENAI, "gpt-4o"): date(2027, 1, 14),
    Link(OPENAI, "gpt-4o-mini"): date(2027, 1, 14),
    Link(ANTHROPIC, "claude-sonnet-4-5"): date(2026, 11, 30),
    Link(ANTHROPIC, "claude-3-5-sonnet"): date(2025, 10, 28),
    Link(ANTHROPIC, "claude-3-haiku"): date(2026, 4, 20),
}
"""The last day of models at their vendors' own doors, as those have announced it (contract §9)."""


def shutdown_at_vendor(link: Link) -> date | None:
    """When the vendor switches the model of a link off, whichever door the link goes through; None: not announced."""
    doors = [Link(vendor, direct_name(vendor, link.model)) for vendor in DIRECT_AUTHORS]
    own = doors if link.provider == OPENROUTER else [Link(link.provider, undated(link.model))]
    return next((SHUTDOWNS[door] for door in own if door in SHUTDOWNS), None)


def undated(model: str) -> str:
    """A vendor's own name without the day of its snapshot: `gpt-4o-2024-08-06` is `gpt-4o`."""
    return DATE.sub("", model)
