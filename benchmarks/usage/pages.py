"""How long a page's script takes from end to end on a log, in Streamlit's own test runner: no browser, no network."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.testing.v1 import AppTest

from benchmarks.harness import Row, in_turns, median, percentile
from benchmarks.usage.logs import Log
from jarvis_ai import runtime as runtimes
from jarvis_ai.analytics import Analytics

SHELL = str(Path(__file__).parents[2] / "pages" / "navigation.py")
PAGES = ("usage", "latency", "history")
PAGE_GOAL = 1000.0
OURS = ("JARVIS_", "USAGE_", "OPENROUTER_", "OPENAI_", "ANTHROPIC_")
"""Variables that would make it somebody's own console."""


def measure(log: Log, turns: int) -> Iterator[Row]:
    """Milliseconds of each page over 90 days."""
    with console(log):
        for page in PAGES:
            app = opened(page)
            times = in_turns({page: app.run}, turns)[page]
            assert not app.exception, app.exception
            values = {"p95": percentile(times, 0.95), "p50": median(times)}
            yield Row(f"{log.name}, {page}", "ms a script", values, PAGE_GOAL, contest=False)


@contextmanager
def console(log: Log) -> Iterator[None]:
    """The console's runtime in demo mode, asking this log."""
    before = dict(os.environ)
    with TemporaryDirectory() as folder, chdir(folder), unwarned():  # where there is no `.env`
        for name in [name for name in before if name.startswith(OURS)]:
            del os.environ[name]
        os.environ["JARVIS_DATA_DIR"] = folder
        Path("demo.db").touch()  # another one is asked: it need not be filled
        shared = runtimes.shared()
        shared.analytics = Analytics(log.path)
        try:
            yield
        finally:
            shared.close()
            runtimes.shared.cache_clear()
            st.cache_resource.clear()
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def unwarned() -> Iterator[None]:
    """Without a word about every script that no server runs."""
    logger = logging.getLogger(script_run_context.__name__)
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False


def opened(page: str) -> AppTest:
    """A page that shows 90 days, with something in it."""
    app = AppTest.from_file(SHELL, default_timeout=120)
    app.switch_page(f"{page}.py").run()
    app.segmented_control(key=f"{page}_period").set_value("90d").run()
    assert not app.exception, app.exception
    assert app.dataframe and len(app.dataframe[0].value), f"{page} shows no rows"
    assert app.get("vega_lite_chart") or page == "history", f"{page} draws nothing"
    return app
