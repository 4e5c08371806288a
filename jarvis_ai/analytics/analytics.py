"""The questions that pages, routes and alerts ask the usage log.

Requests are counted in operations, money in attempts. Nothing is counted here but in SQL, and nothing is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from jarvis_ai.analytics import queries
from jarvis_ai.analytics.buckets import Bucket, fold
from jarvis_ai.analytics.filters import Filters, FilterValues
from jarvis_ai.analytics.frames import COUNT, NUMBER, TEXT, Columns, Kind, dollars, frame, seconds
from jarvis_ai.analytics.period import Period
from jarvis_ai.analytics.reader import Reader
from jarvis_ai.analytics.where import LONGEST_MS, Where, of_attempts, of_operations

RECENT = 900
"""Seconds that end now: what is called lately."""

MODEL = ["model", "provider"]
"""What tells one model from another."""

TEXT_COLUMNS = {
    "id", "source", "task", "tag", "requested_model", "chain", "status", "provider", "model", "cost_source",
    "finish_reason", "failure", "detail", "writer", "operation_id", "reason", "generation_id", "served_model",
}  # fmt: skip
COUNT_COLUMNS = {"started_at", "fallback", "attempts", "simulated", "cached", "attempt_no", "hedge", "resumed"}

OPERATION_COLUMNS = (
    "id", "started_at", "finished_at", "source", "task", "tag", "requested_model", "chain", "status", "provider",
    "model", "fallback", "attempts", "latency_ms", "ttft_ms", "input_tokens", "output_tokens", "cost_nanos",
    "cost_source", "finish_reason", "failure", "detail", "simulated", "cached",
)  # fmt: skip
ATTEMPT_COLUMNS = (
    "operation_id", "attempt_no", "provider", "model", "started_at", "status", "reason", "waited_ms", "failure",
    "http_status", "retry_after_ms", "detail", "latency_ms", "ttft_ms", "input_tokens", "output_tokens",
    "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "cost_nanos", "cost_source", "generation_id",
    "served_model", "hedge", "resumed",
)  # fmt: skip


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

    Frames hold dollars in `cost` and seconds without a unit in the name; NaN is unknown.
    """

    def __init__(self, path: Path | str) -> None:
        self._reader = Reader(path)

    def summary(self, period: Period, filters: Filters) -> Summary:
        """Counts, known cost and the percentiles of answered operations' time."""
        operations, ok, failed, cancelled, fallbacks = self._counts(
            queries.SUMMARY_OF_OPERATIONS, of_operations(period, filters), 5
        )
        attempts, cost_nanos, unknown, input_tokens, output_tokens = self._counts(
            queries.SUMMARY_OF_ATTEMPTS, of_attempts(period, filters), 5
        )
        percentiles = self._ask(queries.LATENCY_OF_OPERATIONS, of_operations(period, filters))
        p50, p95 = percentiles[0] if percentiles else (None, None)
        return Summary(
            operations=operations,
            ok=ok,
            failed=failed,
            cancelled=cancelled,
            fallbacks=fallbacks,
            attempts=attempts,
            cost_nanos=cost_nanos,
            unknown_cost_attempts=unknown,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            p50=p50,
            p95=p95,
        )

    def over_time(self, period: Period, filters: Filters, *, bucket: Bucket, zone: ZoneInfo) -> pd.DataFrame:
        """Operations by the model that answered ("none" when nobody did), attempts and cost by the model asked."""
        operations = frame(
            self._ask(queries.OPERATIONS_OVER_TIME, of_operations(period, filters)),
            {"quarter": COUNT, "model": TEXT, "operations": COUNT},
        )
        attempts = frame(
            self._ask(queries.ATTEMPTS_OVER_TIME, of_attempts(period, filters)),
            {"quarter": COUNT, "model": TEXT, "attempts": COUNT, "nanos": COUNT, "known": COUNT,
             "unknown_cost_attempts": COUNT},
        )  # fmt: skip
        both = pd.concat([operations, attempts]).fillna(0)
        folded = fold(both, ["model"], bucket, zone)
        nothing_known = (folded["known"] == 0) & (folded["attempts"] > 0)
        cost = dollars(folded["nanos"]).mask(nothing_known)
        counts = ["operations", "attempts", "unknown_cost_attempts"]
        table = folded.assign(**{name: folded[name].astype(COUNT) for name in counts}, cost=cost)
        return table[["start", "model", "operations", "attempts", "cost", "unknown_cost_attempts"]]

    def fallbacks_over_time(self, period: Period, filters: Filters, *, bucket: Bucket, zone: ZoneInfo) -> pd.DataFrame:
        """Operations, and those that another than the first link answered; `share` is from 0 to 1."""
        rows = self._ask(queries.FALLBACKS_OVER_TIME, of_operations(period, filters))
        table = frame(rows, {"quarter": COUNT, "operations": COUNT, "fallbacks": COUNT})
        folded = fold(table, [], bucket, zone)
        return folded.assign(share=(folded["fallbacks"] / folded["operations"]).astype(NUMBER))

    def latency_by_model(self, period: Period, filters: Filters) -> pd.DataFrame:
        """Seconds to a whole answer and to the first token, slowest 95th percentile first.

        Only attempts that answered count: a fast refusal is not a fast model. `tokens_per_second` is the speed of
        writing, all output tokens over all time between first and last token.
        """
        where = of_attempts(period, filters)
        columns: Columns = {"model": TEXT, "provider": TEXT, "calls": COUNT, "tokens_per_second": NUMBER}
        speed = frame(self._ask(queries.SPEED_BY_MODEL, where), columns)
        whole, first = (self._percentiles(column, where) for column in ("latency_ms", "ttft_ms"))
        first = first.rename(columns={"p50": "ttft_p50", "p95": "ttft_p95"})
        table = speed.merge(whole, how="left", on=MODEL).merge(first, how="left", on=MODEL)
        table = table.sort_values(["p95", "model", "provider"], ascending=[False, True, True], ignore_index=True)
        return table[[*MODEL, "calls", "p50", "p95", "ttft_p50", "ttft_p95", "tokens_per_second"]]

    def failures(self, period: Period, filters: Filters) -> pd.DataFrame:
        """Failed attempts by kind, provider and model, most first."""
        columns: Columns = {"failure": TEXT, "provider": TEXT, "model": TEXT, "attempts": COUNT}
        return frame(self._ask(queries.FAILURES, of_attempts(period, filters)), columns)

    def by_model(self, period: Period, filters: Filters) -> pd.DataFrame:
        """One row a provider and model, most attempts first; `cost` is what is known of it."""
        where = of_attempts(period, filters)
        columns: Columns = {"provider": TEXT, "model": TEXT, "attempts": COUNT, "ok": COUNT, "failed": COUNT,
                            "input_tokens": COUNT, "output_tokens": COUNT, "cost": NUMBER,
                            "unknown_cost_attempts": COUNT}  # fmt: skip
        table = frame(self._ask(queries.BY_MODEL, where), columns)
        table = table.merge(self._percentiles("latency_ms", where), how="left", on=MODEL)
        return table.assign(cost=dollars(table["cost"]))

    def operations(
        self, period: Period | None, filters: Filters, *, before: str | None = None, limit: int = 50
    ) -> pd.DataFrame:
        """Rows of the table, newest first, with `cost`, `latency` and `ttft` added; `started_at` is UTC milliseconds.

        `before` is the last id of the page before.
        """
        where, values = of_operations(period, filters)
        if before is not None:
            where = f"{where} AND {queries.OLDER_THAN}"
        sql = queries.OPERATIONS.format(where=where, columns=", ".join(f"o.{name}" for name in OPERATION_COLUMNS))
        rows = self._reader.rows(sql, {**values, "before": before, "limit": limit})
        return readable(frame(rows, {name: kind_of(name) for name in OPERATION_COLUMNS}))

    def operation(self, operation_id: str) -> dict[str, Any] | None:
        """One row of the table with `cost` in dollars (None: unknown) and its chain as a list."""
        found = self._reader.records("SELECT * FROM operations WHERE id = :id", {"id": operation_id})
        if not found:
            return None
        row, nanos = found[0], found[0]["cost_nanos"]
        return {**row, "chain": from_json(row["chain"]) or [], "cost": None if nanos is None else nanos / 1e9}

    def attempts(self, operation_id: str) -> pd.DataFrame:
        """What was tried for one operation, in order, with `cost`, `latency`, `ttft` and `waited` added."""
        sql = f"SELECT {', '.join(ATTEMPT_COLUMNS)} FROM attempts WHERE operation_id = :id ORDER BY attempt_no"
        table = frame(self._reader.rows(sql, {"id": operation_id}), {name: kind_of(name) for name in ATTEMPT_COLUMNS})
        return readable(table).assign(waited=seconds(table["waited_ms"]))

    def bodies(self, operation_id: str) -> dict[str, Any] | None:
        """The redacted `request` (the JSON body), `answer` (text) and `tool_calls` (list); None when not kept."""
        sql = "SELECT request, answer, tool_calls FROM bodies WHERE operation_id = :id"
        for request, answer, calls in self._reader.rows(sql, {"id": operation_id}):
            return {"request": from_json(request), "answer": answer or "", "tool_calls": from_json(calls) or []}
        return None

    def filter_values(self) -> FilterValues:
        """What occurs in the log, for filter lists."""
        models, providers, failures = self._distinct(queries.DISTINCT_OF_ATTEMPTS, 3)
        answered, sources, tasks, statuses = self._distinct(queries.DISTINCT_OF_OPERATIONS, 4)
        return FilterValues(models, providers, failures, answered, sources, tasks, statuses)

    def recent_health(self, now: float, window: float = RECENT) -> pd.DataFrame:
        """How each provider and model did in the last `window` seconds, drills apart; `…_at` are UTC seconds."""
        values = {"start": round((now - window) * 1000), "end": round(now * 1000), "longest": LONGEST_MS}
        columns: Columns = {"provider": TEXT, "model": TEXT, "attempts": COUNT, "failed": COUNT, "last_failure": TEXT,
                            "last_ok_at": NUMBER, "last_failure_at": NUMBER, "first_failure_at": NUMBER}  # fmt: skip
        return frame(self._reader.rows(queries.RECENT_HEALTH, values), columns)

    def _ask(self, query: str, where: Where) -> list[tuple[Any, ...]]:
        condition, values = where
        return self._reader.rows(query.format(where=condition), values)

    def _counts(self, query: str, where: Where, width: int) -> list[int]:
        rows = self._ask(query, where)
        return [int(count or 0) for count in rows[0]] if rows else [0] * width

    def _percentiles(self, column: str, where: Where) -> pd.DataFrame:
        """Seconds, of answers, by provider and model."""
        condition, values = where
        rows = self._reader.rows(queries.PERCENTILES.format(where=condition, column=column), values)
        return frame(rows, {"model": TEXT, "provider": TEXT, "p50": NUMBER, "p95": NUMBER})

    def _distinct(self, sql: str, width: int) -> list[list[str]]:
        rows = self._reader.rows(sql)
        return [sorted({row[place] for row in rows if row[place]}) for place in range(width)]


def kind_of(column: str) -> Kind:
    """What a column of the log's tables holds."""
    return TEXT if column in TEXT_COLUMNS else COUNT if column in COUNT_COLUMNS else NUMBER


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table with dollars and seconds added."""
    return table.assign(
        cost=dollars(table["cost_nanos"]), latency=seconds(table["latency_ms"]), ttft=seconds(table["ttft_ms"])
    )


def from_json(text: str | None) -> Any:
    """What a JSON column holds; None for NULL, the text itself when somebody wrote something else there."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text
