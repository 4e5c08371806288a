"""One run as seen from outside the loop: its events so far, and how it ended.

The run belongs to the runtime and not to whoever watches it: a page that is rerun finds it again and loses no text.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any

from jarvis_ai.domain import Completed, Completion, Event, Failure, FailureKind, Operation, Status

logger = logging.getLogger("jarvis_ai.runtime")


class Run:
    """An operation under way. Every method may be called from any thread."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.events: list[Event] = []
        """Everything that has happened, in order; only ever appended to."""
        self.completion: Completion | None = None
        self._news = threading.Condition()
        self._listeners: list[Callable[[], None]] = []
        self._task: Future[Any] | None = None
        self._ended: Future[Completion] = Future()

    @property
    def operation_id(self) -> str:
        return self.operation.id

    @property
    def done(self) -> bool:
        return self.completion is not None

    def emit(self, event: Event) -> None:
        """Take in one event. Called by the engine, in its thread."""
        with self._news:
            self.events.append(event)
            if isinstance(event, Completed):
                self.completion = event.completion
            self._news.notify_all()
            listeners = tuple(self._listeners)
        if self.completion is not None and not self._ended.done():
            self._ended.set_result(self.completion)
        for tell in listeners:
            tell()

    def belongs_to(self, task: Future[Any]) -> None:
        """`task` is what carries this run out."""
        self._task = task
        task.add_done_callback(self._see_to)

    def _see_to(self, task: Future[Any]) -> None:
        """End a run whose engine broke: whoever watches it must not wait for ever."""
        broken = None if task.cancelled() else task.exception()
        if broken is None:
            return
        logger.error("operation %s: the engine broke", self.operation_id, exc_info=broken)
        failure = Failure(FailureKind.INTERNAL, f"{type(broken).__name__} in the engine")
        self.emit(Completed(Completion(self.operation_id, time.time(), Status.FAILED, failure=failure)))

    def cancel(self) -> None:
        """Stop the run; it is recorded as cancelled. Nothing happens when it is over."""
        if self._task is not None:
            self._task.cancel()

    def wait(self, seen: int, timeout: float | None = None) -> bool:
        """Block until there are more than `seen` events, the run is over, or `timeout` seconds passed."""
        with self._news:
            return self._news.wait_for(lambda: len(self.events) > seen or self.done, timeout)

    def tail(self, start: int = 0) -> Iterator[Event]:
        """Every event from the `start`-th on, blocking for those to come; ends after `Completed`."""
        while True:
            self.wait(start)
            for event in self.events[start:]:
                start += 1
                yield event
                if isinstance(event, Completed):
                    return

    async def watch(self) -> AsyncIterator[Event]:
        """Like `tail` from the beginning, for the event loop of whoever calls. Closing it does not cancel the run."""
        with self.listening() as listener:
            while True:
                for event in await listener.news():
                    yield event
                    if isinstance(event, Completed):
                        return

    async def outcome(self) -> Completion:
        """How it ends, for the event loop of whoever waits, woken only then. Cancelling does not cancel the run."""
        return await asyncio.shield(asyncio.wrap_future(self._ended))

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """A listener for the event loop of whoever calls, who hears everything from the beginning."""
        listener = Listener(self.events, self._news)
        with self._news:
            self._listeners.append(listener.tell)
        try:
            yield listener
        finally:
            with self._news:
                self._listeners.remove(listener.tell)


class Listener:
    """Follows a run from another event loop, which is only woken while it waits: what comes faster comes together."""

    def __init__(self, events: Sequence[Event], news: threading.Condition) -> None:
        self._events = events
        self._lock = news
        self._loop = asyncio.get_running_loop()
        self._seen = 0
        self._waiter: asyncio.Future[None] | None = None

    async def news(self, patience: float | None = None) -> Sequence[Event]:
        """The events since the last call, in order; nothing when there was none for `patience` seconds."""
        with self._lock:
            if len(self._events) == self._seen:
                self._waiter = self._loop.create_future()
        if self._waiter is not None:
            await self._waited(self._waiter, patience)
        events = self._events[self._seen :]
        self._seen += len(events)
        return events

    async def _waited(self, waiter: asyncio.Future[None], patience: float | None) -> None:
        alarm = None if patience is None else self._loop.call_later(patience, _wake, waiter)
        try:
            await waiter
        finally:
            self._waiter = None
            if alarm is not None:
                alarm.cancel()

    def tell(self) -> None:
        """There is something new. Called by the engine, in its thread."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            with suppress(RuntimeError):  # the listener's loop is closed: nobody waits there any more
                self._loop.call_soon_threadsafe(_wake, waiter)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
