"""Logs with some of everything, for the tests of exports."""

from __future__ import annotations

from pathlib import Path

from jarvis_ai.domain import Fact, Source
from jarvis_ai.exports import Selection, export, ingest, read, reading
from jarvis_ai.exports.ingesting import Ingested
from jarvis_ai.exports.writing import Progress
from jarvis_ai.usage_log.places import kept
from jarvis_ai.usage_log.rebuild import verify
from tests.databases import Place
from tests.usage_log.facts import HAIKU, NOON, answered, asked, failed, opened, operation, store, table, whole

TABLES = {"operations": "id", "attempts": "operation_id, attempt_no", "bodies": "operation_id"}
NASTY = 'two\nlines, "quoted", =1+1, 😀 and \u2028'


def filled(place: Place) -> Place:
    """Forty operations of three days, the last one in flight; every other one fell back."""
    facts: list[Fact] = []
    for number in range(39):
        of = operation(
            number, at=NOON + number * 6000, text=f"Question {number}", tag=NASTY if number % 3 == 0 else "",
            source=Source.API if number % 4 else Source.DRILL,
        )  # fmt: skip
        last = answered(of, 2, HAIKU, nanos=None) if number % 2 else answered(of, latency=1 + number)
        facts += whole(of, failed(of), last) if number % 2 else whole(of, last)
    pending = operation(39, at=NOON + 250_000)
    store(place, *facts, pending, asked(pending))
    return place


def one_more(place: Place, number: int, **fields: object) -> Place:
    """Another operation that was answered at once."""
    of = operation(number, at=NOON + number * 6000, **fields)
    return store(place, *whole(of, answered(of)))


def contents(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """All facts but those of the operation in flight."""
    ended = "(SELECT id FROM operations WHERE status <> 'pending')"
    keys = {"operations": "id", "attempts": "operation_id", "bodies": "operation_id"}
    return {
        name: table(place, f"SELECT * FROM {name} WHERE {keys[name]} IN {ended} ORDER BY {order}")
        for name, order in TABLES.items()
    }


def differences(place: Place) -> int:
    """Cells that are not what the facts say."""
    with opened(place) as connection:
        return sum(count for _, count in verify(connection))


def exported(place: Place, file: Path, selection: Selection | None = None) -> Progress:
    """The last word about an export."""
    with reading(place) as connection:
        *_, last = export(connection, selection or Selection(bodies=True), file)
    return last


def imported(file: Path, place: Place) -> Ingested:
    """What became of the operations of a file."""
    with kept(place) as connection:
        *_, ingested = [Ingested(), *ingest(connection, read(file))]
    return ingested
