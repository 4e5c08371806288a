"""What roll-ups count: facts are folded into cells, one an hour and for all that have the same in common.

Pure: no database, no clock. Requests are counted in operations, money in attempts, so there are two kinds of cell. An
operation counts once it has ended, in the hour in which it began, and its attempts count with it in that same hour: a
period holds operations whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import add
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from jarvis_ai.domain import CostSource, Status
from jarvis_ai.usage_log.histogram import EMPTY, ENTRY, Histogram, compact, histogram, negated
from jarvis_ai.usage_log.levels import HOUR_MS

MOST = 10**15
"""A count of tokens or 10⁻⁹ dollars beyond this is no call's: it is not believed, and sums cannot overflow."""


Counted = Literal["operation", "attempt"]
"""What a cell is made of."""

OPERATION: Final = "operation"
ATTEMPT: Final = "attempt"


OK, ESTIMATED = Status.OK.value, CostSource.ESTIMATED.value


class Key(NamedTuple):
    """What the facts of a cell have in common. Texts are empty where a fact says nothing."""

    counted: Counted
    provider: str
    """Who answered an operation; who was asked in an attempt."""
    model: str
    source: str
    task: str
    status: str
    failure: str
    """A kind of failure; of what failed only."""
    simulated: int


class OperationCell(NamedTuple):
    """Operations that have ended. The fields are columns of `operation_cells`."""

    operations: int = 0
    fallbacks: int = 0
    attempts: int = 0
    """That they took, as their rows say."""
    cached: int = 0
    latency_ms: Histogram = EMPTY
    ttft_ms: Histogram = EMPTY
    overhead_ms: Histogram = EMPTY


class AttemptCell(NamedTuple):
    """Attempts of operations that have ended. The fields are columns of `attempt_cells`."""

    attempts: int = 0
    hedges: int = 0
    resumed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nanos: int = 0
    """What is known; `unknown_costs` attempts come on top of it."""
    estimated_nanos: int = 0
    """How much of it is estimated."""
    unknown_costs: int = 0
    written_tokens: int = 0
    """Output tokens of answers that took time to write, and that time: the speed of all is their quotient."""
    written_ms: int = 0
    latency_ms: Histogram = EMPTY
    ttft_ms: Histogram = EMPTY
    tokens_per_second: Histogram = EMPTY
    """From the first to the last token of answers."""


Cell = OperationCell | AttemptCell

CELLS: Mapping[Counted, type[OperationCell] | type[AttemptCell]] = MappingProxyType(
    {OPERATION: OperationCell, ATTEMPT: AttemptCell}
)


HISTOGRAMS = frozenset(
    name for kind in CELLS.values() for name, empty in kind._field_defaults.items() if isinstance(empty, bytes)
)
"""Columns of either kind that are histograms; the others are counts."""

UNSOUND = (TypeError, ValueError, OverflowError)
"""What reading raises of cells that are not `sound`."""


class Place(NamedTuple):
    """Where a cell stands: what its facts share, and the hour that begins at `start`, UTC milliseconds."""

    key: Key
    start: int


Cells = dict[Place, Cell]


class EndedOperation(NamedTuple):
    """What is counted of a row of `operations`. The fields are its columns, and the first eight say in which cell."""

    started_at: int
    source: str
    task: str
    simulated: int
    status: str
    provider: str | None
    model: str | None
    failure: str | None
    fallback: int
    attempts: int
    latency_ms: int | None
    ttft_ms: int | None
    overhead_ms: float | None
    cached: int


class EndedAttempt(NamedTuple):
    """What is counted of a row of `attempts`; the first four fields are its operation's, the first eight say in which
    cell it counts."""

    started_at: int
    source: str
    task: str
    simulated: int
    status: str
    provider: str
    model: str
    failure: str | None
    hedge: int
    resumed: int
    latency_ms: int | None
    ttft_ms: int | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    cost_nanos: int | None
    cost_source: str


Ended = EndedOperation | EndedAttempt


def fold(facts: Iterable[Ended]) -> Cells:
    """The cells of facts that have ended; `facts` are in any order."""
    alike: dict[tuple[object, ...], list[Ended]] = defaultdict(list)
    for fact in facts:
        alike[type(fact), fact[0] // HOUR_MS, fact[1:8]].append(fact)
    # A key does not tell NULL from an empty text: some of them share a place.
    groups: dict[Place, list[Ended]] = defaultdict(list)
    for some in alike.values():
        groups[place_of(some[0])] += some
    return {place: _sum([cell_of(fact) for fact in group]) for place, group in groups.items()}


def place_of(fact: Ended) -> Place:
    """The cell in which a fact counts."""
    counted: Counted = OPERATION if isinstance(fact, EndedOperation) else ATTEMPT
    key = Key(
        counted,
        fact.provider or "",
        fact.model or "",
        fact.source,
        fact.task,
        fact.status,
        fact.failure or "",
        int(bool(fact.simulated)),
    )
    return Place(key, fact.started_at - fact.started_at % HOUR_MS)


def cell_of(fact: Ended) -> Cell:
    """A cell that holds one fact."""
    return _operation_cell(fact) if isinstance(fact, EndedOperation) else _attempt_cell(fact)


def merge(one: Cell, other: Cell) -> Cell:
    """Both together: counts are added, and so are histograms."""
    return type(one)._make(map(add, one, other))


def inverse(one: Cell) -> Cell:
    """What takes `one` away again when it is merged."""
    return type(one)._make(negated(value) if isinstance(value, bytes) else -value for value in one)


def tidy(one: Cell) -> Cell:
    """The same with its histograms in their shortest form: equal cells become equal values."""
    return type(one)._make(compact(value) if isinstance(value, bytes) else value for value in one)


def sound(names: Sequence[str], values: Sequence[object]) -> bool:
    """Whether columns hold what they should. An operator may have put anything into a cell by hand."""
    return all(
        isinstance(value, bytes) and len(value) % ENTRY == 0 if name in HISTOGRAMS else isinstance(value, int)
        for name, value in zip(names, values, strict=True)
    )


def difference(wanted: Mapping[Place, Cell], there: Mapping[Place, Cell]) -> Cells:
    """What must be merged into `there` so that it becomes `wanted`; cells that are equal are left out."""
    changes: Cells = {}
    for place in wanted.keys() | there.keys():
        empty = CELLS[place.key.counted]()
        before, after = there.get(place, empty), wanted.get(place, empty)
        if before != after and (change := tidy(merge(after, inverse(before)))) != empty:
            changes[place] = change
    return changes


def _sum(cells: Sequence[Cell]) -> Cell:
    """All of one kind as one."""
    if len(cells) == 1:
        return cells[0]
    columns = zip(*cells, strict=True)
    return type(cells[0])._make(b"".join(each) if isinstance(each[0], bytes) else sum(each) for each in columns)


def _operation_cell(fact: EndedOperation) -> OperationCell:
    return OperationCell(
        1,
        _believed(fact.fallback),
        _believed(fact.attempts),
        _believed(fact.cached),
        histogram(fact.latency_ms),
        histogram(fact.ttft_ms),
        histogram(fact.overhead_ms),
    )


def _attempt_cell(fact: EndedAttempt) -> AttemptCell:
    nanos = _believed(fact.cost_nanos)
    written_tokens, written_ms = _written(fact)
    return AttemptCell(
        1,
        _believed(fact.hedge),
        _believed(fact.resumed),
        _believed(fact.input_tokens),
        _believed(fact.output_tokens),
        _believed(fact.cache_read_tokens),
        _believed(fact.cache_write_tokens),
        _believed(fact.reasoning_tokens),
        nanos,
        nanos if fact.cost_source == ESTIMATED else 0,
        int(fact.cost_nanos is None),
        written_tokens,
        written_ms,
        histogram(fact.latency_ms),
        histogram(fact.ttft_ms),
        histogram(written_tokens * 1000 / written_ms) if written_ms else EMPTY,
    )


def _written(fact: EndedAttempt) -> tuple[int, int]:
    """Output tokens of an answer and the milliseconds from the first one to the last; zeros where nobody says."""
    if fact.status != OK or fact.ttft_ms is None or fact.output_tokens is None:
        return 0, 0
    milliseconds = _believed(fact.latency_ms) - _believed(fact.ttft_ms)
    return (_believed(fact.output_tokens), milliseconds) if milliseconds > 0 else (0, 0)


def _believed(count: int | None) -> int:
    # An operator may have put anything into a column by hand, and a call must not fail because of it.
    return count if isinstance(count, int) and -MOST <= count <= MOST else 0


def columns_of(kind: type[Any]) -> tuple[str, ...]:
    """The columns that a cell's or a fact's fields are, in order."""
    fields: tuple[str, ...] = kind._fields
    return fields
