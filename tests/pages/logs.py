"""Logs as pages meet them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis_ai.analytics import EVERYTHING, Analytics
from jarvis_ai.runtime import Runtime


def without_rows(demo: Runtime, patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the runtime read a log that nobody has written to yet."""
    patch.setattr(demo, "analytics", Analytics(folder / "new.db"))


def newest(demo: Runtime, **values: object) -> str:
    """The id of the newest operation whose columns have these values."""
    rows = demo.analytics.operations(None, EVERYTHING, limit=5000)
    for column, value in values.items():
        rows = rows[rows[column] == value]
    return str(rows["id"].iloc[0])
