"""Rows to data frames with the same columns and types whether there are rows or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import pandas as pd

Kind = Literal["str", "int64", "float64", "object"]
TEXT: Final = "str"
"""A NULL becomes empty."""
COUNT: Final = "int64"
"""A NULL becomes 0."""
NUMBER: Final = "float64"
"""A NULL becomes NaN."""
HISTOGRAM: Final = "object"
"""How many values lie in each bucket of a histogram."""

Columns = Mapping[str, Kind]


def frame(rows: Iterable[tuple[Any, ...]], columns: Columns) -> pd.DataFrame:
    """A frame of `columns`, by name and type."""
    table = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    return table.assign(**{name: _typed(table[name], kind) for name, kind in columns.items()})


def _typed(column: pd.Series, kind: Kind) -> pd.Series:
    match kind:
        case "str":
            return column.fillna("").astype("str")
        case "int64":
            return column.fillna(0).astype("int64")
        case "float64":
            return column.astype("float64")
        case "object":
            return column


def dollars(nanos: pd.Series) -> pd.Series:
    """Dollars of 10⁻⁹ dollars; unknown stays unknown."""
    return nanos.astype("float64") / 1e9


def seconds(milliseconds: pd.Series) -> pd.Series:
    """Seconds of milliseconds."""
    return milliseconds.astype("float64") / 1000
