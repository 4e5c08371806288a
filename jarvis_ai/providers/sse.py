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
BOM = b"\xef\xbb\xbf"


class SseParser:
    """Feed it pieces of a stream, take whole events out. Works on bytes: a character split over packets stays whole.

    Of the standard it leaves out `id` and `retry`, which are about connecting again.
    """

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        """The unfinished line, in the pieces that it came in, so that one enormous line is joined once."""
        self._data: list[bytes] = []
        self._name = b""
        self._begins = True
        """Whether the first line is still to come: it may have a byte order mark before it."""
        self._returned = False
        """Whether the last piece ended with a carriage return, of which a line feed may be the other half."""

    def feed(self, piece: bytes) -> Iterator[ServerEvent]:
        """The events that `piece` completes. A comment is given at once, as an event without data."""
        if not piece:
            return
        if self._returned or b"\r" in piece:
            piece = self._with_line_feeds(piece)
        if b"\n" not in piece:
            self._rest.append(piece)
            return
        self._rest.append(piece)
        *lines, rest = self._joined().split(b"\n")
        self._rest = [rest] if rest else []
        for line in lines:
            yield from self._line(line)

    def end(self) -> Iterator[ServerEvent]:
        """What was left without its final blank line when the stream closed."""
        rest = self._joined()
        self._rest = []
        if rest:
            yield from self._line(rest)
        yield from self._line(b"")

    def _with_line_feeds(self, piece: bytes) -> bytes:
        """`piece` with every end of a line as a line feed, whichever of its three ways it came in."""
        if self._returned:
            piece = piece.removeprefix(b"\n")
        self._returned = piece.endswith(b"\r")
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _joined(self) -> bytes:
        joined = b"".join(self._rest)
        if self._begins:
            self._begins = False
            return joined.removeprefix(BOM)
        return joined

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
