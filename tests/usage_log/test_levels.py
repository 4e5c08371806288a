"""Hours, days and months follow one another without a gap."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jarvis_ai.usage_log.levels import DAY, HOUR, MONTH, Level, end_of, start_of


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("level", "start", "end"),
    [
        (HOUR, "2028-02-29T23:00", "2028-03-01T00:00"),
        (DAY, "2028-02-29T00:00", "2028-03-01T00:00"),
        (MONTH, "2028-02-01T00:00", "2028-03-01T00:00"),
    ],
)
def test_a_step_ends_where_the_next_one_begins(level: Level, start: str, end: str) -> None:
    moment = at("2028-02-29T23:59:59")
    assert (start_of(level, moment), end_of(level, moment)) == (at(start), at(end))
    assert start_of(level, at(end)) == at(end)
