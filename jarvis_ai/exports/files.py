"""Files of exports: which format one has, and how it comes to be there as a whole or not at all."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol, cast
from uuid import uuid4

from jarvis_ai.exports import csv_lines, jsonl, parquet
from jarvis_ai.exports.layout import Record
from jarvis_ai.exports.reading import CUT_OFF, Unreadable

PACKED = ".gz"
QUICKLY = 3
"""How hard gzip tries, of 9: beyond it files hardly get smaller."""


class Writer(Protocol):
    """Writes an export."""

    def write(self, records: Sequence[Record]) -> None:
        """Add records."""

    def close(self) -> None:
        """Write what is left; the stream stays open."""


@dataclass(frozen=True, slots=True)
class Format:
    """One of the formats."""

    name: str
    mime: str
    writer: Callable[..., Writer]
    """Takes a stream, and whether there are `bodies`."""
    read: Callable[[BinaryIO], Iterator[Record]]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".csv": Format("CSV", "text/csv", csv_lines.Writer, csv_lines.read),
        ".jsonl": Format("JSON Lines", "application/jsonl", jsonl.Writer, jsonl.read),
        ".parquet": Format("Parquet", "application/vnd.apache.parquet", parquet.Writer, parquet.read),
    }
)
"""By the ending of a file's name. CSV and JSON Lines may be packed: `.csv.gz`, `.jsonl.gz`."""


def format_of(path: Path) -> Format:
    """The format that a name promises. Raises `ValueError` for another."""
    ending = Path(path.name.removesuffix(PACKED)).suffix
    found = FORMATS.get(ending)
    if found is None or (ending == ".parquet" and path.suffix == PACKED):
        raise ValueError(f"{path.name} has to end in one of {', '.join(FORMATS)}, .csv{PACKED} or .jsonl{PACKED}")
    return found


class Draft:
    """A file that is being written beside the place where it will be."""

    def __init__(self, path: Path, *, bodies: bool) -> None:
        self._unfinished = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")
        self._file = self._unfinished.open("xb")
        self._path = path
        self._stream = _packed(self._file) if path.suffix == PACKED else self._file
        self._writer = format_of(path).writer(self._stream, bodies=bodies)
        self._closed = False

    @property
    def bytes(self) -> int:
        """What the file takes so far."""
        return self._file.tell()

    def write(self, records: Sequence[Record]) -> None:
        """Add records."""
        self._writer.write(records)

    def finish(self) -> None:
        """Put it in its place, whole and on the disk."""
        self._close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._unfinished.replace(self._path)

    def discard(self) -> None:
        """Close it, and leave nothing behind of what was not finished."""
        with suppress(OSError, ValueError):  # what a full disk does not take is not wanted any more
            self._close()
        with suppress(OSError):
            self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._writer.close()
            if self._stream is not self._file:
                self._stream.close()


@contextmanager
def draft(path: Path, *, bodies: bool) -> Iterator[Draft]:
    """A file that is at `path` once it is finished, and nowhere when it is not. Raises `OSError` and `ValueError`."""
    format_of(path)
    if path.exists():
        raise FileExistsError(f"{path} is there already; remove it, or choose another name")
    found = Draft(path, bodies=bodies)
    try:
        yield found
    finally:
        found.discard()


def read(path: Path) -> Iterator[Record]:
    """The records of a file. Raises `Unreadable` where it is no whole export, `ValueError` and `OSError`."""
    format_ = format_of(path)
    with path.open("rb") as file:
        if path.suffix != PACKED:
            yield from format_.read(file)
            return
        try:
            with gzip.open(file) as unpacked:
                yield from format_.read(cast("BinaryIO", unpacked))
        except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
            raise Unreadable(f"it cannot be unpacked; {CUT_OFF}") from exc


def _packed(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(filename="", mode="wb", compresslevel=QUICKLY, fileobj=file, mtime=0))
