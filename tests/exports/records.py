"""Records with whatever the log's columns can hold, for the tests of the formats."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from jarvis_ai.exports.layout import (
    ATTEMPT,
    ATTEMPT_COUNT,
    BODY,
    ID,
    NUMBER,
    OPERATION,
    Column,
    Kind,
    Record,
    Row,
    Table,
)
from jarvis_ai.exports.reading import LATEST

INTEGERS = st.integers(-(2**63) + 1, 2**63 - 1)
NASTY = st.sampled_from(
    ["", "'", "''", "=1+1", "+", "-2", "@SUM(A1)", "\t", "\r", "\n", "\r\n", '"', '""', ",", ";", "\x00", "a\x00b",
     "\ufeff", "😀", "\u2028", "\uffff", "NULL", "nan", "null", "true", " ", "0", "1e5", "＝1", "'=", "\\N"]
)  # fmt: skip
TEXT = NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.sampled_from(
    ['{"a":1}', "[]", '{"a": 1}', '"text"', "1", "null", "no JSON", '{"a":1,"a":2}', '{"b":"\\u00e9"}', '[1.50]', "{}"]
) | TEXT  # fmt: skip
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: TEXT,
    Kind.JSON: JSON,
    Kind.INTEGER: INTEGERS,
    Kind.TIME: st.integers(0, LATEST),
    Kind.MONEY: INTEGERS,
    Kind.REAL: st.floats(allow_nan=False, allow_infinity=False),
}


def values(column: Column) -> st.SearchStrategy[Any]:
    """What a column can hold."""
    known = st.sampled_from(sorted(column.words)) if column.words else VALUES[column.kind]
    return known if column.required else known | st.none()


def rows(table: Table) -> st.SearchStrategy[Row]:
    return st.tuples(*map(values, table))


@st.composite
def batches(draw: st.DrawFn) -> list[Record]:
    """Some operations, each with a body or none and some attempts or none."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        operation = list(draw(rows(OPERATION)))
        attempts = [list(row) for row in draw(st.lists(rows(ATTEMPT), max_size=3))]
        for place, attempt in enumerate(attempts, start=1):
            attempt[NUMBER] = place
        operation[ID], operation[ATTEMPT_COUNT] = f"{draw(TEXT)}{number}", len(attempts)
        body = draw(st.none() | rows(BODY))
        found.append(Record(tuple(operation), [tuple(row) for row in attempts], body))
    return found
