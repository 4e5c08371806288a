"""Which links answer a request of the gateway."""

from __future__ import annotations

from jarvis_ai.api.errors import refusal
from jarvis_ai.api.gateway.request import ChatRequest
from jarvis_ai.chains import PREFIX
from jarvis_ai.domain import KEYWORD, OPENROUTER, Chain, Link
from jarvis_ai.runtime import Runtime


def chain_for(runtime: Runtime, body: ChatRequest) -> Chain:
    """The chain for the names in a request; raises `Refusal` where there is none, or none of them can be asked.

    `models` are asked and nobody else, `model` before them. A `model` alone leads the usual chain, or is a saved one;
    without any name the usual chain is it. Keywords are a link like any other, and answer where they are named.
    """
    exactly, names = bool(body.models), [runtime.catalog.listed(name) for name in body.names]
    asked_for = any(name == KEYWORD or name.startswith(PREFIX) for name in body.names)
    if body.names and all(_shut(runtime, name) for name in body.names):
        named = " or ".join(map(repr, body.names))
        raise refusal(400, "not_configured", f"No key is set for the provider of {named}.")
    try:
        # A caller who names every link has chosen a side already.
        chain = runtime.plan(
            models=names,
            keyword=exactly or asked_for,
            exactly=exactly,
            caller=None if exactly else body.caller,
        )
    except ValueError as exc:
        raise refusal(400, "invalid_request", str(exc)) from exc
    if not chain.links:
        raise refusal(503, "not_configured", "Nobody can be asked: no key is set for a provider of this chain.")
    return chain


def _shut(runtime: Runtime, name: str) -> bool:
    """Whether a name is that of a vendor's own door, and its key is missing."""
    provider = Link.parse(name).provider
    return provider != OPENROUTER and provider not in runtime.providers
