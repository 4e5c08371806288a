"""What is done again and again while the process lives."""

from __future__ import annotations

import asyncio
import logging

import pytest

from jarvis_ai.runtime.chores import repeat

pytestmark = pytest.mark.anyio


class Nights:
    """A sleep that only counts, and wakes for good after so many."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.left -= 1
        if not self.left:
            raise asyncio.CancelledError


async def times_done(chore_breaks: bool, nights: Nights) -> int:
    """How often a chore is done until it is cancelled."""
    done = 0

    async def chore() -> None:
        nonlocal done
        done += 1
        if chore_breaks:
            raise ValueError("the log is locked")

    with pytest.raises(asyncio.CancelledError):
        await repeat(chore, 60.0, sleep=nights)
    return done


async def test_a_chore_is_done_at_once_and_after_every_pause():
    nights = Nights(3)
    assert await times_done(False, nights) == 3
    assert nights.slept == [60.0, 60.0, 60.0]


async def test_a_chore_that_breaks_is_told_and_done_again(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR, "jarvis_ai.runtime"):
        assert await times_done(True, Nights(2)) == 2
    assert "the log is locked" in caplog.text
