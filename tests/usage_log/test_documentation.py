"""The tables are public, so every column has its line in the documentation."""

from __future__ import annotations

from pathlib import Path

from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.statements import ATTEMPT_COLUMNS, BODY_COLUMNS, COMPLETION_COLUMNS, OPERATION_COLUMNS
from tests.usage_log.facts import table

PAGE = Path(__file__).parents[2] / "docs" / "usage-log.md"
TABLES = ("operations", "attempts", "bodies", "writers")


def columns(path: Path, name: str) -> set[str]:
    return {row[1] for row in table(path, f"PRAGMA table_info({name})")}


def documented(name: str) -> set[str]:
    """The first cells of the table under the heading of that name."""
    section = PAGE.read_text().partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
    return {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}


def test_every_column_is_documented_and_none_that_is_not_there(tmp_path: Path) -> None:
    UsageLog(tmp_path / "usage.db").close()
    schema = {name: columns(tmp_path / "usage.db", name) for name in TABLES}
    assert {name: documented(name) for name in TABLES} == schema


def test_every_column_is_written_by_some_statement(tmp_path: Path) -> None:
    UsageLog(tmp_path / "usage.db").close()
    kept_for_later = {"cached"}
    assert columns(tmp_path / "usage.db", "attempts") == set(ATTEMPT_COLUMNS)
    assert columns(tmp_path / "usage.db", "bodies") == {*BODY_COLUMNS, "answer", "tool_calls"}
    written = {*OPERATION_COLUMNS, *COMPLETION_COLUMNS} | kept_for_later
    assert columns(tmp_path / "usage.db", "operations") == written
