"""A run seen from outside the loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future

import pytest

from jarvis_ai.domain import (
    Chain,
    Completed,
    Completion,
    Event,
    Failure,
    FailureKind,
    Operation,
    Prompt,
    Source,
    Status,
    TextDelta,
)
from jarvis_ai.runtime import Run

END = Completed(Completion("op", 1.0, Status.OK, "ab"))
EVENTS: list[Event] = [TextDelta("a"), TextDelta("b"), END]


def a_run() -> Run:
    return Run(Operation("op", 0.0, Source.PLAYGROUND, Prompt.of("Hello"), Chain(())))


def play(run: Run) -> threading.Thread:
    thread = threading.Thread(target=lambda: [run.emit(event) for event in EVENTS])
    thread.start()
    return thread


def test_a_watcher_that_comes_late_sees_everything():
    run = a_run()
    play(run).join()
    assert list(run.tail()) == EVENTS
    assert run.done


def test_a_watcher_that_comes_early_waits_for_what_is_to_come():
    run = a_run()
    thread = play(run)
    assert list(run.tail()) == EVENTS
    thread.join()


def test_a_page_that_is_rerun_goes_on_where_it_was():
    run = a_run()
    play(run).join()
    assert list(run.tail(start=1)) == EVENTS[1:]


def test_waiting_ends_when_its_time_is_up():
    assert not a_run().wait(seen=0, timeout=0.001)


@pytest.mark.anyio
async def test_two_watchers_in_another_loop_see_the_same():
    run = a_run()

    async def watch() -> list[Event]:
        return [event async for event in run.watch()]

    watchers = [asyncio.create_task(watch()) for _ in range(2)]
    await asyncio.sleep(0)
    play(run)
    assert await asyncio.gather(*watchers) == [EVENTS, EVENTS]


def test_a_watcher_whose_loop_was_closed_disturbs_nobody():
    run = a_run()
    loop = asyncio.new_event_loop()

    async def watch_the_first() -> Event:
        return await anext(watching)

    watching = run.watch()
    run.emit(EVENTS[0])
    assert loop.run_until_complete(watch_the_first()) == EVENTS[0]
    loop.close()
    play(run).join()
    assert list(run.tail()) == [EVENTS[0], *EVENTS]


def test_a_run_whose_engine_broke_ends_and_the_log_has_the_reason(caplog: pytest.LogCaptureFixture):
    run, task = a_run(), Future()
    run.belongs_to(task)
    with caplog.at_level(logging.ERROR, "jarvis_ai.runtime"):
        task.set_exception(KeyError("no such rule"))
    [end] = run.tail()
    assert end.completion.failure == Failure(FailureKind.INTERNAL, "KeyError in the engine")
    assert "no such rule" in caplog.text


def test_cancelling_cancels_what_carries_the_run_out():
    run, task = a_run(), Future()
    run.belongs_to(task)
    run.cancel()
    assert task.cancelled()
