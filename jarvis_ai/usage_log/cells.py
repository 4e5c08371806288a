"""What roll-ups count: facts are folded into cells, and cells add up to larger ones.

Pure: no database, no clock. Requests are counted in operations, money in attempts, so there are two kinds of cell. An
operation counts once it has ended, in the hour in which it began, and its attempts count with it in that same hour: a
period holds operations whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import add
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, TypeGuard

from jarvis_ai.domain import CostSource, Source, Status
from jarvis_ai.usage_log.histogram import EMPTY, Histogram, compact, histogram, merged, negated
from jarvis_ai.usage_log.levels import DAY, HOUR, HOUR_MS, MONTH, Level, start_of

FULL = "full"
"""The cut that keeps every dimension."""

CUTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"model": ("provider", "model"), "source": ("source",), "task": ("task",), "failure": ("failure",)}
)
"""Further cuts and the dimensions they keep besides `status` and `simulated`: few cells for those who ask for few."""

ANY = "*"
"""Stands in a cut for all values of a dimension. Rehearsals stay apart in every cut: their `source` is kept."""

MOST = 10**15
"""A count of tokens or 10⁻⁹ dollars beyond this is no call's: it is not believed, and sums cannot overflow."""


Counted = Literal["operation", "attempt"]
"""What a cell is made of."""

OPERATION: Final = "operation"
ATTEMPT: Final = "attempt"


OK, ESTIMATED = Status.OK.value, CostSource.ESTIMATED.value


class Key(NamedTuple):
    """What the facts of a cell have in common. Texts are empty where a fact says nothing, `ANY` where the cut leaves
    the dimension out."""

    counted: Counted
    cut: str
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


class Place(NamedTuple):
    """Where a cell stands: one level's step that begins at `start`, UTC milliseconds, and what its facts share."""

    level: Level
    key: Key
    start: int


Cells = dict[Place, Cell]
"""Cells of the full cut by the hour, unless said otherwise."""


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
    groups: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    for fact in facts:
        groups[type(fact), fact[0] // HOUR_MS, fact[1:8]].append(fact)
    return {place_of(group[0]): cell_of(group) for group in groups.values()}


def place_of(fact: Ended) -> Place:
    """The cell of the full cut by the hour in which a fact counts."""
    counted: Counted = OPERATION if isinstance(fact, EndedOperation) else ATTEMPT
    key = Key(
        counted,
        FULL,
        fact.provider or "",
        fact.model or "",
        fact.source,
        fact.task,
        fact.status,
        fact.failure or "",
        int(bool(fact.simulated)),
    )
    return Place(HOUR, key, fact.started_at - fact.started_at % HOUR_MS)


def cell_of(facts: Sequence[Any]) -> Cell:
    """A cell that holds these facts, which are all of one kind and one place."""
    return _operation_cell(facts) if isinstance(facts[0], EndedOperation) else _attempt_cell(facts)


def merge(one: Cell, other: Cell) -> Cell:
    """Both together: counts are added, and so are histograms."""
    return type(one)._make(map(add, one, other))


def inverse(one: Cell) -> Cell:
    """What takes `one` away again when it is merged."""
    return type(one)._make(negated(value) if isinstance(value, bytes) else -value for value in one)


def tidy(one: Cell) -> Cell:
    """The same with its histograms in their shortest form: equal cells become equal values."""
    return type(one)._make(compact(value) if isinstance(value, bytes) else value for value in one)


def difference(wanted: Mapping[Place, Cell], there: Mapping[Place, Cell]) -> Cells:
    """What must be merged into `there` so that it becomes `wanted`; cells that are equal are left out."""
    changes: Cells = {}
    for place in wanted.keys() | there.keys():
        empty = CELLS[place.key.counted]()
        before, after = there.get(place, empty), wanted.get(place, empty)
        if before != after and (change := tidy(merge(after, inverse(before)))) != empty:
            changes[place] = change
    return changes


def higher(cells: Mapping[Place, Cell]) -> Cells:
    """What `cells` of the full cut by the hour add to everything above them: further cuts, days and months."""
    days = _gathered(cells, DAY)
    months = _gathered(days, MONTH)
    return {**_cut(cells), **days, **_cut(days), **months, **_cut(months)}


def months_of(days: Mapping[Place, Cell]) -> Cells:
    """The months, in every cut, of cells of the full cut by the day."""
    months = _gathered(days, MONTH)
    return {**months, **_cut(months)}


def _gathered(cells: Mapping[Place, Cell], level: Level) -> Cells:
    """The same in longer steps."""
    return _regrouped((Place(level, place.key, start_of(level, place.start)), cell) for place, cell in cells.items())


def _cut(cells: Mapping[Place, Cell]) -> Cells:
    """The same in every further cut."""
    return _regrouped(
        (Place(place.level, key, place.start), cell) for place, cell in cells.items() for key in cuts_of(place.key)
    )


def _regrouped(cells: Iterable[tuple[Place, Cell]]) -> Cells:
    groups: dict[Place, list[Cell]] = defaultdict(list)
    for place, cell in cells:
        groups[place].append(cell)
    return {place: _sum(group) for place, group in groups.items()}


def _sum(cells: Sequence[Cell]) -> Cell:
    if len(cells) == 1:
        return cells[0]
    columns = zip(*cells, strict=True)
    return type(cells[0])._make(b"".join(each) if isinstance(each[0], bytes) else sum(each) for each in columns)


@lru_cache(maxsize=1 << 14)
def cuts_of(key: Key) -> tuple[Key, ...]:
    """The keys of the further cuts that hold what `key` holds."""
    return tuple(cut_of(key, cut) for cut in CUTS)


def cut_of(key: Key, cut: str) -> Key:
    """The key of a further cut that holds what `key` holds."""
    kept = CUTS[cut]
    rehearsal = key.source == Source.DRILL
    return Key(
        counted=key.counted,
        cut=cut,
        provider=key.provider if "provider" in kept else ANY,
        model=key.model if "model" in kept else ANY,
        source=key.source if "source" in kept or rehearsal else ANY,
        task=key.task if "task" in kept else ANY,
        status=key.status,
        failure=key.failure if "failure" in kept else ANY,
        simulated=key.simulated,
    )


def cut_for(dimensions: Iterable[str]) -> str:
    """The cut with the fewest cells that keeps `dimensions`, of those that a question groups or filters by.

    `status`, `simulated` and whether `source` is drill are kept by each, and need not be named.
    """
    asked = set(dimensions) - {"status", "simulated"}
    return next((cut for cut, kept in CUTS.items() if asked <= set(kept)), FULL)


def _operation_cell(facts: Sequence[EndedOperation]) -> OperationCell:
    *_, fallback, attempts, latency_ms, ttft_ms, overhead_ms, cached = zip(*facts, strict=True)
    return OperationCell(
        len(facts),
        _total(fallback),
        _total(attempts),
        _total(cached),
        _together(latency_ms),
        _together(ttft_ms),
        _together(overhead_ms),
    )


def _attempt_cell(facts: Sequence[EndedAttempt]) -> AttemptCell:
    (*_, hedge, resumed, latency_ms, ttft_ms, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
     reasoning_tokens, cost_nanos, cost_source) = zip(*facts, strict=True)  # fmt: skip
    written = [_written(fact) for fact in facts] if facts[0].status == OK else []
    return AttemptCell(
        len(facts),
        _total(hedge),
        _total(resumed),
        _total(input_tokens),
        _total(output_tokens),
        _total(cache_read_tokens),
        _total(cache_write_tokens),
        _total(reasoning_tokens),
        _total(cost_nanos),
        _total(nanos for nanos, source in zip(cost_nanos, cost_source, strict=True) if source == ESTIMATED),
        cost_nanos.count(None),
        sum(tokens for tokens, _ in written),
        sum(milliseconds for _, milliseconds in written),
        _together(latency_ms),
        _together(ttft_ms),
        _together(tokens * 1000 / milliseconds for tokens, milliseconds in written if milliseconds),
    )


def _written(fact: EndedAttempt) -> tuple[int, int]:
    """Output tokens of an answer and the milliseconds from the first one to the last; zeros where nobody says."""
    tokens, whole, first = fact.output_tokens, fact.latency_ms, fact.ttft_ms
    if not (_believed(tokens) and _believed(whole) and _believed(first)) or whole <= first:
        return 0, 0
    return tokens, whole - first


def _believed(count: object) -> TypeGuard[int]:
    # An operator may have put anything into a column by hand, and a call must not fail because of it.
    return isinstance(count, int) and -MOST <= count <= MOST


def _total(counts: Iterable[object]) -> int:
    return sum([count for count in counts if count and isinstance(count, int) and -MOST <= count <= MOST])


def _together(values: Iterable[float | None]) -> Histogram:
    return merged(map(histogram, values))


def columns_of(kind: type[Any]) -> tuple[str, ...]:
    """The columns that a cell's or a fact's fields are, in order."""
    fields: tuple[str, ...] = kind._fields
    return fields
