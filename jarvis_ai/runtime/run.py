"""One run as seen from outside the loop: its events so far, and how it ended.

The run belongs to the runtime and not to whoever watches it: a page that is rerun finds it again and loses no text.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress

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
        self._task: Future[Completion] | None = None

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
        for tell in listeners:
            tell()

    def belongs_to(self, task: Future[Completion]) -> None:
        """`task` is what carries this run out."""
        self._task = task
        task.add_done_callback(self._see_to)

    def _see_to(self, task: Future[Completion]) -> None:
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
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        seen = 0

        def tell() -> None:
            with suppress(RuntimeError):  # the watcher's loop is closed: nobody waits there any more
                loop.call_soon_threadsafe(news.set)

        with self._news:
            self._listeners.append(tell)
        try:
            while True:
                news.clear()
                for event in self.events[seen:]:
                    seen += 1
                    yield event
                    if isinstance(event, Completed):
                        return
                if seen == len(self.events):
                    await news.wait()
        finally:
            with self._news:
                self._listeners.remove(tell)
