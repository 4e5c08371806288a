"""OpenRouter: hundreds of models behind one key (contract §1-§7)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from jarvis_ai.domain import Prompt, Usage
from jarvis_ai.errors import ProviderError
from jarvis_ai.providers.border import opened, whole
from jarvis_ai.providers.chat_completions import ChatAnswer, nanos_of, request_body
from jarvis_ai.providers.failures import failure_of
from jarvis_ai.providers.shapes import count, json_object, malformed
from jarvis_ai.providers.vendor import Vendor

ATTRIBUTION = {"HTTP-Referer": "https://github.com/jarvis-ai/jarvis-ai", "X-OpenRouter-Title": "Jarvis AI"}


class OpenRouter(Vendor):
    """The primary provider, and what its account says about itself."""

    path = "/chat/completions"
    answer = ChatAnswer
    id_header = "x-generation-id"

    def credentials(self, api_key: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {api_key}", **ATTRIBUTION}

    def body(self, model: str, prompt: Prompt) -> dict[str, Any]:
        return request_body(model, prompt)

    async def models(self) -> list[dict[str, Any]]:
        """Every model on offer, as the rows of `GET /models`. Raises `ProviderError`, like all that follow."""
        rows = await self._get("/models")
        if not isinstance(rows, list):
            raise malformed("/models did not answer with a list")
        return [row for row in rows if isinstance(row, dict)]

    async def endpoints(self, model_id: str) -> dict[str, Any]:
        """Who runs a model, at what price, how fast (latency in milliseconds) and how reliably."""
        return await self._object(f"/models/{quote(model_id)}/endpoints")

    async def key(self) -> dict[str, Any]:
        """Limits and usage of this key, US dollars."""
        return await self._object("/key")

    async def credits(self) -> dict[str, Any]:
        """`total_credits` and `total_usage` of the account, US dollars; for management keys."""
        return await self._object("/credits")

    async def account(self, generation_id: str) -> Usage:
        """What one call came to, also where its answer broke off; it is known some seconds after the call."""
        row = await self._object(f"/generation?id={quote(generation_id)}")
        return Usage(
            input_tokens=count(row.get("native_tokens_prompt")),
            output_tokens=count(row.get("native_tokens_completion")),
            reasoning_tokens=count(row.get("native_tokens_reasoning")),
            cost_nanos=nanos_of(row.get("total_cost")),
        )

    async def _object(self, path: str) -> dict[str, Any]:
        data = await self._get(path)
        if not isinstance(data, dict):
            raise malformed(f"{path} did not answer with an object")
        return data

    async def _get(self, path: str) -> Any:
        url = httpx.URL(self._base_url + path)
        async with opened(self._transport, "GET", url, headers=self._headers) as response:
            body = json_object(await whole(response))
        if body.get("data") is None:
            raise ProviderError(failure_of(200, response.headers, body, now=time.time()))
        return body["data"]
