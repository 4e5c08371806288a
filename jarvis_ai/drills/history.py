"""Verdicts kept for later, under the hash of the chain that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from jarvis_ai.documents import Documents
from jarvis_ai.drills.report import Record, record
from jarvis_ai.drills.stage import Outcome

KIND = "drill"
"""Of the documents: one a chain version, one version of it a verdict."""


def keep(documents: Documents, outcome: Outcome) -> None:
    """Store a verdict. Raises `sqlite3.Error` where the file cannot be written."""
    kept = record(outcome)
    documents.save(KIND, kept["chain_hash"], kept, now=outcome.started_at)


def kept(documents: Documents, chain_hash: str | None = None, *, limit: int = 400) -> Sequence[Record]:
    """Verdicts of one chain version, or of all, newest first. Raises `sqlite3.Error`."""
    return [document.body for document in documents.versions(KIND, chain_hash, limit=limit)]
