"""Server-sent events from bytes, however the network cut them (WHATWG HTML §9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event. A comment has no data."""

    data: bytes
    name: bytes = b""


COMMENT = ServerEvent(b"")


class SseParser:
    """Feed it pieces of a stream, take whole events out. Works on bytes: a character split over packets stays whole.

    Of the standard it leaves out what no vendor sends: a lone carriage return as the end of a line, `id`, `retry`.
    """

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        """The unfinished line, in the pieces that it came in, so that one enormous line is joined once."""
        self._data: list[bytes] = []
        self._name = b""

    def feed(self, piece: bytes) -> Iterator[ServerEvent]:
        """The events that `piece` completes. A comment is given at once, as an event without data."""
        if b"\n" not in piece:
            self._rest.append(piece)
            return
        self._rest.append(piece)
        *lines, rest = b"".join(self._rest).split(b"\n")
        self._rest = [rest] if rest else []
        for line in lines:
            yield from self._line(line.removesuffix(b"\r"))

    def end(self) -> Iterator[ServerEvent]:
        """What was left without its final blank line when the stream closed."""
        rest = b"".join(self._rest)
        self._rest = []
        if rest:
            yield from self._line(rest.removesuffix(b"\r"))
        yield from self._line(b"")

    def _line(self, line: bytes) -> Iterator[ServerEvent]:
        if not line:
            name, self._name = self._name, b""
            if self._data:
                data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
                self._data = []
                yield ServerEvent(data, name)
        elif line.startswith(b"data:"):
            self._data.append(line[6:] if line.startswith(b"data: ") else line[5:])
        elif line.startswith(b":"):
            yield COMMENT
        elif line.startswith(b"event:"):
            self._name = line[6:].strip()
