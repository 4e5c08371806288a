"""The launcher: what Streamlit finds in `app.py`, and what a visitor sees of a page that broke."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.web.server.app_discovery import discover_asgi_app

from jarvis_ai.console.lifespan import warm_up

LAUNCHER = Path(__file__).parents[2] / "app.py"


def test_streamlit_finds_the_app_with_its_routes() -> None:
    found = discover_asgi_app(LAUNCHER)
    assert found.is_asgi_app
    assert found.import_string == "app:app"


def test_the_launcher_stays_a_dozen_lines() -> None:
    assert len(LAUNCHER.read_text().splitlines()) <= 16


def test_a_wrong_setting_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    settings = {"JARVIS_DATA_DIR": str(tmp_path), "JARVIS_DEADLINE_TOTAL": "soon", "STREAMLIT_SERVER_PORT": "0"}
    command = [sys.executable, "-m", "streamlit", "run", str(LAUNCHER), "--server.headless=true"]
    ended = subprocess.run(  # noqa: S603 - our own launcher
        command, env={**os.environ, **settings}, cwd=LAUNCHER.parent, capture_output=True, text=True, check=False
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert "JARVIS_DEADLINE_TOTAL must be a number above 0 and at most 3,600, not 'soon'." in said
    assert "Traceback" not in said


BREAKS = """
from jarvis_ai.console.lifespan import on_script_error
on_script_error(ValueError("a secret of the house"))
"""


def test_a_page_that_breaks_says_so_calmly_and_the_log_has_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "jarvis_ai.console"):
        page = AppTest.from_string(BREAKS).run()
    [message] = page.error
    [record] = caplog.records
    assert "Something went wrong" in message.value
    assert "secret" not in message.value
    assert "a secret of the house" in caplog.text
    reference = record.getMessage().split("reference ")[1].rstrip(")")
    assert reference in message.value


def test_what_lives_as_long_as_the_process_is_spared_by_the_garbage_collector() -> None:
    started: list[str] = []
    thresholds = gc.get_threshold()
    try:
        warm_up(lambda: started.append("runtime"))
        assert started == ["runtime"]
        assert gc.get_freeze_count() > 1000
        assert gc.get_threshold() > thresholds
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
