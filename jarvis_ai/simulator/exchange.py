"""One request and its answer, whichever vendor's words they come in, and what a vendor's words consist of."""

from __future__ import annotations

import random
import string
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any, Protocol

from aiohttp import web

from jarvis_ai.simulator.answers import Answer, Ask, tokens_for
from jarvis_ai.simulator.catalog import knows, priced
from jarvis_ai.simulator.errors import Refusal
from jarvis_ai.simulator.faults import Faults
from jarvis_ai.simulator.ledger import Charge, Ledger, nanos_of
from jarvis_ai.simulator.pace import Pace
from jarvis_ai.simulator.rows import Row

SECRETS = {"authorization", "x-api-key", "cookie", "proxy-authorization"}
CALLS_KEPT = 1_000
"""Of requests that arrived, the latest."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that arrived, without its secrets."""

    at: float
    provider: str
    method: str
    path: str
    model: str
    stream: bool
    headers: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class World:
    """What all requests to one simulator share."""

    seed: int = 1
    speed: float = 1.0
    """How many times faster than life."""
    clock: Callable[[], float] = time
    faults: Faults = field(init=False)
    ledger: Ledger = field(init=False)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    received: int = 0
    by_path: Counter[str] = field(default_factory=Counter)
    """How many requests each path had."""
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.faults = Faults(seed=self.seed, knows=knows)
        self.ledger = Ledger(clock=self.clock)
        self.chance = random.Random(f"world {self.seed}")

    def note(self, request: web.Request, provider: str, body: Mapping[str, Any]) -> None:
        """Remember that a request arrived."""
        headers = {str(name): value for name, value in request.headers.items() if name.lower() not in SECRETS}
        self.received += 1
        self.by_path[request.path] += 1
        model, stream = str(body.get("model") or ""), bool(body.get("stream"))
        self.calls.append(Call(self.clock(), provider, request.method, request.path, model, stream, headers, body))

    def letters(self, count: int) -> str:
        """Chance letters and digits for an id."""
        return "".join(self.chance.choices(string.ascii_letters + string.digits, k=count))


@dataclass(frozen=True, slots=True)
class Order:
    """A request that was read and found in order."""

    ask: Ask
    rows: tuple[Row, ...]
    """Who may answer, in the order in which they are tried."""
    stream: bool = False
    usage_wanted: bool = True
    """Whether the stream is to end with the usage."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request and the answer it is going to get."""

    id: str
    provider: str
    order: Order
    row: Row
    answer: Answer
    pace: Pace
    created: float
    started: float = field(default_factory=monotonic)

    @property
    def input_tokens(self) -> int:
        return self.order.ask.input_tokens

    @property
    def seconds(self) -> float:
        """How long the whole answer takes."""
        return self.pace.ttft + self.answer.output_tokens / self.pace.tokens_per_second

    def charge(self, letters: int | None = None, *, finish: str | None = "", cancelled: bool = False) -> Charge:
        """What the answer costs: all of it, or as many letters as were sent. Nothing said or an error: nothing."""
        output = self.answer.output_tokens if letters is None else tokens_for(letters)
        finish = self.answer.finish if finish == "" else finish
        row = priced(self.row)
        nanos = nanos_of(self.input_tokens, row.prompt) + nanos_of(output, row.completion)
        return Charge(
            id=self.id,
            provider=self.provider,
            model=self.row.id,
            served_model=row.served,
            upstream=row.upstream[0],
            created=self.created,
            input_tokens=self.input_tokens,
            output_tokens=output,
            nanos=nanos if output and finish != "error" else 0,
            finish=finish,
            streamed=self.order.stream,
            cancelled=cancelled,
            ttft=self.pace.ttft,
            seconds=monotonic() - self.started,
        )


class Dialect(Protocol):
    """How one vendor reads a request and words an answer."""

    provider: str
    keep_alive: bytes
    """Sent while a stream waits for its first word; empty where the vendor sends nothing."""
    junk: bytes
    """A piece of a stream that is none."""

    def read(self, request: web.Request, body: Mapping[str, Any]) -> Order:
        """Raises `Refused` for a request that is not in order."""

    def new_id(self, world: World) -> str: ...

    def headers(self, turn: Turn) -> dict[str, str]: ...

    def error(self, refusal: Refusal) -> tuple[dict[str, Any], dict[str, str]]:
        """The body and the headers of an error answer."""

    def whole(self, turn: Turn) -> dict[str, Any]:
        """The body of an answer that is not streamed."""

    def partial(self, turn: Turn, said: str, refusal: Refusal) -> dict[str, Any] | None:
        """An answer that failed after some of it; None where the vendor answers such with an error."""

    def opening(self, turn: Turn) -> bytes: ...

    def piece(self, turn: Turn, text: str) -> bytes: ...

    def closing(self, turn: Turn) -> bytes:
        """The finish reason and the usage."""

    def ending(self, turn: Turn) -> bytes:
        """The mark that the stream is whole."""

    def broken(self, turn: Turn, refusal: Refusal) -> bytes:
        """An error inside a stream."""
