"""A runtime without a loop, a network or keys: real values, scripted by the test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Unpack

from jarvis_ai.analytics import Analytics
from jarvis_ai.catalog import Catalog
from jarvis_ai.chains import Planner, Wishes
from jarvis_ai.domain import (
    About,
    Attempt,
    AttemptStarted,
    Chain,
    Completed,
    Completion,
    Cost,
    CostSource,
    Failure,
    FailureKind,
    FinishReason,
    Link,
    Operation,
    Planned,
    Prompt,
    Source,
    Status,
    TextDelta,
    Usage,
)
from jarvis_ai.runtime import Credits, Health, Run, ServiceHealth
from jarvis_ai.settings import Settings
from tests.chains.builders import saved, version

TOKEN = "the-token-of-this-test"
NOW = 1_795_513_260.0

ROWS = [
    {
        "id": "openai/gpt-4o",
        "name": "OpenAI: GPT-4o",
        "canonical_slug": "openai/gpt-4o",
        "created": 1715558400,
        "context_length": 128000,
        "pricing": {"prompt": "0.0000025", "completion": "0.00001", "input_cache_read": "0.00000125"},
        "top_provider": {"context_length": 128000, "max_completion_tokens": 16384, "is_moderated": True},
        "supported_parameters": ["tools", "temperature"],
        "architecture": {"modality": "text+image->text"},
        "description": "The flagship.",
    },
    {"id": "openai/gpt-4o-mini", "pricing": {"prompt": "0.00000015", "completion": "0.0000006"}},
    {"id": "anthropic/claude-haiku-4.5", "name": "Claude Haiku 4.5", "pricing": {"prompt": "-1"}},
]

FAILED = Attempt(
    "op-1",
    1,
    Link.parse("openai/gpt-4o"),
    NOW,
    Status.FAILED,
    reason="the preferred model",
    failure=Failure(FailureKind.RATE_LIMITED, "openai/gpt-4o is rate-limited upstream.", 429, retry_after=7.0),
    latency=0.104,
    cost=Cost(0, CostSource.ESTIMATED),
)
ANSWERED = Attempt(
    "op-1",
    2,
    Link.parse("openai/gpt-4o-mini"),
    NOW,
    Status.OK,
    reason="next in the default order",
    waited=0.25,
    latency=0.5,
    ttft=0.2,
    usage=Usage(13, 2, cost_nanos=3150),
    cost=Cost(3150, CostSource.BILLED),
)
FELL_BACK = Completion(
    "op-1",
    NOW,
    Status.OK,
    text="Hello!",
    link=ANSWERED.link,
    attempts=(FAILED, ANSWERED),
    usage=ANSWERED.usage,
    cost=Cost(3150, CostSource.BILLED),
    latency=0.854,
    ttft=0.554,
    finish_reason=FinishReason.STOP,
)
EXHAUSTED = replace(
    FELL_BACK, status=Status.FAILED, text="", link=None, failure=FAILED.failure, attempts=(FAILED,), usage=None
)


@dataclass
class FakeRuntime:
    """What the API asks of a runtime."""

    completion: Completion = FELL_BACK
    catalog: Catalog = field(default_factory=lambda: Catalog.read(ROWS))
    configured: tuple[str, ...] = ("openrouter", "keyword")
    credits_: Credits | Exception = field(default_factory=lambda: Credits(key_label="sk-or-v1-abc...123"))
    health_: Health | Exception = field(
        default_factory=lambda: Health(
            "ok", [ServiceHealth("openrouter", True, "ok", "fine", [], last_ok_at=NOW)], False, [], []
        )
    )
    analytics: Analytics = field(default_factory=lambda: Analytics(Path("there-is-no-log.db")))
    settings: Settings = field(default_factory=Settings)
    api_token: str = TOKEN
    simulated: bool = False
    asked: list[tuple[Prompt, Chain, str, str]] = field(default_factory=list)
    callers: list[str | None] = field(default_factory=list)

    @property
    def providers(self) -> dict[str, None]:
        return dict.fromkeys(self.configured)

    def plan(
        self,
        model: str | None = None,
        models: Sequence[str] = (),
        task: str = "",
        *,
        keyword: bool = True,
        exactly: bool = False,
        caller: str | None = None,
    ) -> Chain:
        self.callers.append(caller)
        names = [*([model] if model else []), *models]
        chains = saved(version("night", "acme/night", "keyword"))
        planner = Planner(
            Wishes(fallback_enabled=self.settings.fallback_enabled), self.catalog, self.configured, chains
        )
        return planner.plan(names, task, keyword=keyword, exactly=exactly, caller=caller)

    def start(self, prompt: Prompt, chain: Chain, *, source: Source, **about: Unpack[About]) -> Run:
        """A run that is over already."""
        self.asked.append((prompt, chain, source, ""))
        run = Run(Operation("op-1", NOW, source, prompt, chain))
        said = [TextDelta(self.completion.text)] if self.completion.text else []
        started = [AttemptStarted(attempt) for attempt in self.completion.attempts[-1:]]
        for event in (Planned(run.operation), *started, *said, Completed(self.completion)):
            run.emit(event)
        return run

    async def ask(self, prompt: Prompt, chain: Chain, *, source: Source, **about: Unpack[About]) -> Completion:
        self.asked.append((prompt, chain, source, about.get("task", "")))
        return self.completion

    async def acall(self, function: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        return await function(*arguments)

    async def health(self) -> Health:
        if isinstance(self.health_, Exception):
            raise self.health_
        return self.health_

    async def credits(self) -> Credits:
        if isinstance(self.credits_, Exception):
            raise self.credits_
        return self.credits_
