"""The tables are public, so every column has its line in the documentation."""

from __future__ import annotations

from pathlib import Path

from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.__main__ import COMMANDS
from jarvis_ai.usage_log.cells import CELLS, Key, columns_of
from jarvis_ai.usage_log.rollups import TABLES as TABLES_OF_CELLS
from jarvis_ai.usage_log.statements import ATTEMPT_COLUMNS, BODY_COLUMNS, COMPLETION_COLUMNS, OPERATION_COLUMNS
from tests.usage_log.facts import table

PAGE = Path(__file__).parents[2] / "docs" / "usage-log.md"
TABLES = (
    "operations", "attempts", "bodies", "writers", "rollup_keys", "operation_cells", "attempt_cells", "rollup_marks",
    "searchable", "chain",
)  # fmt: skip


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


def test_the_fields_of_cells_and_keys_are_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    UsageLog(path).close()
    assert columns(path, "rollup_keys") == {"id", *columns_of(Key)}
    for counted, kind in CELLS.items():
        assert columns(path, TABLES_OF_CELLS[counted]) == {"level", "key", "start", *columns_of(kind)}


def test_every_command_is_documented() -> None:
    section = PAGE.read_text().partition("\n## Commands\n")[2]
    assert [name for name in (*COMMANDS, "synth") if f"`python -m jarvis_ai.usage_log {name} " not in section] == []
