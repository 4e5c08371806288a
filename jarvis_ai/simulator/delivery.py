"""How an answer goes over the wire, and how it goes wrong there.

The script of a delivery is pure: a sequence of steps. `Performance` alone touches the socket.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

import orjson
from aiohttp import web

from jarvis_ai.simulator.answers import pieces, tokens_for
from jarvis_ai.simulator.errors import Refusal
from jarvis_ai.simulator.exchange import Dialect, Turn, World
from jarvis_ai.simulator.faults import Fault

SLOW_SECONDS = 8.0
GAP_SECONDS = 2.0
SLOW_PIECES = 8
HUGE_LETTERS = 256 * 1024
KEEP_ALIVE_SECONDS = 0.5
SHORTEST_SLEEP = 0.001
"""Waits below this are left out, and made up for by the next."""

BREAKS = {"cut", "cut_clean", "stalled", "stream_error", "no_finish"}
"""These end an answer before its end."""
CLEAN = {"cut_clean", "no_finish"}
"""Of these the ones that look whole to whoever counts bytes."""


@dataclass(frozen=True, slots=True)
class Wait:
    """So many seconds pass; with keep-alives while nothing was said yet."""

    seconds: float
    keep_alive: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """These bytes go out, and so many letters of the answer with them."""

    data: bytes
    letters: int = 0


@dataclass(frozen=True, slots=True)
class Settle:
    """The answer is written into the ledger: `finish` is None when it broke off."""

    finish: str | None = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is closed without an end of the body."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing more comes: for so many seconds, or until the client goes."""

    seconds: float | None = None


Step = Wait | Send | Settle | Drop | Hang


def late(turn: Turn, fault: Fault | None, speed: float) -> float:
    """Seconds until the first word."""
    if fault is None or fault.kind != "slow_first_token":
        return turn.pace.ttft
    return SLOW_SECONDS / speed if fault.seconds is None else fault.seconds


def stream_script(
    dialect: Dialect, turn: Turn, fault: Fault | None, refusal: Refusal, *, speed: float
) -> Iterator[Step]:
    """A streamed answer. `refusal` is what an error inside it says."""
    steps = _telling(dialect, turn, fault, refusal, speed)
    return _split(steps) if fault and fault.kind == "split_utf8" else steps


def _telling(dialect: Dialect, turn: Turn, fault: Fault | None, refusal: Refusal, speed: float) -> Iterator[Step]:
    kind = fault.kind if fault else ""
    yield Wait(late(turn, fault, speed), keep_alive=True)
    if kind == "error_before_content":
        yield Settle("error")
        yield Send(dialect.broken(turn, refusal))
        return
    yield Send(dialect.opening(turn))
    said = said_of(turn, fault)
    for number, step in enumerate(_spoken(dialect, turn, said, fault, speed)):
        yield step
        if kind == "malformed_chunk" and number == 0:
            yield Send(dialect.junk)
    if kind == "stalled":
        yield Hang(fault.seconds if fault else None)
        yield from _saying(dialect, turn, turn.answer.text[len(said) :])
    elif kind in BREAKS:
        yield from _breaking_off(dialect, turn, kind, refusal)
        return
    yield Settle()
    yield Send(dialect.closing(turn) * (2 if kind == "split_utf8" else 1))
    if kind == "missing_done":
        yield Hang((fault.seconds if fault else None) or 0.0)
    else:
        yield Send(dialect.ending(turn))


def said_of(turn: Turn, fault: Fault | None) -> str:
    """As much of the answer as is said before a fault breaks it off."""
    text = turn.answer.text
    if fault is None or fault.kind not in BREAKS:
        return text
    return text[: len(text) // 2 if fault.after is None else fault.after]


def _spoken(dialect: Dialect, turn: Turn, text: str, fault: Fault | None, speed: float) -> Iterator[Step]:
    if fault and fault.kind == "slow_tokens":
        return _slowly(dialect, turn, text, GAP_SECONDS / speed if fault.seconds is None else fault.seconds)
    if fault and fault.kind == "huge_token":
        return _at_once(dialect, turn, text)
    return _saying(dialect, turn, text)


def _slowly(dialect: Dialect, turn: Turn, text: str, gap: float) -> Iterator[Step]:
    size = -(-len(text) // SLOW_PIECES) or 1
    for start in range(0, len(text), size):
        piece = text[start : start + size]
        yield Send(dialect.piece(turn, piece), letters=len(piece))
        yield Wait(gap)


def _at_once(dialect: Dialect, turn: Turn, text: str) -> Iterator[Step]:
    """One event, with a field that nobody reads, such as OpenAI pads its events with, to make it long."""
    if text:
        event = dialect.piece(turn, text).removesuffix(b"}\n\n")
        padding = b',"obfuscation":"%b"}\n\n' % (b"x" * HUGE_LETTERS)
        yield Send(event + padding, letters=len(text))


def _split(steps: Iterator[Step]) -> Iterator[Step]:
    """The same bytes with CRLF for line ends, in packets that end inside of characters and of line ends."""
    for step in steps:
        if not isinstance(step, Send):
            yield step
            continue
        packets = re.findall(rb"[^\xc0-\xff\r]*(?:[\xc0-\xff\r]|$)", step.data.replace(b"\n", b"\r\n"))
        for number, packet in enumerate(filter(None, packets)):
            yield Send(packet, letters=0 if number else step.letters)
            yield Wait(SHORTEST_SLEEP)


def _saying(dialect: Dialect, turn: Turn, text: str) -> Iterator[Step]:
    for piece in pieces(text):
        yield Send(dialect.piece(turn, piece), letters=len(piece))
        yield Wait(tokens_for(len(piece)) / turn.pace.tokens_per_second)


def _breaking_off(dialect: Dialect, turn: Turn, kind: str, refusal: Refusal) -> Iterator[Step]:
    if kind == "stream_error":
        yield Settle("error")
        yield Send(dialect.broken(turn, refusal))
    else:
        yield Settle(None)
    if kind == "no_finish":
        yield Send(dialect.ending(turn))
    if kind == "cut":
        yield Drop()


def body_script(dialect: Dialect, turn: Turn, fault: Fault | None, *, speed: float) -> tuple[int, Iterator[Step]]:
    """An answer in one body: the length it claims to have, and the steps."""
    data = orjson.dumps(dialect.whole(turn))
    kind = fault.kind if fault else ""
    if kind == "malformed_chunk":
        data = b"{junk " + data[1:]
    sent = data[: len(data) // 2] if kind in BREAKS else data
    return len(sent if kind in CLEAN else data), _body_steps(turn, fault, sent, data[len(sent) :], speed)


def _body_steps(turn: Turn, fault: Fault | None, sent: bytes, rest: bytes, speed: float) -> Iterator[Step]:
    kind = fault.kind if fault else ""
    yield Wait(late(turn, fault, speed) + turn.seconds - turn.pace.ttft)
    # The vendor made the whole answer, whatever becomes of it on the way.
    yield Settle()
    yield Send(sent)
    if kind == "cut":
        yield Drop()
    elif kind == "stalled":
        yield Hang(fault.seconds if fault else None)
        yield Send(rest)


class Performance:
    """One script on one connection."""

    def __init__(self, request: web.Request, dialect: Dialect, turn: Turn, world: World) -> None:
        self._request = request
        self._dialect = dialect
        self._turn = turn
        self._world = world
        self._letters = 0
        self._settled = False
        self._due = monotonic()

    async def play(self, response: web.StreamResponse, steps: Iterator[Step]) -> web.StreamResponse:
        """Perform the steps. A stream that the client did not wait for is charged for what it got."""
        try:
            await response.prepare(self._request)
            for step in steps:
                await self._do(response, step)
            await response.write_eof()
        except ConnectionError:
            # The client went: nobody is left to tell.
            return response
        finally:
            # What is not streamed is made to its end and billed, whether anybody waits or not (contract §4).
            stream = self._turn.order.stream
            self._settle(None if stream else "", cancelled=stream)
        return response

    async def _do(self, response: web.StreamResponse, step: Step) -> None:
        match step:
            case Wait(seconds, keep_alive):
                await self._wait(response, seconds, keep_alive=keep_alive)
            case Send(data, letters):
                await response.write(data)
                self._letters += letters
            case Settle(finish):
                self._settle(finish)
            case Drop():
                await hang_up(self._request)
            case Hang(seconds):
                await nothing(seconds)
                self._due = monotonic()

    async def _wait(self, response: web.StreamResponse, seconds: float, *, keep_alive: bool) -> None:
        self._due += seconds
        pause = max(KEEP_ALIVE_SECONDS / self._world.speed, 0.02)
        while keep_alive and self._dialect.keep_alive:
            await response.write(self._dialect.keep_alive)
            if self._due - monotonic() <= pause:
                break
            await asyncio.sleep(pause)
        if (left := self._due - monotonic()) > SHORTEST_SLEEP:
            await asyncio.sleep(left)

    def _settle(self, finish: str | None, *, cancelled: bool = False) -> None:
        if self._settled:
            return
        self._settled = True
        letters = None if finish == "" else self._letters
        self._world.ledger.add(self._turn.charge(letters, finish=finish, cancelled=cancelled))


async def nothing(seconds: float | None = None) -> None:
    """Let so many seconds pass, or wait until the request is cancelled because its client went."""
    if seconds is None:
        await asyncio.get_running_loop().create_future()
    else:
        await asyncio.sleep(seconds)


async def hang_up(request: web.Request, *, reset: bool = False) -> None:
    """Close the connection without an end, or reset it; the request is cancelled by that."""
    transport = request.transport
    if transport is not None and reset:
        # Lingering for no time at all makes the kernel send RST in place of FIN.
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    elif transport is not None:
        transport.close()
    await nothing()
