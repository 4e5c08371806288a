"""From a log into a file, in steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jarvis_ai.exports.files import draft
from jarvis_ai.exports.selection import Selection, count, steps
from jarvis_ai.usage_log.connection import Connection


class Progress(NamedTuple):
    """How far an export is."""

    looked_at: int
    """Operations of the period, whether or not the filter lets them through."""
    of: int
    """How many of them there were when it began."""
    operations: int
    """That are in the file."""
    bytes: int

    @property
    def share(self) -> float:
        """From 0 to 1; what came after it was counted makes it no more."""
        return min(1.0, self.looked_at / self.of) if self.of else 0.0


def export(connection: Connection, selection: Selection, path: Path) -> Iterator[Progress]:
    """Write a selection to `path`, whose ending says in which format; the last step comes when the file is there.

    Nothing is at `path` before, and whoever closes the iterator early leaves nothing behind. In memory is one step.
    Raises `sqlite3.Error`, `OSError` and `ValueError`.
    """
    with draft(path, bodies=selection.bodies) as file:
        progress = Progress(0, count(connection, selection), 0, 0)
        yield progress
        for records, looked_at in steps(connection, selection):
            file.write(records)
            progress = progress._replace(
                looked_at=progress.looked_at + looked_at,
                operations=progress.operations + len(records),
                bytes=file.bytes,
            )
            yield progress
        file.finish()
        yield progress._replace(bytes=path.stat().st_size)
