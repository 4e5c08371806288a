"""An export holds the rows that History shows for the same filter and period, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis_ai.analytics import BY_FALLBACK, EVERYTHING, OF_UNKNOWN_COST, Analytics, Filters, Period
from jarvis_ai.exports import Selection, reading, selection
from jarvis_ai.usage_log import Retention
from jarvis_ai.usage_log.rows import writes_of
from tests.databases import Place
from tests.exports.logs import filled, one_more
from tests.usage_log.facts import NOON, operation, target

FILTERS = {
    "everything": EVERYTHING,
    "a model that answered": Filters(answered=("anthropic/claude-haiku-4.5",)),
    "a failure of an attempt": Filters(failures=("rate_limited",), models=("openai/gpt-4o",)),
    "two sources": Filters(sources=("drill", "api")),
    "traits": Filters(traits=(BY_FALLBACK, OF_UNKNOWN_COST)),
    "a word": Filters(text="question"),
    "the beginning of a word": Filters(text="question 1"),
    "a text without words": Filters(text="%"),
    "nothing": Filters(tags=("nobody's",)),
}


def selected(place: Place, filters: Filters, period: Period | None = None) -> list[str]:
    with reading(place) as connection:
        return [
            record.operation[0]
            for step in selection.steps(connection, Selection(filters, period))
            for record in step.records
        ]


def shown(place: Place, filters: Filters, period: Period | None = None) -> list[str]:
    """Oldest first."""
    rows = Analytics(place).operations(period, filters, limit=1000)
    return list(rows["id"])[::-1]


@pytest.mark.parametrize("indexed", [False, True])
def test_the_rows_are_those_of_history(place: Place, indexed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "LOOKED_AT", 7)
    filled(place)
    if indexed:
        searchable(place)
        one_more(place, 900, text="a question that is in no index yet")
    found = {name: selected(place, filters) for name, filters in FILTERS.items()}
    assert found == {name: shown(place, filters) for name, filters in FILTERS.items()}
    assert {name for name, ids in found.items() if not ids} <= {"nothing", "a text without words"}


def test_a_period_holds_what_begins_in_it(place: Place) -> None:
    filled(place)
    ends = [(start, end) for start in (0, 18_000, 18_001) for end in (18_000.0, 54_000.5, 1e9) if start < end]
    periods = [Period(NOON + start, NOON + end) for start, end in ends]
    found = [selected(place, EVERYTHING, period) for period in periods]
    assert found == [shown(place, EVERYTHING, period) for period in periods]
    assert [len(ids) for ids in found] == [3, 10, 40, 7, 37, 6, 36]


def test_each_step_reads_along_the_index(tmp_path: Path) -> None:
    filled(tmp_path / "usage.db")
    with reading(tmp_path / "usage.db") as connection:
        sql, values = selection.question(connection, Selection(Filters(sources=("api",)), Period(0, 2e9)))
        bounds = selection.between((1, "a"), (2, "b"))
        plans = [
            connection.execute(f"EXPLAIN QUERY PLAN {sql}", {**values, **bounds}).fetchall(),
            connection.execute(f"EXPLAIN QUERY PLAN {selection.KEYS}", {**bounds, "limit": 5}).fetchall(),
        ]
    for plan in plans:
        said = " ".join(str(row[-1]) for row in plan)
        assert "idx_operations_started_at_id" in said
        assert "TEMP B-TREE" not in said
    assert "(started_at,id)>(?,?)" in " ".join(str(row[-1]) for row in plans[1])


def test_operations_of_the_same_millisecond_come_once_each(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "LOOKED_AT", 2)
    log = target(place)
    log.apply([write for number in range(7) for write in writes_of(operation(number), writer="test")])
    log.close()
    assert selected(place, EVERYTHING) == [f"op-{number:06}" for number in range(7)]


def searchable(place: Place) -> None:
    """Let the log make its bodies searchable."""
    log = target(place)
    while log.keep_up(Retention(bodies=4000, facts=4000), round((NOON + 300_000) * 1000)):
        pass
    log.close()
