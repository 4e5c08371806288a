"""Questions to the roll-ups: sums of cells, by dimension and by stretch of time. They never look at a fact."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from jarvis_ai.analytics import queries
from jarvis_ai.analytics.buckets import Stretch
from jarvis_ai.analytics.frames import COUNT, HISTOGRAM, TEXT, Columns, Kind, frame
from jarvis_ai.analytics.reader import Reader
from jarvis_ai.analytics.scope import Dimension, Scope
from jarvis_ai.analytics.steps import steps
from jarvis_ai.usage_log.cells import Counted

BUCKET = "bucket"


class Cells:
    """The roll-ups of one log."""

    def __init__(self, reader: Reader) -> None:
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
        """Sums of `queries.COLUMNS` in the order of `by`; with `over_time` one for each `bucket`, in UTC milliseconds.

        Stretches and combinations of which nothing was counted are left out; histograms are bytes.
        """
        # Read before the cells: what is sealed meanwhile is there by the hour as well.
        sealed = self.marks().get("sealed", 0)
        read = steps(stretches, scope.cut(by), sealed)
        groups = [*([f"s.{BUCKET}"] if over_time else []), *(f"k.{name}" for name in by)]
        places = ", ".join(str(place) for place, _ in enumerate(groups, 1))
        sql = queries.CELLS.format(
            columns=", ".join([*groups, *(queries.COLUMNS[counted][name] for name in columns)]),
            table=queries.TABLES[counted],
            condition=scope.condition,
            grouped=f"GROUP BY {places} ORDER BY {places}" if groups else "",
        )
        rows = self._reader.rows(sql, {"steps": json.dumps(read), "counted": counted, **scope.values})
        times: Columns = {BUCKET: COUNT} if over_time else {}
        return frame(rows, {**times, **dict.fromkeys(by, TEXT), **{name: kind_of(name) for name in columns}})


def kind_of(column: str) -> Kind:
    """What a column of a sum of cells holds."""
    return HISTOGRAM if column in queries.HISTOGRAMS else COUNT
