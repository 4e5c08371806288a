"""SQLite's SQL in PostgreSQL's words. The log is written in what both understand, as far as they understand the same;
the rest is here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from jarvis_ai.usage_log.connection import Values
from jarvis_ai.usage_log.ended import STANDING, STANDINGS

LOCK = 5_462_817
"""Number of the advisory lock that writers share and that chores have alone."""

TRANSACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "BEGIN SHARED": ("BEGIN", f"SELECT pg_advisory_xact_lock_shared({LOCK})"),
        "BEGIN IMMEDIATE": ("BEGIN", f"SELECT pg_advisory_xact_lock({LOCK})"),
        "BEGIN DEFERRED": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    }
)
"""How a transaction begins. Of `SHARED` ones several run at a time, while no `IMMEDIATE` one does."""

WHOLE: Mapping[str, str] = MappingProxyType({sql: f"{sql} FOR NO KEY UPDATE" for sql in (STANDING, STANDINGS)})
"""Statements that are another one: who is about to change an operation must see what the last one left of it."""

PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # A blob is two things at once in SQLite, and needs to be told which; here it is one.
        (r"CAST\(((?:\w+\.)?\w+ \|\| (?:\w+\.)?\w+) AS BLOB\)", r"\1"),
        # Tables stand in the order in which SQLite is to read them. This planner finds its own.
        (r"CROSS JOIN (\w+ \w+)(\s+)ON\b", r"JOIN \1\2ON"),
        # Values that the planner sees: it knows how many rows have them, and which partitions.
        (r"\bIN \(SELECT value FROM json_each\((:\w+)\)\)", r"= ANY(\1::text[])"),
        (r"\bIN \(SELECT CAST\(value AS INTEGER\) FROM json_each\((:\w+)\)\)", r"= ANY(\1::bigint[])"),
        (r"\bLIKE (:\w+)", r"ILIKE \1"),
    )
)
"""Phrases that mean the same, in the order in which they are looked for."""

PARAMETER = re.compile(r"\?|(?<![:\w]):([a-z_]\w*)")
LIST = re.compile(r"ANY\(%\((\w+)\)s::(?:text|bigint)\[\]\)")


@lru_cache(maxsize=1024)
def translated(sql: str) -> str:
    """The same for psycopg, whose parameters are `%s` and `%(name)s`."""
    sql = WHOLE.get(sql, sql)
    for pattern, replacement in PHRASES:
        sql = pattern.sub(replacement, sql)
    return PARAMETER.sub(lambda found: f"%({found[1]})s" if found[1] else "%s", sql.replace("%", "%%"))


def taken(translation: str, values: Values) -> Values:
    """The values as a translated statement takes them: lists travel as JSON, and are lists there."""
    names = lists_of(translation)
    if not names or not isinstance(values, Mapping):
        return values
    return {**values, **{name: json.loads(values[name]) for name in names}}


@lru_cache(maxsize=1024)
def lists_of(translation: str) -> frozenset[str]:
    """The names of the values that are lists."""
    return frozenset(LIST.findall(translation))
