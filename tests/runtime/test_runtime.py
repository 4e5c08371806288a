"""A runtime over vendors that cannot be reached: what it tells an operator, and what it plans."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jarvis_ai.errors import ConfigurationError
from jarvis_ai.runtime import Runtime
from jarvis_ai.settings import Settings
from tests.usage_log.facts import failed, operation, store, whole

NOWHERE = "http://127.0.0.1:9/api/v1"
KEY = "sk-or-v1-" + "0" * 64


def live(folder: Path, **fields: str) -> Settings:
    """Settings with a key, as they are read from the environment."""
    environ = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": NOWHERE, "JARVIS_DATA_DIR": str(folder), **fields}
    return Settings.from_environment(environ)


class Ear(logging.Handler):
    """Hears the server's log, and can wait for a word in it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._news = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self._news:
            self.said.append(f"{record.levelname} {record.getMessage()}")
            self._news.notify_all()

    def hears(self, words: str) -> bool:
        with self._news:
            return self._news.wait_for(lambda: any(words in line for line in self.said), timeout=20.0)


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear, log = Ear(), logging.getLogger("jarvis_ai")
    before = log.level
    log.addHandler(ear)
    log.setLevel(logging.INFO)
    yield ear
    log.removeHandler(ear)
    log.setLevel(before)


def test_a_key_that_looks_wrong_is_told_at_start_without_its_value(tmp_path: Path, ear: Ear):
    with closing(Runtime(live(tmp_path, OPENROUTER_API_KEY='"wrong-key-1234"'))) as runtime:
        assert len(runtime.settings.warnings) == 2
    warnings = [line for line in ear.said if line.startswith("WARNING OPENROUTER_API_KEY")]
    assert warnings == [f"WARNING {warning}" for warning in runtime.settings.warnings]
    assert "wrong-key-1234" not in "".join(ear.said)


def test_retired_names_are_told_at_start_and_are_no_warning(tmp_path: Path, ear: Ear):
    with closing(Runtime(live(tmp_path))):
        pass
    told = "INFO google/gemini-pro-1.5 is retired: google/gemini-2.5-flash is asked instead."
    assert ear.said.count(told) == 1


def test_an_alert_reaches_the_servers_log_though_nobody_looks(tmp_path: Path, ear: Ear):
    ops = [operation(number, at=time.time() - 60) for number in range(3)]
    store(tmp_path / "usage.db", *(fact for op in ops for fact in whole(op, failed(op))))
    with closing(Runtime(live(tmp_path))):
        assert ear.hears("ERROR Alert: openai/gpt-4o does not answer.")


def test_health_is_told_even_when_the_log_is_damaged(tmp_path: Path, ear: Ear):
    (tmp_path / "usage.db").write_bytes(b"not a database" * 100)
    with closing(Runtime(live(tmp_path))) as runtime:
        health = runtime.call(runtime.health)
        assert ear.hears("ERROR Alert: The usage log cannot be read.")
    assert [alert.key for alert in health.alerts] == ["usage_log_unwritten", "usage_log"]
    assert {service.provider for service in health.services} == {"openrouter", "openai", "anthropic", "keyword"}
    assert len([line for line in ear.said if "cannot be written" in line]) == 1


def test_a_data_folder_that_cannot_be_used_is_named_before_anything_starts(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"file/data cannot be used.*JARVIS_DATA_DIR"):
        Runtime(live(tmp_path / "file" / "data"))


def test_a_quiet_runtime_leaves_the_servers_log_to_others(tmp_path: Path, ear: Ear):
    with closing(Runtime(live(tmp_path), quiet=True)) as runtime:
        assert len(runtime.notices) == 4
    assert [line for line in ear.said if "retired" in line] == []


@pytest.mark.parametrize("preferred", ["keyword", "anthropic:claude-haiku-4-5"])
def test_a_preferred_link_that_is_not_openrouters_is_not_looked_up_in_its_catalogue(tmp_path: Path, preferred: str):
    demo = Settings(data_dir=tmp_path, preferred_model=preferred)
    with closing(Runtime(demo, quiet=True)) as runtime:
        assert len(runtime.catalog) > 100
        assert str(runtime.plan().links[0].link) == preferred
        assert [notice for notice in runtime.notices if "catalogue" in notice] == []


def test_without_fallback_a_retired_preference_is_still_resolved_and_stands_alone(tmp_path: Path):
    settings = live(tmp_path, OPENROUTER_PREFERRED_MODEL="google/gemini-pro-1.5", OPENROUTER_FALLBACK_ENABLED="False")
    with closing(Runtime(settings, quiet=True)) as runtime:
        [place] = runtime.plan().links
    assert (place.link.model, place.requested) == ("google/gemini-2.5-flash", "google/gemini-pro-1.5")
    assert "retired" in place.reason
