"""Filters to SQL: the condition on the facts."""

from __future__ import annotations

import json
import re
from typing import Any

from jarvis_ai.analytics.filters import TRAITS, Filters
from jarvis_ai.analytics.period import Period
from jarvis_ai.domain import LONGEST_OPERATION

Where = tuple[str, dict[str, Any]]
"""A condition and its named parameters."""

LONGEST_MS = round(LONGEST_OPERATION * 1000)

END_OF_TIME = 2**53
"""Milliseconds; later than any row."""

ASKED = (("models", "model"), ("providers", "provider"), ("failures", "failure"), ("outcomes", "status"))
OF_OPERATION = (
    ("answered", "model"),
    ("through", "provider"),
    ("endings", "failure"),
    ("sources", "source"),
    ("tasks", "task"),
    ("statuses", "status"),
    ("arms", "arm"),
    ("chains", "chain_hash"),
    ("tags", "tag"),
)

LIKE = "(b.request LIKE :text ESCAPE '\\' OR b.answer LIKE :text ESCAPE '\\')"
ANYWHERE = f"EXISTS (SELECT 1 FROM bodies b WHERE b.operation_id = o.id AND {LIKE})"
"""Any part of a text, one body after the other."""

WORDS = f"""o.id IN (
    SELECT s.operation_id FROM body_search f JOIN searchable s ON s.id = f.rowid WHERE body_search MATCH :words
    UNION ALL SELECT b.operation_id FROM bodies b
        WHERE b.rowid > (SELECT at FROM rollup_marks WHERE name = 'searchable') AND {LIKE})"""
"""Words from the index, and any part of the texts that are not in it yet."""


def of_operations(period: Period | None, filters: Filters, *, indexed: bool = False) -> Where:
    """The condition on `operations o`; `indexed`: whether the log has an index of the words in bodies."""
    conditions = ["o.started_at >= :start", "o.started_at < :end", *_operation_conditions(filters)]
    if filters.text:
        conditions.append(WORDS if indexed and words(filters.text) else ANYWHERE)
    if asked := _conditions(filters, ASKED, "a"):
        conditions.append(f"EXISTS (SELECT 1 FROM attempts a WHERE a.operation_id = o.id AND {' AND '.join(asked)})")
    return " AND ".join(conditions), parameters(period, filters)


def parameters(period: Period | None, filters: Filters) -> dict[str, Any]:
    """The values of the condition; lists travel as JSON."""
    lists = {name: json.dumps(getattr(filters, name)) for name, _ in (*ASKED, *OF_OPERATION)}
    return {**bounds(period), **lists, "text": f"%{escaped(filters.text)}%", "words": words(filters.text)}


def bounds(period: Period | None) -> dict[str, int]:
    """A period in the log's milliseconds; None is all of time."""
    if period is None:
        return {"start": 0, "end": END_OF_TIME}
    return {"start": round(period.start * 1000), "end": round(period.end * 1000)}


def escaped(text: str) -> str:
    """Text that LIKE takes literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def words(text: str) -> str:
    """All words of a text, the last of them perhaps only begun, in the language of FTS5; empty when it has none."""
    found = re.findall(r"\w+", text)
    return " ".join(f'"{word}"' for word in found) + ("*" if found else "")


def _operation_conditions(filters: Filters) -> list[str]:
    traits = [TRAITS[trait] for trait in filters.traits]
    return [*_conditions(filters, OF_OPERATION, "o"), *traits]


def _conditions(filters: Filters, names: tuple[tuple[str, str], ...], table: str) -> list[str]:
    return [
        f"{table}.{column} IN (SELECT value FROM json_each(:{name}))"
        for name, column in names
        if getattr(filters, name)
    ]
