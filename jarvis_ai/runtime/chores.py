"""What is done again and again while the process lives, whether or not anybody looks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger("jarvis_ai.runtime")


async def repeat(
    chore: Callable[[], Awaitable[None]],
    seconds: float,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Do `chore` at once and every `seconds` after, until cancelled. One that breaks is logged and done again."""
    while True:
        try:
            await chore()
        except Exception:
            logger.exception("A chore of the runtime broke; it is tried again in %g s.", seconds)
        await sleep(seconds)
