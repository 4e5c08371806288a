"""Faults in front of a real provider: what is meant for a broken link goes to a simulator's socket instead.

The turn is taken below the provider, at its transport, so that everything above is what real traffic goes through. The
provider's key goes no further than here, and nothing of the request reaches the provider.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

import httpx
import orjson

from jarvis_ai.domain import ANTHROPIC, OPENAI, OPENROUTER, Chunk, Link, Prompt, Usage
from jarvis_ai.providers.base import Provider
from jarvis_ai.simulator import Simulator
from jarvis_ai.simulator.catalog import ids, knows

CREDENTIALS: Mapping[str, str] = {"authorization": "Bearer sk-or-v1-simulated", "x-api-key": "sk-ant-simulated"}
"""Of every provider, by the header that holds them, in place of the real ones."""

FREE = Usage(cost_nanos=0)


class Detour(httpx.AsyncBaseTransport):
    """A provider's transport with some of its models led elsewhere."""

    def __init__(
        self,
        straight: httpx.AsyncBaseTransport,
        aside: httpx.AsyncBaseTransport,
        models: Mapping[str, str],
        *,
        base_url: str,
        simulated_url: str,
    ) -> None:
        """`models` go `aside`, each under the name that the simulator knows; all others go `straight`."""
        self._straight = straight
        self._aside = aside
        self._models = models
        self._base = httpx.URL(base_url)
        self._simulated = httpx.URL(simulated_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = _body(await request.aread())
        stand_in = self._models.get(str(body.get("model")))
        if stand_in is None:
            return await self._straight.handle_async_request(request)
        return await self._aside.handle_async_request(self._turned(request, {**body, "model": stand_in}))

    def _turned(self, request: httpx.Request, body: Mapping[str, Any]) -> httpx.Request:
        path = self._simulated.path + request.url.path.removeprefix(self._base.path.rstrip("/"))
        headers = {name: CREDENTIALS.get(name, value) for name, value in request.headers.items() if name != "host"}
        url = self._simulated.copy_with(path=path)
        return httpx.Request(request.method, url, headers=headers, stream=httpx.ByteStream(orjson.dumps(body)))

    async def aclose(self) -> None:
        await self._straight.aclose()
        await self._aside.aclose()


def _body(content: bytes) -> Mapping[str, Any]:
    """The JSON object in a request; empty where there is none."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


class Unbilled:
    """A provider some of whose models are led elsewhere: those cost nothing, whatever the simulator says of them."""

    def __init__(self, provider: Provider, models: Collection[str]) -> None:
        self._provider = provider
        self._models = models

    async def stream(self, model: str, prompt: Prompt) -> AsyncIterator[Chunk]:
        """See `Provider.stream`. Of a detoured model the account comes first: it may break off before any other."""
        chunks = cast("AsyncGenerator[Chunk]", self._provider.stream(model, prompt))
        if model in self._models:
            yield FREE
        async with aclosing(chunks):
            async for chunk in chunks:
                yield replace(chunk, cost_nanos=0) if model in self._models and isinstance(chunk, Usage) else chunk

    @property
    def account(self) -> Any:
        """Where the cost of a call can be asked for afterwards; None where the provider keeps no account."""
        return getattr(self._provider, "account", None)

    async def aclose(self) -> None:
        """Close the provider's connections, where it has some."""
        close = getattr(self._provider, "aclose", None)
        if close is not None:
            await close()


def stand_ins(links: Collection[Link]) -> dict[Link, Link]:
    """For each broken link one that the simulator knows, itself where possible, and no two the same."""
    found = {link: link for link in links if knows(link.provider, link.model)}
    for link in links:
        if link not in found:
            taken = set(found.values())
            found[link] = next(each for each in _offered(link.provider) if each not in taken)
    return found


def _offered(provider: str) -> list[Link]:
    return [Link(provider, name) for name in ids() if knows(provider, name)]


def address(simulator: Simulator, provider: str) -> str:
    """Where the simulator speaks as `provider`."""
    addresses = {
        OPENROUTER: simulator.openrouter_url,
        OPENAI: simulator.openai_url,
        ANTHROPIC: simulator.anthropic_url,
    }
    return addresses[provider]
