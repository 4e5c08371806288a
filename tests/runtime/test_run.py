"""A run seen from outside the loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from jarvis_ai.domain import Chain, Completed, Completion, Event, Operation, Prompt, Source, Status, TextDelta
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


def test_cancelling_cancels_what_carries_the_run_out():
    run, task = a_run(), Future()
    run.belongs_to(task)
    run.cancel()
    assert task.cancelled()
