"""The composition root: settings become providers, an engine, a log, and one event loop in its own thread."""

from __future__ import annotations

import asyncio
import logging
import secrets as chance
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, Unpack

from anyio import CancelScope
from anyio.from_thread import start_blocking_portal

from jarvis_ai import alerts, sample
from jarvis_ai.address import ServerAddress
from jarvis_ai.alerts import Alert
from jarvis_ai.analytics import Analytics
from jarvis_ai.analytics.arms import Arms
from jarvis_ai.catalog import Catalog
from jarvis_ai.chains import Planner, Wishes
from jarvis_ai.documents import Documents
from jarvis_ai.domain import (
    OPENROUTER,
    About,
    Chain,
    Completion,
    Link,
    Prompt,
    Source,
)
from jarvis_ai.engine import Engine
from jarvis_ai.errors import ProviderError
from jarvis_ai.exports.jobs import Jobs
from jarvis_ai.policy import Policy
from jarvis_ai.providers.openrouter import OpenRouter
from jarvis_ai.redaction import protect
from jarvis_ai.runtime.account import NO_MANAGEMENT_KEY, Credits, read_credits
from jarvis_ai.runtime.chores import repeat
from jarvis_ai.runtime.composition import check_folder, policy_of, price_of, providers, secrets, towards
from jarvis_ai.runtime.health import BreakerRow, Health, assess, breaker_rows
from jarvis_ai.runtime.planning import NEWS_AGE, Planning
from jarvis_ai.runtime.run import Run
from jarvis_ai.runtime.token import kept_token
from jarvis_ai.settings import Settings
from jarvis_ai.simulator import Simulator
from jarvis_ai.usage_log import Retention, UsageLog

logger = logging.getLogger("jarvis_ai.runtime")

T = TypeVar("T")

CATALOG_AGE = 300.0
"""Seconds until the catalogue is asked for again; OpenRouter serves it with this max-age."""
ALERT_AGE = 60.0
"""Seconds until the usage log is looked through for alerts again, whether or not anybody has a page open."""
SIMULATOR_NOTICE = "Demo mode: simulated providers answer at {}; PUT /admin/faults there makes them fail."
FIRST_CATALOG_WAIT = 2.0
"""Seconds that a start waits for the catalogue. It goes on without one: the alias table resolves the retired names."""


class Runtime:
    """Engine, log and catalogue behind a loop of their own. Every public method may be called from any thread."""

    def __init__(
        self,
        settings: Settings,
        *,
        policy: Policy | None = None,
        usage_log: UsageLog | None = None,
        quiet: bool = False,
    ) -> None:
        """`quiet`: notices and alerts are not written to the server's log."""
        check_folder(settings.data_dir)
        self._stack = ExitStack()
        self.simulated = settings.demo
        self.simulator = self._start_simulator(settings) if settings.demo else None
        self.settings = towards(self.simulator, settings) if self.simulator else settings
        self.api_token = settings.api_token or kept_token(settings.data_dir)
        protect(self.api_token, *secrets(settings))
        self.database = database = settings.database
        """Where the usage log is: its file, or the server."""
        if settings.demo and isinstance(database, Path) and not database.exists():
            sample.fill(database, now=time.time())
        self.usage_log = usage_log or self._open_log(database)
        self.analytics = Analytics(database)
        self.arms = Arms(database)
        self.exports = Jobs(database, settings.data_dir / "exports")
        self._stack.callback(self.exports.close)
        policy = policy or policy_of(settings)
        self.providers = providers(self.settings, policy.deadlines)
        self.documents = Documents(settings.data_dir / "operator.db")
        """What operators save in the console; shared by every process on this data folder."""
        wishes = Wishes(settings.preferred_model, settings.fallback_enabled, settings.cost_optimization)
        self._planning = Planning(wishes, self.providers.keys(), self.documents)
        self.engine = Engine(
            self.providers,
            self.usage_log,
            policy=policy,
            price=lambda link, usage, at: price_of(self.catalog, link, usage, at),
            simulated=self.simulated,
        )
        self._portal = self._stack.enter_context(start_blocking_portal("asyncio", name="jarvis-engine"))
        self._portal.start_task_soon(repeat, self._watch_saved, NEWS_AGE)
        self._watcher = alerts.Watcher()
        self._catalog_asked = threading.Event()
        self._start_catalog()
        if not quiet:
            self._tell_operator()

    # Asking

    def plan(
        self,
        model: str | None = None,
        models: Sequence[str] = (),
        task: str = "",
        *,
        keyword: bool = True,
        chain: str | None = None,
        exactly: bool = False,
        caller: str | None = None,
    ) -> Chain:
        """The chain for a prompt.

        `chain` is the name of a saved one; `model="chain:NAME"` says the same. `exactly`: the models that are named and
        the vendors' own doors to them, and nobody else. `caller` is whatever tells the door's
        callers apart, so that each stays on its side of a migration; an empty one is a new caller every time, and None
        only wants to look. Raises `ValueError` for an unknown task or chain, or an empty name.
        """
        if caller is not None:
            caller = caller or chance.token_hex(8)
        names = [*([model] if model else []), *models]
        return self._planning.planner.plan(
            names, task, keyword=keyword, chain=chain or "", exactly=exactly, caller=caller
        )

    def start(self, prompt: Prompt, chain: Chain, *, source: Source, **about: Unpack[About]) -> Run:
        """Begin an operation and return at once; the run goes on whether or not anybody watches.

        Without `restarts` it fails as soon as an answer breaks off after its first words.
        """
        about.setdefault("arm", chain.arm)
        operation = self.engine.open(prompt, chain, source=source, **about)
        run = Run(operation)
        run.belongs_to(self._portal.start_task_soon(self.engine.run, operation, run.emit))
        return run

    async def ask(self, prompt: Prompt, chain: Chain, *, source: Source, **about: Unpack[About]) -> Completion:
        """Run an operation to its end, from any event loop. Cancelling the caller cancels the run."""
        run = self.start(prompt, chain, source=source, **about)
        try:
            return await run.outcome()
        finally:
            if not run.done:
                run.cancel()

    def call(self, function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Await `function(*arguments)` in the engine's loop and block until it is done. For script threads."""
        return self._portal.call(function, *arguments)

    async def acall(self, function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Await `function(*arguments)` in the engine's loop, from any other event loop."""
        return await asyncio.wrap_future(self._portal.start_task_soon(function, *arguments))

    def spawn(self, function: Callable[..., Awaitable[T]], *arguments: Any) -> Future[T]:
        """Begin `function(*arguments)` in the engine's loop and return at once; cancelling the future cancels it."""
        return self._portal.start_task_soon(function, *arguments)

    # Knowing

    @property
    def catalog(self) -> Catalog:
        """OpenRouter's catalogue as last read; empty until it was read once."""
        return self._planning.planner.catalog

    @property
    def planner(self) -> Planner:
        """Plans over the catalogue and over what operators have saved, both as last read."""
        return self._planning.planner

    def reload_saved(self) -> None:
        """Take in now what was just saved; what another process saves is noticed within seconds."""
        for problem in self._planning.reload():
            logger.warning(problem)

    @property
    def notices(self) -> list[str]:
        """What an operator should know about the configuration, one sentence each."""
        resolved = [self.catalog.resolve(place.requested).note for place in self.plan().links if place.requested]
        preferred = _note(self.catalog, self.settings.preferred_model)
        simulator = SIMULATOR_NOTICE.format(self.simulator.base_url) if self.simulator else ""
        chains = self._planning.notices(self.engine.policy, today=datetime.now(UTC).date())
        said = [*self.settings.warnings, simulator, *chains, preferred, *resolved]
        return list(dict.fromkeys(filter(None, said)))

    def breakers(self) -> list[BreakerRow]:
        """Every breaker that has counted a failure."""
        return breaker_rows(dict(self.engine.breakers), time.time())

    def alerts(self) -> list[Alert]:
        """The alerts that hold now."""
        raised = alerts.evaluate(self.analytics, alerts.Thresholds(), now=time.time())
        return [*alerts.unwritten(self.usage_log.alarm), *raised]

    async def health(self) -> Health:
        """Every service's state, from breakers and the log."""
        recent, raised = await asyncio.to_thread(self._recent_health)
        return assess(
            self.providers.keys(),
            self.breakers(),
            recent,
            simulated=self.simulated,
            notices=self.notices,
            alerts=raised,
        )

    def _recent_health(self) -> tuple[list[dict[str, Any]], list[Alert]]:
        raised = self.alerts()
        try:
            frame = self.analytics.recent_health(time.time())
        except sqlite3.Error:
            return [], raised  # one of which says so
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return [{str(key): value for key, value in row.items()} for row in rows], raised

    async def credits(self) -> Credits:
        """Limits of the key and balance of the account; raises `ProviderError` when OpenRouter cannot be asked."""
        router = self._router()
        if router is None:
            return Credits(notes=("OPENROUTER_API_KEY is not set, so there is no account to ask about.",))
        key = await router.key()
        if not self.settings.openrouter_management_key:
            return read_credits(key, None, (NO_MANAGEMENT_KEY,))
        manager = OpenRouter(
            api_key=self.settings.openrouter_management_key, base_url=self.settings.openrouter_base_url
        )
        try:
            return read_credits(key, await manager.credits())
        except ProviderError as exc:
            return read_credits(key, None, (f"The balance could not be read: {exc}",))
        finally:
            await manager.aclose()

    async def endpoints(self, model_id: str) -> dict[str, Any]:
        """Who runs a model behind OpenRouter; raises `ProviderError`."""
        router = self._router()
        return await router.endpoints(model_id) if router else {}

    async def refresh_catalog(self) -> None:
        """Ask for the catalogue now; raises `ProviderError`, and keeps the old one then."""
        router = self._router()
        if router is not None:
            self._planning.use(Catalog.read(await router.models()))

    def close(self) -> None:
        """Stop the loop, the simulator and the log, in this order. Runs still under way are cancelled."""
        self._portal.call(self._portal.stop, True)  # cancels what is still running
        self._stack.close()

    # Making

    def _start_simulator(self, settings: Settings) -> Simulator:
        simulator = Simulator(speed=settings.demo_speed)
        simulator.start(port=0)
        self._stack.callback(simulator.stop)
        return simulator

    def _open_log(self, database: Path | ServerAddress) -> UsageLog:
        settings = self.settings
        if isinstance(database, Path):
            database.parent.mkdir(parents=True, exist_ok=True)
        usage_log = UsageLog(
            database,
            spool=settings.data_dir / "usage.spool.jsonl" if isinstance(database, ServerAddress) else None,
            retention=Retention(settings.retention_bodies_days, settings.retention_facts_days),
            durable=settings.usage_durability == "full",
            chained=settings.tamper_evidence,
        )
        usage_log.recover()
        self._stack.callback(usage_log.close)
        return usage_log

    def _start_catalog(self) -> None:
        self._portal.start_task_soon(self._keep_catalog)
        if self._router() is not None:
            self._catalog_asked.wait(FIRST_CATALOG_WAIT)

    def _tell_operator(self) -> None:
        """Write what looks wrong, and from now on each change of the alerts, to the server's log."""
        for notice in self.notices:
            logger.log(logging.WARNING if notice in self.settings.warnings else logging.INFO, notice)
        self._portal.start_task_soon(repeat, self._watch_alerts, ALERT_AGE)

    async def _watch_saved(self) -> None:
        await asyncio.to_thread(self.reload_saved)

    async def _watch_alerts(self) -> None:
        # The only place that observes: pages and routes ask at the same time, and each change is to be told once.
        raised = await asyncio.to_thread(self.alerts)
        self._watcher.observe([alert for alert in raised if alert.key != alerts.UNWRITTEN])  # the log told that itself

    async def _keep_catalog(self) -> None:
        try:
            await repeat(self._read_catalog, CATALOG_AGE)
        finally:
            # The one task that lives as long as the loop sees to its connections at the end.
            with CancelScope(shield=True):
                await self._close_providers()

    async def _read_catalog(self) -> None:
        try:
            await self.refresh_catalog()
        except ProviderError as exc:
            logger.warning("The catalogue could not be read, the old one is kept: %s", exc)
        finally:
            self._catalog_asked.set()

    async def _close_providers(self) -> None:
        self.engine.settling.stop()
        for provider in self.providers.values():
            close = getattr(provider, "aclose", None)
            if close is not None:
                await close()

    def _router(self) -> OpenRouter | None:
        router = self.providers.get(OPENROUTER)
        return router if isinstance(router, OpenRouter) else None


def _note(catalog: Catalog, name: str) -> str:
    """What is to be known about a name, where the catalogue is the one to ask."""
    link = Link.parse(name)
    return catalog.resolve(link.model).note if link.provider == OPENROUTER else ""
