"""Exports as JSON Lines: an operation a line, with its attempts and its body in it.

Columns that hold JSON are JSON here too, and not text that holds it, wherever writing that down gives the same text
again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

import orjson

from jarvis_ai.exports.layout import (
    ATTEMPT,
    ATTEMPTS,
    BODIES,
    BODY,
    OPERATION,
    Kind,
    Record,
    Row,
    Table,
    readable,
)
from jarvis_ai.exports.reading import CUT_OFF, Unreadable, expect, record, row

LONGEST_LINE = 2**28
"""Bytes. No line of ours comes near it, and a file without ends of lines is no reason to fill the memory."""

NESTED = {table: [table.names[place] for place in table.places(Kind.JSON)] for table in (OPERATION, ATTEMPT, BODY)}

SHORT = 2000
"""Characters of texts that may come again: those of chains do."""

Object = dict[str, Any]


class Writer:
    """Writes records to a stream, which stays the caller's."""

    def __init__(self, stream: BinaryIO, *, bodies: bool) -> None:
        self._stream = stream
        self._bodies = bodies

    def write(self, records: Sequence[Record]) -> None:
        self._stream.writelines(orjson.dumps(self._object(each), option=orjson.OPT_APPEND_NEWLINE) for each in records)

    def close(self) -> None:
        """All is written already."""

    def _object(self, of: Record) -> Object:
        found = fields(OPERATION, of.operation)
        found[ATTEMPTS] = [fields(ATTEMPT, attempt) for attempt in of.attempts]
        if self._bodies:
            found[BODIES] = None if of.body is None else fields(BODY, of.body)
        return found


def fields(table: Table, values: Row) -> Object:
    """A row by the names of its columns, with the readable twins behind."""
    found = dict(zip(table.names, values, strict=True))
    for name, kind, twin in table.twins:
        found[twin] = readable(kind, found[name])
    for name in NESTED[table]:
        found[name] = nested(found[name])
    return found


def nested(text: str | None) -> Any:
    """The JSON that a text holds, where the text can be made again from it; else the text."""
    return _like_others(text) if text and len(text) <= SHORT else _nested(text)


def _nested(text: str | None) -> Any:
    try:
        value = orjson.loads(text or "")
        same = isinstance(value, dict | list) and orjson.dumps(value).decode() == text
    except (orjson.JSONDecodeError, TypeError):
        return text
    return orjson.Fragment(text or "") if same else text


_like_others = lru_cache(maxsize=256)(_nested)


def read(stream: BinaryIO) -> Iterator[Record]:
    """The records of a stream. Raises `Unreadable`, naming the line."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        yield _record(line, f"line {number}")


def _record(line: bytes, where: str) -> Record:
    if not line.endswith(b"\n"):
        raise Unreadable(f"{where}: {CUT_OFF}")
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as exc:
        raise Unreadable(f"{where}: this is no JSON ({exc})") from exc
    if not isinstance(found, dict):
        raise Unreadable(f"{where}: this is no JSON object")
    attempts, body = found.pop(ATTEMPTS, []), found.pop(BODIES, None)
    if not isinstance(attempts, list):
        raise Unreadable(f"{where}: {ATTEMPTS} is no list")
    return record(
        _row(OPERATION, found, where),
        [_row(ATTEMPT, attempt, f"{where}, {ATTEMPTS}") for attempt in attempts],
        None if body is None else _row(BODY, body, f"{where}, {BODIES}"),
        where,
    )


def _row(table: Table, found: Any, where: str) -> Row:
    if not isinstance(found, dict):
        raise Unreadable(f"{where}: this is no JSON object")
    if found.keys() != table.all_names:
        expect(found, table, where)
    for name in NESTED[table]:
        found[name] = _text(found.get(name))
    return row(table, map(found.get, table.names), where)


def _text(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
