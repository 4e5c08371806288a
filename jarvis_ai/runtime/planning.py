"""The planner of a process, always over the catalogue last read and over what operators have saved.

Plans are asked for on every call and cost a look into a table; the documents are looked at in the background only,
so that what any process saves holds in all of them a moment later.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection
from datetime import date

from jarvis_ai.catalog import Catalog
from jarvis_ai.chains import Planner, Saved, Wishes, read_saved
from jarvis_ai.chains.lint import Severity, lint
from jarvis_ai.documents import Documents
from jarvis_ai.policy import Policy

NEVER = -1
NEWS_AGE = 2.0
"""Seconds until the documents are looked at again."""


class Planning:
    """Holds the planner and makes a new one when anything changes. Every method may be called from any thread."""

    def __init__(self, wishes: Wishes, configured: Collection[str], documents: Documents) -> None:
        self._wishes, self._configured, self._documents = wishes, configured, documents
        self._lock = threading.Lock()
        self._seen = NEVER
        self.planner = Planner(wishes, Catalog(), configured)
        """Never changed, only exchanged."""
        self.problems: tuple[str, ...] = ()
        """What of the saved documents cannot be used, one sentence each."""
        self.reload()

    def use(self, catalog: Catalog) -> None:
        """Plan over this catalogue from now on."""
        with self._lock:
            self._exchange(catalog, self.planner.saved)

    def reload(self) -> list[str]:
        """Read the documents when any is newer than those last read; returns problems that were not there before.

        What cannot be read at all leaves the plans as they were.
        """
        with self._lock:
            before = self.problems
            try:
                self._take_news()
            except (sqlite3.Error, ValueError) as exc:
                self._seen = NEVER
                self.problems = (f"What is saved about chains cannot be read, what was last read holds: {exc}.",)
            return [problem for problem in self.problems if problem not in before]

    def notices(self, policy: Policy, *, today: date) -> list[str]:
        """What an operator should know about saved chains: what cannot be read, and links in use that never answer."""
        planner = self.planner
        used = dict.fromkeys(filter(None, [planner.saved.defaults.chain, *planner.saved.defaults.tasks.values()]))
        found = {
            name: lint(planner.saved.chains[name].chain, planner.catalog, policy, self._configured, today=today)
            for name in used
        }
        errors = [(name, each) for name in found for each in found[name] if each.severity is Severity.ERROR]
        return [*self.problems, *(f"Chain {name}: {each.sentence}" for name, each in errors)]

    def _take_news(self) -> None:
        latest = self._documents.last_id()
        if latest != self._seen:
            saved = read_saved(self._documents)
            self._exchange(self.planner.catalog, saved)
            self._seen, self.problems = latest, saved.problems

    def _exchange(self, catalog: Catalog, saved: Saved) -> None:
        self.planner = Planner(self._wishes, catalog, self._configured, saved)
