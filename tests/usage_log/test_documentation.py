"""The tables are public, so every column has its line in the documentation."""

from __future__ import annotations

from pathlib import Path

from jarvis_ai.address import ServerAddress
from jarvis_ai.usage_log import UsageLog
from jarvis_ai.usage_log.__main__ import COMMANDS, OTHERS
from jarvis_ai.usage_log.cells import CELLS, Key, columns_of
from jarvis_ai.usage_log.rollups import TABLES as TABLES_OF_CELLS
from jarvis_ai.usage_log.sealing import CHUNKS, COLUMNS
from jarvis_ai.usage_log.statements import ATTEMPT_COLUMNS, BODY_COLUMNS, COMPLETION_COLUMNS, OPERATION_COLUMNS
from jarvis_ai.usage_log.views import SQLITE, views
from tests.databases import Place
from tests.usage_log.facts import store, table

PAGE = Path(__file__).parents[2] / "docs" / "usage-log.md"
SAME_AS = {"recent_operations": "readable_operations", "recent_attempts": "readable_attempts"}
"""Views whose columns are described under another heading, to which theirs refers."""

SCHEMAS = {
    "sqlite": r"""SELECT s.name, c.name FROM sqlite_master s JOIN pragma_table_info(s.name) c
        WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND s.name <> '_sqlite_migrations'
            AND s.name NOT LIKE 'body!_%' ESCAPE '!' """,
    "postgresql": """SELECT c.relname, a.attname
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
            AND NOT a.attisdropped AND c.relname <> 'usage_log_steps'""",
}
"""The columns of all tables and views but those that tell which steps were taken, and the words of the search."""


def columns(path: Path, name: str) -> set[str]:
    return {row[1] for row in table(path, f"PRAGMA table_info({name})")}


def documented(name: str) -> set[str]:
    """The first cells of the table under the heading of that name."""
    section = PAGE.read_text().partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
    return {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}


def test_every_column_of_tables_and_views_is_documented_and_none_that_is_not_there(place: Place) -> None:
    store(place)
    schema: dict[str, set[str]] = {}
    for name, column in table(place, SCHEMAS["postgresql" if isinstance(place, ServerAddress) else "sqlite"]):
        schema.setdefault(name, set()).add(column)
    assert {name: documented(SAME_AS.get(name, name)) for name in schema} == schema
    assert schema.keys() >= views(SQLITE).keys()


def test_a_view_that_is_like_another_says_which() -> None:
    for name, other in SAME_AS.items():
        assert f"`{other}`" in PAGE.read_text().partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]


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
        assert columns(path, TABLES_OF_CELLS[counted]) == {"key", "start", *columns_of(kind)}
        assert columns(path, CHUNKS[counted]) == {"cut", "level", "start", *COLUMNS[counted]}


def test_every_command_is_documented() -> None:
    section = PAGE.read_text().partition("\n## Commands\n")[2]
    commands = (*COMMANDS, *OTHERS, "synth")
    assert [name for name in commands if f"`python -m jarvis_ai.usage_log {name} " not in section] == []
