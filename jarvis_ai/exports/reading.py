"""What is believed of a file that somebody brings: the right columns, and in them what the log can hold.

An export may have been edited, cut off or made by another program. What is wrong with it is said with its place, and
before anything of that place is written. Texts are redacted as on every other way into the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson

from jarvis_ai.exports.layout import ID, NUMBER, TEXTS, WHOLE, Column, Kind, Record, Row, Table
from jarvis_ai.redaction import redact, suspicious
from jarvis_ai.usage_log.rows import SECRET_FIELDS, integer, redacted

SHOWN = 60
"""Characters of what was found that are repeated in an error."""

CUT_OFF = "the file is cut off: export it again, or bring all of it here"

LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999. Beyond it there are no days and months to count anything in."""

NONE = type(None)


class Unreadable(ValueError):
    """A file, or a place in it, that is no export of this program's."""


def expect(found: Iterable[str], table: Table, where: str) -> None:
    """Raises `Unreadable` unless `found` are the names of a table's columns, in any order, with twins or without."""
    there = list(found)
    if twice := [name for name in there if there.count(name) > 1]:
        raise Unreadable(f"{where} has two columns {twice[0]}; leave one of them out")
    if missing := [column.name for column in table if column.required and column.name not in there]:
        raise Unreadable(f"{where} has no column {missing[0]}: it is no whole export of Jarvis AI")
    if unknown := [name for name in there if name not in table.all_names]:
        raise Unreadable(
            f"{where} has a column {shown(unknown[0])} that is not known here. A newer version may have written it: "
            "import it with that version, or leave the column out"
        )


def row(table: Table, values: Iterable[Any], where: str) -> Row:
    """A row of the log from what a file says in the same order. Raises `Unreadable`."""
    found = tuple(values)
    if not _plausible(table, tuple(map(type, found))) or not all(map(_known, table, found)):
        raise Unreadable(f"{where}, {_complaint(table, found)}")
    said = "\n".join([value for value in found if isinstance(value, str)])
    return tuple(map(_masked, table, found)) if wary(said) else found


def record(operation: Row, attempts: Sequence[Row], body: Row | None, where: str) -> Record:
    """An operation with what belongs to it. Raises `Unreadable` where it has no id, or one attempt twice."""
    numbers = {attempt[NUMBER] for attempt in attempts}
    if not operation[ID]:
        raise Unreadable(f"{where}, column id: it is empty, and must not be")
    if len(numbers) < len(attempts):
        raise Unreadable(f"{where}: an attempt is there twice; each needs an attempt_no of its own")
    return Record(operation, sorted(attempts, key=lambda attempt: attempt[NUMBER]), body)


def shown(value: Any) -> str:
    """The beginning of what was found, without secrets."""
    text = redact(str(value))
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def wary(text: str) -> bool:
    """Whether a closer look could find a secret, or a field of JSON that is named like one."""
    lowered = text.lower()
    return suspicious(text) or any(name in lowered for name in SECRET_FIELDS)


@lru_cache(maxsize=4096)
def _plausible(table: Table, types: tuple[type, ...]) -> bool:
    """Whether a row may have values of these types; rows of a file have few different ones."""
    return all(type_ in types_of(column) for column, type_ in zip(table, types, strict=True))


def types_of(column: Column) -> set[type]:
    """What a value of a column may be."""
    own: set[type] = {str} if column.kind in TEXTS else {int} if column.kind in WHOLE else {int, float}
    return own if column.required else {*own, NONE}


def _known(column: Column, value: Any) -> bool:
    """Of a value of the right type: whether the log can hold it, and knows it."""
    if column.kind in TEXTS:
        return not column.words or value is None or value in column.words
    if value is None:
        return True
    number: float = value
    if column.kind is Kind.TIME:
        return 0 <= number <= LATEST
    return integer(value) is not None if column.kind in WHOLE else isfinite(number)


def _complaint(table: Table, found: Row) -> str:
    column, value = next(
        (column, value)
        for column, value in zip(table, found, strict=True)
        if type(value) not in types_of(column) or not _known(column, value)
    )
    if value is None:
        return f"column {column.name}: it is empty, and must not be"
    if column.words:
        return f"column {column.name}: {shown(value)} is not known here; it may be {', '.join(sorted(column.words))}"
    return f"column {column.name}: {shown(value)} is not {column.kind}"


def _masked(column: Column, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _masked_json(value) if column.kind is Kind.JSON else redact(value)


def _masked_json(text: str) -> str:
    """The very same text where there is nothing to mask in it."""
    try:
        value = orjson.loads(text)
        masked = redacted(value)
        return text if masked == value else orjson.dumps(masked).decode()
    except (orjson.JSONDecodeError, TypeError):
        return redact(text)
