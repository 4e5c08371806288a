"""Settings become providers, and usage becomes a price."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx

from jarvis_ai.address import ServerAddress
from jarvis_ai.assistant.respond import respond
from jarvis_ai.catalog import Catalog
from jarvis_ai.domain import ANTHROPIC, KEYWORD, OPENAI, OPENROUTER, UNKNOWN_COST, Cost, Link, Usage
from jarvis_ai.errors import ConfigurationError
from jarvis_ai.policy import Deadlines, Policy
from jarvis_ai.pricing import direct_estimate, estimate
from jarvis_ai.providers.anthropic import Anthropic
from jarvis_ai.providers.base import Provider
from jarvis_ai.providers.keyword import Keyword
from jarvis_ai.providers.openai import OpenAI
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.providers.transport import AiohttpTransport
from jarvis_ai.settings import OPENAI_URL, Settings
from jarvis_ai.simulator import Simulator


def check_folder(path: Path) -> None:
    """Make the data folder where it is missing. Raises `ConfigurationError` when it cannot be made or written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        problem = "" if os.access(path, os.W_OK) else "it cannot be written to"
    except OSError as exc:
        problem = str(exc.strerror)
    if problem:
        raise ConfigurationError(f"The data folder {path} cannot be used: {problem}. JARVIS_DATA_DIR names another.")


def policy_of(settings: Settings) -> Policy:
    """The policy, with what an operator has set of it."""
    usual, limits = Policy(), settings.limits
    hedging = replace(
        usual.hedging,
        on=settings.hedging,
        floor=limits.get("hedge_floor", usual.hedging.floor),
        share=limits.get("hedge_share", usual.hedging.share),
    )
    return replace(
        usual,
        deadlines=Deadlines(**settings.deadlines),
        hedging=hedging,
        concurrency=replace(usual.concurrency, limit=max(1, int(limits.get("concurrency", usual.concurrency.limit)))),
        patience=limits.get("patience", usual.patience),
    )


def secrets(settings: Settings) -> tuple[str, ...]:
    """Whatever of the settings nobody may read."""
    return (
        settings.openrouter_api_key,
        settings.openrouter_management_key,
        settings.openai_api_key,
        settings.anthropic_api_key,
        settings.api_token,
        *([settings.database.password] if isinstance(settings.database, ServerAddress) else []),
    )


Wrap = Callable[[str, httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]
"""What stands between a provider, by name, and its sockets."""


def providers(
    settings: Settings, deadlines: Deadlines, *, wrap: Wrap = lambda name, transport: transport
) -> dict[str, Provider]:
    """Every provider that can be asked, by name."""

    def transport(name: str) -> httpx.AsyncBaseTransport:
        return wrap(name, AiohttpTransport(connect_timeout=deadlines.connect))

    made: dict[str, Provider] = {}
    if key := settings.openrouter_api_key:
        made[OPENROUTER] = OpenRouter(
            api_key=key, base_url=settings.openrouter_base_url, transport=transport(OPENROUTER)
        )
    # A server of the operator's own, such as vLLM or Ollama, may want no key.
    if (key := settings.openai_api_key) or settings.openai_base_url != OPENAI_URL:
        made[OPENAI] = OpenAI(api_key=key, base_url=settings.openai_base_url, transport=transport(OPENAI))
    if key := settings.anthropic_api_key:
        made[ANTHROPIC] = Anthropic(api_key=key, base_url=settings.anthropic_base_url, transport=transport(ANTHROPIC))
    made[KEYWORD] = Keyword(respond)
    return made


def towards(simulator: Simulator, settings: Settings) -> Settings:
    """The same settings, with every provider at the simulator."""
    return replace(
        settings,
        openrouter_api_key="sk-or-v1-simulated",
        openrouter_base_url=simulator.openrouter_url,
        openrouter_management_key="sk-or-v1-simulated-mgmt",
        openai_api_key="sk-simulated",
        openai_base_url=simulator.openai_url,
        anthropic_api_key="sk-ant-simulated",
        anthropic_base_url=simulator.anthropic_url,
    )


def price_of(catalog: Catalog, link: Link, usage: Usage, at: float) -> Cost:
    """What `usage` costs at a link whose provider did not say: OpenRouter's list price, or the vendor's of the day."""
    if link.provider != OPENROUTER:
        return direct_estimate(link.provider, link.model, usage, at)
    model = catalog.find(link.model)
    if model is None:
        return UNKNOWN_COST
    return estimate(
        usage,
        input_price=model.input_price,
        output_price=model.output_price,
        cache_read_price=model.cache_read_price,
        cache_write_price=model.cache_write_price,
    )
