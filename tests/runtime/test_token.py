"""The bearer token that is made on the first start."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from jarvis_ai.errors import ConfigurationError
from jarvis_ai.runtime.token import kept_token


def test_it_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path):
    token = kept_token(tmp_path / "data")
    assert len(token) > 40
    assert kept_token(tmp_path / "data") == token
    [kept] = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_those_who_start_together_have_the_same(tmp_path: Path):
    together = threading.Barrier(8)
    tokens: list[str] = []

    def start() -> None:
        together.wait()
        tokens.append(kept_token(tmp_path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 8
    assert len(set(tokens)) == 1


def test_an_empty_file_is_no_token_and_says_what_to_do(tmp_path: Path):
    (tmp_path / "api_token").write_text("\n")
    with pytest.raises(ConfigurationError, match=r"api_token is empty\. Delete it"):
        kept_token(tmp_path)
