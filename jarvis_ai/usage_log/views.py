"""What an operator sees who opens the log with tools of their own: dollars, seconds and clock times, rows that are told
apart without a join, and no blobs.

Part of released steps of the schema, so never edited: a view that is to say something else is dropped and made anew by
the next step. Columns are named one by one, because tables get more of them. Both databases have the same views, and
what they say differently is in `Words`; nothing here opens either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RECENT_OPERATIONS = 10_000
"""Few enough for a facet of Datasette, which reads them all and may take 200 ms, whatever else is in the log."""

RECENT_DAYS = 31


@dataclass(frozen=True, slots=True)
class Words:
    """One database's SQL for what each says its own way; `{}` stands for an integer column or expression.

    Instants are UTC milliseconds. "Local" is the zone of whoever asks: of the process that has the file open, or of the
    session on a server.
    """

    utc: str
    """ISO 8601 with milliseconds and a Z."""
    local: str
    """`2026-11-24 09:30:00` on the local clock."""
    day: str
    """`2026-11-24` in the local calendar."""
    hour: str
    """0 to 23 on the local clock."""
    days_before: str
    """The instant at which the local day begins that lies `days` before the one of an instant."""
    dollars: str
    """Of 10⁻⁹ dollars."""
    seconds: str
    """Of milliseconds."""

    def clock(self, instant: str, prefix: str = "started") -> str:
        """The columns that tell when something began."""
        return f"""{self.utc.format(instant)} AS {prefix}_utc, {self.local.format(instant)} AS {prefix}_local,
            {self.day.format(instant)} AS day, {self.hour.format(instant)} AS hour"""


SQLITE = Words(
    utc="strftime('%Y-%m-%dT%H:%M:%fZ', {} / 1000.0, 'unixepoch')",
    local="datetime({} / 1000, 'unixepoch', 'localtime')",
    day="date({} / 1000, 'unixepoch', 'localtime')",
    hour="CAST(strftime('%H', {} / 1000, 'unixepoch', 'localtime') AS INTEGER)",
    days_before="strftime('%s', {} / 1000, 'unixepoch', 'localtime', 'start of day', '-{days} days', 'utc') * 1000",
    # The double that is nearest: up to a million dollars its 15 digits are exact.
    dollars="{} / 1e9",
    seconds="{} / 1e3",
)

POSTGRESQL = Words(
    utc="""to_char(to_timestamp({} * 0.001) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""",
    local="to_char(to_timestamp({} * 0.001), 'YYYY-MM-DD HH24:MI:SS')",
    day="to_char(to_timestamp({} * 0.001), 'YYYY-MM-DD')",
    hour="CAST(extract(hour FROM to_timestamp({} * 0.001)) AS BIGINT)",
    days_before="""CAST(extract(
        epoch FROM date_trunc('day', to_timestamp({} * 0.001)) - interval '{days} days') AS BIGINT) * 1000""",
    dollars="{} * 0.000000001",
    seconds="{} * 0.001",
)


def views(words: Words) -> Mapping[str, str]:
    """The SELECT of each view by its name, in the order in which they can be made."""
    return {
        "readable_operations": readable_operations(words),
        "readable_attempts": readable_attempts(words),
        "recent_operations": readable_operations(words) + RECENT,
        "recent_attempts": readable_attempts(words) + RECENT,
        "operations_by_hour": operations_by_hour(words),
        "attempts_by_hour": attempts_by_hour(words),
        "spending_by_day": spending_by_day(words),
    }


def readable_operations(words: Words) -> str:
    """A row for each operation. A bound on `started_at` is found by its index."""
    return f"""
        SELECT o.id, o.started_at, {words.clock("o.started_at")},
            o.source, o.task, o.tag, o.arm, o.requested_model, o.status, o.provider, o.model, o.fallback, o.attempts,
            {words.seconds.format("o.latency_ms")} AS latency_seconds,
            {words.seconds.format("o.ttft_ms")} AS ttft_seconds,
            {words.seconds.format("o.overhead_ms")} AS overhead_seconds,
            o.input_tokens, o.output_tokens, {words.dollars.format("o.cost_nanos")} AS dollars, o.cost_nanos,
            o.cost_source, o.finish_reason, o.failure, o.detail, o.simulated, o.cached
        FROM operations o"""


def readable_attempts(words: Words) -> str:
    """A row for each attempt, with what its operation says about both. `started_at` is the operation's, which is the
    one that has an index."""
    return f"""
        SELECT a.operation_id, a.attempt_no, o.started_at, {words.clock("o.started_at")},
            a.started_at AS dispatched_at, o.source, o.task, o.tag, a.provider, a.model, a.served_model, a.status,
            a.reason, {words.seconds.format("a.waited_ms")} AS waited_seconds, a.failure, a.http_status,
            {words.seconds.format("a.retry_after_ms")} AS retry_after_seconds, a.detail,
            {words.seconds.format("a.latency_ms")} AS latency_seconds,
            {words.seconds.format("a.ttft_ms")} AS ttft_seconds,
            a.input_tokens, a.output_tokens, a.cache_read_tokens, a.cache_write_tokens, a.reasoning_tokens,
            {words.dollars.format("a.cost_nanos")} AS dollars, a.cost_nanos, a.cost_source, a.generation_id,
            a.hedge, a.resumed, o.simulated
        FROM operations o CROSS JOIN attempts a ON a.operation_id = o.id"""


RECENT = f"""
        WHERE o.started_at >= (SELECT MIN(started_at) FROM (
            SELECT started_at FROM operations ORDER BY started_at DESC LIMIT {RECENT_OPERATIONS}) AS newest)"""
"""The newest ones. Not by LIMIT: a filter and an order would come after it, and read every row to its last column."""


def operations_by_hour(words: Words) -> str:
    """A row for each hourly cell of operations."""
    return f"""
        SELECT c.start, {words.clock("c.start", "start")}, {KEY},
            c.operations, c.fallbacks, c.attempts, c.cached
        {cells("operation")}"""


def attempts_by_hour(words: Words) -> str:
    """A row for each hourly cell of attempts. Dollars are NULL where no attempt's cost is known."""
    return f"""
        SELECT c.start, {words.clock("c.start", "start")}, {KEY},
            c.attempts, c.hedges, c.resumed, c.input_tokens, c.output_tokens, c.cache_read_tokens,
            c.cache_write_tokens, c.reasoning_tokens, {words.dollars.format(KNOWN)} AS dollars, {KNOWN} AS cost_nanos,
            c.estimated_nanos, c.unknown_costs, c.written_tokens,
            {words.seconds.format("c.written_ms")} AS written_seconds
        {cells("attempt")}"""


def spending_by_day(words: Words) -> str:
    """A row for each local day, provider and model, of the last `RECENT_DAYS` up to the newest operation."""
    day = words.day.format("c.start")
    first = words.days_before.format("(SELECT MAX(started_at) FROM operations)", days=RECENT_DAYS - 1)
    return f"""
        SELECT {day} AS day, k.provider, k.model, k.simulated, CAST(SUM(c.attempts) AS BIGINT) AS attempts,
            CAST(SUM(c.input_tokens) AS BIGINT) AS input_tokens, CAST(SUM(c.output_tokens) AS BIGINT) AS output_tokens,
            {words.dollars.format(f"SUM({KNOWN})")} AS dollars, CAST(SUM({KNOWN}) AS BIGINT) AS cost_nanos,
            CAST(SUM(c.estimated_nanos) AS BIGINT) AS estimated_nanos,
            CAST(SUM(c.unknown_costs) AS BIGINT) AS unknown_costs
        {cells("attempt")} WHERE c.start >= {first}
        GROUP BY {day}, k.provider, k.model, k.simulated"""


KEY = "k.provider, k.model, k.source, k.task, k.status, k.failure, k.simulated"

KNOWN = "CASE WHEN c.unknown_costs < c.attempts THEN c.cost_nanos END"
"""What a cell costs, NULL when that is not known of any attempt in it."""


def cells(counted: str) -> str:
    """Where the hourly cells of operations or attempts come from."""
    return f"FROM {counted}_cells c CROSS JOIN rollup_keys k ON k.id = c.key"
