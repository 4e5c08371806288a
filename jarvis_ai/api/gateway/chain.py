"""Which links answer a request of the gateway."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from jarvis_ai.api.errors import refusal
from jarvis_ai.catalog import direct_model
from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER, Chain, ChainLink, Link
from jarvis_ai.runtime import Runtime


def chain_for(runtime: Runtime, model: str | None, models: Sequence[str]) -> Chain:
    """The chain for the names of a request; raises `Refusal` (400) when none of them can be asked.

    `models` are asked and nobody else, `model` before them, then the vendors' own doors to the same models. A `model`
    alone leads the usual chain, and without any name the usual chain is it.
    """
    names = [*filter(None, [model]), *models]
    if not models:
        chain = runtime.plan(model=model, keyword=False)
    else:
        chain = _exactly([place for name in names for place in _leader(runtime, name)], runtime.providers.keys())
        chain = chain if runtime.settings.fallback_enabled else Chain(chain.links[:1])
    if names and not any(_leader(runtime, name) for name in names):
        raise refusal(400, "not_configured", f"No key is set for the provider of {' or '.join(map(repr, names))}.")
    if not chain.links:
        raise refusal(503, "not_configured", "No provider is configured: set OPENROUTER_API_KEY.")
    return chain


def _leader(runtime: Runtime, name: str) -> tuple[ChainLink, ...]:
    """The place that a name has at the head of its own chain; nothing where its provider has no key."""
    links = runtime.plan(model=name, keyword=False).links
    return links[:1] if links and links[0].link.provider == Link.parse(name).provider else ()


def _exactly(places: Sequence[ChainLink], configured: Collection[str]) -> Chain:
    """These and the vendors' own doors to them, each link once."""
    first: dict[Link, ChainLink] = {}
    for place in (*places, *_doors(places, configured)):
        first.setdefault(place.link, place)
    return Chain(tuple(first.values()))


def _doors(places: Sequence[ChainLink], configured: Collection[str]) -> Iterator[ChainLink]:
    for place in places:
        for provider in (OPENAI, ANTHROPIC):
            model = direct_model(provider, place.link.model) if place.link.provider == OPENROUTER else None
            if model and provider in configured:
                yield replace(place, link=Link(provider, model), reason="the vendor's own door, past OpenRouter")
