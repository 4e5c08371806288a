"""Questions to the roll-ups: sums of cells, by dimension and by stretch of time. They never look at a fact."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from jarvis_ai.analytics import queries
from jarvis_ai.analytics.buckets import Stretch
from jarvis_ai.analytics.frames import COUNT, HISTOGRAM, TEXT, Kind, frame
from jarvis_ai.analytics.readers import Answers
from jarvis_ai.analytics.scope import Dimension, Scope
from jarvis_ai.analytics.steps import Use, steps
from jarvis_ai.usage_log.cells import Counted
from jarvis_ai.usage_log.histogram import Histogram, negated

BUCKET = "bucket"


class Cells:
    """The roll-ups of one log."""

    def __init__(self, reader: Answers) -> None:
        self._reader = reader

    def marks(self) -> dict[str, int]:
        """How far the roll-ups are, UTC milliseconds; nothing while there is no log. See `docs/usage-log.md`."""
        return dict(self._reader.rows(queries.MARKS))

    def ask(
        self,
        counted: Counted,
        columns: Sequence[str],
        stretches: Sequence[Stretch],
        scope: Scope,
        *,
        by: Sequence[Dimension] = (),
        over_time: bool = False,
    ) -> pd.DataFrame:
        """Sums of `queries.COLUMNS`, in the order of `by`; with `over_time` by `bucket` first, in UTC milliseconds.

        Of what nothing was counted is left out; histograms are bytes, and at least one of `columns` is a count.
        """
        # Read before the cells: what is sealed meanwhile is there by the hour as well.
        read = steps(stretches, scope.cut(by), self.marks().get("sealed", 0))
        sql = queries.CELLS.format(
            groups=", ".join(["s.piece", *(f"k.{name}" for name in by)]),
            columns=", ".join(queries.COLUMNS[counted][name] for name in columns),
            table=queries.TABLES[counted],
            condition=scope.condition,
        )
        rows = self._reader.rows(sql, {"steps": json.dumps(list(read)), "counted": counted, **scope.values})
        sums = assembled(rows, list(read.values()), len(by))
        kinds: dict[str, Kind] = {BUCKET: COUNT, **dict.fromkeys(by, TEXT), **{name: kind_of(name) for name in columns}}
        table = frame(((*group, *values) for group, values in sorted(sums.items()) if counts(values)), kinds)
        return table if over_time else table.drop(columns=BUCKET)


def assembled(
    rows: Iterable[tuple[Any, ...]], uses: Sequence[Sequence[Use]], width: int
) -> dict[tuple[Any, ...], list[Any]]:
    """Sums by bucket and group: each row, of a piece and `width` dimensions, is in what its piece is used for."""
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for piece, *row in rows:
        group, values = row[:width], row[width:]
        for bucket, sign in uses[piece]:
            key = (bucket, *group)
            signed = values if sign > 0 else [taken_away(value) for value in values]
            sums[key] = [*map(added, sums[key], signed)] if key in sums else signed
    return sums


def counts(values: Iterable[int | Histogram | None]) -> bool:
    """Whether anything is left, which histograms that took one another away do not tell."""
    return any(value for value in values if not isinstance(value, bytes))


def added(one: int | Histogram | None, other: int | Histogram | None) -> Any:
    """A count or a histogram and another of its kind; NULL is nothing."""
    return other if one is None else one if other is None else one + other  # type: ignore[operator] # of one kind


def taken_away(value: int | Histogram | None) -> int | Histogram | None:
    """What takes a sum away from another."""
    return None if value is None else negated(value) if isinstance(value, bytes) else -value


def kind_of(column: str) -> Kind:
    """What a column of a sum of cells holds."""
    return HISTOGRAM if column in queries.HISTOGRAMS else COUNT
