"""Everything that operators have saved about chains, read into one value that a planner can work from.

A document that cannot be read is left out and told of: what one hand has broken must not stop the calls of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from jarvis_ai.catalog import TASK_LEADERS
from jarvis_ai.chains.migration import Migration
from jarvis_ai.chains.versions import KIND, Version, read
from jarvis_ai.documents import Document, Documents

ROUTING, DEFAULTS, MIGRATION = "routing", "defaults", "migration"
"""The kind of the documents below, and their names."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Which saved chain answers when a caller names none. Empty: the planned one."""

    chain: str = ""
    tasks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """For a kind of task, a chain of its own."""

    def chain_for(self, task: str) -> str:
        """The task's own chain, else that of all traffic; empty where neither is set."""
        return self.tasks.get(task) or self.chain

    def uses(self, name: str) -> list[str]:
        """What a chain is in use for, in words."""
        tasks = [f"{task} tasks" for task, chain in self.tasks.items() if chain == name]
        return [*(["all traffic"] if self.chain == name else []), *tasks]


@dataclass(frozen=True, slots=True)
class Saved:
    """The state of all documents at one moment."""

    chains: Mapping[str, Version] = field(default_factory=lambda: MappingProxyType({}))
    """The latest version of each chain, by name."""
    defaults: Defaults = field(default_factory=Defaults)
    migration: Migration = field(default_factory=Migration)
    problems: tuple[str, ...] = ()
    """What could not be read, one sentence each."""

    def find(self, name: str) -> Version:
        """The latest version of a chain. Raises `ValueError` when there is none of this name."""
        if name in self.chains:
            return self.chains[name]
        known = ", ".join(self.chains) or "none yet; the page Chains makes them"
        raise ValueError(f"There is no chain named '{name}'. Known: {known}.")


def read_saved(documents: Documents) -> Saved:
    """What is saved now. Raises `sqlite3.Error` where the file cannot be read."""
    problems: list[str] = []
    versions = [_version(document, problems) for document in documents.all(KIND)]
    chains = {version.name: version for version in versions if version is not None}
    routing = {doc.name: doc.body for doc in documents.all(ROUTING) if isinstance(doc.body, Mapping)}
    defaults = _defaults(routing.get(DEFAULTS, {}), chains, problems)
    return Saved(chains, defaults, _migration(routing.get(MIGRATION, {}), problems), tuple(problems))


def save_defaults(documents: Documents, defaults: Defaults, *, now: float) -> None:
    """From now on these chains answer."""
    documents.save(ROUTING, DEFAULTS, {"chain": defaults.chain, "tasks": dict(defaults.tasks)}, now=now)


def save_migration(documents: Documents, migration: Migration, *, now: float) -> None:
    """From now on callers go this way. Raises `ValueError` for a share that is none."""
    if migration.share is not None and not 0 <= migration.share <= 100:
        raise ValueError(f"A share is 0 to 100 percent, not {migration.share}.")
    documents.save(ROUTING, MIGRATION, {"share": migration.share, "salt": migration.salt}, now=now)


def _version(document: Document, problems: list[str]) -> Version | None:
    try:
        return read(document)
    except ValueError as exc:
        problems.append(f"The saved chain '{document.name}' cannot be used, so it is left out. {exc}")
        return None


def _defaults(body: Mapping[str, Any], chains: Mapping[str, Version], problems: list[str]) -> Defaults:
    tasks = body.get("tasks")
    wanted = {"": body.get("chain"), **(tasks if isinstance(tasks, Mapping) else {})}
    for task, name in wanted.items():
        if name and name not in chains:
            whom = f"{task} tasks" if task else "all traffic"
            problems.append(f"The chain '{name}' that is set for {whom} is not there: the planned chain is used.")
    found = {task: str(name) for task, name in wanted.items() if name in chains and (not task or task in TASK_LEADERS)}
    return Defaults(found.pop("", ""), MappingProxyType(found))


def _migration(body: Mapping[str, Any], problems: list[str]) -> Migration:
    share, salt = body.get("share"), body.get("salt")
    if share is None:
        return Migration(salt=str(salt or ""))
    if type(share) is int and 0 <= share <= 100:
        return Migration(share, str(salt or ""))
    problems.append(f"The migration's share cannot be read ({share!r}), so there is no migration.")
    return Migration()
