"""Three ways to ask the same server: our engine with everything it does, bare httpx, and the openai package."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openai

from jarvis_ai.catalog import Catalog
from jarvis_ai.chains.plan import Planner, Wishes
from jarvis_ai.domain import KEYWORD, OPENROUTER, Event, Prompt, Source, TextDelta
from jarvis_ai.engine import Engine
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.usage_log import Retention, UsageLog

MODEL = "openai/gpt-4o"
MESSAGES = [{"role": "user", "content": "Say the sentence with all the letters."}]


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who can ask once, and stream once."""

    name: str
    ask: Callable[[], Awaitable[None]]
    stream: Callable[[int, int], Awaitable[float]]
    """Takes the number of words and the microseconds between them; returns how many seconds after the mock's sending
    the first token was in the caller's hands."""


def lateness(first: str) -> float:
    """Seconds since the mock sent its first token, which is the moment of its sending."""
    return (time.monotonic_ns() - int(first.partition(" ")[0])) / 1e9


@asynccontextmanager
async def ours(base_url: str, folder: Path, name: str = "engine", *, bodies: bool = False) -> AsyncIterator[Contender]:
    """The engine: plan, breakers, and both log rows in a SQLite file before and after every call.

    With `bodies` the request and the answer are kept too, redacted, as they are by default.
    """
    provider = OpenRouter(api_key="sk-or-v1-benchmark", base_url=base_url)
    log = UsageLog(folder / f"{name}.db", retention=Retention(bodies=30 if bodies else 0))
    engine = Engine({OPENROUTER: provider}, log)
    planner = Planner(Wishes(MODEL), Catalog(), (OPENROUTER, KEYWORD))

    async def run(prompt: Prompt, emit: Callable[[Event], None]) -> None:
        completion = await engine.run(engine.open(prompt, planner.plan(), source=Source.PYTHON), emit)
        assert completion.ok and len(completion.attempts) == 1, completion

    async def ask() -> None:
        await run(Prompt(tuple(MESSAGES), max_tokens=500, stream=False), lambda event: None)

    async def stream(words: int, pause: int) -> float:
        late: list[float] = []

        def emit(event: Event) -> None:
            if isinstance(event, TextDelta) and not late:
                late.append(lateness(event.text))

        await run(Prompt(tuple(MESSAGES), max_tokens=words, extra={"seed": pause}), emit)
        return late[0]

    try:
        yield Contender(name, ask, stream)
    finally:
        await provider.aclose()
        log.close()


DEFAULT = httpx.Limits(max_connections=100, max_keepalive_connections=20)
"""What httpx does when nobody says anything."""
ROOMY = httpx.Limits(max_connections=1000, max_keepalive_connections=1000)
"""What somebody sets who has read about pools: a connection for every caller, kept."""


@asynccontextmanager
async def bare_httpx(
    base_url: str,
    name: str = "httpx",
    limits: httpx.Limits = DEFAULT,
    *,
    key: str = "sk-or-v1-benchmark",
    words: int = 500,
) -> AsyncIterator[Contender]:
    """One client with its default transport; JSON in, JSON out, no rows, no second try.

    It asks for so many `words`, which somebody between it and the mock may ask for one by one.
    """
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers, timeout=60, limits=limits) as client:
        url = f"{base_url}/chat/completions"

        async def ask() -> None:
            response = await client.post(url, json=body(words))
            assert response.json()["choices"][0]["message"]["content"]

        async def stream(words: int, pause: int) -> float:
            late = 0.0
            async with client.stream("POST", url, json=body(words, stream=True, seed=pause)) as response:
                async for line in response.aiter_lines():
                    if not line.startswith("data: {"):
                        continue
                    # The gateway's last chunk has none: it is the account.
                    for choice in json.loads(line[6:])["choices"]:
                        late = late or lateness(choice["delta"]["content"])
            return late

        yield Contender(name, ask, stream)


@asynccontextmanager
async def openai_package(base_url: str) -> AsyncIterator[Contender]:
    """The official client, as its manual shows it."""
    async with openai.AsyncOpenAI(api_key="sk-or-v1-benchmark", base_url=base_url, timeout=60, max_retries=0) as client:
        create: Any = client.chat.completions.create

        async def ask() -> None:
            answer = await create(**body(500))
            assert answer.choices[0].message.content

        async def stream(words: int, pause: int) -> float:
            late = 0.0
            async for piece in await create(**body(words, stream=True, seed=pause)):
                late = late or lateness(piece.choices[0].delta.content)
            return late

        yield Contender("openai", ask, stream)


def body(words: int, **more: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": MESSAGES, "max_tokens": words, **more}
