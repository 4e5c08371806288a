"""Messages whose intent and time are known, as an operator's spreadsheet has them.

The columns are `text`, and `intent` or `datetime` and `type` or all three; `reference_datetime` and `timezone` say when
and where the message was written. What is wrong is named by row and column, numbered as a spreadsheet does it.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from importlib.resources import files
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from jarvis_ai.assistant.results import INTENTS, TIME_TYPES
from jarvis_ai.assistant.scores import GoldTime

COLUMNS: Mapping[str, str] = {
    "text": "the message, word for word",
    "intent": "the right intent; empty where it is not to be judged",
    "datetime": "the right moment, ISO 8601 as 2026-11-25T07:00 (a day alone: 2026-11-25); empty where there is none",
    "type": "the right type of time; none where the message names no time; empty where it is not to be judged",
    "reference_datetime": "when the message was written, ISO 8601; empty: the reference time of the page",
    "timezone": "where it was written, as Europe/Berlin; empty: the time zone of the page",
}
LABELS = ("intent", "datetime", "type")
MOST_ROWS, LONGEST_TEXT, MOST_BYTES = 2_000, 2_000, 5_000_000
"""Of a file that a page takes: its words are read in the server's own process, which others wait for."""
SEPARATORS = ",;\t"
"""What stands between two cells, the usual one first: spreadsheets write a semicolon where the comma is a decimal's."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Example:
    """One message and what is right about it."""

    row: int
    """In the spreadsheet; its heading is row 1."""
    text: str
    now: datetime
    intent: str = ""
    """Empty where it is not to be judged."""
    time: GoldTime | None = None
    """None where it is not to be judged."""


class SheetError(ValueError):
    """A spreadsheet that cannot be used, with each thing that is wrong as a sentence."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def sample_sheet() -> bytes:
    """A small spreadsheet of ours, to begin with."""
    return files("jarvis_ai.assistant").joinpath("messages.csv").read_bytes()


def read_examples(data: bytes, now: datetime) -> list[Example]:
    """The examples in a CSV file; `now` is the present and the zone of rows that have none of their own.

    Raises `SheetError` with everything that is wrong; half a sheet is never taken.
    """
    examples: list[Example] = []
    problems: list[str] = []
    for number, row in _rows(data):
        try:
            examples.append(_example(number, row, now))
        except SheetError as exc:
            problems += exc.problems
    if problems:
        raise SheetError(*problems)
    if not examples:
        raise SheetError("The file has a heading and no rows. Put a message into each row below it.")
    return examples


def _rows(data: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Every row that has a cell, by its number and its columns' names."""
    lines = list(_cells(_decoded(data)))
    heading = [name.strip().lower() for name in lines[0][1]] if lines else []
    _check_heading(heading)
    if len(lines) > MOST_ROWS + 1:
        raise SheetError(f"The file has {len(lines) - 1:,} rows; at most {MOST_ROWS:,} are measured at once. Split it.")
    for number, cells in lines[1:]:
        yield number, dict(zip(heading, (cell.strip() for cell in cells), strict=False))


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise SheetError(f"The file has {len(data):,} bytes; at most {MOST_BYTES:,} are read. Split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise SheetError("The file is not text in UTF-8. Save it as “CSV UTF-8”.") from exc


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    heading = text.partition("\n")[0]
    separator = max(SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as exc:
        raise SheetError(f"Row {number + 1} cannot be read as CSV: {exc}.") from exc


def _check_heading(heading: Collection[str]) -> None:
    if "text" not in heading or not any(label in heading for label in LABELS):
        raise SheetError(
            "The first row has to name the columns: text, and intent or datetime or type. "
            f"It says: {', '.join(heading)[:LONGEST_TEXT] or 'nothing'}."
        )


def _example(number: int, row: Mapping[str, str], default: datetime) -> Example:
    """One row's example. Raises `SheetError` with all that is wrong in it."""
    problems: list[str] = []

    def cell(column: str, read: Callable[[str], Value], otherwise: Value) -> Value:
        try:
            return read(row[column]) if row.get(column) else otherwise
        except ValueError as exc:
            problems.append(f"Row {number}, column {column}: {exc}")
            return otherwise

    text = cell("text", _text, "")
    if not row.get("text"):
        problems.append(f"Row {number}, column text: there is no message.")
    zone: tzinfo | None = cell("timezone", _zone, default.tzinfo)
    now = _aware(cell("reference_datetime", _moment, default), zone)
    intent = cell("intent", lambda said: _known(said, INTENTS, "intent"), "")
    kind = cell("type", lambda said: _known(said, TIME_TYPES, "type of time"), "")
    moment = cell("datetime", _moment, None)
    if not any(row.get(label) for label in LABELS):
        problems.append(f"Row {number}, column intent: nothing says what is right. Fill intent, datetime or type.")
    if moment and kind == "none":
        problems.append(f"Row {number}, column datetime: there is a moment, and column type says none.")
    if problems:
        raise SheetError(*problems)
    return Example(number, text, now, intent, _gold(kind, moment, row.get("datetime", ""), zone))


def _gold(kind: str, moment: datetime | None, said: str, zone: tzinfo | None) -> GoldTime | None:
    if not kind and moment is None:
        return None
    wall = _aware(moment, zone).replace(tzinfo=None) if moment else None
    return GoldTime(kind, wall, grain="day" if moment and not re.search("[:T]", said) else "minute")


def _aware(moment: datetime, zone: tzinfo | None) -> datetime:
    """A moment in a zone; without an offset it is on that zone's wall clock."""
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _text(said: str) -> str:
    if len(said) > LONGEST_TEXT:
        raise ValueError(f"the message has {len(said):,} letters; at most {LONGEST_TEXT:,} are taken.")
    return said


def _zone(said: str) -> tzinfo:
    try:
        return ZoneInfo(said)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError(f"“{said[:60]}” is no time zone.{_hint(said, available_timezones())}") from None


def _moment(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError(f"“{said[:60]}” is no moment in ISO 8601, such as 2026-11-25T07:00.") from None
    if not 1900 <= moment.year < 2200:
        raise ValueError(f"the year {moment.year} is not one that a message means.")
    return moment


def _known(said: str, known: Collection[str], what: str) -> str:
    name = said.lower()
    if name not in known:
        hint = _hint(name, known) or f" Known: {', '.join(known)}."
        raise ValueError(f"“{said[:60]}” is no {what}.{hint}")
    return name


def _hint(said: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(said[:60], known, n=1)
    return f" Did you mean {near[0]}?" if near else ""
