"""What the usage log has of a drill, read back as any page reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jarvis_ai.analytics import Analytics
from jarvis_ai.drills.verdicts import Row


@dataclass(frozen=True, slots=True)
class LogReader:
    """See `stage.Log`."""

    analytics: Analytics

    def __call__(self, operation_id: str) -> tuple[Sequence[Row], str]:
        operation = self.analytics.operation(operation_id)
        table = self.analytics.attempts(operation_id)
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        return [_row(row) for row in rows], str(operation["status"]) if operation else ""


def _row(row: dict[Any, Any]) -> Row:
    cost = row["cost_nanos"]
    return Row(int(row["attempt_no"]), str(row["status"]), None if cost is None else int(cost))
