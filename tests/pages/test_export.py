"""Exports from History and Usage, as a user meets them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from jarvis_ai.console import exporting
from jarvis_ai.exports import Selection, read
from jarvis_ai.exports.jobs import Ending, Job
from jarvis_ai.runtime import Runtime
from jarvis_ai.usage_log.__main__ import main
from tests.pages.conftest import open_page, words
from tests.pages.logs import without_rows


@pytest.fixture
def _files(demo: Runtime) -> Iterator[None]:
    """Every file goes with its test."""
    yield
    demo.exports.close()


pytestmark = pytest.mark.usefixtures("_files")


def begun(app: AppTest, page: str) -> Job:
    app.button(key=f"{page}_export_start").click().run()
    assert not app.exception
    job: Job = app.session_state[f"{page}_export"]
    return job


def test_what_history_shows_is_written_and_can_be_fetched(app: AppTest) -> None:
    history = open_page(app, "history.py")
    history.multiselect(key="history_status").set_value(["cancelled"]).run()
    listed = set(history.dataframe[0].value["id"])
    history.segmented_control(key="history_export_format").set_value(".jsonl").run()
    history.checkbox(key="history_export_bodies").check().run()
    job = begun(history, "history")
    assert job.wait(60) is Ending.DONE
    history.run()
    assert f"**{len(listed)} requests**" in words(history)
    assert history.get("download_button")
    found = list(read(job.file))
    assert {record.operation[0] for record in found} == listed
    assert all(record.body for record in found)
    assert "are others now" not in words(history)
    history.multiselect(key="history_status").set_value([]).run()
    assert "are others now" in words(history)


def test_an_export_under_way_says_how_far_it_is_and_can_be_stopped(app: AppTest) -> None:
    history = open_page(app, "history.py")
    history.session_state["history_export"] = waiting = Job(Selection(), Path("none/x.csv"), largest=1, begun_at=0)
    history.run()
    assert "0 are in the file" in words(history)
    history.button(key="history_export_stop").click().run()
    assert "history_export" not in history.session_state
    assert not waiting.file.exists()


def test_what_is_too_large_for_a_browser_is_left_to_the_command_line(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(exporting, "LARGEST", 1000)
    history = open_page(app, "history.py")
    history.segmented_control(key="history_period").set_value("24h").run()
    assert begun(history, "history").wait(60) is Ending.TOO_LARGE
    history.run()
    assert "more than 1.0 kB" in words(history)
    monkeypatch.chdir(tmp_path)
    command = shlex.split(next(code.value for code in history.code if "usage_log export" in code.value))
    assert main(command[3:]) == 0
    assert "requests are in requests-" in capsys.readouterr().out
    history.button(key="history_export_again").click().run()
    assert history.button(key="history_export_start")


def test_a_failed_export_says_why(app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.exports, "place", Path("/nowhere/usage.db"))
    history = open_page(app, "history.py")
    assert begun(history, "history").wait(60) is Ending.FAILED
    history.run()
    assert "The export failed" in history.error[0].value
    assert "there is no usage log at" in history.error[0].value.replace("\\", "")


def test_an_export_that_cannot_be_begun_says_so(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(demo.exports, "_folder", tmp_path / "file")
    history = open_page(app, "history.py")
    history.button(key="history_export_start").click().run()
    assert "could not be started" in history.error[0].value
    assert "history_export" not in history.session_state


def test_an_empty_history_has_nothing_to_export_and_says_so(
    app: AppTest, demo: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_rows(demo, monkeypatch, tmp_path)
    history = open_page(app, "history.py")
    [button] = [block for block in history.main.children.values() if block.type == "popover"]
    assert button.proto.popover.disabled
    assert button.proto.popover.help == exporting.NOTHING


def test_usage_exports_the_requests_that_it_counts(app: AppTest, demo: Runtime) -> None:
    usage = open_page(app, "usage.py")
    usage.multiselect(key="usage_source").set_value(["assistant"]).run()
    shown = int(usage.metric[0].value.replace(",", ""))
    job = begun(usage, "usage")
    assert job.wait(60) is Ending.DONE
    found = list(read(job.file))
    assert len(found) == job.progress.operations == shown
    assert {record.operation[3] for record in found} == {"assistant"}
