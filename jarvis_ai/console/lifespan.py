"""What happens before the first page is served, after the last, and when a page breaks."""

from __future__ import annotations

import importlib
import logging
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
import streamlit as st

from jarvis_ai.errors import ConfigurationError
from jarvis_ai.runtime import drills, shared, spare_collector

logger = logging.getLogger("jarvis_ai.console")

WHAT_PAGES_IMPORT = ("pandas", "pyarrow", "altair")
"""Some seconds of imports, that the first visitor would wait for otherwise."""


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Start the runtime before the first request is served, and close it after the last."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        await anyio.to_thread.run_sync(warm_up)
    except ConfigurationError:
        # Its sentence says what to do; the server would print every line of ours that led to it.
        sys.tracebacklimit = 0
        raise
    yield
    await anyio.to_thread.run_sync(close_down)


def warm_up(start: Callable[[], object] = shared) -> None:
    """Import what pages import, start the runtime, and spare the garbage collector all of it."""
    for name in WHAT_PAGES_IMPORT:
        importlib.import_module(name)
    start()
    spare_collector()


def close_down() -> None:
    """Close what was started: the drills' runtime first, for it may write to the shared log."""
    for runtime in (drills, shared):
        if runtime.cache_info().currsize:
            runtime().close()


def on_script_error(error: Exception) -> bool:
    """Write the traceback to the server's log and show a calm sentence with a reference to it."""
    reference = uuid.uuid4().hex[:8]
    logger.error("A page broke (reference %s)", reference, exc_info=error)
    st.error(
        f"Something went wrong on this page. The server's log has the details under reference **{reference}**. "
        "Reload the page to try again.",
        icon=":material/error:",
    )
    return True
