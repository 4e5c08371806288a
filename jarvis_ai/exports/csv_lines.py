"""Exports as CSV: a line for each attempt, with its operation's columns before its own.

An operation without attempts has one line. What was said stands in the first line of an operation. NULL is nothing
between two commas, and an empty text is two quotation marks, as PostgreSQL has it; every text is in quotation marks. A
text that a spreadsheet would take for a formula has an apostrophe before it, and so has one that begins with an
apostrophe: whoever reads a file takes one away.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, BinaryIO

from jarvis_ai.exports.layout import (
    ATTEMPT,
    ATTEMPT_COUNT,
    BODY,
    ID,
    OPERATION,
    TEXTS,
    WHOLE,
    Column,
    Kind,
    Record,
    Row,
    Table,
    readable,
)
from jarvis_ai.exports.reading import CUT_OFF, Unreadable, expect, record, row, shown

if TYPE_CHECKING:
    import pyarrow as pa

ARMED = frozenset("=+-@\t\r\n＝＋－＠'")
"""First characters of what spreadsheets take for a formula (OWASP, CSV injection), and the apostrophe itself."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Tells Excel that it is UTF-8; other programs pass over it."""

BLOCK = 2**26
"""Bytes that are read at once: the longest line that there may be."""
ROWS = 5000
"""Lines of them that become Python's objects at once."""
LONGEST_HEADER = 2**16

ATTEMPT_PREFIX, BODY_PREFIX = "attempt_", "body_"

WHERE = re.compile(r"(?:In CSV column #(?P<column>\d+): )?Row #(?P<row>\d+): (?P<what>.*)", re.DOTALL)
"""How pyarrow tells what is wrong."""
WRONG_VALUE = re.compile(r".*invalid value '(?P<value>.*)'", re.DOTALL)


def prefixed(prefix: str, table: Table) -> Table:
    """The same columns under the names that they have beside those of an operation."""
    return Table(*(replace(column, name=prefix + column.name.removeprefix(prefix)) for column in table))


ITS_ATTEMPT, ITS_BODY = prefixed(ATTEMPT_PREFIX, ATTEMPT), prefixed(BODY_PREFIX, BODY)
WITHOUT_BODIES = Table(*OPERATION, *ITS_ATTEMPT)
COLUMNS = Table(*WITHOUT_BODIES, *ITS_BODY)
OF_OPERATION, OF_ATTEMPT, OF_BODY = (
    slice(OPERATION.width),
    slice(OPERATION.width, WITHOUT_BODIES.width),
    slice(WITHOUT_BODIES.width, None),
)
"""Where their values stand in a line."""
HEADER = Table(*OPERATION, *(replace(column, required=False) for column in (*ITS_ATTEMPT, *ITS_BODY)))
NO_ATTEMPT: Row = (None,) * len(ATTEMPT)
NO_BODY: Row = (None,) * len(BODY)


class Writer:
    """Writes records to a stream, which stays the caller's."""

    def __init__(self, stream: BinaryIO, *, bodies: bool) -> None:
        import pyarrow as pa  # noqa: PLC0415 - half a second, for those who export
        from pyarrow import csv as arrow  # noqa: PLC0415

        self._columns = COLUMNS if bodies else WITHOUT_BODIES
        self._schema = pa.schema([(name, kind) for column in self._columns for name, kind in _types(column)])
        stream.write(BYTE_ORDER_MARK)
        self._csv = arrow.CSVWriter(stream, self._schema, write_options=arrow.WriteOptions(quoting_style="needed"))

    def write(self, records: Sequence[Record]) -> None:
        import pyarrow as pa  # noqa: PLC0415

        lines = [line for each in records for line in lines_of(each)]
        if not lines:
            return
        # Without bodies the last columns are not wanted.
        columns = zip(self._columns, zip(*lines, strict=True), strict=False)
        arrays = [values for column, cells in columns for values in _cells(column, cells)]
        self._csv.write_batch(pa.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        """Write what is left."""
        self._csv.close()


def lines_of(of: Record) -> list[Row]:
    """The values of an operation's lines in the order of `COLUMNS`."""
    attempts = of.attempts or [NO_ATTEMPT]
    bodies = [of.body or NO_BODY, *[NO_BODY] * (len(attempts) - 1)]
    return [(*of.operation, *attempt, *body) for attempt, body in zip(attempts, bodies, strict=True)]


def disarmed(text: str | None) -> str | None:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text[0] in ARMED else text


def armed(text: str | None) -> str | None:
    """The text as it was before `disarmed`."""
    return text[1:] if text and text[0] == "'" else text


def read(stream: BinaryIO) -> Iterator[Record]:
    """The records of a stream. Raises `Unreadable`, naming the row as a spreadsheet counts it."""
    held: Record | None = None
    for _, group in groupby(_lines(stream), key=lambda line: line[1][ID]):
        if held is not None:
            yield held
        held = _record(list(group))
    # A file that ends between two lines looks whole, but for an operation whose lines are not all there.
    if held is not None and len(held.attempts) < held.operation[ATTEMPT_COUNT]:
        raise Unreadable(f"the last rows: request {shown(held.operation[ID])} has more attempts than rows; {CUT_OFF}")
    if held is not None:
        yield held


def _record(lines: Sequence[tuple[int, Row]]) -> Record:
    number, first = lines[0]
    for other, line in lines[1:]:
        if line[OF_OPERATION] != first[OF_OPERATION]:
            raise Unreadable(_unlike(number, first, other, line))
    where = f"row {number}" if len(lines) == 1 else f"rows {number} to {lines[-1][0]}"
    bodies = [line[OF_BODY] for _, line in lines if line[OF_BODY] != NO_BODY]
    if len(bodies) > 1:
        raise Unreadable(f"{where}: one request has two bodies")
    return record(
        _row(OPERATION, first[OF_OPERATION], f"row {number}"),
        [
            _row(ITS_ATTEMPT, line[OF_ATTEMPT], f"row {at}")
            for at, line in lines
            if len(lines) > 1 or line[OF_ATTEMPT] != NO_ATTEMPT
        ],
        row(ITS_BODY, bodies[0], where) if bodies else None,
        where,
    )


def _unlike(number: int, first: Row, other: int, line: Row) -> str:
    name = next(name for name, one, same in zip(OPERATION.names, first, line, strict=False) if one != same)
    return f"row {other}, column {name}: it is not what row {number} says of the same request"


def _row(table: Table, values: Row, where: str) -> Row:
    return row(table, map(_filled, table, values) if None in values else values, where)


def _filled(column: Column, value: Any) -> Any:
    """Other programs write an empty text like NULL; where there is no NULL it was one."""
    return "" if value is None and column.required and column.kind is Kind.TEXT and not column.words else value


def _types(column: Column) -> list[tuple[str, Any]]:
    """A column, and its twin if it has one, each with its type."""
    import pyarrow as pa  # noqa: PLC0415

    kind = pa.int64() if column.kind in WHOLE else pa.float64() if column.kind is Kind.REAL else pa.string()
    return [(column.name, kind), *([(column.twin, pa.string())] if column.twin else [])]


def _cells(column: Column, values: Sequence[Any]) -> list[Sequence[Any]]:
    if column.kind in TEXTS:
        return [[disarmed(value) for value in values]]
    twin = [[readable(column.kind, value) for value in values]] if column.twin else []
    return [values, *twin]


def _lines(stream: BinaryIO) -> Iterator[tuple[int, Row]]:
    """The number of each row and what it says, in the order of `COLUMNS`."""
    number = 1
    for batch in _batches(stream):
        there = set(batch.schema.names)
        nothing = [None] * batch.num_rows
        columns = [_values(column, batch) if column.name in there else nothing for column in COLUMNS]
        for line in zip(*columns, strict=True):
            number += 1
            yield number, line


def _values(column: Column, batch: pa.RecordBatch) -> list[Any]:
    values: list[Any] = batch.column(column.name).to_pylist()
    return [armed(value) for value in values] if column.kind in TEXTS else values


def _batches(stream: BinaryIO) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv as arrow  # noqa: PLC0415

    names, rest = _header(stream), Rest(stream)
    exact = [column.name for column in COLUMNS if column.name in names]
    try:
        found = arrow.open_csv(
            rest,
            read_options=arrow.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names),
            parse_options=arrow.ParseOptions(newlines_in_values=True),
            convert_options=arrow.ConvertOptions(
                include_columns=exact,
                column_types=dict(_types(column)[0] for column in COLUMNS),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for block in found:
            yield from (block.slice(start, ROWS) for start in range(0, block.num_rows, ROWS))
    except pa.ArrowInvalid as exc:
        if rest.last:
            raise _told(str(exc), names) from exc
    if rest.last not in (b"", b"\n"):
        raise Unreadable(f"the last row: {CUT_OFF}")


def _header(stream: BinaryIO) -> list[str]:
    """The names of the columns. Raises `Unreadable` for those of another program."""
    line = stream.readline(LONGEST_HEADER)
    try:
        names = next(csv.reader([line.decode("utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error) as exc:
        raise Unreadable(f"row 1 names no columns ({exc}): it is no export of Jarvis AI") from exc
    expect(names, HEADER, "row 1")
    return names


def _told(said: str, names: Sequence[str]) -> Unreadable:
    """What pyarrow found, in words that help."""
    match = WHERE.match(said.removeprefix("CSV parse error: "))
    if match is None:
        return Unreadable(f"a row cannot be read: {shown(said)}")
    where = f"row {int(match['row']) + 1}"  # the header is a row too
    if match["column"] is None:
        return Unreadable(f"{where} has more or fewer cells than row 1: the file was edited, or {CUT_OFF}")
    column = COLUMNS.columns[COLUMNS.place(names[int(match["column"])])]
    wrong = WRONG_VALUE.match(match["what"])
    what = f"{shown(wrong['value'])} is not {column.kind}" if wrong else "it is no UTF-8 text"
    return Unreadable(f"{where}, column {column.name}: {what}")


class Rest:
    """What is left of a stream, and the last byte that was read of it."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self.last = found[-1:] or self.last
        return found

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """It is the caller's."""
