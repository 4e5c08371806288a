"""A log is open to the tools that operators have: sqlite-utils and Datasette, as they are and while it is written."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.cli import cli as datasette_cli
from datasette.utils import parse_metadata
from sqlite_utils.cli import cli

from jarvis_ai.usage_log.__main__ import main
from jarvis_ai.usage_log.rows import writes_of
from jarvis_ai.usage_log.views import SQLITE, views
from tests.databases import Place
from tests.usage_log.facts import NOON, answered, failed, operation, store, table, target, whole

DOCS = Path(__file__).parents[2] / "docs"
OPERATIONS = 3000
FACETS = ("model", "provider", "status", "source", "task")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three days, to which nobody writes."""
    path = tmp_path_factory.mktemp("log") / "usage.db"
    numbers = ["--rows", str(OPERATIONS), "--days", "3", "--bodies", "1", "--now", str(NOON)]
    assert main(["synth", str(path), *numbers]) == 0
    return path


def names(path: Path) -> list[str]:
    """Tables and views, without what SQLite and FTS5 keep for themselves."""
    sql = r"""SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
        AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE 'body!_search!_%' ESCAPE '!' """
    return [name for (name,) in table(path, sql)]


def columns(path: Path, name: str) -> list[str]:
    return [row[1] for row in table(path, f"PRAGMA table_info({name})")]


def sqlite_utils(*arguments: str) -> str:
    """What the command prints."""
    answer = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def examples(program: str) -> list[list[str]]:
    """The arguments of every command in the documentation that runs this program."""
    command = rf'^(?:TZ=\S+ )?\.venv/bin/{program} ((?:"[^"]*"|[^"\n])+)'
    return [shlex.split(found) for found in re.findall(command, (DOCS / "usage-log.md").read_text(), re.MULTILINE)]


def on(log: Path, arguments: list[str]) -> list[str]:
    """The same of this log, wherever the tests run."""
    places = {"data/usage.db": str(log), "docs/datasette.yaml": str(DOCS / "datasette.yaml")}
    return [places.get(word, word) for word in arguments]


def statements() -> list[str]:
    """Every question in the documentation that is for either database."""
    blocks = re.findall(r"^```sql\n(.*?)^```", (DOCS / "usage-log.md").read_text(), re.DOTALL | re.MULTILINE)
    return [sql for sql in "\n".join(blocks).split(";") if sql.strip()]


async def served(path: Path, **options: Any) -> Datasette:
    """The log in Datasette, with its default settings unless `options` say otherwise."""
    found = Datasette([str(path)], **options)
    await found.invoke_startup()
    return found


async def page(datasette: Datasette, address: str) -> str:
    """A page that is there, with all that it was asked for."""
    answer = await datasette.client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.text}"
    assert "These facets timed out" not in answer.text, address
    return answer.text


async def facets(datasette: Datasette, address: str, query: str = "") -> Mapping[str, Any]:
    """What the facets of a page hold, by column."""
    # Without suggestions of further ones, which take most of a page's time.
    found = json.loads(await page(datasette, f"{address}?_nosuggest=1&{query}"))["facet_results"]
    return {name: {row["value"] for row in facet["results"]} for name, facet in found.items()}


def test_sqlite_utils_lists_tables_with_their_rows_and_views(log: Path) -> None:
    counts = {row["table"]: row["count"] for row in json.loads(sqlite_utils("tables", str(log), "--counts"))}
    assert counts["operations"] == OPERATIONS
    assert counts["attempts"] > OPERATIONS
    assert {row["view"] for row in json.loads(sqlite_utils("views", str(log)))} >= set(views(SQLITE))


@pytest.mark.parametrize("name", ["operations", "attempts", "bodies", "rollup_keys", *views(SQLITE)])
def test_sqlite_utils_shows_rows(log: Path, name: str) -> None:
    rows = json.loads(sqlite_utils("rows", str(log), name, "--limit", "3"))
    assert [list(row) for row in rows] == [columns(log, name)] * 3


def test_every_example_for_sqlite_utils_answers(log: Path) -> None:
    found = examples("sqlite-utils")
    assert len(found) > 5
    answers = [sqlite_utils(*on(log, each)) for each in found]
    assert [each for each, answer in zip(found, answers, strict=True) if len(answer.splitlines()) < 3] == []


def test_every_question_for_either_database_answers(place: Place) -> None:
    op = operation()
    store(place, *whole(op, failed(op), answered(op, 2)))
    found = statements()
    assert len(found) > 2
    assert [sql for sql in found if not table(place, sql)] == []


@pytest.mark.anyio
async def test_every_table_and_view_is_a_page_in_datasette_with_facets_in_time(log: Path) -> None:
    datasette = await served(log)
    listed = await page(datasette, "/usage")
    assert "operations" in await page(datasette, "/")
    for name in names(log):
        there = [column for column in FACETS if column in columns(log, name)]
        asked = "&".join(f"_facet={column}" for column in there)
        assert f"/usage/{name}" in listed or name == "body_search"
        await page(datasette, f"/usage/{name}?{asked}")
        assert list(await facets(datasette, f"/usage/{name}.json", asked)) == there


@pytest.mark.anyio
async def test_what_facets_offer_is_what_is_in_the_log(log: Path) -> None:
    datasette = await served(log)
    found = await facets(datasette, "/usage/recent_operations.json", "_facet=model&_facet=status")
    expected = {
        column: {value for (value,) in table(log, f"SELECT DISTINCT {column} FROM operations") if value is not None}
        for column in ("model", "status")
    }
    assert found == expected


@pytest.mark.anyio
async def test_a_bound_on_time_is_a_filter_in_datasette(log: Path) -> None:
    datasette = await served(log)
    half = OPERATIONS // 2
    ((middle,),) = table(log, f"SELECT started_at FROM operations ORDER BY started_at LIMIT 1 OFFSET {half}")
    answer = await page(datasette, f"/usage/readable_operations.json?started_at__gt={middle}&_facet=task")
    assert json.loads(answer)["filtered_table_rows_count"] == OPERATIONS - half - 1


@pytest.mark.anyio
async def test_the_settings_that_we_recommend_name_what_is_there(log: Path) -> None:
    metadata = parse_metadata((DOCS / "datasette.yaml").read_text())
    assert metadata["databases"]["usage"] == metadata["databases"]["demo"]
    datasette = await served(log, metadata=metadata)
    listed = await page(datasette, "/usage")
    for name, settings in metadata["databases"]["usage"]["tables"].items():
        assert name in names(log)
        assert list(await facets(datasette, f"/usage/{name}.json")) == settings.get("facets", [])
        assert settings.get("description", "") in await page(datasette, f"/usage/{name}?_nosuggest=1")
        assert settings.get("hidden", False) == (f'<a href="/usage/{name}">' not in listed)


def test_every_example_for_datasette_serves_the_log(log: Path) -> None:
    found = examples("datasette")
    assert len(found) > 1
    for arguments in found:
        answer = CliRunner().invoke(datasette_cli, [*on(log, arguments), "--get", "/usage/recent_operations.json"])
        assert answer.exit_code == 0, answer.output
        assert list(json.loads(answer.output)["facet_results"]) == ["status", "model", "source", "task"]


@pytest.mark.anyio
async def test_datasette_reads_while_the_log_is_written_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    op, late = operation(1), operation(2)
    path = store(tmp_path / "usage.db", *whole(op, answered(op)))
    datasette = await served(path)
    await page(datasette, "/usage/recent_operations")
    writing = target(path)
    writing.apply([write for fact in whole(late, answered(late)) for write in writes_of(fact, writer="test")])
    assert "op-000002" in await page(datasette, "/usage/recent_operations")
    writing.close()
