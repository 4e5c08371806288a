"""Exports as Parquet: an operation a row, its attempts a list in it, its body a struct.

Times have a twin of the type timestamp, amounts one of the type decimal. Columns that hold JSON hold its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from jarvis_ai.exports.layout import (
    ATTEMPT,
    ATTEMPTS,
    BODIES,
    BODY,
    OPERATION,
    TEXTS,
    WHOLE,
    Column,
    Kind,
    Record,
    Row,
    Table,
)
from jarvis_ai.exports.reading import CUT_OFF, Unreadable, expect, record, row

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS, GROUP_BYTES = 20_000, 2**26
"""A row group is written when it has so many operations, or takes about so much memory."""

READ_AT_ONCE = 1000
"""Operations."""

PLACES = 9


class Writer:
    """Writes records to a stream, which stays the caller's."""

    def __init__(self, stream: BinaryIO, *, bodies: bool) -> None:
        from pyarrow import parquet  # noqa: PLC0415 - half a second, for those who export

        self._bodies = bodies
        self._schema = schema(bodies=bodies)
        self._parquet = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []

    def write(self, records: Sequence[Record]) -> None:
        self._waiting.append(batch(records, self._schema, bodies=self._bodies))
        rows = sum(each.num_rows for each in self._waiting)
        if rows >= GROUP_ROWS or sum(each.nbytes for each in self._waiting) >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the end without which it is no file."""
        self._flush()
        self._parquet.close()

    def _flush(self) -> None:
        import pyarrow as pa  # noqa: PLC0415

        if waiting := pa.Table.from_batches(self._waiting, self._schema):
            self._parquet.write_table(waiting)
        self._waiting.clear()


def schema(*, bodies: bool) -> pa.Schema:
    """Names and types of the columns."""
    import pyarrow as pa  # noqa: PLC0415

    nested = [(ATTEMPTS, pa.list_(pa.struct(fields(ATTEMPT))))]
    said = [(BODIES, pa.struct(fields(BODY)))] if bodies else []
    return pa.schema([*fields(OPERATION), *nested, *said])


def fields(table: Table) -> list[tuple[str, pa.DataType]]:
    """Columns and twins with their types."""
    return [field for column in table for field in [(column.name, type_of(column)), *_twin(column)]]


def type_of(column: Column) -> pa.DataType:
    """What holds a column."""
    import pyarrow as pa  # noqa: PLC0415

    if column.kind in TEXTS:
        return pa.string()
    return pa.int64() if column.kind in WHOLE else pa.float64()


def batch(records: Sequence[Record], of: pa.Schema, *, bodies: bool) -> pa.RecordBatch:
    """Records as columns."""
    import pyarrow as pa  # noqa: PLC0415

    attempts = [attempt for each in records for attempt in each.attempts]
    ends = [0]
    for each in records:
        ends.append(ends[-1] + len(each.attempts))
    arrays = [*columnar(OPERATION, [each.operation for each in records])]
    arrays.append(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), _struct(ATTEMPT, attempts)))
    if bodies:
        rows = [each.body or (None,) * len(BODY) for each in records]
        arrays.append(_struct(BODY, rows, absent=pa.array([each.body is None for each in records], pa.bool_())))
    return pa.record_batch(arrays, schema=of)


def columnar(table: Table, rows: Sequence[Row]) -> Iterator[pa.Array]:
    """The columns of rows, each followed by its twin if it has one."""
    import pyarrow as pa  # noqa: PLC0415

    values = zip(*rows, strict=True) if rows else [()] * len(table)
    for column, cells in zip(table, values, strict=True):
        array = pa.array(cells, type_of(column))
        yield array
        if column.kind is Kind.TIME:
            yield array.cast(pa.timestamp("ms", "UTC"))
        elif column.kind is Kind.MONEY:
            yield _dollars(array)


def read(stream: BinaryIO) -> Iterator[Record]:
    """The records of a stream. Raises `Unreadable`, naming the row."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    number = 0
    try:
        with parquet.ParquetFile(stream) as file:
            wanted = _wanted(file.schema_arrow)
            for found in file.iter_batches(READ_AT_ONCE, columns=wanted):
                for each in _rows(found):
                    number += 1
                    yield _record(each, f"row {number}")
    except (pa.ArrowInvalid, OSError) as exc:
        raise Unreadable(f"after row {number}: this is no whole Parquet file; {CUT_OFF}") from exc


def _twin(column: Column) -> list[tuple[str, pa.DataType]]:
    import pyarrow as pa  # noqa: PLC0415

    match column.kind:
        case Kind.TIME:
            return [(column.twin, pa.timestamp("ms", "UTC"))]
        case Kind.MONEY:
            return [(column.twin, pa.decimal128(28, PLACES))]
    return []


def _dollars(nanos: pa.Array) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    smallest = pa.scalar(Decimal(1).scaleb(-PLACES), pa.decimal128(PLACES, PLACES))
    return compute.multiply(nanos.cast(pa.decimal128(19)), smallest).cast(pa.decimal128(28, PLACES))


def _struct(table: Table, rows: Sequence[Row], *, absent: pa.Array | None = None) -> pa.StructArray:
    import pyarrow as pa  # noqa: PLC0415

    names = [name for name, _ in fields(table)]
    return pa.StructArray.from_arrays(list(columnar(table, rows)), names, mask=absent)


def _wanted(found: pa.Schema) -> list[str]:
    """The columns to read, once their names are known to be ours."""
    import pyarrow as pa  # noqa: PLC0415

    nested = {ATTEMPTS: ATTEMPT, BODIES: BODY}
    expect([name for name in found.names if name not in nested], OPERATION, "the file")
    for name, table in nested.items():
        if name not in found.names:
            continue
        kind = found.field(name).type
        inner = kind.value_type if pa.types.is_list(kind) else kind
        if pa.types.is_list(kind) is not (name == ATTEMPTS) or not pa.types.is_struct(inner):
            raise Unreadable(f"the file has a column {name} that holds something else; it is no export of Jarvis AI")
        expect([field.name for field in inner], table, f"{name} of the file")
    twins = OPERATION.all_names - set(OPERATION.names)
    return [name for name in found.names if name not in twins]


def _rows(found: pa.RecordBatch) -> Iterator[tuple[Sequence[Any], Sequence[Sequence[Any]], Sequence[Any] | None]]:
    """Operation, attempts and body of each row, as they stand in the file."""
    count = found.num_rows
    operations = _tuples(OPERATION, found, count)
    attempts: Iterator[list[Any]] = iter([[]] * count)
    bodies: Iterator[Any] = iter([None] * count)
    if ATTEMPTS in found.schema.names:
        attempts = _lists(found.column(ATTEMPTS))
    if BODIES in found.schema.names:
        said = found.column(BODIES)
        there = said.is_valid().to_pylist()
        bodies = (row if valid else None for row, valid in zip(_tuples(BODY, said, count), there, strict=True))
    return zip(operations, attempts, bodies, strict=True)


def _lists(found: pa.ListArray) -> Iterator[list[Any]]:
    flat = found.flatten()
    rows = _tuples(ATTEMPT, flat, len(flat))
    return ([next(rows) for _ in range(length or 0)] for length in found.value_lengths().to_pylist())


def _tuples(table: Table, of: pa.RecordBatch | pa.StructArray, count: int) -> Iterator[tuple[Any, ...]]:
    import pyarrow as pa  # noqa: PLC0415

    names = of.schema.names if isinstance(of, pa.RecordBatch) else [field.name for field in of.type]
    at = of.column if isinstance(of, pa.RecordBatch) else of.field
    found = [at(column.name).to_pylist() if column.name in names else [None] * count for column in table]
    return chain(zip(*found, strict=True))


def _record(found: tuple[Sequence[Any], Sequence[Sequence[Any]], Sequence[Any] | None], where: str) -> Record:
    operation, attempts, body = found
    return record(
        row(OPERATION, operation, where),
        [row(ATTEMPT, attempt, f"{where}, {ATTEMPTS}") for attempt in attempts],
        None if body is None else row(BODY, body, f"{where}, {BODIES}"),
        where,
    )
