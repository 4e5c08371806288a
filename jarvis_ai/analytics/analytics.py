"""The questions that pages, routes and alerts ask the usage log.

Numbers and charts come from the roll-ups, so that they cost the same however long the log is; facts are read a page at
a time, or by id. Nothing is counted here but in SQL, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from jarvis_ai.analytics import queries
from jarvis_ai.analytics.buckets import Bucket, Stretch, stretches
from jarvis_ai.analytics.cells import BUCKET, Cells
from jarvis_ai.analytics.filters import Filters, FilterValues
from jarvis_ai.analytics.frames import COUNT, NUMBER, TEXT, Columns, frame
from jarvis_ai.analytics.history import Cursor, History, Page
from jarvis_ai.analytics.measures import Measure, cost, shares_of, speed
from jarvis_ai.analytics.period import Period
from jarvis_ai.analytics.reader import LIMIT, Reader
from jarvis_ai.analytics.scope import Dimension, Scope
from jarvis_ai.analytics.where import LONGEST_MS
from jarvis_ai.domain import Status
from jarvis_ai.usage_log.cells import ATTEMPT, OPERATION
from jarvis_ai.usage_log.histogram import counts_of, percentiles, value_of

RECENT = 900
"""Seconds that end now: what is called lately."""

MOST_RECENT = 2000
"""How many operations tell how a model does lately, at most: with them the question costs the same in a busy hour."""

MODEL: Sequence[Dimension] = ("model", "provider")
"""What tells one model from another."""

TIMES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
FIRST_TOKENS = {"ttft_p50": 0.5, "ttft_p90": 0.9, "ttft_p95": 0.95}


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers at the top of a page. Durations are seconds, None when nothing was answered."""

    operations: int = 0
    ok: int = 0
    failed: int = 0
    cancelled: int = 0
    fallbacks: int = 0
    attempts: int = 0
    cost_nanos: int = 0
    """What is known; `unknown_cost_attempts` come on top of it."""
    unknown_cost_attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    p50: float | None = None
    p95: float | None = None

    @property
    def cost(self) -> float:
        """The known cost in dollars."""
        return self.cost_nanos / 1e9


class Analytics:
    """Questions to one log. Safe to call from any thread; a log that is not there yet answers like an empty one.

    A period is taken in whole hours of UTC (`Period.whole_hours`), and counts what has ended of what began in it.
    Frames hold dollars in `cost` and seconds without a unit in the name; NaN is unknown. Percentiles are within 1 % of
    the value that was measured. Everything raises `TooSlow`, and other kinds of `sqlite3.Error`.
    """

    def __init__(self, path: Path | str, *, limit: float = LIMIT) -> None:
        """`limit`: seconds that one question may take."""
        self._reader = Reader(path, limit=limit)
        self._cells = Cells(self._reader)
        self.history = History(self._reader)

    def summary(self, period: Period, scope: Scope) -> Summary:
        """Counts, known cost and the percentiles of answered operations' time."""
        counts = ["operations", "ok", "failed", "cancelled", "fallbacks"]
        amounts = ["attempts", "nanos", "unknown_costs", "input_tokens", "output_tokens"]
        asked = whole(period)
        operations = self._cells.ask(OPERATION, [*counts, "latency"], asked, scope).to_dict("records")
        attempts = self._cells.ask(ATTEMPT, amounts, asked, scope).to_dict("records")
        if not operations or not attempts:
            return Summary()
        p50, p95 = (
            None if value is None else value / 1000 for value in percentiles(operations[0]["latency"], (0.5, 0.95))
        )
        renamed = {"nanos": "cost_nanos", "unknown_costs": "unknown_cost_attempts"}
        numbers = {name: operations[0][name] for name in counts}
        numbers |= {renamed.get(name, name): attempts[0][name] for name in amounts}
        return Summary(**numbers, p50=p50, p95=p95)

    def totals(self, measure: Measure, period: Period, scope: Scope, *, by: Dimension) -> pd.DataFrame:
        """A measure's `value` by dimension, with the sums that it is made of."""
        table = self._cells.ask(measure.counted, measure.columns, whole(period), scope, by=[by])
        return table.assign(value=measure.value(table).astype(NUMBER))

    def series(
        self,
        measure: Measure,
        period: Period,
        scope: Scope,
        *,
        bucket: Bucket,
        zone: ZoneInfo,
        by: Dimension | None = None,
    ) -> pd.DataFrame:
        """The same for each bucket, in order of time; `start` is the local time at which one begins."""
        asked = stretches(period, bucket, zone)
        dimensions = [by] if by else []
        table = self._cells.ask(measure.counted, measure.columns, asked, scope, by=dimensions, over_time=True)
        start = pd.to_datetime(table[BUCKET], unit="ms", utc=True).dt.tz_convert(zone)
        return table.assign(value=measure.value(table).astype(NUMBER), start=start).drop(columns=BUCKET)

    def latency_by_model(self, period: Period, scope: Scope) -> pd.DataFrame:
        """Seconds to a whole answer and to the first token, slowest 95th percentile first.

        Only attempts that answered count: a fast refusal is not a fast model. `tokens_per_second` is the speed of
        writing, all output tokens over all time between first and last token; `latency` is the histogram of
        milliseconds.
        """
        columns = ["ok", "latency", "ttft", "written_tokens", "written_ms"]
        table = self._cells.ask(ATTEMPT, columns, whole(period), scope, by=MODEL)
        table = table[table["ok"] > 0].reset_index(drop=True)
        table = table.assign(tokens_per_second=speed(table).astype(NUMBER), histogram=table["latency"])
        table = shares_of(shares_of(table, "latency", TIMES), "ttft", FIRST_TOKENS).rename(columns={"ok": "calls"})
        table = table.sort_values(["p95", "model", "provider"], ascending=[False, True, True], ignore_index=True)
        return table[[*MODEL, "calls", *TIMES, *FIRST_TOKENS, "tokens_per_second", "histogram"]]

    def failures(self, period: Period, scope: Scope) -> pd.DataFrame:
        """Failed attempts by kind, provider and model, most first."""
        table = self._cells.ask(ATTEMPT, ["failed"], whole(period), scope, by=["failure", "provider", "model"])
        table = table[table["failed"] > 0].rename(columns={"failed": "attempts"})
        return table.sort_values(
            ["attempts", "failure", "provider", "model"], ascending=[False, True, True, True], ignore_index=True
        )

    def by_model(self, period: Period, scope: Scope) -> pd.DataFrame:
        """One row a provider and model, most attempts first; `cost` is what is known of it."""
        columns = ["attempts", "ok", "failed", "input_tokens", "output_tokens", "nanos", "unknown_costs", "latency"]
        table = self._cells.ask(ATTEMPT, columns, whole(period), scope, by=["provider", "model"])
        table = table.assign(cost=cost(table).astype(NUMBER))
        table = shares_of(table, "latency", {"p50": 0.5, "p95": 0.95}).drop(columns="nanos")
        table = table.rename(columns={"unknown_costs": "unknown_cost_attempts"})
        return table.sort_values(["attempts", "provider", "model"], ascending=[False, True, True], ignore_index=True)

    def distribution(
        self, period: Period, scope: Scope, *, counted: str = ATTEMPT, of: str = "latency"
    ) -> pd.DataFrame:
        """How many answers took how long: `seconds`, 2 % apart and in order, and `answers`."""
        table = self._cells.ask(OPERATION if counted == OPERATION else ATTEMPT, [of], whole(period), scope)
        return spread(table[of].iloc[0] if len(table) else b"")

    def operations(
        self, period: Period | None, filters: Filters, *, before: Cursor | None = None, limit: int = 50
    ) -> pd.DataFrame:
        """See `History.operations`."""
        return self.history.operations(period, filters, before=before, limit=limit)

    def page(self, period: Period, filters: Filters, *, before: Cursor | None = None, limit: int = 50) -> Page:
        """See `History.page`."""
        return self.history.page(period, filters, before=before, limit=limit)

    def operation(self, operation_id: str) -> dict[str, Any] | None:
        """See `History.operation`."""
        return self.history.operation(operation_id)

    def attempts(self, operation_id: str) -> pd.DataFrame:
        """See `History.attempts`."""
        return self.history.attempts(operation_id)

    def bodies(self, operation_id: str) -> dict[str, Any] | None:
        """See `History.bodies`."""
        return self.history.bodies(operation_id)

    def begins(self) -> float | None:
        """UTC seconds of the first operation; None in an empty log."""
        return self.history.begins()

    def counted_from(self) -> float:
        """UTC seconds from which on the roll-ups hold everything; 0 unless an older log is still being counted."""
        return self._cells.marks().get("filled", 0) / 1000

    def filter_values(self) -> FilterValues:
        """What occurs in the log, for filter lists; of operations and attempts that have ended."""
        names = ["provider", "model", "source", "task", "failure", "status"]
        rows = self._reader.rows(queries.VALUES.format(columns=", ".join(names)))
        table = frame(rows, dict.fromkeys(["counted", *names], TEXT))
        asked, answered = table[table["counted"] == ATTEMPT], table[table["counted"] == OPERATION]
        return FilterValues(
            models=distinct(asked["model"]),
            providers=distinct(asked["provider"]),
            failures=distinct(asked["failure"]),
            outcomes=distinct(asked["status"]),
            answered=distinct(answered["model"]),
            through=distinct(answered["provider"]),
            endings=distinct(answered["failure"]),
            sources=distinct(answered["source"]),
            tasks=distinct(answered["task"]),
            statuses=sorted({*answered["status"], Status.PENDING}) if len(answered) else [],
        )

    def recent_health(self, now: float, window: float = RECENT) -> pd.DataFrame:
        """How each provider and model did in the last `window` seconds, drills apart; `…_at` are UTC seconds.

        Of the newest `MOST_RECENT` operations, when there were more.
        """
        values = {"start": round((now - window) * 1000), "end": round(now * 1000), "longest": LONGEST_MS}
        columns: Columns = {"provider": TEXT, "model": TEXT, "attempts": COUNT, "failed": COUNT, "last_failure": TEXT,
                            "last_ok_at": NUMBER, "last_failure_at": NUMBER, "first_failure_at": NUMBER}  # fmt: skip
        return frame(self._reader.rows(queries.RECENT_HEALTH, {**values, "most": MOST_RECENT}), columns)


def whole(period: Period) -> list[Stretch]:
    """A period as one stretch."""
    hours = period.whole_hours
    return [Stretch(int(hours.start), int(hours.start), int(hours.end))]


def spread(histogram: bytes) -> pd.DataFrame:
    """A histogram of milliseconds as a frame of `seconds` and `answers`, empty buckets left out."""
    counts = counts_of(histogram)
    buckets = np.flatnonzero(counts > 0)
    return pd.DataFrame(
        {"seconds": [value_of(int(bucket)) / 1000 for bucket in buckets], "answers": counts[buckets]}
    ).astype({"seconds": NUMBER, "answers": COUNT})


def distinct(column: pd.Series) -> list[str]:
    """The values that are not empty, sorted."""
    return sorted(value for value in column.unique() if value)
