"""Questions to the roll-ups: sums of cells, by dimension and by stretch of time. They never look at a fact."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from jarvis_ai.analytics import queries
from jarvis_ai.analytics.buckets import Stretch
from jarvis_ai.analytics.frames import COUNT, TEXT
from jarvis_ai.analytics.readers import Answers
from jarvis_ai.analytics.scope import Dimension, Scope
from jarvis_ai.analytics.steps import LIVE, Piece, Sealed, Use, steps
from jarvis_ai.analytics.sums import Added, Groups, Part, added, chunk, live
from jarvis_ai.usage_log.cells import UNSOUND, Counted, sound
from jarvis_ai.usage_log.rollups import TABLES
from jarvis_ai.usage_log.sealing import CHUNKS

BUCKET = "bucket"

REBUILD = "python -m jarvis_ai.usage_log rebuild DATABASE makes it anew"


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

        Of what nothing was counted is left out. The sum of histograms is a `Tally`; at least one of `columns` is a
        count.
        """
        wanted = {name: queries.COLUMNS[counted][name] for name in columns}
        names = list(dict.fromkeys(each.column for each in wanted.values()))
        # Of one moment: a day must not be less than the hours at its edges that are taken away from it.
        with self._reader.snapshot():
            read = steps(stretches, self._sealed())
            parts = [*self._chunks(counted, names, read, scope.cut(by)), *self._live(counted, names, read)]
            groups = self._groups({key for part in parts for key in part.keys.tolist()}, scope, by)
        return framed(added(parts, groups, wanted), groups, columns, by, over_time=over_time)

    def _sealed(self) -> Sealed:
        rows = self._reader.rows(queries.SEALED)
        marks = {level: at for level, at in rows if not level}
        return Sealed(marks.get("", 0), frozenset((level, start) for level, start in rows if level))

    def _groups(self, keys: Iterable[int], scope: Scope, by: Sequence[Dimension]) -> Groups:
        sql = queries.KEYS.format(dimensions="".join(f", k.{name}" for name in by), condition=scope.condition)
        return Groups.of(self._reader.rows(sql, {"ids": json.dumps(sorted(keys)), **scope.values}))

    def _chunks(self, counted: Counted, names: Sequence[str], read: dict[Piece, list[Use]], cut: str) -> Iterator[Part]:
        uses = list(read.values())
        sql = queries.CHUNKS.format(table=CHUNKS[counted], columns=", ".join(f"c.{name}" for name in names))
        for piece, key, *columns in self._reader.rows(sql, {"steps": json.dumps(list(read)), "cut": cut}):
            try:
                yield chunk(key, dict(zip(names, columns, strict=True)), uses[piece])
            except UNSOUND as exc:
                raise sqlite3.DatabaseError(f"a row of {CHUNKS[counted]} cannot be read; {REBUILD}") from exc

    def _live(self, counted: Counted, names: Sequence[str], read: dict[Piece, list[Use]]) -> Iterator[Part]:
        uses = list(read.values())
        if not any(piece.kind == LIVE for piece in read):
            return
        sql = queries.CELLS.format(table=TABLES[counted], columns=", ".join(f"c.{name}" for name in names))
        rows = self._reader.rows(sql, {"steps": json.dumps(list(read))})
        for piece, cells in groupby(sorted(rows, key=itemgetter(0)), itemgetter(0)):
            yield _live_part([cell[1:] for cell in cells], names, uses[piece])


def _live_part(rows: list[tuple[Any, ...]], names: Sequence[str], uses: Sequence[Use]) -> Part:
    try:
        return live(rows, names, uses)
    except UNSOUND:
        return live([row for row in rows if sound(names, row[1:])], names, uses)


def framed(
    sums: Added, groups: Groups, columns: Sequence[str], by: Sequence[Dimension], *, over_time: bool
) -> pd.DataFrame:
    """Sums as a frame, with the names of their groups."""
    labels = np.array(groups.labels, dtype=object).reshape(len(groups.labels), len(by))[sums.groups]
    when: dict[str, pd.Series] = {BUCKET: pd.Series(sums.buckets, dtype=COUNT)} if over_time else {}
    who: dict[str, pd.Series] = {name: pd.Series(labels[:, place], dtype=TEXT) for place, name in enumerate(by)}
    values = {name: _column(sums.values.get(name, np.zeros(0, np.int64))) for name in columns}
    return pd.DataFrame({**when, **who, **values})


def _column(values: Any) -> pd.Series:
    return pd.Series(values, dtype=object if isinstance(values, list) else COUNT)
