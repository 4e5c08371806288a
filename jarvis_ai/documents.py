"""What operators make in the console and want to find again: chains, verdicts of drills, saved views.

Each is a JSON document under a kind and a name. A new version is a new row and the old ones stay, so that what the
usage log refers to can still be read. It is no place for facts about calls: those are in the usage log.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    saved_at REAL NOT NULL,
    body TEXT
);
CREATE INDEX IF NOT EXISTS idx_documents_kind_name ON documents (kind, name, id);
"""

LATEST = """
SELECT d.id, d.kind, d.name, d.saved_at, d.body FROM documents d
WHERE d.kind = :kind AND d.id = (SELECT max(id) FROM documents WHERE kind = d.kind AND name = d.name)
    AND d.body IS NOT NULL
ORDER BY d.name
"""

VERSIONS = """
SELECT id, kind, name, saved_at, body FROM documents
WHERE kind = :kind AND (:name IS NULL OR name = :name) AND body IS NOT NULL
ORDER BY id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one document."""

    id: int
    """Grows with every version of anything."""
    kind: str
    name: str
    saved_at: float
    """Seconds since the epoch."""
    body: Mapping[str, Any]


class Documents:
    """Documents in one SQLite file, made on first use. Every method may be called from any thread and process.

    Raises `sqlite3.Error` where the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def save(self, kind: str, name: str, body: Mapping[str, Any], *, now: float) -> Document:
        """A new version of a document; `body` is JSON. Raises `TypeError` for one that is not."""
        text = orjson.dumps(body).decode()
        return Document(self._append(kind, name, text, now), kind, name, now, orjson.loads(text))

    def remove(self, kind: str, name: str, *, now: float) -> None:
        """From now on there is no such document; its versions can still be read."""
        self._append(kind, name, None, now)

    def all(self, kind: str) -> list[Document]:
        """The latest version of every document of a kind, by name; removed ones are left out."""
        return self._read(LATEST, {"kind": kind})

    def find(self, kind: str, name: str) -> Document | None:
        """The latest version; None where there is none, or it was removed."""
        return next((document for document in self.all(kind) if document.name == name), None)

    def versions(self, kind: str, name: str | None = None, *, limit: int = 100) -> list[Document]:
        """Every version, of one document or of all of a kind, latest first."""
        return self._read(VERSIONS, {"kind": kind, "name": name, "limit": limit})

    def last_id(self) -> int:
        """Of the latest version of anything, removals included; 0 while nothing was ever saved. Tells of news."""
        if not self._path.exists():
            return 0
        with self._open() as database:
            return int(database.execute("SELECT COALESCE(max(id), 0) FROM documents").fetchone()[0])

    def _append(self, kind: str, name: str, text: str | None, now: float) -> int:
        sql = "INSERT INTO documents (kind, name, saved_at, body) VALUES (?, ?, ?, ?)"
        with self._lock, self._open() as database:
            return int(database.execute(sql, (kind, name, now, text)).lastrowid or 0)

    def _read(self, sql: str, values: Mapping[str, Any]) -> list[Document]:
        with self._open() as database:
            rows = database.execute(sql, values).fetchall()
        return [Document(id_, kind, name, at, orjson.loads(body)) for id_, kind, name, at, body in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=5.0)) as database, database:
            database.executescript(SCHEMA)
            yield database
